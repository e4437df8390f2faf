{{/* Traefik's arguments, as the public chart writes them. */}}
{{- define "traefik.arguments" -}}
- --ping=true
- --global.checkNewVersion={{ .Values.global.checkNewVersion }}
- --global.sendAnonymousUsage={{ .Values.global.sendAnonymousUsage }}
- --api.dashboard={{ .Values.api.dashboard }}
- --log.level={{ .Values.log.level | upper }}
{{- with .Values.log.format }}
- --log.format={{ . }}
{{- end }}
{{- if .Values.accessLog.enabled }}
- --accesslog=true
{{- with .Values.accessLog.format }}
- --accesslog.format={{ . }}
{{- end }}
{{- end }}
{{- with (.Values.metrics).prometheus }}
- --metrics.prometheus=true
- --metrics.prometheus.entrypoint={{ .entryPoint }}
{{- end }}
{{- with .Values.providers.kubernetesIngress }}
{{- if .enabled }}
- --providers.kubernetesingress=true
- --providers.kubernetesingress.allowEmptyServices={{ .allowEmptyServices }}
{{- with .ingressClass }}
- --providers.kubernetesingress.ingressClass={{ . }}
{{- end }}
{{- if and .publishedService.enabled .publishedService.pathOverride }}
- --providers.kubernetesingress.ingressendpoint.publishedservice={{ .publishedService.pathOverride }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.providers.file.enabled }}
- --providers.file.directory=/etc/traefik/dynamic
- --providers.file.watch={{ .Values.providers.file.watch }}
{{- end }}
{{- range $name, $port := .Values.ports }}
{{- include "traefik.entryPoint" (dict "path" (printf "--entryPoints.%s" $name) "port" $port "ports" $.Values.ports) }}
{{- end }}
{{- range .Values.additionalArguments }}
- {{ . | quote }}
{{- end }}
{{- end }}

{{/* The arguments of one entry point. */}}
{{- define "traefik.entryPoint" -}}
{{- $path := .path }}
{{- $ports := .ports }}
{{- with .port }}
- {{ $path }}.address=:{{ .port }}/tcp
{{- with .http }}
{{- with (.redirections).entryPoint }}
- {{ $path }}.http.redirections.entryPoint.to=:{{ (index $ports .to).exposedPort }}
{{- with .scheme }}
- {{ $path }}.http.redirections.entryPoint.scheme={{ . }}
{{- end }}
{{- if hasKey . "permanent" }}
- {{ $path }}.http.redirections.entryPoint.permanent={{ .permanent }}
{{- end }}
{{- end }}
{{- with .middlewares }}
- {{ $path }}.http.middlewares={{ join "," . }}
{{- end }}
{{- if (.tls).enabled }}
- {{ $path }}.http.tls=true
{{- end }}
{{- end }}
{{- range $group := list "forwardedHeaders" "proxyProtocol" }}
{{- with index $.port $group }}
{{- with .trustedIPs }}
- {{ $path }}.{{ $group }}.trustedIPs={{ join "," . }}
{{- end }}
{{- if .insecure }}
- {{ $path }}.{{ $group }}.insecure=true
{{- end }}
{{- end }}
{{- end }}
{{- range $group, $settings := .transport }}
{{- range $key, $value := $settings }}
{{- if ne (toString $value) "" }}
- {{ $path }}.transport.{{ $group }}.{{ $key }}={{ $value }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

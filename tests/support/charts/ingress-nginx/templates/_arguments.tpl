{{/* What nginx's settings are to Traefik. */}}
{{- define "nginx.arguments" -}}
{{- $config := .Values.controller.config }}
{{- $extra := .Values.controller.extraArgs }}
{{- with .Values.controller -}}
- --ping=true
- --global.checkNewVersion=false
- --global.sendAnonymousUsage=false
- --log.level=INFO
- --entryPoints.traefik.address=:{{ .metrics.port }}/tcp
{{- if .metrics.enabled }}
- --metrics.prometheus=true
- --metrics.prometheus.entrypoint=traefik
{{- end }}
- --providers.kubernetesingressnginx=true
- --providers.kubernetesingressnginx.controllerClass={{ .ingressClassResource.controllerValue }}
- --providers.kubernetesingressnginx.ingressClass={{ .ingressClass }}
- --providers.kubernetesingressnginx.ingressClassByName={{ .ingressClassByName }}
- --providers.kubernetesingressnginx.watchIngressWithoutClass={{ .watchIngressWithoutClass }}
{{- with index $extra "publish-service" }}
- --providers.kubernetesingressnginx.publishService={{ . }}
{{- end }}
- --providers.file.directory=/etc/traefik/dynamic
{{- with index $config "proxy-connect-timeout" }}
- --serversTransport.forwardingTimeouts.dialTimeout={{ . }}s
{{- end }}
{{- with index $config "proxy-read-timeout" }}
- --serversTransport.forwardingTimeouts.responseHeaderTimeout={{ . }}s
{{- end }}
{{- if eq (index $config "force-ssl-redirect" | toString) "true" }}
- --entryPoints.http.http.redirections.entryPoint.to=:443
- --entryPoints.http.http.redirections.entryPoint.scheme=https
{{- end }}
- --entryPoints.https.http.tls=true
{{- range $name := list "http" "https" }}
{{- $path := printf "--entryPoints.%s" $name }}
- {{ $path }}.address=:{{ index $.Values.controller.containerPort $name }}/tcp
- {{ $path }}.http.middlewares={{ include "nginx.middlewares" $ | fromYaml | keys | sortAlpha | join "@file," }}@file
{{- with index $config "keep-alive" }}
- {{ $path }}.transport.respondingTimeouts.idleTimeout={{ . }}s
{{- end }}
{{- with index $config "client-body-timeout" }}
- {{ $path }}.transport.respondingTimeouts.readTimeout={{ . }}s
{{- end }}
{{- with index $extra "shutdown-grace-period" }}
- {{ $path }}.transport.lifeCycle.requestAcceptGraceTimeout={{ . }}s
{{- end }}
{{- if eq (index $config "use-proxy-protocol" | toString) "true" }}
- {{ $path }}.proxyProtocol.insecure=true
{{- end }}
{{- if eq (index $config "use-forwarded-headers" | toString) "true" }}
- {{ $path }}.forwardedHeaders.insecure=true
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* What stands before every app, with nginx's defaults. */}}
{{- define "nginx.middlewares" -}}
{{- $config := .Values.controller.config -}}
size:
  buffering:
    maxRequestBodyBytes: {{ index $config "proxy-body-size" | default "1m" | trimSuffix "m" | int64 | mul 1048576 }}
{{- if ne (index $config "hsts" | toString) "false" }}
hsts:
  headers:
    stsSeconds: {{ index $config "hsts-max-age" | default "31536000" }}
    stsIncludeSubdomains: {{ ne (index $config "hsts-include-subdomains" | toString) "false" }}
{{- end }}
{{- end }}

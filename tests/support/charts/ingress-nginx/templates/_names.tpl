{{- define "nginx.name" -}}
{{ .Values.nameOverride | default .Chart.Name }}
{{- end }}

{{- define "nginx.fullname" -}}
{{- $name := include "nginx.name" . -}}
{{ .Values.fullnameOverride | default (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) }}
{{- end }}

{{/* What the public chart selects its pods by: a Service of the program's own does the same. */}}
{{- define "nginx.selector" -}}
app.kubernetes.io/name: {{ include "nginx.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller
{{- end }}

{{- define "nginx.labels" -}}
{{ include "nginx.selector" . }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "nginx.image" -}}
{{- $path := printf "%s/%s" (.Values.controller.image.registry | default .Values.global.image.registry) .Values.controller.image.image -}}
{{- with .Values.controller.image -}}
{{ .repository | default $path }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end }}

{{/* What the public chart would make of its defaults, and this one cannot. */}}
{{- define "nginx.refuse" -}}
{{- with .Values.controller -}}
{{- range $key, $on := dict
  "service.enabled" .service.enabled
  "ingressClassResource.enabled" .ingressClassResource.enabled -}}
{{- if $on }}{{ fail (printf "The tests' chart ingress-nginx cannot do controller.%s: the program is to set it to false." $key) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end }}

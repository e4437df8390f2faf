{{- define "traefik.name" -}}
{{ .Values.nameOverride | default .Chart.Name }}
{{- end }}

{{- define "traefik.fullname" -}}
{{- $name := include "traefik.name" . -}}
{{ .Values.fullnameOverride | default (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) }}
{{- end }}

{{/* What the public chart selects its pods by: a Service of the program's own does the same. */}}
{{- define "traefik.selector" -}}
app.kubernetes.io/name: {{ include "traefik.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}-{{ .Release.Namespace }}
{{- end }}

{{- define "traefik.labels" -}}
{{ include "traefik.selector" . }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "traefik.image" -}}
{{- with .Values.image -}}
{{ .registry }}/{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag }}{{ end }}
{{- end -}}
{{- end }}

{{/* What the public chart would make of its defaults, and this one cannot. */}}
{{- define "traefik.refuse" -}}
{{- range $key, $on := dict
  "service.enabled" .Values.service.enabled
  "ingressClass.enabled" .Values.ingressClass.enabled
  "ingressRoute.dashboard.enabled" .Values.ingressRoute.dashboard.enabled
  "providers.kubernetesCRD.enabled" .Values.providers.kubernetesCRD.enabled
  "providers.kubernetesGateway.enabled" .Values.providers.kubernetesGateway.enabled -}}
{{- if $on }}{{ fail (printf "The tests' chart traefik cannot do %s: the program is to set it to false." $key) }}{{ end -}}
{{- end -}}
{{- end }}

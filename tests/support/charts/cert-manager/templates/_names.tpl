{{- define "cert-manager.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{ .Values.fullnameOverride | default (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) }}
{{- end }}

{{/* Of one part: called with a list of the chart's context and the part, "controller", "webhook", "cainjector" or "startupapicheck". */}}
{{- define "cert-manager.partName" -}}
{{- $part := index . 1 -}}
{{- include "cert-manager.fullname" (index . 0) }}{{ if ne $part "controller" }}-{{ $part }}{{ end }}
{{- end }}

{{- define "cert-manager.selector" -}}
{{- $top := index . 0 -}}
{{- $part := index . 1 -}}
app.kubernetes.io/name: {{ eq $part "controller" | ternary ($top.Values.nameOverride | default $top.Chart.Name) $part }}
app.kubernetes.io/instance: {{ $top.Release.Name }}
app.kubernetes.io/component: {{ $part }}
{{- end }}

{{- define "cert-manager.labels" -}}
{{- $top := index . 0 -}}
{{ include "cert-manager.selector" . }}
app: {{ eq (index . 1) "controller" | ternary ($top.Values.nameOverride | default $top.Chart.Name) (index . 1) }}
app.kubernetes.io/version: {{ $top.Chart.AppVersion }}
helm.sh/chart: {{ $top.Chart.Name }}-{{ $top.Chart.Version }}
app.kubernetes.io/managed-by: {{ $top.Release.Service }}
{{- end }}

{{/* The metadata of an object of one part. */}}
{{- define "cert-manager.metadata" -}}
name: {{ include "cert-manager.partName" . }}
namespace: {{ (index . 0).Release.Namespace }}
labels: {{- include "cert-manager.labels" . | nindent 2 }}
{{- end }}

{{/* The same for an object of no namespace. */}}
{{- define "cert-manager.clusterMetadata" -}}
name: {{ include "cert-manager.partName" . }}
labels: {{- include "cert-manager.labels" . | nindent 2 }}
{{- end }}

{{/* A reference: called with a list of the chart's context and the values of an image. */}}
{{- define "cert-manager.image" -}}
{{- $values := (index . 0).Values -}}
{{- with index . 1 -}}
{{- $repository := .repository | default (printf "%s/%s/%s" $values.imageRegistry $values.imageNamespace .name) -}}
{{ with .registry }}{{ . }}/{{ end }}{{ $repository }}{{ with .tag }}:{{ . }}{{ end }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end }}

{{/* What every container and every pod of it runs under. */}}
{{- define "cert-manager.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end }}

{{- define "cert-manager.podSecurity" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "cert-manager.ownNamespace" -}}
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end }}

{{/* One that is alone takes no lease: that of a pod before it would have to run out first. */}}
{{- define "cert-manager.leaderElection" -}}
- --leader-elect={{ gt (int (index . 1)) 1 }}
- --leader-election-namespace={{ (index . 0).Values.global.leaderElection.namespace }}
{{- end }}

{{- define "cert-manager.disruptionBudget" -}}
{{- $budget := index . 2 -}}
{{- if $budget.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{- include "cert-manager.metadata" . | nindent 2 }}
spec:
  selector:
    matchLabels: {{- include "cert-manager.selector" . | nindent 6 }}
  {{- if hasKey $budget "maxUnavailable" }}
  maxUnavailable: {{ $budget.maxUnavailable }}
  {{- else }}
  minAvailable: {{ $budget.minAvailable | default 1 }}
  {{- end }}
{{- end }}
{{- end }}

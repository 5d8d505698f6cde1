{{/* The name of all that belongs to a release. */}}
{{- define "livefloor.name" -}}
{{- contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* By what its pods are known. */}}
{{- define "livefloor.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "livefloor.labels" -}}
{{ include "livefloor.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "livefloor.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/* The account that the image runs as; the volume is given to it. */}}
{{- define "livefloor.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "livefloor.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "livefloor.mounts" -}}
- {name: data, mountPath: /data}
- {name: tmp, mountPath: /tmp}
{{- end -}}

{{- define "livefloor.volumes" -}}
- name: data
  persistentVolumeClaim:
    claimName: {{ .Values.persistence.existingClaim | default (include "livefloor.name" .) }}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
{{- end -}}

{{/* What the process is told. */}}
{{- define "livefloor.settings" -}}
env:
  - {name: LIVEFLOOR_ENV, value: production}
  - {name: LIVEFLOOR_DATA, value: /data}
  - {name: LIVEFLOOR_DRAIN_SECONDS, value: {{ .Values.drainSeconds | quote }}}
  {{- with .Values.trustedProxies }}
  - {name: LIVEFLOOR_TRUSTED_PROXIES, value: {{ . | quote }}}
  {{- end }}
  {{- range $name, $value := .Values.settings }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
{{- if or .Values.existingSecret .Values.secretSettings }}
envFrom:
  - secretRef:
      name: {{ .Values.existingSecret | default (include "livefloor.name" .) }}
{{- end }}
{{- end -}}

{{/* Values that cannot be served together are refused before anything is made. */}}
{{- define "livefloor.check" -}}
{{- $postgres := eq .Values.database "postgresql" -}}
{{- if and (not $postgres) (or (gt (int .Values.replicas) 1) (gt (int .Values.workers) 1)) -}}
{{- fail "replicas and workers: SQLite is written by one process; set database=postgresql for more" -}}
{{- end -}}
{{- if and $postgres (not .Values.existingSecret) (not .Values.secretSettings.LIVEFLOOR_DATABASE_URL) -}}
{{- fail "database=postgresql: set secretSettings.LIVEFLOOR_DATABASE_URL=postgresql://user:password@host/livefloor, or existingSecret" -}}
{{- end -}}
{{- if and (not $postgres) .Values.secretSettings.LIVEFLOOR_DATABASE_URL -}}
{{- fail "secretSettings.LIVEFLOOR_DATABASE_URL: set database=postgresql too" -}}
{{- end -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.persistence.existingClaim) (ne .Values.persistence.accessMode "ReadWriteMany") -}}
{{- fail "replicas: photos and secrets are on a volume that all pods write; set persistence.accessMode=ReadWriteMany, or workers for several processes in one pod" -}}
{{- end -}}
{{- if and .Values.existingSecret .Values.secretSettings -}}
{{- fail "existingSecret: put what is in secretSettings there too; only one of both is read" -}}
{{- end -}}
{{- end -}}

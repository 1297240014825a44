{{/* What templates share. Names never exceed the 63 characters of a DNS label. */}}

{{- define "sealgate.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The full name with a suffix: list $ "-tls". The suffix is never cut. */}}
{{- define "sealgate.componentName" -}}
{{- $suffix := index . 1 -}}
{{- $room := int (sub 63 (len $suffix)) -}}
{{- printf "%s%s" (include "sealgate.fullname" (index . 0) | trunc $room | trimSuffix "-") $suffix -}}
{{- end -}}

{{/* The name of what belongs to no namespace: two releases of one name, in two namespaces, do not collide. */}}
{{- define "sealgate.clusterName" -}}
{{- printf "%s.%s" (include "sealgate.fullname" .) .Release.Namespace -}}
{{- end -}}

{{/* What selects this release's pods. It never holds a version: a selector can't be changed. */}}
{{- define "sealgate.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* What the pod of `helm test` is selected by: the service never sends anybody to it. */}}
{{- define "sealgate.testLabels" -}}
app.kubernetes.io/name: {{ include "sealgate.componentName" (list . "-test") }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/*
The metadata of an object: dict "context" $ "name" "..." and, where there are any, "labels" and "annotations" of its own.
"cluster" true is an object of no namespace; "selectors" replaces the labels that this release's pods are selected by.
*/}}
{{- define "sealgate.metadata" -}}
{{- $context := .context -}}
name: {{ .name }}
{{- if not .cluster }}
namespace: {{ $context.Release.Namespace }}
{{- end }}
labels:
  {{- $labels := dict
    "helm.sh/chart" (printf "%s-%s" $context.Chart.Name $context.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
    "app.kubernetes.io/version" $context.Chart.AppVersion
    "app.kubernetes.io/managed-by" $context.Release.Service
    "app.kubernetes.io/part-of" "sealgate"
  }}
  {{- $selectors := .selectors | default (include "sealgate.selectorLabels" $context) | fromYaml }}
  {{- merge (dict) $selectors $labels (default (dict) .labels) $context.Values.commonLabels | toYaml | nindent 2 }}
{{- with merge (dict) (default (dict) .annotations) $context.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "sealgate.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sealgate.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* An image by its digest where there is one, by its tag otherwise: list (image) "tag by default". */}}
{{- define "sealgate.image" -}}
{{- $image := index . 0 -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default (index . 1) $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The names that the API server and scrapers call the service by. */}}
{{- define "sealgate.dnsNames" -}}
{{- $name := include "sealgate.fullname" . -}}
{{- $namespace := .Release.Namespace -}}
{{- list
  (printf "%s.%s.svc" $name $namespace)
  (printf "%s.%s" $name $namespace)
  $name
  (printf "%s.%s.svc.%s" $name $namespace .Values.clusterDomain)
| toJson -}}
{{- end -}}

{{/* Clients read the DNS names alone; this one is short enough for a certificate. */}}
{{- define "sealgate.commonName" -}}
{{- include "sealgate.fullname" . -}}
{{- end -}}

{{/* The secret that holds tls.crt, tls.key and, but for an existing secret, ca.crt. */}}
{{- define "sealgate.tlsSecretName" -}}
{{- if eq .Values.tls.mode "existingSecret" -}}
{{- .Values.tls.existingSecret.name -}}
{{- else -}}
{{- include "sealgate.componentName" (list . "-tls") -}}
{{- end -}}
{{- end -}}

{{/* The member of that secret that holds the CA; empty where there is none. */}}
{{- define "sealgate.caKey" -}}
{{- ternary .Values.tls.existingSecret.caKey "ca.crt" (eq .Values.tls.mode "existingSecret") -}}
{{- end -}}

{{/* Whose the pods' processes and files are: a user of no name, who is nobody on the node. */}}
{{- define "sealgate.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* What containers may do: nothing that they need not. */}}
{{- define "sealgate.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* What the OPA sidecar adds to the pod. */}}

{{/*
OPA as a sidecar: an init container that keeps running, up before sealgate asks it and there until sealgate has stopped.
Without bundles of its own it serves the policies of sealgate's image.
*/}}
{{- define "sealgate.opaContainers" -}}
{{- if not .Values.opa.config.bundles }}
- name: policies
  image: {{ include "sealgate.image" (list .Values.image .Chart.AppVersion) }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [cp, -R, /usr/share/sealgate/policies/., /policies]
  resources:
    {{- toYaml .Values.opa.resources | nindent 4 }}
  securityContext:
    {{- include "sealgate.containerSecurityContext" . | nindent 4 }}
  volumeMounts:
    - name: policies
      mountPath: /policies
{{- end }}
- name: opa
  image: {{ include "sealgate.image" (list .Values.opa.image "") }}
  imagePullPolicy: {{ .Values.opa.image.pullPolicy }}
  restartPolicy: Always
  args:
    - run
    - --server
    # Only containers of this pod reach a socket; /health and /metrics are all that the port answers.
    - --addr=unix:///run/opa/opa.sock
    - --diagnostic-addr=:8282
    - --config-file=/etc/opa/config.yaml
    - --disable-telemetry
    - --log-format=json
    - --log-level={{ .Values.opa.logLevel }}
    {{- if not .Values.opa.config.bundles }}
    - --bundle
    - /policies
    {{- end }}
  {{- with .Values.opa.extraEnv }}
  env:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - name: opa-diagnostic
      containerPort: 8282
      protocol: TCP
  startupProbe:
    httpGet: {path: /health, port: opa-diagnostic}
    periodSeconds: 1
    failureThreshold: 60
  readinessProbe:
    httpGet: {path: "/health?bundles", port: opa-diagnostic}
    periodSeconds: 5
  livenessProbe:
    httpGet: {path: /health, port: opa-diagnostic}
    periodSeconds: 10
  resources:
    {{- toYaml .Values.opa.resources | nindent 4 }}
  securityContext:
    {{- include "sealgate.containerSecurityContext" . | nindent 4 }}
  volumeMounts:
    - name: opa-config
      mountPath: /etc/opa
      readOnly: true
    - name: opa-socket
      mountPath: /run/opa
    - name: opa-state
      mountPath: /var/lib/opa
    {{- if not .Values.opa.config.bundles }}
    - name: policies
      mountPath: /policies
      readOnly: true
    {{- end }}
    {{- with .Values.opa.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "sealgate.opaVolumes" -}}
- name: opa-config
  configMap:
    name: {{ include "sealgate.componentName" (list . "-opa") }}
- name: opa-socket
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
# Bundles that OPA is asked to persist.
- name: opa-state
  emptyDir:
    sizeLimit: 128Mi
{{- if not .Values.opa.config.bundles }}
- name: policies
  emptyDir:
    sizeLimit: 64Mi
{{- end }}
{{- end -}}

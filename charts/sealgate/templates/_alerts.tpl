{{/* The labels of an alert, and the beginning of its annotations: list $ "severity" "name". */}}
{{- define "sealgate.alert" -}}
{{- $rule := (index . 0).Values.metrics.prometheusRule -}}
labels:
  {{- merge (dict "severity" (index . 1)) $rule.alertLabels | toYaml | nindent 2 }}
annotations:
  {{- with $rule.runbookURL }}
  runbook_url: {{ printf "%s#%s" . (index $ 2 | lower) }}
  {{- end }}
{{- end -}}

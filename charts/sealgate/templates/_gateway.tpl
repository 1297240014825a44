{{/* What is made with gateway.enabled: nginx, which shows each request to sealgate before it forwards it. */}}

{{- define "sealgate.gatewayName" -}}
{{- include "sealgate.componentName" (list . "-gateway") -}}
{{- end -}}

{{/* What the gateway's pods are selected by: sealgate's own service never sends anybody to them. */}}
{{- define "sealgate.gatewayLabels" -}}
app.kubernetes.io/name: {{ include "sealgate.gatewayName" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* A URL of gateway.upstream in its parts, as JSON: scheme, host, port. */}}
{{- define "sealgate.gatewayUpstream" -}}
{{- $url := urlParse .Values.gateway.upstream -}}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- dict "scheme" $url.scheme "host" $url.hostname "port" $port | toJson -}}
{{- end -}}

{{/* The CA that sealgate's certificate is of: a file in the gateway's pods. */}}
{{- define "sealgate.gatewayCA" -}}
{{- if include "sealgate.caKey" . -}}
/etc/sealgate/ca/{{ include "sealgate.caKey" . }}
{{- else if .Values.tls.existingSecret.caBundle -}}
/etc/sealgate/gateway/ca.crt
{{- else -}}
/etc/ssl/certs/ca-certificates.crt
{{- end -}}
{{- end -}}

{{/* Files that nginx reads again when they change. */}}
{{- define "sealgate.gatewayWatched" -}}
{{- $files := list (include "sealgate.gatewayCA" .) -}}
{{- if .Values.gateway.tls.secretName -}}
{{- $files = concat $files (list "/etc/sealgate/tls/tls.crt" "/etc/sealgate/tls/tls.key") -}}
{{- end -}}
{{- if .Values.gateway.clientCertificate.secretName -}}
{{- $files = concat $files (list "/etc/sealgate/client/tls.crt" "/etc/sealgate/client/tls.key") -}}
{{- end -}}
{{- if .Values.gateway.upstreamCA.name -}}
{{- $files = append $files (printf "/etc/sealgate/upstream-ca/%s" .Values.gateway.upstreamCA.key) -}}
{{- end -}}
{{- $files | toJson -}}
{{- end -}}

{{/* files/gateway/nginx.conf with the values of this release in the place of the names in braces. */}}
{{- define "sealgate.gatewayConfiguration" -}}
{{- $gateway := .Values.gateway -}}
{{- $upstream := include "sealgate.gatewayUpstream" . | fromJson -}}
{{- $any := ternary "[::]:" "" (contains ":" .Values.server.host) -}}
{{- $name := include "sealgate.dnsNames" . | fromJsonArray | first -}}

{{- $listen := printf "%s8080" $any -}}
{{- $tls := "" -}}
{{- if $gateway.tls.secretName -}}
{{- $listen = printf "%s8443 ssl" $any -}}
{{- $tls = "ssl_certificate /etc/sealgate/tls/tls.crt; ssl_certificate_key /etc/sealgate/tls/tls.key; ssl_protocols TLSv1.2 TLSv1.3;" -}}
{{- end -}}

{{- $verify := "proxy_ssl_server_name on; proxy_ssl_verify on; proxy_ssl_verify_depth 5; proxy_ssl_name %s; proxy_ssl_trusted_certificate %s;" -}}
{{- $sealgateTLS := printf $verify $name (include "sealgate.gatewayCA" .) -}}
{{- if $gateway.clientCertificate.secretName -}}
{{- $sealgateTLS = printf "%s proxy_ssl_certificate /etc/sealgate/client/tls.crt; proxy_ssl_certificate_key /etc/sealgate/client/tls.key;" $sealgateTLS -}}
{{- end -}}

{{- $upstreamTLS := "" -}}
{{- if eq $upstream.scheme "https" -}}
{{- $ca := ternary (printf "/etc/sealgate/upstream-ca/%s" $gateway.upstreamCA.key) "/etc/ssl/certs/ca-certificates.crt" (ne $gateway.upstreamCA.name "") -}}
{{- $upstreamTLS = printf $verify $upstream.host $ca -}}
{{- end -}}

{{- $caller := dig "gateway" "caller_header" "X-Sealgate-Caller" .Values.settings -}}
{{- $configuration := .Files.Get "files/gateway/nginx.conf" -}}
{{- range $placeholder, $value := dict
  "WORKERS" (toString $gateway.workers)
  "LISTEN" $listen
  "TLS" $tls
  "HEALTH_LISTEN" (printf "%s8081" $any)
  "SEALGATE" "https"
  "SEALGATE_SERVER" (printf "%s:%d" $name (int .Values.service.port))
  "SEALGATE_TLS" $sealgateTLS
  "UPSTREAM" $upstream.scheme
  "UPSTREAM_SERVER" (printf "%s:%s" $upstream.host $upstream.port)
  "UPSTREAM_TLS" $upstreamTLS
  "MAX_BODY" (printf "%d" (int64 $gateway.maxBodyBytes))
  "SHOWN_BODY" (printf "%d" (int64 (default 1048576 .Values.settings.max_body_bytes)))
  "ANSWER_TIMEOUT" (printf "%ds" (int $gateway.answerTimeoutSeconds))
  "UPSTREAM_TIMEOUT" (printf "%ds" (int $gateway.upstreamTimeoutSeconds))
  "CALLER" (printf "proxy_set_header %s \"\";" $caller)
  "SCRIPTS" "/etc/sealgate/gateway"
  "TEMPORARY" "/tmp"
-}}
{{- $configuration = replace (printf "${%s}" $placeholder) $value $configuration -}}
{{- end -}}
{{- $configuration -}}
{{- end -}}

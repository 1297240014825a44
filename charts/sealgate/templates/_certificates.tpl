{{/*
The certificates of tls.mode selfSigned, made at most once a rendering and kept in .Values.selfSignedCertificates:
ca, caKey, previousCA, certificate, key (PEM) and caExpires, expires (seconds since 1970).

What is installed is taken over: the CA until it could not outlive a new certificate, the certificate until
renewBeforeDays before its end or until its names change. A new CA is trusted together with the one before it, so that
pods that still show the old certificate are believed until they have the new one.
*/}}
{{- define "sealgate.selfSigned" -}}
{{- if not (hasKey .Values "selfSignedCertificates") -}}
{{- $settings := .Values.tls.selfSigned -}}
{{- $now := now | unixEpoch | int64 -}}
{{- $day := 86400 -}}
{{- $names := include "sealgate.dnsNames" . | fromJsonArray -}}
{{- $caSecret := lookup "v1" "Secret" .Release.Namespace (include "sealgate.componentName" (list . "-ca")) -}}
{{- $leafSecret := lookup "v1" "Secret" .Release.Namespace (include "sealgate.componentName" (list . "-tls")) -}}
{{- $caMade := dig "metadata" "annotations" (dict) $caSecret -}}
{{- $leafMade := dig "metadata" "annotations" (dict) $leafSecret -}}

{{- $caExpires := index $caMade "sealgate.dev/expires" | default "0" | int64 -}}
{{- $caData := $caSecret.data | default dict -}}
{{- $keepCA := and (index $caData "tls.crt") (index $caData "tls.key") (gt $caExpires (add $now (mul $settings.days $day))) -}}
{{- $ca := dict -}}
{{- $previous := "" -}}
{{- if $keepCA -}}
{{- $ca = buildCustomCert (index $caData "tls.crt") (index $caData "tls.key") -}}
{{- $previous = index $caData "previous.crt" | default "" | b64dec -}}
{{- else -}}
{{- $ca = genCA (printf "%s CA" (include "sealgate.fullname" .) | trunc 63) (int $settings.caDays) -}}
{{- $caExpires = add $now (mul $settings.caDays $day) -}}
{{- $previous = index $caData "tls.crt" | default "" | b64dec -}}
{{- end -}}

{{- $expires := index $leafMade "sealgate.dev/expires" | default "0" | int64 -}}
{{- $leafData := $leafSecret.data | default dict -}}
{{- $keepLeaf := and $keepCA
  (index $leafData "tls.crt") (index $leafData "tls.key")
  (gt $expires (add $now (mul $settings.renewBeforeDays $day)))
  (eq (index $leafMade "sealgate.dev/dns-names" | default "") (join "," $names))
-}}
{{- $certificate := "" -}}
{{- $key := "" -}}
{{- if $keepLeaf -}}
{{- $certificate = index $leafData "tls.crt" | b64dec -}}
{{- $key = index $leafData "tls.key" | b64dec -}}
{{- else -}}
{{- $leaf := genSignedCert (include "sealgate.commonName" .) (list) $names (int $settings.days) $ca -}}
{{- $certificate = $leaf.Cert -}}
{{- $key = $leaf.Key -}}
{{- $expires = add $now (mul $settings.days $day) -}}
{{- end -}}

{{- $_ := set .Values "selfSignedCertificates" (dict
  "ca" $ca.Cert "caKey" $ca.Key "previousCA" $previous "caExpires" $caExpires
  "certificate" $certificate "key" $key "expires" $expires
) -}}
{{- end -}}
{{- end -}}

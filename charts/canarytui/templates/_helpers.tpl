{{- define "canarytui.labels" -}}
app.kubernetes.io/name: canarytui
app.kubernetes.io/component: controller
{{- end }}

{{/* Rules of the controller's account for the providers in the values; fails for a provider that has no router. */}}
{{- define "canarytui.rules" -}}
{{- $known := .Files.Get "files/rules.yaml" | fromYaml }}
{{- $rules := $known.common }}
{{- $seen := dict }}
{{- range .Values.meshProviders }}
{{- if not (hasKey $known.providers .) }}
{{- fail (printf "meshProviders: %s has no router in this controller; it has %s" . (keys $known.providers | sortAlpha | join ", ")) }}
{{- end }}
{{- range get $known.providers . }}
{{- if not (hasKey $seen (toJson .)) }}
{{- $_ := set $seen (toJson .) true }}
{{- $rules = append $rules . }}
{{- end }}
{{- end }}
{{- end }}
{{- toYaml $rules }}
{{- end }}

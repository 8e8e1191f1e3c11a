{{- define "canarytui.labels" -}}
app.kubernetes.io/name: canarytui
app.kubernetes.io/component: controller
{{- end }}

{{/* Rules of the controller's account for the providers in the values; fails for a provider that has no router. Where one
namespace is watched, without those about objects that have no namespace: see canarytui.clusterRules. */}}
{{- define "canarytui.rules" -}}
{{- $known := .Files.Get "files/rules.yaml" | fromYaml }}
{{- $rules := $known.common }}
{{- $seen := dict }}
{{- range $rule := $known.clusterScoped }}
{{- if $.Values.watchNamespace }}
{{- $_ := set $seen (toJson $rule) true }}
{{- end }}
{{- end }}
{{- range .Values.meshProviders }}
{{- $name := include "canarytui.providerName" . }}
{{- if not (hasKey $known.providers $name) }}
{{- fail (printf "meshProviders: %s has no router in this controller; it has %s" . (keys $known.providers | sortAlpha | join ", ")) }}
{{- end }}
{{- range get $known.providers $name }}
{{- if not (hasKey $seen (toJson .)) }}
{{- $_ := set $seen (toJson .) true }}
{{- $rules = append $rules . }}
{{- end }}
{{- end }}
{{- end }}
{{- toYaml $rules }}
{{- end }}

{{/* A provider's name without the mesh that may follow SMI's: smi:v1alpha1 of smi:v1alpha1:istio. */}}
{{- define "canarytui.providerName" -}}
{{- regexReplaceAll "^(smi:[^:]+):[^:]+$" . "${1}" }}
{{- end }}

{{/* Rules about objects that have no namespace, where one namespace is watched; empty without any. */}}
{{- define "canarytui.clusterRules" -}}
{{- if .Values.watchNamespace }}
{{- $known := .Files.Get "files/rules.yaml" | fromYaml }}
{{- $rules := list }}
{{- range .Values.meshProviders }}
{{- range get $known.providers (include "canarytui.providerName" .) }}
{{- if and (has . $known.clusterScoped) (not (has . $rules)) }}
{{- $rules = append $rules . }}
{{- end }}
{{- end }}
{{- end }}
{{- if $rules }}
{{- toYaml $rules }}
{{- end }}
{{- end }}
{{- end }}

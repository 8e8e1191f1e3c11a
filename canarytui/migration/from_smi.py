"""From a TrafficSplit of the Service Mesh Interface. The mesh that carries it out may be any."""

from __future__ import annotations

from canarytui.domain.values import as_mapping, as_mappings, as_text, as_texts
from canarytui.migration.counterparts import note
from canarytui.migration.route_draft import RouteDraft, RouteSource

_PROFILES = "serviceprofiles.linkerd.io"


def from_linkerd(source: RouteSource) -> RouteDraft:
    """Linkerd stays the mesh; its extension for SMI goes."""
    draft = from_smi(source)
    canary = source.canary
    profile = f"{canary.apex_name}.{canary.namespace}.svc.cluster.local"
    draft.checks.append(
        (
            f"kubectl -n {canary.namespace} get {_PROFILES} {profile}",
            "NotFound. The extension made one of the TrafficSplit, and a ServiceProfile wins over an HTTPRoute: "
            "delete what is left of it",
        )
    )
    if canary.spec.analysis.match:
        draft.changed.append(
            note(source.raw, "spec.analysis.match", None, "had no effect; an HTTPRoute matches headers, so add it back "
                 "if you want an A/B test")
        )  # fmt: skip
    return draft


def from_smi(source: RouteSource) -> RouteDraft:
    """Any mesh that carries out TrafficSplits."""
    canary, draft = source.canary, RouteDraft(hosts=())
    hosts = as_texts(canary.spec.service.raw.get("hosts"))
    if hosts:
        text = "was the TrafficSplit's root Service: a route attaches to the Service itself or to a Gateway"
        draft.changed.append(note(source.raw, "spec.service.hosts", hosts, text))
    split = source.record.split
    if split is None:
        return draft
    resource, (namespace, name) = split.object.resource, split.place(canary)
    draft.old.append((resource.full_name, name, namespace))
    live = source.objects.find(resource, namespace, name)
    if live is not None:
        spec = as_mapping(live.get("spec"))
        for position, match in enumerate(as_mappings(spec.get("matches"))):
            text = "an HTTPRouteGroup of SMI: write its conditions into spec.service.match of the Canary"
            draft.missing.append(note(live, f"spec.matches[{position}]", match, text))
        own = {canary.primary_service_name, canary.canary_service_name}
        draft.missing += [
            note(
                live,
                f"spec.backends[{position}]",
                backend.get("service"),
                "a third backend: Flagger splits between two",
            )
            for position, backend in enumerate(as_mappings(spec.get("backends")))
            if as_text(backend.get("service")) not in own
        ]
    return draft

"""From a provider whose routes are of the Canary alone: Istio, and older versions of the Gateway API."""

from __future__ import annotations

from canarytui.domain.values import as_texts
from canarytui.migration.counterparts import note
from canarytui.migration.route_draft import RouteDraft, RouteSource

_EVERY_PROXY = "mesh"
"""Istio's name for the gateway that is every sidecar."""


def from_canary(source: RouteSource) -> RouteDraft:
    """The hosts that a route may have, and what is old."""
    hosts = as_texts(source.canary.spec.service.raw.get("hosts"))
    draft = RouteDraft(hosts=tuple(each for each in hosts if each != "*"))
    if "*" in hosts:
        draft.changed.append(note(source.raw, "spec.service.hosts", "*", "left out: a route without hosts has all"))
    draft.old += [
        (routing.resource.full_name, name, namespace)
        for routing in source.record.objects
        for namespace, name in routing.places(source.canary)
    ]
    return draft


def from_istio(source: RouteSource) -> RouteDraft:
    """As :func:`from_canary`; without gateways of its own the canary's route is the mesh's."""
    draft = from_canary(source)
    gateways = as_texts(source.canary.spec.service.raw.get("gateways"))
    draft.in_mesh = set(gateways) <= {_EVERY_PROXY}
    if _EVERY_PROXY in gateways and not draft.in_mesh:
        ref = f'{{group: "", kind: Service, name: {source.canary.apex_name}, port: {source.canary.spec.service.port}}}'
        text = f"requests inside the mesh, too: add {ref} to spec.service.gatewayRefs, if your version takes both"
        draft.missing.append(note(source.raw, "spec.service.gateways", _EVERY_PROXY, text))
    return draft

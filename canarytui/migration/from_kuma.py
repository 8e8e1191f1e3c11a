"""From Kuma's TrafficRoute to a route on the Service, which Kuma takes from version 2.3 on."""

from __future__ import annotations

from canarytui.domain.traffic.kuma import MESH_ANNOTATION, SERVICE_TAG, TRAFFIC_ROUTES
from canarytui.domain.values import as_mapping, as_mappings
from canarytui.migration.counterparts import annotations_of, note
from canarytui.migration.objects import name_of
from canarytui.migration.route_draft import RouteDraft, RouteSource

_GROUP = TRAFFIC_ROUTES.group
_SUCCESSORS = {
    "CircuitBreaker": "MeshCircuitBreaker",
    "FaultInjection": "MeshFaultInjection",
    "HealthCheck": "MeshHealthCheck",
    "MeshGatewayRoute": "an HTTPRoute of the Gateway",
    "ProxyTemplate": "MeshProxyPatch",
    "RateLimit": "MeshRateLimit",
    "Retry": "MeshRetry",
    "Timeout": "MeshTimeout",
    "TrafficLog": "MeshAccessLog",
    "TrafficPermission": "MeshTrafficPermission",
    "TrafficTrace": "MeshTrace",
}
"""Policies of a whole mesh that name services by tags, and what takes their place."""

_PROTOCOL = f".service.{_GROUP}/protocol"
_MESH = "default"


def from_kuma(source: RouteSource) -> RouteDraft:
    """The weights move to an HTTPRoute; policies of the mesh stay the user's."""
    canary, draft = source.canary, RouteDraft(hosts=())
    mesh = annotations_of(source.raw).get(MESH_ANNOTATION, _MESH)
    if mesh != _MESH:
        text = f"an HTTPRoute belongs to the mesh of its namespace: label namespace {canary.namespace} with it"
        draft.missing.append(note(source.raw, f"metadata.annotations[{MESH_ANNOTATION}]", mesh, text))
    _protocol(source, draft)
    draft.decide.append(
        f"{source.record.title} takes routes on a Service from 2.3 on, with its support of the Gateway API switched on."
    )
    draft.old.append((TRAFFIC_ROUTES.full_name, canary.apex_name, ""))
    own = f"{canary.apex_name}_{canary.namespace}_svc_"
    for obj in source.objects.of_group(_GROUP):
        if obj.get("kind") == TRAFFIC_ROUTES.kind:
            conf = as_mapping(as_mapping(obj.get("spec")).get("conf"))
            if name_of(obj) == canary.apex_name:
                draft.missing += [
                    note(
                        obj,
                        f"spec.conf.{field}",
                        conf[field],
                        "no field of an HTTPRoute: use a MeshLoadBalancingStrategy",
                    )
                    for field in conf
                    if field != "split"
                ]
        elif obj.get("kind") in _SUCCESSORS:
            spec = as_mapping(obj.get("spec"))
            for position, each in enumerate(as_mappings(spec.get("destinations"))):
                tag = str(as_mapping(each.get("match")).get(SERVICE_TAG) or "*")
                if tag == "*" or tag.startswith(own):
                    text = f"a policy of the whole mesh: make {_SUCCESSORS[str(obj['kind'])]} of it"
                    draft.missing.append(note(obj, f"spec.destinations[{position}]", tag, text))
    return draft


def _protocol(source: RouteSource, draft: RouteDraft) -> None:
    """Kuma's annotation that a port speaks HTTP is ``appProtocol`` for everybody else."""
    service = source.canary.spec.service.raw
    annotations = as_mapping(as_mapping(service.get("apex")).get("annotations"))
    protocol = next((str(value) for key, value in annotations.items() if str(key).endswith(_PROTOCOL)), "")
    if protocol and not service.get("appProtocol"):
        draft.service["appProtocol"] = protocol
        text = f"from the annotation PORT{_PROTOCOL}, which may stay"
        draft.changed.append(note(source.raw, "spec.service.appProtocol", protocol, text))

"""From AWS App Mesh: a Gateway takes the place of its virtual gateway; the mesh itself has no successor here."""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.traffic.appmesh import GATEWAY_ROUTES
from canarytui.domain.values import KubernetesObject, as_mapping, as_texts
from canarytui.migration.counterparts import annotations_of, note, object_name
from canarytui.migration.objects import name_of
from canarytui.migration.route_draft import RouteDraft, RouteSource

_GROUP = GATEWAY_ROUTES.group
_LOST = {
    "tls": "TLS between workloads: use the mTLS of your next mesh",
    "clientPolicy": "TLS between workloads: use the mTLS of your next mesh",
    "backendDefaults": "TLS between workloads: use the mTLS of your next mesh",
    "backends": "who may call whom: use the authorization policies of your next mesh, or NetworkPolicies",
    "outlierDetection": "no field of an HTTPRoute: use a policy of your Gateway or mesh",
    "connectionPool": "no field of an HTTPRoute: use a policy of your Gateway or mesh",
    "healthCheck": "no field of an HTTPRoute: the pods' readiness probes remain",
    "retryPolicy": "Flagger writes no retries into an HTTPRoute: use a policy of your Gateway or mesh",
    "logging": "access logs: configure those of your Gateway",
    "awsCloudMap": "Services are found by Kubernetes' DNS only",
    "egressFilter": "which hosts outside may be called: use your next mesh's policies, or NetworkPolicies",
}
_INJECTED = f"{_GROUP}/"
_ACCESS_LOG = "appmesh.flagger.app/accesslog"


def from_appmesh(source: RouteSource) -> RouteDraft:
    """Hosts, timeouts and matches map; virtual nodes and what they say do not."""
    canary, draft = source.canary, RouteDraft()
    hosts = as_texts(canary.spec.service.raw.get("hosts"))
    draft.hosts = tuple(each for each in hosts if each != "*")
    if "*" in hosts:
        draft.changed.append(note(source.raw, "spec.service.hosts", "*", "left out: a route without hosts has all"))
    if logged := annotations_of(source.raw).get(_ACCESS_LOG):
        draft.missing.append(note(source.raw, f"metadata.annotations[{_ACCESS_LOG}]", logged, _LOST["logging"]))
    for side in ("apex", "primary", "canary"):
        marked = as_mapping(as_mapping(canary.spec.service.raw.get(side)).get("annotations"))
        draft.missing += [
            note(source.raw, f"spec.service.{side}.annotations[{key}]", value, "nothing reads it any more")
            for key, value in marked.items()
            if _GROUP in str(key)
        ]
    draft.old += [
        (routing.resource.full_name, name, namespace)
        for routing in source.record.objects
        for namespace, name in routing.places(canary)
    ]
    made = {(routing.resource.kind, name) for routing in source.record.objects for _, name in routing.places(canary)}
    for obj in source.objects.of_group(_GROUP):
        if (obj.get("kind"), name_of(obj)) in made:
            continue  # Flagger makes these of the Canary, which has been read
        for path, field, value in _fields(as_mapping(obj.get("spec")), "spec"):
            if field in _LOST:
                draft.missing.append(note(obj, path, value, _LOST[field]))
    _target(source, draft)
    draft.decide.append(
        "The pods keep their Envoys until they are re-created in a namespace without injection: after the last step "
        "remove its label, and release a new revision."
    )
    return draft


def _target(source: RouteSource, draft: RouteDraft) -> None:
    target = source.canary.spec.target
    for obj in source.objects.of_kind(target.kind):
        if name_of(obj) != target.name or source.objects.namespace_of(obj) != source.canary.namespace:
            continue
        template = as_mapping(as_mapping(as_mapping(obj.get("spec")).get("template")).get("metadata"))
        for key, value in as_mapping(template.get("annotations")).items():
            if str(key).startswith(_INJECTED):
                text = (
                    f"for its sidecar: remove it from {object_name(obj)}, which starts a rollout, after the last step"
                )
                draft.missing.append(note(obj, f"spec.template.metadata.annotations[{key}]", value, text))


def _fields(value: object, at: str) -> Iterator[tuple[str, str, object]]:
    """(path, name, value) of every field, the outer ones first; below one that has no counterpart nothing is listed."""
    if isinstance(value, list):
        for position, each in enumerate(value):
            yield from _fields(each, f"{at}[{position}]")
        return
    found: KubernetesObject = as_mapping(value)
    for key, each in found.items():
        yield f"{at}.{key}", str(key), each
        if key not in _LOST:
            yield from _fields(each, f"{at}.{key}")

"""AWS App Mesh: virtual nodes of primary and canary, and a route between them. Gateways are the user's.

Deviations from Flagger unless strict: a split that nobody can read, or with targets of others, is repaired; labels,
annotations and fields of others stay; a VirtualService that is gone is made again; of several entries in
``analysis.match`` any one is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic.appmesh import node_of, targets_of
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY, Weights, shares_of
from canarytui.engine.routers.appmesh_dialects import MeshDialect, Part, V1Beta2Dialect, gateway_annotations
from canarytui.engine.routers.base import require_valid, served
from canarytui.engine.routers.services import HANDS_OFF
from canarytui.engine.workloads.base import owner_reference

_NODE_FIELDS = ("meshName", "podSelector", "listeners", "serviceDiscovery", "backends", "logging")
"""Fields of a virtual node's spec that are ours, also where there is nothing to write."""


class AppMeshRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def __init__(self, dialect: MeshDialect) -> None:
        self._dialect = dialect

    def reconcile(self, tick: Tick) -> Decision[None]:
        for name, spec in self._dialect.nodes(tick).items():
            yield from settle(partial(self._node, tick, name, spec), f"{self._dialect.node.kind} {name}")
        apex, canary = tick.canary.apex_name, tick.canary.canary_service_name
        for name, weights in ((apex, ALL_TO_PRIMARY), (canary, ALL_TO_CANARY)):
            yield from settle(partial(self._split, tick, name, weights), f"{self._dialect.split.kind} {name}")

    def read_weights(self, tick: Tick) -> Weights:
        live = self._live(tick)
        kind, name = self._dialect.split.kind, live["metadata"]["name"]
        routes = (live.get("spec") or {}).get("routes") or []
        targets = targets_of(routes[0]) if routes else []
        if len(targets) != 2:
            raise EndTick(f"{kind} routes {name} not found")
        return served(tick, _weights(tick, targets), f"{kind} {name}")

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        if not tick.settings.strict:
            require_valid(tick, weights)
        yield from settle(partial(self._set, tick, weights), f"{self._dialect.split.kind} {tick.canary.apex_name}")

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()

    def _node(self, tick: Tick, name: str, spec: Part) -> Decision[bool]:
        dialect, apex = self._dialect, tick.canary.spec.service.apex or {}
        labels = dict(apex.get("labels") or {})
        annotations = {**(apex.get("annotations") or {}), **HANDS_OFF}
        live = _find(tick, dialect.node, name)
        if live is None:
            yield Create(_made(tick, dialect.node, name, spec, annotations, labels))
            yield Log(f"{dialect.node.kind} {name}.{tick.canary.namespace} created", dialect.caller)
            return True
        present, metadata = dict(live.get("spec") or {}), dict(live["metadata"])
        if tick.settings.strict:
            wanted = {**_only(present, dialect.others), **spec}
            metadata |= {"labels": labels, "annotations": annotations} if dialect.node_metadata else {}
        else:
            wanted = {**{key: value for key, value in present.items() if key not in _NODE_FIELDS}, **spec}
            metadata |= _merged(metadata, labels, annotations)
        if wanted != present or not _same_metadata(metadata, live["metadata"]):
            yield Replace({**live, "metadata": metadata, "spec": wanted})
            yield Log(f"{dialect.node.kind} {name} updated", dialect.caller)
        return True

    def _split(self, tick: Tick, service: str, weights: Weights) -> Decision[bool]:
        """The split behind a Service: made with `weights`; what the apex' has since then stays."""
        dialect = self._dialect
        name = dialect.split_name(tick, service)
        exposed = gateway_annotations(tick) if service == tick.canary.apex_name else {}
        own = {} if dialect.service is not None else exposed
        live = _find(tick, dialect.split, name)
        if live is None:
            yield Create(_made(tick, dialect.split, name, dialect.split_spec(tick, service, weights), own))
            yield Log(f"{dialect.split.kind} {name} created", dialect.caller)
        else:
            if tick.settings.strict:
                wanted = self._as_flagger(tick, live, service, weights)
            else:
                wanted = self._repaired(tick, live, service, weights, own)
            if wanted != live:
                yield Replace(wanted)
                yield Log(f"{dialect.split.kind} {name} updated", dialect.caller)
        if live is None or not tick.settings.strict:
            yield from self._service(tick, service, exposed)
        return True

    def _as_flagger(self, tick: Tick, live: KubernetesObject, service: str, weights: Weights) -> Part:
        """A difference is repaired but for the first route's targets; of the other routes' none is seen."""
        dialect = self._dialect
        present = live.get("spec") or {}
        spec = dialect.split_spec(tick, service, weights)
        kept = _only(present, dialect.others)
        routes = present.get("routes") or []
        if self._without_targets({**kept, **spec}) == self._without_targets(present):
            return dict(live)
        if routes:
            spec["routes"][0] = dialect.with_action(spec["routes"][0], dialect.action(routes[0]))
        return {**live, "spec": {**kept, **spec}}

    def _repaired(
        self, tick: Tick, live: KubernetesObject, service: str, weights: Weights, annotations: dict[str, str]
    ) -> Part:
        present = live.get("spec") or {}
        routes = present.get("routes") or []
        if service == tick.canary.apex_name and routes:
            weights = _weights(tick, targets_of(routes[0])) or weights
        spec = {**present, **self._dialect.split_spec(tick, service, weights)}
        metadata = {**live["metadata"], **_merged(live["metadata"], {}, annotations)}
        return {**live, "metadata": metadata, "spec": spec}

    def _without_targets(self, spec: Mapping[str, Any]) -> Part:
        return {**spec, "routes": [self._dialect.with_action(route, {}) for route in spec.get("routes") or []]}

    def _service(self, tick: Tick, name: str, annotations: dict[str, str]) -> Decision[None]:
        """In v1beta2 the VirtualService is an object of its own; Flagger looks at it only when it makes the router."""
        dialect = self._dialect
        if not isinstance(dialect, V1Beta2Dialect):
            return
        kind = dialect.service.kind
        spec, live = dialect.service_spec(name), _find(tick, dialect.service, name)
        if live is None:
            yield Create(_made(tick, dialect.service, name, spec, annotations))
            yield Log(f"{kind} {name} created", dialect.caller)
            return
        metadata = {**live["metadata"], **_merged(live["metadata"], {}, annotations)}
        wanted = {**live, "metadata": metadata, "spec": {**(live.get("spec") or {}), **spec}}
        if wanted != live and not tick.settings.strict:
            yield Replace(wanted)
            yield Log(f"{kind} {name} updated", dialect.caller)

    def _set(self, tick: Tick, weights: Weights) -> Decision[bool]:
        dialect, live = self._dialect, self._live(tick)
        present = live.get("spec") or {}
        routes = list(present.get("routes") or [])
        if not tick.settings.strict:
            routes = dialect.routes(tick, tick.canary.apex_name, weights)
        elif routes:
            routes[0] = dialect.with_action(routes[0], dialect.targets(tick, weights))
        else:
            raise EndTick(f"{dialect.split.kind} routes {live['metadata']['name']} not found")
        if routes != present.get("routes"):
            yield Replace({**live, "spec": {**present, "routes": routes}})
        return True

    def _live(self, tick: Tick) -> KubernetesObject:
        """The apex' split; raises EndTick without one."""
        split = self._dialect.split
        name = self._dialect.split_name(tick, tick.canary.apex_name)
        found = _find(tick, split, name)
        if found is None:
            raise EndTick(f'{split.kind} {name} get query error: {split.full_name} "{name}" not found')
        return found


def _find(tick: Tick, resource: Resource, name: str) -> KubernetesObject | None:
    # By the longest name: Istio has a VirtualService in v1beta1, too.
    return tick.cluster_view.get(resource.kind_names[-1], tick.canary.namespace, name)


def _weights(tick: Tick, targets: list[KubernetesObject]) -> Weights | None:
    """What the targets say; None where both have nothing, or one of them is of somebody else (unless strict)."""
    canary = tick.canary
    by_node = {node_of(each): each.get("weight", 0) for each in targets}
    sides = (by_node.get(canary.primary_service_name), by_node.get(canary.canary_service_name))
    if not tick.settings.strict and (len(targets) != 2 or None in sides):
        return None
    primary, ours = (each if isinstance(each, int) and each >= 0 else 0 for each in sides)
    if tick.settings.strict:
        return Weights(primary, ours) if primary or ours else None
    return shares_of(primary, ours)


def _made(
    tick: Tick,
    resource: Resource,
    name: str,
    spec: Part,
    annotations: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
) -> Part:
    metadata: Part = {
        "name": name,
        "namespace": tick.canary.namespace,
        "ownerReferences": [owner_reference(tick.canary)],
    }
    metadata |= {"annotations": dict(annotations)} if annotations else {}
    metadata |= {"labels": dict(labels)} if labels else {}
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, "spec": spec}


def _only(spec: Mapping[str, Any], fields: tuple[str, ...]) -> Part:
    return {key: spec[key] for key in fields if key in spec}


def _merged(metadata: Mapping[str, Any], labels: Mapping[str, str], annotations: Mapping[str, str]) -> Part:
    """Labels and annotations with those of others."""
    wanted = (("labels", labels), ("annotations", annotations))
    return {field: {**(metadata.get(field) or {}), **ours} for field, ours in wanted if ours}


def _same_metadata(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all((one.get(field) or {}) == (other.get(field) or {}) for field in ("labels", "annotations"))

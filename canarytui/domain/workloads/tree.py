"""The objects that make up a canary, as a tree: workloads down to pods, services, router, scalers, configs.

Pure; a session fills :class:`Holdings`. A missing object is a node too; one that may not be read, or was not read yet,
is neither healthy nor unhealthy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from canarytui.domain.sentences import objects
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.values import as_mapping, parse_time
from canarytui.domain.workloads.config_references import ConfigName, config_names
from canarytui.domain.workloads.containers import application_images, release
from canarytui.domain.workloads.health import (
    Condition,
    Health,
    of_pod,
    of_replica_set,
    of_router,
    of_scaler,
    of_service,
    of_workload,
)
from canarytui.domain.workloads.workload import WorkloadStatus
from canarytui.whole_number import whole_number

_PRIMARY = "-primary"
_MOST_PODS = 200
_UNMADE = frozenset({"", "Initializing"})
"""Phases in which the controller may not have created its objects yet."""


class ObjectNode(Struct, frozen=True):
    """One object, existing or expected. `kind` is Kubernetes'; `note` is clean text."""

    kind: str
    name: str
    health: Health
    note: str
    children: tuple[ObjectNode, ...] = ()

    def worst(self) -> Health:
        """The worst health in this part of the tree."""
        order = (Health.BAD, Health.WAITING, Health.GOOD, Health.UNKNOWN)
        found = {self.health, *(child.worst() for child in self.children)}
        return next(health for health in order if health in found)


class Holdings(Struct, frozen=True):
    """The objects around a canary. `known` are the kinds that were read completely.

    `routers` are the expected router objects by (kind, name), None if missing.
    `configs` says by (kind, name) whether a config exists. `pod_warnings` are the last warnings by pod.
    """

    target: Mapping[str, Any] | None = None
    primary: Mapping[str, Any] | None = None
    replica_sets: Sequence[Mapping[str, Any]] = ()
    pods: Sequence[Mapping[str, Any]] = ()
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    routers: Mapping[tuple[str, str], Mapping[str, Any] | None] = field(default_factory=dict)
    scalers: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    configs: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    pod_warnings: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


def object_tree(canary: Canary, holdings: Holdings, now: datetime) -> tuple[ObjectNode, ...]:
    """The roots: target, primary, the three services, router, scalers, configs."""
    return (
        *_workloads(canary, holdings, now),
        *_services(canary, holdings),
        *_routers(canary, holdings),
        *_scalers(canary, holdings),
        *_configs(canary, holdings),
    )


def _workloads(canary: Canary, holdings: Holdings, now: datetime) -> Iterable[ObjectNode]:
    kind = canary.spec.target.kind
    if kind == "Service":
        return
    target, primary = (
        WorkloadStatus.parse(obj) if obj is not None else None for obj in (holdings.target, holdings.primary)
    )
    images = application_images(canary, primary, target)
    for name, obj, workload, image, note in (
        (canary.target_name, holdings.target, target, images[1], objects.NO_TARGET.text()),
        (canary.primary_name, holdings.primary, primary, images[0], objects.NO_PRIMARY.text()),
    ):
        if obj is None or workload is None:
            made = name == canary.primary_name
            yield _unmade(canary, kind, name, holdings, note) if made else _absent(kind, name, holdings, note)
        else:
            condition = of_workload(workload, release(image))
            yield _node(kind, name, condition, tuple(_pods_of_workload(kind, name, obj, holdings, now)))


def _pods_of_workload(
    kind: str, name: str, workload: Mapping[str, Any], holdings: Holdings, now: datetime
) -> Iterable[ObjectNode]:
    if kind == "DaemonSet":
        yield from _pods(_owned(holdings.pods, kind, name, workload), holdings, now)
        return
    owned = sorted(_owned(holdings.replica_sets, kind, name, workload), key=_revision, reverse=True)
    empty = 0
    for index, replica_set in enumerate(owned):
        own_name = _name(replica_set)
        pods = _owned(holdings.pods, "ReplicaSet", own_name, replica_set)
        if index and not pods and not as_mapping(replica_set.get("spec")).get("replicas"):
            empty += 1
            continue
        children = tuple(_pods(pods, holdings, now))
        yield _node("ReplicaSet", own_name, of_replica_set(replica_set), children)
    if empty:
        yield ObjectNode("ReplicaSet", f"{empty} older", Health.GOOD, objects.SCALED_TO_ZERO.text())


def _pods(pods: Sequence[Mapping[str, Any]], holdings: Holdings, now: datetime) -> Iterable[ObjectNode]:
    for pod in sorted(pods, key=_name)[:_MOST_PODS]:
        name = _name(pod)
        yield _node("Pod", name, of_pod(pod, holdings.pod_warnings.get(name, ""), now))


def _services(canary: Canary, holdings: Holdings) -> Iterable[ObjectNode]:
    if registry.of_target(canary) is not None:
        return  # the target splits its traffic itself: there are no Services of the controller's
    for name in (canary.apex_name, canary.primary_service_name, canary.canary_service_name):
        service = holdings.services.get(name)
        if service is not None:
            yield _node("Service", name, of_service(service))
        else:
            yield _unmade(canary, "Service", name, holdings)


def _routers(canary: Canary, holdings: Holdings) -> Iterable[ObjectNode]:
    for (kind, name), router in holdings.routers.items():
        if router is not None:
            yield _node(kind, name, of_router(router))
        else:
            yield _unmade(canary, kind, name, holdings)


def _scalers(canary: Canary, holdings: Holdings) -> Iterable[ObjectNode]:
    reference = canary.spec.autoscaler
    if reference is None:
        return
    for name in (reference.name, reference.name + _PRIMARY):
        scaler = holdings.scalers.get((reference.kind, name))
        if scaler is not None:
            yield _node(reference.kind, name, of_scaler(scaler))
        else:
            yield _absent(reference.kind, name, holdings)


def _configs(canary: Canary, holdings: Holdings) -> Iterable[ObjectNode]:
    tracked = canary.status.tracked_configs or {}
    for config in config_names(holdings.target or {}):
        followed = f"{config.kind.lower()}/{config.name}" in tracked
        node = _config(config, config.name, holdings, "tracked" if followed else "not tracked")
        if followed:
            copy = _config(config, config.name + _PRIMARY, holdings, objects.PRIMARYS_COPY.text())
            node = replace(node, children=(copy,))
        yield node


def _config(config: ConfigName, name: str, holdings: Holdings, note: str) -> ObjectNode:
    exists = holdings.configs.get((config.kind, name))
    if exists is None:
        return ObjectNode(config.kind, name, Health.UNKNOWN, note)
    if exists:
        return ObjectNode(config.kind, name, Health.GOOD, note)
    return ObjectNode(config.kind, name, Health.WAITING if config.optional else Health.BAD, f"missing, {note}")


def _node(kind: str, name: str, condition: Condition, children: tuple[ObjectNode, ...] = ()) -> ObjectNode:
    return ObjectNode(clean(kind, 63), clean(name, 253), condition.health, condition.note, children)


def _unmade(canary: Canary, kind: str, name: str, holdings: Holdings, note: str = "missing") -> ObjectNode:
    """An object that the controller creates and that does not exist: no fault until it should."""
    if canary.status.phase in _UNMADE:
        return _absent(kind, name, holdings, objects.NOT_MADE_YET.text(), Health.WAITING)
    return _absent(kind, name, holdings, note)


def _absent(kind: str, name: str, holdings: Holdings, note: str = "missing", health: Health = Health.BAD) -> ObjectNode:
    if kind not in holdings.known:
        return ObjectNode(clean(kind, 63), clean(name, 253), Health.UNKNOWN, "not read")
    return ObjectNode(clean(kind, 63), clean(name, 253), health, note)


def _owned(
    objects: Sequence[Mapping[str, Any]], kind: str, name: str, owner: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Those of `objects` whose controller is `owner`: by uid where both have one, else by kind and name."""
    uid = as_mapping(owner.get("metadata")).get("uid")
    found = []
    for obj in objects:
        references = as_mapping(obj.get("metadata")).get("ownerReferences")
        for reference in references if isinstance(references, list) else ():
            if not isinstance(reference, Mapping) or (reference.get("kind"), reference.get("name")) != (kind, name):
                continue
            if not uid or not reference.get("uid") or uid == reference.get("uid"):
                found.append(obj)
                break
    return found


def _revision(replica_set: Mapping[str, Any]) -> tuple[float, float]:
    """Newest last: by Kubernetes' revision number, then by age."""
    metadata = as_mapping(replica_set.get("metadata"))
    said = str(as_mapping(metadata.get("annotations")).get("deployment.kubernetes.io/revision") or "")
    created = parse_time(metadata.get("creationTimestamp"))
    return float(whole_number(said) or 0), created.timestamp() if created else 0.0


def _name(obj: Mapping[str, Any]) -> str:
    return str(as_mapping(obj.get("metadata")).get("name") or "")

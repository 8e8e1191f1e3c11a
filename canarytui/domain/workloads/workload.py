"""A Deployment or DaemonSet for people: images, ready replicas, what is wrong.

Fields that are missing or have the wrong type read as unknown or zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_count, as_mapping, parse_time
from canarytui.domain.workloads.ownership import owner_of


class Container(Struct, frozen=True):
    """`ports` are the (number, name) pairs that it declares; a container may listen on others too."""

    name: str
    image: str
    ports: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WorkloadStatus:
    """`desired`, `updated`, `ready` and `available` count pods, `total` those of every template; `problem` is the
    reason that its controller gives.

    `unavailable_since` is when a Deployment dropped below its available pods (its Available condition): Flagger counts
    ``progressDeadlineSeconds`` from there. `template` is the pod template as an API object.
    """

    kind: str
    namespace: str
    name: str
    resource_version: str
    containers: tuple[Container, ...]
    desired: int
    updated: int
    ready: int
    available: int
    caught_up: bool
    problem: str = ""
    owner: str = ""
    unavailable_since: datetime | None = None
    template: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    total: int = 0

    @property
    def is_ready(self) -> bool:
        """Every desired pod runs the current template and is available."""
        return self.caught_up and self.updated >= self.desired and self.available >= self.desired

    @property
    def old(self) -> int:
        """Pods of an earlier template, which serve requests until they are gone."""
        return max(self.total - self.updated, 0)

    @property
    def new_available(self) -> int | None:
        """Available pods of the current template; None if the status does not separate them from old ones."""
        if not self.caught_up:
            return None
        least, most = max(self.available - self.old, 0), min(self.updated, self.available)
        return least if least == most else None

    @classmethod
    def parse(cls, obj: Mapping[str, Any]) -> WorkloadStatus:
        metadata, spec, status = (as_mapping(obj.get(part)) for part in ("metadata", "spec", "status"))
        kind = clean(obj.get("kind"), 63) or "Deployment"
        daemon = kind == "DaemonSet"
        return cls(
            kind=kind,
            namespace=clean(metadata.get("namespace"), 253),
            name=clean(metadata.get("name"), 253),
            resource_version=clean(metadata.get("resourceVersion"), 64),
            containers=_containers(spec),
            desired=as_count(status.get("desiredNumberScheduled") if daemon else spec.get("replicas", 1)),
            updated=as_count(status.get("updatedNumberScheduled" if daemon else "updatedReplicas")),
            ready=as_count(status.get("numberReady" if daemon else "readyReplicas")),
            available=as_count(status.get("numberAvailable" if daemon else "availableReplicas")),
            caught_up=as_count(status.get("observedGeneration")) >= as_count(metadata.get("generation")),
            problem=_problem(status),
            owner=owner_of(metadata),
            unavailable_since=_unavailable_since(status),
            template=as_mapping(spec.get("template")),
            total=as_count(status.get("currentNumberScheduled" if daemon else "replicas")),
        )


def _containers(spec: Mapping[str, Any]) -> tuple[Container, ...]:
    pod = as_mapping(as_mapping(spec.get("template")).get("spec"))
    listed = pod.get("containers")
    if not isinstance(listed, list):
        return ()
    return tuple(
        Container(clean(entry.get("name"), 63), clean(entry.get("image"), 500), _ports(entry.get("ports")))
        for entry in listed
        if isinstance(entry, Mapping)
    )


def _ports(listed: object) -> tuple[tuple[int, str], ...]:
    return tuple(
        (as_count(entry.get("containerPort")), clean(entry.get("name"), 63))
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, Mapping)
    )


def _problem(status: Mapping[str, Any]) -> str:
    conditions = status.get("conditions")
    for condition in conditions if isinstance(conditions, list) else ():
        if not isinstance(condition, Mapping):
            continue
        kind, value = condition.get("type"), condition.get("status")
        failing = kind == "ReplicaFailure" and value == "True"
        if failing or (kind in ("Progressing", "Available") and value == "False"):
            return clean(condition.get("message") or condition.get("reason"), 300)
    return ""


def _unavailable_since(status: Mapping[str, Any]) -> datetime | None:
    conditions = status.get("conditions")
    for condition in conditions if isinstance(conditions, list) else ():
        if isinstance(condition, Mapping) and (
            condition.get("type") == "Available" and condition.get("reason") == "MinimumReplicasUnavailable"
        ):
            return parse_time(condition.get("lastUpdateTime")) if condition.get("status") == "False" else None
    return None


def image_tag(image: str) -> str:
    """The part of an image that changes from release to release: tag, shortened digest, or all of it."""
    if "@sha256:" in image:
        return "sha256:" + image.rpartition("@sha256:")[2][:7]
    _, slash, last = image.rpartition("/")
    name, colon, tag = last.rpartition(":")
    if colon and name:
        return tag
    return "latest" if image and (slash or last) else ""


def with_tag(image: str, tag: str) -> str:
    """`image` with another tag; a `tag` with a slash, an ``@`` or a ``:`` is taken as a whole image."""
    if any(mark in tag for mark in "/@:"):
        return tag
    base = image.partition("@")[0]
    head, slash, last = base.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}:{tag}"

"""What a canary's HTTPRoute needs to say, as read from the objects of the provider that it has now."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.values import KubernetesObject
from canarytui.migration.counterparts import FieldNote
from canarytui.migration.objects import ObjectSet


class RouteDraft(Struct):
    """Filled in by the reader of a provider (`from_….py`).

    Attributes:
        hosts: None leaves ``service.hosts`` as they are.
        service: fields of ``spec.service`` in the new Canary; None removes one.
        match: ``analysis.match``; None leaves it as it is.
        session_affinity: for ``analysis.sessionAffinity``, where the canary has none.
        in_mesh: whether only requests inside the mesh are routed, so that the Service is the route's parent.
        secured: whether requests come by TLS, which the Gateway then ends.
        extra: objects that the user has to apply beside the Canary.
        old: (kind, name, namespace) of what is to be deleted at the end; the namespace is "" for cluster-scoped ones.
        checks: (command, what it must show) before the old objects are gone.
    """

    hosts: tuple[str, ...] | None = None
    service: dict[str, Any] = field(default_factory=dict)
    match: list[dict[str, Any]] | None = None
    session_affinity: dict[str, Any] | None = None
    in_mesh: bool = False
    secured: bool = False
    extra: list[dict[str, Any]] = field(default_factory=list)
    old: list[tuple[str, str, str]] = field(default_factory=list)
    checks: list[tuple[str, str]] = field(default_factory=list)
    missing: list[FieldNote] = field(default_factory=list)
    changed: list[FieldNote] = field(default_factory=list)
    decide: list[str] = field(default_factory=list)


class RouteSource(Struct, frozen=True):
    """What a reader gets: the canary as an object and parsed, its provider's record, and whatever else there is."""

    canary: Canary
    record: TrafficProvider
    objects: ObjectSet

    @property
    def raw(self) -> KubernetesObject:
        """The Canary's object."""
        return self.canary.raw

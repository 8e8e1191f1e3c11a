"""What canarytui knows about one traffic provider, as values and pure functions.

A provider is added with a record of this type in a module of its own, a line in
:mod:`canarytui.domain.traffic.registry`, and, for the engine to drive it, a router in ``engine/routers/``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from canarytui.domain.resource import Resource
from canarytui.domain.traffic.queries import BuiltinQueries
from canarytui.domain.traffic.refusals import RefusalReader
from canarytui.domain.values import KubernetesObject

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary


READ = ("list", "watch")
REPLACED = ("get", *READ, "update")
"""What is written is read again after a conflict, and when the answer was lost."""
WRITTEN = ("get", *READ, "create", "update")


class Upstream(Struct, frozen=True):
    """Whether what a provider drives is maintained; `evidence` is one sentence with a date."""

    alive: bool
    evidence: str


class RoutingObject(Struct, frozen=True):
    """Objects of one resource type that a provider's router writes for a canary.

    Attributes:
        names: their names for a canary.
        verbs: what the router does with them; the controller's rights follow from it.
        refusals: what their status says no to; None where they have no status that says so.
    """

    resource: Resource
    names: Callable[[Canary], tuple[str, ...]]
    verbs: tuple[str, ...] = WRITTEN
    refusals: RefusalReader | None = None

    def places(self, canary: Canary) -> tuple[tuple[str, str], ...]:
        """(namespace, name) of each; the namespace of a cluster-scoped object is ""."""
        namespace = canary.namespace if self.resource.namespaced else ""
        return tuple((namespace, name) for name in self.names(canary))


class Split(Struct, frozen=True):
    """The object that splits a canary's traffic, and how it is read. Readers are tolerant: what is missing or of
    another type makes the split unknown.

    Attributes:
        canary_percent: percent of the traffic that goes to the canary; None when it cannot be told.
        shares: who gets how much, as a phrase (``cart-primary 80, cart-canary 20``); "" when nothing is split.
        reweighted: the merge patch that gives primary and canary these weights, as a person may ask for; None where the
            object does not name both.
        older: the same resource as older releases serve it: read, never written unless a person changes its weights.
    """

    object: RoutingObject
    canary_percent: Callable[[KubernetesObject, Canary], int | None]
    shares: Callable[[KubernetesObject], str]
    reweighted: Callable[[KubernetesObject, Canary, int, int], dict[str, Any] | None]
    older: tuple[Resource, ...] = ()

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The current one first."""
        return (self.object.resource, *self.older)

    def place(self, canary: Canary) -> tuple[str, str]:
        """(namespace, name) of the object."""
        return self.object.places(canary)[0]


class Reached(Struct, frozen=True):
    """Requests for `host` below `prefix` ("" or ``/api``) come to the canary."""

    host: str
    prefix: str = ""
    tls: bool = False


class BackendReference(Struct, frozen=True):
    """What an object of a user's sends requests to; `path` is where it says so (``spec.routes[0].services[0]``)."""

    kind: str
    name: str
    path: str
    namespace: str = ""


class Entrance(Struct, frozen=True):
    """Objects of users that lead from a host to a Service or routing object; drills find the canary's hosts by them.

    `read` gets an object's spec, or with `whole` all of it, and the names that are the canary's: ``NAME``, and
    ``NAME.NAMESPACE`` for objects that have no namespace. `backends` reads what a spec refers to, where it is known;
    `leads_by` is the kind under which it must refer to the apex to get the split, "" where the router writes such an
    object itself and any other one leads past it. `refusals` is as of a :class:`RoutingObject`.
    """

    resources: tuple[Resource, ...]
    read: Callable[[KubernetesObject, frozenset[str]], list[Reached]]
    whole: bool = False
    backends: Callable[[KubernetesObject], list[BackendReference]] | None = None
    leads_by: str = ""
    refusals: RefusalReader | None = None


class TrafficProvider(Struct, frozen=True):
    """One value of ``spec.provider``.

    Attributes:
        title: what people call it.
        split: None where nothing splits traffic, or where its objects cannot be read here yet.
        companions: other objects that its router reads or writes for a canary.
        splits: whether it splits traffic at all; otherwise every analysis is blue/green.
        matches: whether it tells requests apart by headers or cookies (A/B testing).
        mirrors: whether it can send copies of requests to the canary.
        mirrors_in_steps: whether Flagger reads from its object that it mirrors while weights go up; else it waits for
            that for ever.
        keeps_sessions: whether it can keep a user on one version (``analysis.sessionAffinity``).
        namespaces: where its guides install it, and Flagger beside it.
        any_mesh: whether ``NAME:MESH`` is it, too, as only a controller's ``-mesh-provider`` may say.
        routed_first: whether the engine's router comes before the primary is made, whose pods need its objects.
        counted_at_gateway: whether its own queries count what comes through the gateway, and nothing that goes to the
            Services directly.
        observes_services: whether its own queries are asked for targets of kind Service; otherwise Istio's are.
        target: what the target must be, where that itself is what splits traffic; it has no Services of Flagger's.
        needs: fields of a canary without which its router writes nothing (``spec.ingressRef.name``).
        copies_annotations: whether its router writes to the annotations of the Ingress that ``spec.ingressRef`` names,
            and Flagger panics where that has none.
        successor: where it is retired, what to move to, as an order.
        measured: the names that its metrics have for canary and primary, read from the split's object, where they are
            not made from the canary's own.
    """

    name: str
    title: str
    upstream: Upstream
    queries: BuiltinQueries
    split: Split | None = None
    companions: tuple[RoutingObject, ...] = ()
    entrances: tuple[Entrance, ...] = ()
    splits: bool = True
    matches: bool = False
    mirrors: bool = False
    mirrors_in_steps: bool = True
    keeps_sessions: bool = False
    namespaces: tuple[str, ...] = ()
    any_mesh: bool = False
    routed_first: bool = False
    counted_at_gateway: bool = False
    observes_services: bool = False
    target: Resource | None = None
    needs: tuple[str, ...] = ()
    copies_annotations: bool = False
    successor: str = ""
    measured: Callable[[KubernetesObject], tuple[str, str]] | None = None

    @property
    def family(self) -> str:
        """The name without a version: ``gatewayapi`` of ``gatewayapi:v1``."""
        return self.name.partition(":")[0]

    @property
    def objects(self) -> tuple[RoutingObject, ...]:
        """Everything that its router reads or writes, besides Services: first what splits the traffic."""
        return (*((self.split.object,) if self.split is not None else ()), *self.companions)

"""A traffic provider that does not exist, to show what it takes to add one: its record and its router.

An ExampleRoute splits traffic between Services in percent, in a pool that administrators make for the whole cluster;
an ExampleGate of the user's leads from a host to the route.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.resource import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import reading
from canarytui.domain.traffic.provider import READ, Entrance, Reached, RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.traffic.queries import BuiltinQueries, p99, ratio
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text
from canarytui.engine.decide.effects import Create, Decision, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers.base import require_valid
from canarytui.engine.workloads.base import owner_reference

GROUP = "routing.example.com"
ROUTES = Resource(GROUP, "v1", "exampleroutes", "ExampleRoute")
GATES = Resource(GROUP, "v1", "examplegates", "ExampleGate")
POOLS = Resource(GROUP, "v1", "examplepools", "ExamplePool", namespaced=False)
POOL = "shared"

_SERIES = 'service="<ROUTED>-canary", namespace="<NS>"'


def _route_names(canary: Canary) -> tuple[str, ...]:
    return (f"{canary.apex_name}-route",)


def _pool_names(_: Canary) -> tuple[str, ...]:
    return (POOL,)


def _backends(router: KubernetesObject) -> list[tuple[str, Any]]:
    shares = as_mappings(as_mapping(router.get("spec")).get("shares"))
    return [(as_text(each.get("service")), each.get("percent", 0)) for each in shares]


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    return reading.canary_percent(_backends(router), canary)


def _shares(router: KubernetesObject) -> str:
    return reading.phrase(_backends(router))


def _name(share: KubernetesObject) -> str:
    return as_text(share.get("service"))


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    listed = as_mapping(router.get("spec")).get("shares")
    shares = reading.reweighted(listed, _name, reading.sides(canary, primary, other), "percent")
    return None if shares is None else {"spec": {"shares": shares}}


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    route = as_text(spec.get("route")).removesuffix("-route")
    return [Reached(as_text(spec.get("host")))] if route in names else []


PROVIDER = TrafficProvider(
    "example",
    "Example",
    Upstream(False, "It exists in these tests only."),
    BuiltinQueries(
        ratio("example_requests_total", _SERIES, 'code!~"5.."'),
        p99("example_latency_ms_bucket", _SERIES),
        primary=("-canary", "-primary"),
    ),
    Split(RoutingObject(ROUTES, _route_names), _canary_percent, _shares, _reweighted),
    companions=(RoutingObject(POOLS, _pool_names, verbs=READ),),
    entrances=(Entrance((GATES,), _reached),),
    namespaces=("example-system",),
)


class ExampleRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        if tick.cluster_view.get(POOLS.kind, "", POOL) is None:
            raise EndTick(f"ExamplePool {POOL} not found")
        yield from settle(lambda: self._reconcile(tick), "ExampleRoute")

    def _reconcile(self, tick: Tick) -> Decision[bool]:
        if _live(tick) is None:
            [name] = _route_names(tick.canary)
            metadata = {"name": name, "namespace": tick.canary.namespace, "ownerReferences": [_owner(tick)]}
            spec = _spec(tick, Weights(100, 0))
            yield Create({"apiVersion": ROUTES.api_version, "kind": ROUTES.kind, "metadata": metadata, "spec": spec})
        return True

    def read_weights(self, tick: Tick) -> Weights:
        canary = _canary_percent(_live(tick) or {}, tick.canary)
        if canary is None:
            raise EndTick("ExampleRoute not found")
        return Weights(100 - canary, canary)

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        require_valid(tick, weights)
        yield from settle(lambda: self._set(tick, weights), "ExampleRoute")

    def _set(self, tick: Tick, weights: Weights) -> Decision[bool]:
        changed = copy.deepcopy(dict(_live(tick) or {}))
        changed["spec"] = _spec(tick, weights)
        yield Replace(changed)
        return True

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()


def _owner(tick: Tick) -> dict[str, Any]:
    return owner_reference(tick.canary)


def _live(tick: Tick) -> KubernetesObject | None:
    [name] = _route_names(tick.canary)
    return tick.cluster_view.get(ROUTES.kind, tick.canary.namespace, name)


def _spec(tick: Tick, weights: Weights) -> dict[str, Any]:
    names = (tick.canary.primary_service_name, tick.canary.canary_service_name)
    percents = (weights.primary, weights.canary)
    return {"shares": [{"service": name, "percent": part} for name, part in zip(names, percents, strict=True)]}


def definitions() -> list[dict[str, Any]]:
    """The CustomResourceDefinitions, for an API server."""
    return [
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": each.full_name},
            "spec": {
                "group": each.group,
                "scope": "Namespaced" if each.namespaced else "Cluster",
                "names": {"plural": each.plural, "singular": each.kind.lower(), "kind": each.kind},
                "versions": [
                    {
                        "name": each.version,
                        "served": True,
                        "storage": True,
                        "schema": {
                            "openAPIV3Schema": {
                                "type": "object",
                                "properties": {
                                    "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                                },
                            }
                        },
                    }
                ],
            },
        }
        for each in (ROUTES, GATES, POOLS)
    ]

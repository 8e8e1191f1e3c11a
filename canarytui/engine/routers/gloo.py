"""Gloo Edge: a RouteTable with two weighted Upstreams, to which the user's VirtualService delegates.

Deviations from Flagger unless strict: a repair keeps live weights and fields that it does not know; a weight of 0 is
written as 0; of several entries of ``analysis.match`` one suffices, and who matches none gets the primary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from canarytui.domain.traffic.gloo import ROUTE_TABLES, by_service, upstream_names, weights_of
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers.apex_object import ApexObject, Part, by_primary, onto, share, weight
from canarytui.engine.routers.gloo_upstreams import reconcile_upstreams

_OTHER_ACTIONS = ("redirectAction", "directResponseAction", "delegateAction", "graphqlApiRef")
_OTHER_DESTINATIONS = ("single", "upstreamGroup", "clusterHeader", "dynamicForwardProxy")
"""What a route may have only one of, besides our own."""


class GlooRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from reconcile_upstreams(tick)
        yield from _TABLE.reconcile(tick)

    def read_weights(self, tick: Tick) -> Weights:
        spec = _TABLE.live(tick).get("spec") or {}
        backends = by_service(tick.canary, weights_of(spec))
        if len(backends) < 2:
            raise EndTick(f"{_TABLE.name(tick)} destinations not found")
        if tick.canary.primary_service_name not in dict(backends):
            return Weights(0, 0)
        return by_primary(tick, _live_weights(tick, spec))

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        yield from _TABLE.set_weights(tick, weights)

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()


def _spec(tick: Tick, weights: Weights, live: KubernetesObject) -> Part:
    split = [(_matchers(tick), weights)]
    if tick.canary.spec.analysis.match and not tick.settings.strict:
        split.append(([], ALL_TO_PRIMARY))  # a table that matches nothing answers 404
    present = [each for each in live.get("routes") or [] if isinstance(each, Mapping)][: len(split)]
    routes = [_route(tick, matchers, shares, known or {}) for (matchers, shares), known in zip_longest(split, present)]
    return onto(live, {"routes": routes})


def _route(tick: Tick, matchers: list[Part], weights: Weights, live: KubernetesObject) -> Part:
    action = live.get("routeAction") or {}
    multi = action.get("multi") or {}
    destinations = _destinations(tick, weights, multi.get("destinations") or [])
    routing = {"multi": onto(multi, {"destinations": destinations})}
    route = {"inheritablePathMatchers": True, "routeAction": onto(action, routing, *_OTHER_DESTINATIONS)}
    return onto(live, {**route, **({"matchers": matchers} if matchers else {})}, "matchers", *_OTHER_ACTIONS)


def _destinations(tick: Tick, weights: Weights, live: list[Any]) -> list[Part]:
    namespace, found = tick.canary.namespace, []
    for name, part in zip(upstream_names(tick.canary), (weights.primary, weights.canary), strict=True):
        upstream = {"name": name, "namespace": namespace}
        known = next((each for each in live if _leads_to(each, upstream)), None)
        found.append(onto(known, {"destination": {"upstream": upstream}, **weight(tick, part)}, "weight"))
    return found


def _leads_to(destination: Any, upstream: Part) -> bool:
    return isinstance(destination, Mapping) and destination.get("destination") == {"upstream": upstream}


def _matchers(tick: Tick) -> list[Part]:
    """What the requests for the canary have in common; empty without ``analysis.match``.

    Raises:
        EndTick: an entry of ``analysis.match`` has no headers, so that it would match everybody.
    """
    match = tick.canary.spec.analysis.match
    entries = [list((each.get("headers") or {}).items()) for each in match]
    if tick.settings.strict:
        headers = [_flaggers_header(*each) for entry in entries for each in entry]
        return [{"headers": headers} if headers else {}] if match else []
    if not all(entries):
        raise EndTick(
            f"canary {tick.canary.full_name} has an entry in analysis.match without headers, and a RouteTable is "
            "given nothing else: add headers, or take the entry out"
        )
    return [{"headers": [_header(*each) for each in entry]} for entry in entries]


def _flaggers_header(name: str, value: Mapping[str, Any]) -> Part:
    if value.get("regex"):
        return {"name": name, "value": value["regex"], "regex": True}
    return {"name": name, "value": value["exact"]} if value.get("exact") else {"name": name}


def _header(name: str, value: Mapping[str, Any]) -> Part:
    """Gloo has no prefixes and suffixes, but regular expressions, which match a whole value."""
    if value.get("exact"):
        return {"name": name, "value": value["exact"]}
    for kind, pattern in (("regex", "{}"), ("prefix", "{}.*"), ("suffix", ".*{}")):
        if value.get(kind):
            text = str(value[kind])
            return {"name": name, "value": pattern.format(text if kind == "regex" else re.escape(text)), "regex": True}
    return {"name": name}


def _live_weights(tick: Tick, spec: KubernetesObject) -> Weights:
    found = {name: share(part) for name, part in by_service(tick.canary, weights_of(spec))}
    canary = tick.canary
    return Weights(found.get(canary.primary_service_name, 0), found.get(canary.canary_service_name, 0))


_TABLE = ApexObject(ROUTE_TABLES, _spec, _live_weights, "router/gloo.go")

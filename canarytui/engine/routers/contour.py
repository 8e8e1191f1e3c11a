"""Contour: an HTTPProxy without a virtual host, which the user's root HTTPProxy includes.

Deviations from Flagger unless strict: a repair keeps live weights and fields that it does not know; a weight of 0 is
written as 0; each entry of ``analysis.match`` is a route of its own, so that one of them suffices.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from canarytui.domain.traffic.contour import HTTP_PROXIES
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers.apex_object import ApexObject, Part, by_primary, onto, share, weight

_ROUTE_FIELDS = (
    "conditions", "services", "timeoutPolicy", "retryPolicy", "requestRedirectPolicy", "directResponsePolicy",
)  # fmt: skip
"""Of a route: what the canary says, and what would answer instead of the Services."""
_IDLE = "5m"


class ContourRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from _PROXY.reconcile(tick)

    def read_weights(self, tick: Tick) -> Weights:
        services = _services(_PROXY.live(tick).get("spec") or {})
        if len(services) < 2:
            raise EndTick(f"{_PROXY.name(tick)} services not found")
        if all(each.get("name") != tick.canary.primary_service_name for each in services):
            return Weights(0, 0)
        return by_primary(tick, _live_weights(tick, _PROXY.live(tick).get("spec") or {}))

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        yield from _PROXY.set_weights(tick, weights)

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()


def _spec(tick: Tick, weights: Weights, live: KubernetesObject) -> Part:
    service = tick.canary.spec.service.raw
    policies: Part = {}
    if service.get("timeout"):
        policies["timeoutPolicy"] = {"response": service["timeout"], "idle": _IDLE}
    if service.get("retries") is not None:
        policies["retryPolicy"] = _retry_policy(tick, service["retries"])
    split = [(conditions, weights) for conditions in _conditions(tick)]
    if tick.canary.spec.analysis.match:
        split.append(([{"prefix": _prefix(tick)}], ALL_TO_PRIMARY))
    present = [each for each in live.get("routes") or [] if isinstance(each, Mapping)][: len(split)]
    routes = [
        onto(
            known,
            {
                **({"conditions": conditions} if conditions else {}),
                "services": _weighted(tick, shares, known or {}),
                **policies,
            },
            *_ROUTE_FIELDS,
        )
        for (conditions, shares), known in zip_longest(split, present)
    ]
    ingress_class = tick.settings.ingress_class
    return onto(live, {"routes": routes, **({"ingressClassName": ingress_class} if ingress_class else {})})


def _weighted(tick: Tick, weights: Weights, live: KubernetesObject) -> list[Part]:
    canary, present = tick.canary, {each.get("name"): each for each in _entries(live, "services")}
    port = canary.spec.service.port
    found = []
    for name, part in (
        (canary.primary_service_name, weights.primary),
        (canary.canary_service_name, weights.canary),
    ):
        address = f"{name}.{canary.namespace}.svc.cluster.local:{port}"
        headers = {"set": [{"name": "l5d-dst-override", "value": address}]}
        entry = {"name": name, "port": port, "requestHeadersPolicy": headers, **weight(tick, part)}
        found.append(onto(present.get(name), entry, *entry, "weight", "mirror"))
    return found


def _conditions(tick: Tick) -> list[list[Part]]:
    """Of each route that is split.

    Raises:
        EndTick: an entry of ``analysis.match`` has no headers, so that it would match everybody.
    """
    prefix, match = {"prefix": _prefix(tick)}, tick.canary.spec.analysis.match
    if not match:
        return [[prefix]]
    entries = [list((each.get("headers") or {}).items()) for each in match]
    if tick.settings.strict:
        return [[{**prefix, "header": _flaggers_header(*each)} for entry in entries for each in entry]]
    if not all(entries):
        raise EndTick(
            f"canary {tick.canary.full_name} has an entry in analysis.match without headers, and an HTTPProxy "
            "matches nothing else: add headers, or take the entry out"
        )
    return [[prefix, *({"header": _header(*each)} for each in entry)] for entry in entries]


def _flaggers_header(name: str, value: Mapping[str, Any]) -> Part:
    contains = value.get("prefix") or value.get("suffix")
    if contains:
        return {"name": name, "contains": contains}
    return {"name": name, "exact": value["exact"]} if value.get("exact") else {"name": name}


def _header(name: str, value: Mapping[str, Any]) -> Part:
    """Contour has no prefixes and suffixes: a header that contains them matches, as with Flagger."""
    for kind, field in (("exact", "exact"), ("regex", "regex"), ("prefix", "contains"), ("suffix", "contains")):
        if value.get(kind):
            return {"name": name, field: value[kind]}
    return {"name": name, "present": True}


def _retry_policy(tick: Tick, given: Mapping[str, Any]) -> Part:
    policy: Part = {"count": int(given.get("attempts") or 0)}
    if given.get("perTryTimeout"):
        policy["perTryTimeout"] = given["perTryTimeout"]
    reasons = str(given.get("retryOn") or "")
    if reasons or tick.settings.strict:
        policy["retryOn"] = reasons.split(",")
    return policy


def _prefix(tick: Tick) -> str:
    """The path that is routed: that of the first ``service.match``."""
    match = tick.canary.spec.service.raw.get("match") or [{}]
    return str((match[0].get("uri") or {}).get("prefix") or "/")


def _services(spec: KubernetesObject) -> list[KubernetesObject]:
    """Those of the first route, which is always one that is split."""
    routes = _entries(spec, "routes")
    return _entries(routes[0], "services") if routes else []


def _entries(part: KubernetesObject, field: str) -> list[KubernetesObject]:
    return [each for each in part.get(field) or [] if isinstance(each, Mapping)]


def _live_weights(tick: Tick, spec: KubernetesObject) -> Weights:
    found = {each.get("name"): share(each.get("weight")) for each in _services(spec)}
    canary = tick.canary
    return Weights(found.get(canary.primary_service_name, 0), found.get(canary.canary_service_name, 0))


_PROXY = ApexObject(HTTP_PROXIES, _spec, _live_weights, "router/contour.go", refused=HTTP_PROXIES.kind)

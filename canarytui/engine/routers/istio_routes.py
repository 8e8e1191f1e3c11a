"""The routes of a VirtualService that split a canary's traffic.

Pure: builds ``spec.http`` or ``spec.tcp`` from a canary and weights. Fields that the canary's
``spec.service`` sets (match, rewrite, timeout, retries, corsPolicy, headers) go into every HTTP route.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers import affinity

STICKY = "sticky-route"
_STICKY_PRIMARY = "sticky-primary-route"
_GIVEN = ("timeout", "retries", "corsPolicy", "headers")
Route = dict[str, Any]


def is_tcp(canary: Canary) -> bool:
    """Whether the Service speaks TCP, where Istio matches neither headers nor cookies."""
    return canary.spec.service.app_protocol.lower() == "tcp"


def routes(tick: Tick, weights: Weights, *, affine: bool = True) -> dict[str, list[Route]]:
    """``{"http": […]}`` or ``{"tcp": […]}``; `affine` False leaves session affinity out."""
    canary = tick.canary
    if is_tcp(canary):
        ports = [{"port": match["port"]} for match in canary.spec.service.raw.get("match") or [] if match.get("port")]
        return {"tcp": [{**({"match": ports} if ports else {}), "route": _both(canary, weights)}]}
    analysis = canary.spec.analysis
    if analysis.match:
        return {"http": _by_match(canary, weights)}
    weighted = _http(canary, _both(canary, weights))
    if weights.mirrored:
        weighted["mirror"] = {"host": canary.canary_service_name}
        if analysis.mirror_weight > 0:
            weighted["mirrorPercentage"] = {"value": float(analysis.mirror_weight)}
    if analysis.session_affinity and affine:
        return {"http": _with_affinity(tick, weighted, weights)}
    return {"http": [weighted]}


def read(canary: Canary, spec: KubernetesObject) -> Weights:
    """The weights in a VirtualService's routes; 0 and 0 if none leads to the canary."""
    found: Route = {}
    for route in spec.get("tcp" if is_tcp(canary) else "http") or []:
        if any(_host(each) == canary.canary_service_name for each in route.get("route") or []):
            found = route
    by_host = {_host(each): int(each.get("weight") or 0) for each in found.get("route") or []}
    return Weights(
        by_host.get(canary.primary_service_name, 0),
        by_host.get(canary.canary_service_name, 0),
        mirrored=bool((found.get("mirror") or {}).get("host")),
    )


def _host(destination: KubernetesObject) -> str:
    return str((destination.get("destination") or {}).get("host") or "")


def _by_match(canary: Canary, weights: Weights) -> list[Route]:
    """A/B: matching requests are split by weight, all others go to the primary."""
    chosen = _http(canary, _both(canary, weights), match=canary.spec.analysis.match)
    # Istio ignores the weight of a single destination; Flagger writes the primary's.
    return [chosen, _http(canary, [_destination(canary, canary.primary_service_name, weights.primary)])]


def _with_affinity(tick: Tick, weighted: Route, weights: Weights) -> list[Route]:
    canary = tick.canary
    cookies = affinity.cookies_for(tick, weights)
    if not cookies.canary:
        sticky = {"name": STICKY, **copy.deepcopy(weighted)}
        if cookies.expired:
            sticky["match"] = _merged([_cookie_match(cookies.expired)], canary)
            response = sticky.setdefault("headers", {}).setdefault("response", {})
            response["add"] = {**(response.get("add") or {}), "Set-Cookie": affinity.expire(cookies.expired)}
        return [sticky, weighted]
    to_canary = _http(canary, _both(canary, Weights(0, 100)), match=[_cookie_match(cookies.canary)])
    found = [{"name": STICKY, **to_canary}]
    primary, other = weighted["route"]
    _add_cookie(other, affinity.set_cookie(tick, cookies.canary))
    if cookies.primary:
        to_primary = _http(canary, _both(canary, Weights(100, 0)), match=[_cookie_match(cookies.primary)])
        found.append({"name": _STICKY_PRIMARY, **to_primary})
        _add_cookie(primary, affinity.set_primary_cookie(tick, cookies.primary))
    return [*found, weighted]


def _add_cookie(destination: Route, header: str) -> None:
    destination["headers"] = {"response": {"add": {"Set-Cookie": header}}}


def _cookie_match(cookie: str) -> Route:
    return {"headers": {"Cookie": {"regex": affinity.pattern(cookie)}}}


def _http(canary: Canary, destinations: list[Route], match: Sequence[KubernetesObject] = ()) -> Route:
    service = canary.spec.service.raw
    route: Route = {}
    conditions = _merged(match, canary) if match else copy.deepcopy(service.get("match") or [])
    if conditions:
        route["match"] = conditions
    rewrite = {key: service["rewrite"][key] for key in ("uri", "authority") if (service.get("rewrite") or {}).get(key)}
    if rewrite:
        route["rewrite"] = rewrite
    route |= {key: copy.deepcopy(service[key]) for key in _GIVEN if service.get(key)}
    return {**route, "route": destinations}


def _merged(conditions: Sequence[KubernetesObject], canary: Canary) -> list[Route]:
    """Each of `conditions` combined with each ``service.match``; headers and source labels come from `conditions`."""
    common = canary.spec.service.raw.get("match") or []
    if not common:
        return [copy.deepcopy(dict(condition)) for condition in conditions]
    overriding = ("headers", "sourceLabels")
    return [
        {**copy.deepcopy(dict(each)), **{key: condition[key] for key in overriding if condition.get(key)}}
        for condition in conditions
        for each in common
    ]


def _both(canary: Canary, weights: Weights) -> list[Route]:
    return [
        _destination(canary, canary.primary_service_name, weights.primary),
        _destination(canary, canary.canary_service_name, weights.canary),
    ]


def _destination(canary: Canary, host: str, weight: int) -> Route:
    service = canary.spec.service
    gateways = service.raw.get("gateways") or []
    destination: Route = {"host": host}
    if service.port_discovery and ((gateways and gateways[0] != "mesh") or service.raw.get("delegation")):
        destination["port"] = {"number": service.port}
    return {"destination": destination, "weight": weight}

"""What the kinds and versions of routes can say that the Gateway API's router writes: HTTPRoute v1 and v1beta1, as
Flagger does, and GRPCRoute. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from canarytui.domain.resource import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic.gatewayapi import GRPC_ROUTES, HTTP_ROUTES, HTTP_ROUTES_V1BETA1
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.tick import EndTick
from canarytui.engine.routers.gatewayapi_filters import (
    ANY_PATH,
    Part,
    header_filters,
    header_matches,
    http_filters,
    http_matches,
    mirror_filters,
)

_NOT_IN_GRPC_ROUTES = ("rewrite", "corsPolicy", "timeout", "backendTimeout")


class RouteDialect(Struct, frozen=True):
    """One kind of route in one version.

    Attributes:
        everything: the matches that select all requests; a rule without matches does so, too.
        matches: of ``match`` entries; raises EndTick for what the kind cannot match.
        filters: of ``spec.service``.
        timeouts: of ``spec.service``; empty for none.
        refusal: what the canary asks for that the kind cannot do, as a sentence; "" for nothing.
        primary_cookie: whether session affinity has a rule for the primary's cookie.
        gated: whether the analysis waits until the Gateways have accepted the route.
    """

    resource: Resource
    everything: tuple[Part, ...]
    matches: Callable[[Sequence[KubernetesObject]], list[Part]]
    filters: Callable[[Canary], list[Part]]
    timeouts: Callable[[Canary], Part]
    refusal: Callable[[Canary], str]
    primary_cookie: bool
    gated: bool


def _http_timeouts(canary: Canary) -> Part:
    service = canary.spec.service.raw
    fields = (("request", "timeout"), ("backendRequest", "backendTimeout"))
    return {field: service[given] for field, given in fields if service.get(given)}


def _nothing(_: Canary) -> Part:
    return {}


def _all_is_possible(_: Canary) -> str:
    return ""


def grpc_matches(conditions: Sequence[KubernetesObject]) -> list[Part]:
    """``match`` entries as GRPCRouteMatches: a path is ``/package.Service/Method``; empty ones are left out.

    Raises:
        EndTick: a kind of match that GRPCRoutes do not have.
    """
    found = []
    for condition in conditions:
        for field in ("method", "queryParams"):
            if condition.get(field):
                raise EndTick(f"a GRPCRoute cannot match requests by {field}: remove it from the match")
        match: Part = {}
        method = _grpc_method(condition["uri"]) if condition.get("uri") else {}
        if method:
            match["method"] = {"type": "Exact", **method}
        headers = header_matches(condition.get("headers") or {}, "header")
        if headers:
            match["headers"] = headers
        if match:
            found.append(match)
    return found


def _grpc_method(uri: KubernetesObject) -> Part:
    """``{exact: /shop.Cart/Add}`` is a method, ``{prefix: /shop.Cart}`` a service, ``{prefix: /}`` everything."""
    exact, prefix = uri.get("exact"), uri.get("prefix")
    service, _, method = str(exact or prefix or "").strip("/").partition("/")
    if exact and service and method and "/" not in method:
        return {"service": service, "method": method}
    if prefix and not method:
        return {"service": service} if service else {}
    raise EndTick(
        f"a GRPCRoute cannot match the path {dict(uri)}: "
        "give exact: /package.Service/Method or prefix: /package.Service/"
    )


def _grpc_filters(canary: Canary) -> list[Part]:
    return [*header_filters(canary), *mirror_filters(canary)]


def _grpc_refusal(canary: Canary) -> str:
    service = canary.spec.service.raw
    asked = [f"service.{field}" for field in _NOT_IN_GRPC_ROUTES if service.get(field)]
    asked += ["analysis.sessionAffinity"] if canary.spec.analysis.session_affinity else []
    if not asked:
        return ""
    return f"a GRPCRoute has no counterpart of {', '.join(asked)}: remove it from canary {canary.full_name}"


HTTP_V1 = RouteDialect(
    HTTP_ROUTES,
    (ANY_PATH,),
    http_matches,
    http_filters,
    _http_timeouts,
    _all_is_possible,
    primary_cookie=True,
    gated=True,
)
HTTP_V1BETA1 = RouteDialect(
    HTTP_ROUTES_V1BETA1,
    (ANY_PATH,),
    http_matches,
    partial(http_filters, cors=False),
    _nothing,
    _all_is_possible,
    primary_cookie=False,
    gated=False,
)
GRPC_V1 = RouteDialect(
    GRPC_ROUTES, (), grpc_matches, _grpc_filters, _nothing, _grpc_refusal, primary_cookie=False, gated=True
)

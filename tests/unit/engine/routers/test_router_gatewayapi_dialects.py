"""What each kind and version of the Gateway API's routes can say."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import RouterRig

from canarytui.engine.decide.tick import EndTick
from canarytui.engine.routers.gatewayapi_dialects import GRPC_V1, HTTP_V1, HTTP_V1BETA1, grpc_matches

SERVICE = {
    "timeout": "15s",
    "backendTimeout": "7s",
    "headers": {"request": {"set": {"x": "1"}}},
    "corsPolicy": {"allowMethods": ["GET"]},
    "mirror": [{"backendRef": {"name": "shadow", "port": 80}}],
}


def test_v1beta1_has_neither_timeouts_nor_cors() -> None:
    canary = RouterRig({"service": SERVICE}).tick.canary
    assert HTTP_V1.timeouts(canary) == {"request": "15s", "backendRequest": "7s"}
    assert HTTP_V1BETA1.timeouts(canary) == {}
    kinds = ["RequestHeaderModifier", "CORS", "RequestMirror"]
    assert [each["type"] for each in HTTP_V1.filters(canary)] == kinds
    assert [each["type"] for each in HTTP_V1BETA1.filters(canary)] == ["RequestHeaderModifier", "RequestMirror"]
    assert (HTTP_V1.primary_cookie, HTTP_V1.gated) == (True, True)
    assert (HTTP_V1BETA1.primary_cookie, HTTP_V1BETA1.gated) == (False, False)


@pytest.mark.parametrize(
    ("condition", "match"),
    [
        ({"uri": {"exact": "/shop.v1.Cart/Add"}}, {"service": "shop.v1.Cart", "method": "Add"}),
        ({"uri": {"prefix": "/shop.v1.Cart/"}}, {"service": "shop.v1.Cart"}),
        ({"uri": {"prefix": "/shop.v1.Cart"}}, {"service": "shop.v1.Cart"}),
    ],
)
def test_a_path_of_grpc_is_a_service_and_a_method(condition: dict[str, Any], match: dict[str, str]) -> None:
    assert grpc_matches([condition]) == [{"method": {"type": "Exact", **match}}]


def test_what_selects_all_calls_needs_no_match() -> None:
    assert grpc_matches([{"uri": {"prefix": "/"}}, {}]) == []
    header = {"name": "x", "type": "Exact", "value": "1"}
    assert grpc_matches([{"uri": {"prefix": "/"}, "headers": {"x": {"exact": "1"}}}]) == [{"headers": [header]}]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"uri": {"regex": "/a.*"}}, "cannot match the path"),
        ({"uri": {"exact": "/shop"}}, "cannot match the path"),
        ({"uri": {"exact": "/a/b/c"}}, "cannot match the path"),
        ({"uri": {"prefix": "/shop.Cart/Ad"}}, "cannot match the path"),
        ({"method": {"exact": "GET"}}, "by method"),
        ({"queryParams": {"q": {"exact": "1"}}}, "by queryParams"),
    ],
)
def test_what_grpc_routes_cannot_match_ends_the_tick(condition: dict[str, Any], text: str) -> None:
    with pytest.raises(EndTick, match=text):
        grpc_matches([condition])


def test_what_has_no_counterpart_in_grpc_routes_is_named() -> None:
    spec = {"service": {**SERVICE, "rewrite": {"uri": "/"}}, "analysis": {"sessionAffinity": {"cookieName": "a"}}}
    canary = RouterRig(spec).tick.canary
    assert GRPC_V1.refusal(canary) == (
        "a GRPCRoute has no counterpart of service.rewrite, service.corsPolicy, service.timeout, "
        "service.backendTimeout, analysis.sessionAffinity: remove it from canary podinfo.test"
    )
    assert GRPC_V1.refusal(RouterRig().tick.canary) == ""
    assert HTTP_V1.refusal(canary) == ""
    assert [each["type"] for each in GRPC_V1.filters(canary)] == ["RequestHeaderModifier", "RequestMirror"]

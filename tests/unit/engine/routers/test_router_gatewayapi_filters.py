"""Istio's terms of ``spec.service`` in those of the Gateway API."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import RouterRig

from canarytui.engine.decide.tick import EndTick
from canarytui.engine.routers.gatewayapi_filters import ANY_PATH, add_header, filters, matches, merged


@pytest.mark.parametrize(
    ("condition", "match"),
    [
        ({"uri": {"prefix": "/api"}}, {"path": {"type": "PathPrefix", "value": "/api"}}),
        ({"uri": {"exact": "/a"}}, {"path": {"type": "Exact", "value": "/a"}}),
        ({"uri": {"regex": "/a.*"}}, {"path": {"type": "RegularExpression", "value": "/a.*"}}),
        ({"method": {"exact": "GET"}}, {"method": "GET"}),
        (
            {"headers": {"x": {"regex": "a|b"}}},
            {"headers": [{"name": "x", "type": "RegularExpression", "value": "a|b"}]},
        ),
        ({"queryParams": {"q": {"exact": "1"}}}, {"queryParams": [{"name": "q", "type": "Exact", "value": "1"}]}),
    ],
)
def test_conditions_become_matches(condition: dict[str, Any], match: dict[str, Any]) -> None:
    assert matches([condition]) == [match]


def test_a_condition_that_says_nothing_is_left_out() -> None:
    assert matches([{}, {"sourceLabels": {"a": "b"}}]) == []


@pytest.mark.parametrize(
    ("condition", "what"),
    [({"uri": {"suffix": "x"}}, "path"), ({"headers": {"x": {"prefix": "a"}}}, "header"),
     ({"queryParams": {"q": {"suffix": "1"}}}, "query"), ({"method": {"regex": "G.*"}}, "method")],
)  # fmt: skip
def test_what_the_gateway_api_lacks_ends_the_tick(condition: dict[str, Any], what: str) -> None:
    with pytest.raises(EndTick, match=f"doesn't support the specified {what} matching selector"):
        matches([condition])


def test_each_chosen_match_stands_within_each_of_the_services() -> None:
    header = {"headers": [{"name": "x", "type": "Exact", "value": "1"}]}
    api = {"path": {"type": "PathPrefix", "value": "/api"}}
    assert merged([header], [ANY_PATH, api]) == [{**ANY_PATH, **header}, {**api, **header}]
    assert merged([], [api]) == [api]
    assert merged([header], []) == [header]


def test_filters_say_what_the_service_asks_for() -> None:
    service = {
        "headers": {"response": {"set": {"b": "2", "a": "1"}, "remove": ["x"]}},
        "rewrite": {"uri": "/v2", "type": "ReplaceFullPath", "authority": "inner"},
        "corsPolicy": {"allowOrigins": [{"exact": "https://a.example"}], "allowMethods": ["GET"]},
        "mirror": [{"backendRef": {"name": "shadow", "port": 80}}],
    }
    headers, rewrite, cors, mirror = filters(RouterRig({"service": service}).tick.canary)
    change = {"set": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}], "remove": ["x"]}
    assert headers == {"type": "ResponseHeaderModifier", "responseHeaderModifier": change}
    path = {"type": "ReplaceFullPath", "replaceFullPath": "/v2"}
    assert rewrite == {"type": "URLRewrite", "urlRewrite": {"hostname": "inner", "path": path}}
    assert cors["cors"] == {"allowOrigins": ["https://a.example"], "allowMethods": ["GET"]}
    assert mirror["requestMirror"] == {"backendRef": {"name": "shadow", "port": 80}}
    assert filters(RouterRig().tick.canary) == []


def test_a_header_is_added_to_answers() -> None:
    added = add_header("Set-Cookie", "a=b")
    assert added["responseHeaderModifier"] == {"add": [{"name": "Set-Cookie", "value": "a=b"}]}

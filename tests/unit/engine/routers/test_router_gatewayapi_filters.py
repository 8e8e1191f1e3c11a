"""Istio's terms of ``spec.service`` in those of the Gateway API."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import RouterRig

from canarytui.engine.decide.tick import EndTick
from canarytui.engine.routers.gatewayapi_filters import ANY_PATH, add_header, http_filters, http_matches, merged


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
    assert http_matches([condition]) == [match]


def test_a_condition_that_says_nothing_is_left_out() -> None:
    assert http_matches([{}, {"sourceLabels": {"a": "b"}}]) == []


@pytest.mark.parametrize(
    ("condition", "what"),
    [({"uri": {"suffix": "x"}}, "path"), ({"headers": {"x": {"prefix": "a"}}}, "header"),
     ({"queryParams": {"q": {"suffix": "1"}}}, "query"), ({"method": {"regex": "G.*"}}, "method")],
)  # fmt: skip
def test_what_the_gateway_api_lacks_ends_the_tick(condition: dict[str, Any], what: str) -> None:
    with pytest.raises(EndTick, match=f"doesn't support the specified {what} matching selector"):
        http_matches([condition])


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
        "corsPolicy": {"allowOrigins": [{"exact": "https://a.example"}], "allowMethods": ["GET"], "maxAge": "1h30m"},
        "mirror": [{"backendRef": {"name": "shadow", "port": 80}}],
    }
    headers, rewrite, cors, mirror = http_filters(RouterRig({"service": service}).tick.canary)
    change = {"set": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}], "remove": ["x"]}
    assert headers == {"type": "ResponseHeaderModifier", "responseHeaderModifier": change}
    path = {"type": "ReplaceFullPath", "replaceFullPath": "/v2"}
    assert rewrite == {"type": "URLRewrite", "urlRewrite": {"hostname": "inner", "path": path}}
    assert cors["cors"] == {"allowOrigins": ["https://a.example"], "allowMethods": ["GET"], "maxAge": 5400}
    assert mirror["requestMirror"] == {"backendRef": {"name": "shadow", "port": 80}}
    assert http_filters(RouterRig().tick.canary) == []


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        ("", {"type": "ReplaceFullPath", "replaceFullPath": "/v2"}),
        ("ReplaceFullPath", {"type": "ReplaceFullPath", "replaceFullPath": "/v2"}),
        ("ReplacePrefixMatch", {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/v2"}),
    ],
)
def test_a_rewrite_replaces_the_whole_path_unless_it_says_otherwise(type_: str, path: dict[str, str]) -> None:
    rewrite = {"uri": "/v2", "type": type_} if type_ else {"uri": "/v2"}
    (made,) = http_filters(RouterRig({"service": {"rewrite": rewrite}}).tick.canary)
    assert made["urlRewrite"] == {"path": path}


@pytest.mark.parametrize("given", ["soon", "", None, "0s"])
def test_an_age_that_is_none_is_left_out(given: object) -> None:
    (made,) = http_filters(
        RouterRig({"service": {"corsPolicy": {"maxAge": given, "allowMethods": ["GET"]}}}).tick.canary
    )
    assert made["cors"] == {"allowMethods": ["GET"]}


def test_a_header_is_added_to_answers() -> None:
    added = add_header("Set-Cookie", "a=b")
    assert added["responseHeaderModifier"] == {"add": [{"name": "Set-Cookie", "value": "a=b"}]}

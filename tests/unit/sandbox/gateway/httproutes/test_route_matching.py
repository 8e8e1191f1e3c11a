"""Matches of HTTPRoutes, and which of two that match is served."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import CIMultiDict

from canarytui.sandbox.gateway.httproutes.matching import host_rule, match_rule, path_prefix, precedence
from canarytui.sandbox.gateway.rules import GatewayRequest, matches
from canarytui.sandbox.go_regexp import BadPattern


def path(value: str, kind: str = "PathPrefix") -> dict[str, Any]:
    return {"path": {"type": kind, "value": value}}


def header(value: str, kind: str = "Exact", name: str = "X-Canary") -> dict[str, Any]:
    return {"headers": [{"name": name, "type": kind, "value": value}]}


@pytest.mark.parametrize(
    ("match", "good", "bad"),
    [
        ({}, ["/", "/a"], []),
        (path("/a"), ["/a", "/a/", "/a/b"], ["/", "/ab", "/A"]),
        (path("/a/"), ["/a", "/a/b"], ["/ab"]),
        (path("/a", "Exact"), ["/a"], ["/a/", "/a/b", "/"]),
        (path("/a/[0-9]+", "RegularExpression"), ["/a/7"], ["/a/b"]),
        (path("/a b"), ["/a%20b", "/a%20b/c"], ["/a"]),
    ],
)
def test_paths(match: dict[str, Any], good: list[str], bad: list[str]) -> None:
    rule = match_rule(match)
    assert [each for each in good + bad if matches(rule, GatewayRequest("a.example", each))] == good


@pytest.mark.parametrize(
    ("match", "headers", "holds"),
    [
        (header("always"), {"x-canary": "always"}, True),
        (header("always"), {"X-Canary": "Always"}, False),
        (header("^(beta|insider)$", "RegularExpression"), {"X-Canary": "insider"}, True),
        (header("^(beta|insider)$", "RegularExpression"), {}, False),
        # as Flagger matches a cookie: anywhere in the header, among others
        (header(".*fl-cookie.*AbC.*", "RegularExpression", "Cookie"), {"Cookie": "a=1; fl-cookie=AbC; b=2"}, True),
        (header("^(.*?;)?(canary=always)(;.*)?$", "RegularExpression", "Cookie"), {"Cookie": "canary=always"}, True),
        (header("^(.*?;)?(canary=always)(;.*)?$", "RegularExpression", "Cookie"), {"Cookie": "canary=never"}, False),
        ({"headers": [*header("a")["headers"], *header("b", name="x-canary")["headers"]]}, {"x-canary": "a"}, True),
    ],
)  # fmt: skip
def test_headers_and_cookies(match: dict[str, Any], headers: dict[str, str], holds: bool) -> None:
    assert matches(match_rule(match), GatewayRequest("a.example", "/", headers=CIMultiDict(headers))) is holds


def test_method_and_query_parameters_must_hold_together() -> None:
    rule = match_rule(
        {
            "method": "POST",
            "queryParams": [
                {"name": "v", "type": "Exact", "value": "2"},
                {"name": "who", "type": "RegularExpression", "value": "^a"},
            ],
        }
    )
    asked = [("POST", "v=2&who=ann"), ("GET", "v=2&who=ann"), ("POST", "v=2&who=bob"), ("POST", "who=ann")]
    assert [matches(rule, GatewayRequest("a.example", "/", method, query)) for method, query in asked] == [True] + [
        False
    ] * 3


def test_a_bad_expression_is_refused() -> None:
    for match in (path("(", "RegularExpression"), header("(", "RegularExpression")):
        with pytest.raises(BadPattern):
            match_rule(match)


@pytest.mark.parametrize(
    ("hostname", "good", "bad"),
    [
        ("a.example", ["a.example"], ["b.a.example", "example"]),
        ("*.example", ["a.example", "b.a.example"], ["example", "aexample"]),
    ],
)
def test_hostnames(hostname: str, good: list[str], bad: list[str]) -> None:
    rule = host_rule(hostname)
    assert rule is not None
    assert [each for each in good + bad if matches(rule, GatewayRequest(each, "/"))] == good
    assert host_rule("") is None


def test_the_specification_s_order_of_matches() -> None:
    many = {"headers": header("1")["headers"] + header("2", name="Y")["headers"]}
    query = {"queryParams": [{"name": "a", "value": "1"}]}
    ordered = [
        ("a.example", path("/abc", "Exact")),
        ("a.example", path("/a.*", "RegularExpression")),
        ("a.example", path("/abc")),
        ("a.example", {**path("/a"), "method": "GET"}),
        ("a.example", {**path("/a"), **many}),
        ("a.example", {**path("/a"), **header("1"), **query}),
        ("a.example", {**path("/a"), **header("1")}),
        ("a.example", {**path("/a"), **query}),
        ("a.example", path("/a")),
        ("*.a.example", path("/abc", "Exact")),
        ("*.example", path("/abc", "Exact")),
        ("", path("/abc", "Exact")),
    ]
    mixed = [*ordered[::2], *ordered[1::2]]
    assert sorted(mixed, key=lambda each: precedence(*each)) == ordered


def test_the_prefix_that_a_rewrite_replaces() -> None:
    assert [path_prefix(each) for each in ({}, path("/a"), path("/a", "Exact"))] == ["/", "/a", None]

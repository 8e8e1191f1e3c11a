from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.gateway.rules import GatewayRequest, RuleError, admits_host, matches, parse

A = GatewayRequest(host="a.example", path="/x/y", method="GET", query="q=1&r", headers={"X-Canary": "insider"})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("Host(`a.example`)", True),
        ("Host(`A.Example`)", True),
        ("Host(`a.example`, `b.example`)", True),
        ('Host("b.example")', False),
        ("HostRegexp(`^.+\\.example$`)", True),
        ("HostRegexp(`{sub:[a-z]+}.example`)", True),
        ("Path(`/x`)", False),
        ("Path(`/x/y`)", True),
        ("PathPrefix(`/x`)", True),
        ("PathRegexp(`^/x/[a-z]$`)", True),
        ("Method(`POST`, `get`)", True),
        ("Header(`X-Canary`, `insider`)", True),
        ("Headers(`X-Canary`, `other`)", False),
        ("HeadersRegexp(`X-Canary`, `^in`)", True),
        ("Query(`q`, `1`)", True),
        ("Query(`q=1`, `r`)", True),
        ("Query(`q=2`)", False),
        ("QueryRegexp(`q`, `^[0-9]$`)", True),
        ("ClientIP(`127.0.0.0/8`)", True),
        ("!Host(`a.example`)", False),
        ("Host(`a.example`) && !Path(`/x`)", True),
        ("Host(`b.example`) || Host(`a.example`) && Path(`/none`)", False),
        ("(Host(`b.example`) || Host(`a.example`)) && PathPrefix(`/x`)", True),
        ("!(Host(`b.example`) || Method(`POST`))", True),
    ],
)
def test_rules_match_as_traefiks_do(rule: str, expected: bool) -> None:
    assert matches(parse(rule), A) is expected


def test_paths_are_compared_decoded() -> None:
    assert matches(parse("Path(`/a b`)"), GatewayRequest(host="h", path="/a%20b"))


@pytest.mark.parametrize(
    ("rule", "cause"),
    [
        ("", "found end of rule"),
        ("Host(`a`", "expected )"),
        ("Host()", "expected value"),
        ("Hots(`a`)", "unsupported function: Hots"),
        ("Host(`a`) & Path(`/`)", "unexpected text at column 10"),
        ("Host(`a`) Path(`/`)", "expected end of rule"),
        ("HostRegexp(`(`)", "bad regular expression"),
        ("Header(`X`)", "needs a header name and a value"),
    ],
)
def test_a_rule_that_does_not_parse_says_why(rule: str, cause: str) -> None:
    with pytest.raises(RuleError, match=cause.replace("(", r"\(").replace(")", r"\)")):
        parse(rule)


def test_a_rule_admits_the_hosts_it_names_whatever_else_it_asks() -> None:
    rule = parse("(Host(`a.example`) || HostRegexp(`^b\\.`)) && Path(`/x`)")
    assert admits_host(rule, "a.example")
    assert admits_host(rule, "b.example")
    assert not admits_host(rule, "c.example")
    assert not admits_host(parse("PathPrefix(`/`)"), "a.example")


@pytest.mark.parametrize(
    ("rule", "matching", "other"),
    [
        (r"HostRegexp(`^[[:alpha:]]+\.example\z`)", {"host": "shop.example"}, {"host": "shop1.example"}),
        (r"PathRegexp(`^/\Qa.b\E/\pL+$`)", {"path": "/a.b/x"}, {"path": "/axb/x"}),
        (r"PathRegexp(`(?i)^/ab`)", {"path": "/ABC"}, {"path": "/b"}),
        (r"HeaderRegexp(`X-Id`, `^\d+$`)", {"headers": {"X-Id": "12"}}, {"headers": {"X-Id": "\u0661"}}),
        (r"QueryRegexp(`a`, `^(?:x){2}$`)", {"query": "a=xx"}, {"query": "a=x"}),
    ],
)
def test_patterns_are_read_as_go_reads_them(rule: str, matching: Any, other: Any) -> None:
    for values, wanted in ((matching, True), (other, False)):
        assert matches(parse(rule), GatewayRequest(**{"host": "h", "path": "/", **values})) is wanted


@pytest.mark.parametrize("pattern", ["a*+", "a{1001}", "(?=a)", r"\C"])
def test_patterns_that_go_refuses_are_refused(pattern: str) -> None:
    with pytest.raises(RuleError, match="error parsing regexp"):
        parse(f"PathRegexp(`{pattern}`)")

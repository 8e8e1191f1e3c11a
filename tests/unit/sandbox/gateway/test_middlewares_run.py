"""Each middleware by itself: what it makes of a request, and when it answers instead of the service."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from canarytui.sandbox.gateway.middlewares import (
    AddPrefix,
    GatewayAnswer,
    Headers,
    Middleware,
    Passing,
    RedirectRegex,
    RedirectScheme,
    ReplacePath,
    ReplacePathRegex,
    StripPrefix,
    StripPrefixRegex,
    run,
)


def passing(path: str = "/api/x", *, method: str = "GET", host: str = "a.example:8000") -> Passing:
    return Passing(method, host, path, "?q", CIMultiDict({"X-Old": "1"}))


@pytest.mark.parametrize(
    ("middleware", "target", "headers"),
    [
        (StripPrefix(("/none", "/api")), "/x?q", {"X-Forwarded-Prefix": "/api"}),
        (StripPrefix(("/none",)), "/api/x?q", {}),
        (StripPrefixRegex(("/[a-z]+",)), "/x?q", {"X-Forwarded-Prefix": "/api"}),
        (AddPrefix("/v 1"), "/v%201/api/x?q", {}),
        (ReplacePath("/y"), "/y?q", {"X-Replaced-Path": "/api/x"}),
        (ReplacePathRegex("^/api/(.*)", "/$1/z"), "/x/z?q", {"X-Replaced-Path": "/api/x"}),
        (ReplacePathRegex("^/none", "/y"), "/api/x?q", {}),
        (Headers((("X-Old", ""), ("X-New", "2"))), "/api/x?q", {"X-New": "2", "X-Old": None}),
    ],
)
def test_a_request_is_changed_and_passes(middleware: Middleware, target: str, headers: dict[str, str | None]) -> None:
    request = passing()
    assert run([middleware], request) is None
    assert request.target == target
    assert {name: request.headers.get(name) for name in headers} == headers


@pytest.mark.parametrize(
    ("middleware", "method", "answer"),
    [
        (RedirectScheme("https"), "GET", GatewayAnswer(302, "https://a.example/api/x?q")),
        (RedirectScheme("https", "8443", permanent=True), "POST", GatewayAnswer(308, "https://a.example:8443/api/x?q")),
        (RedirectRegex("^http://a.example:8000/(.*)", "http://b/${1}"), "POST", GatewayAnswer(307, "http://b/api/x?q")),
        (RedirectRegex("^http://other", "http://b"), "GET", None),
        (RedirectRegex("(.*)", "$1"), "GET", None),
    ],
)
def test_redirects(middleware: Middleware, method: str, answer: GatewayAnswer | None) -> None:
    assert run([middleware], passing(method=method)) == answer


def test_the_first_answer_ends_the_chain_and_the_outer_header_wins() -> None:
    request = passing()
    outer, inner = Headers((("Host", "b"),), (("A", "1"),)), Headers((), (("A", "2"), ("B", "3")))
    assert run([outer, inner, RedirectScheme("https"), ReplacePath("/never")], request) == GatewayAnswer(
        302, "https://b/api/x?q"
    )
    assert request.answer_headers == {"A": "1", "B": "3"}
    assert request.target == "/api/x?q"

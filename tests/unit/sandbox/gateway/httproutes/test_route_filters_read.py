"""Filters and timeouts as they stand in an HTTPRoute."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.gateway.header_changes import HeaderChanges
from canarytui.sandbox.gateway.httproutes.filters import (
    Mirror,
    UnsupportedValue,
    duration_s,
    read_filters,
    timeout_s,
)
from canarytui.sandbox.gateway.middlewares import Middleware
from canarytui.sandbox.gateway.route_filters import (
    ModifyRequestHeaders,
    ModifyResponseHeaders,
    PathChange,
    RedirectRequest,
    RewriteUrl,
    ShareWithOrigins,
)

CHANGES = {"set": [{"name": "A", "value": "1"}], "add": [{"name": "B", "value": "2"}], "remove": ["C"]}
READ = HeaderChanges((("A", "1"),), (("B", "2"),), ("C",))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"type": "RequestHeaderModifier", "requestHeaderModifier": CHANGES}, ModifyRequestHeaders(READ)),
        ({"type": "ResponseHeaderModifier", "responseHeaderModifier": CHANGES}, ModifyResponseHeaders(READ)),
        ({"type": "URLRewrite", "urlRewrite": {"hostname": "h", "path": {"type": "ReplaceFullPath",
                                                                        "replaceFullPath": "/x"}}},
         RewriteUrl("h", PathChange("/x"))),
        ({"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/x"}}},
         RewriteUrl("", PathChange("/x", "/a"))),
        ({"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301, "port": 8443}},
         RedirectRequest(301, "https", "", 8443)),
        ({"type": "RequestRedirect", "requestRedirect": {"hostname": "h"}}, RedirectRequest(302, "", "h")),
        ({"type": "CORS", "cors": {"allowOrigins": ["*"], "allowMethods": ["GET"], "allowHeaders": ["A"],
                                   "exposeHeaders": ["B"], "allowCredentials": True, "maxAge": 7}},
         ShareWithOrigins(("*",), ("GET",), ("A",), ("B",), True, 7)),
    ],
)  # fmt: skip
def test_each_filter_is_read(given: dict[str, Any], read: Middleware) -> None:
    assert read_filters([given], "/a", 8000).middlewares == (read,)


def test_mirrors_are_kept_apart_and_cors_comes_first() -> None:
    mirrors = [
        {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": name}, **share}}
        for name, share in (("a", {}), ("b", {"percent": 5}), ("c", {"fraction": {"numerator": 1, "denominator": 8}}))
    ]
    redirect = {"type": "RequestRedirect", "requestRedirect": {}}
    found = read_filters([*mirrors, redirect, {"type": "CORS", "cors": {}}], "/")
    assert found.mirrors == (Mirror({"name": "a"}, 100.0), Mirror({"name": "b"}, 5.0), Mirror({"name": "c"}, 12.5))
    assert [type(each) for each in found.middlewares] == [ShareWithOrigins, RedirectRequest]


@pytest.mark.parametrize(
    ("given", "prefix", "words"),
    [
        ([{"type": "ExtensionRef", "extensionRef": {}}], "/", "ExtensionRef"),
        ([{"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch"}}}], None, "PathPrefix"),
        ([{"type": "CORS", "cors": {}}] * 2, "/", "one CORS"),
        ([{"type": "URLRewrite"}, {"type": "RequestRedirect"}], "/", "both"),
    ],
)
def test_what_cannot_be_served_is_refused(given: list[dict[str, Any]], prefix: str | None, words: str) -> None:
    with pytest.raises(UnsupportedValue, match=words):
        read_filters(given, prefix)


@pytest.mark.parametrize(("text", "seconds"), [("1h2m3s4ms", 3723.004), ("250ms", 0.25), ("10s", 10), ("0s", 0)])
def test_durations(text: str, seconds: float) -> None:
    assert duration_s(text) == pytest.approx(seconds)


def test_the_shorter_timeout_counts_and_zero_is_none() -> None:
    assert timeout_s({"timeouts": {"request": "2s", "backendRequest": "1s"}}) == 1
    assert timeout_s({"timeouts": {"request": "0s", "backendRequest": "1s"}}) == 1
    assert timeout_s({"timeouts": {"request": "0s"}}) is None
    assert timeout_s({}) is None

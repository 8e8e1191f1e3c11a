"""What each of the Gateway API's filters does with a request and its answer."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from canarytui.sandbox.gateway.header_changes import HeaderChanges
from canarytui.sandbox.gateway.middlewares import GatewayAnswer, Passing
from canarytui.sandbox.gateway.route_filters import (
    ModifyRequestHeaders,
    ModifyResponseHeaders,
    PathChange,
    RedirectRequest,
    RewriteUrl,
    ShareWithOrigins,
)


def passing(path: str = "/", *, method: str = "GET", query: str = "", **headers: str) -> Passing:
    named = CIMultiDict({"Host": "app.example.com:8080"} | {name.replace("_", "-"): v for name, v in headers.items()})
    return Passing(method, "app.example.com:8080", path, query, named)


def test_request_headers_are_set_added_and_removed() -> None:
    request = passing(X_Set="old", X_Add="one", X_Gone="1")
    changes = HeaderChanges((("X-Set", "new"),), (("X-Add", "two"),), ("x-gone",))
    assert ModifyRequestHeaders(changes).apply(request) is None
    assert request.headers["X-Set"] == "new"
    assert request.headers.getall("X-Add") == ["one", "two"]
    assert "X-Gone" not in request.headers
    assert request.host == "app.example.com:8080"
    ModifyRequestHeaders(HeaderChanges((("host", "other.example"),))).apply(request)
    assert request.host == "other.example"


def test_an_answer_is_changed_by_the_backend_first_and_then_by_the_rule() -> None:
    request = passing()
    ModifyResponseHeaders(HeaderChanges((("X", "rule"),))).apply(request)
    ModifyResponseHeaders(HeaderChanges((("X", "backend"),))).apply(request)
    headers: CIMultiDict[str] = CIMultiDict()
    for edit in request.answer_edits:
        edit.apply_to(headers)
    assert headers.getall("X") == ["rule"]


@pytest.mark.parametrize(
    ("prefix", "value", "path", "new"),
    [
        # the specification's table
        ("/foo", "/xyz", "/foo/bar", "/xyz/bar"), ("/foo", "/xyz/", "/foo/bar", "/xyz/bar"),
        ("/foo/", "/xyz", "/foo/bar", "/xyz/bar"), ("/foo/", "/xyz/", "/foo/bar", "/xyz/bar"),
        ("/foo", "/xyz", "/foo", "/xyz"), ("/foo", "/xyz", "/foo/", "/xyz/"), ("/foo", "", "/foo/bar", "/bar"),
        ("/foo", "/", "/foo/bar", "/bar"), ("/foo", "/", "/foo", "/"), ("/foo", "", "/foo/", "/"),
        ("/a b", "/c", "/a%20b/d%2Fe", "/c/d/e"), ("/foo", "/x y", "/foo/d%2Fe", "/x%20y/d%2Fe"),
        (None, "/whole", "/foo/bar", "/whole"), (None, "bare", "/foo", "/bare"),
    ],
)  # fmt: skip
def test_paths_are_replaced(prefix: str | None, value: str, path: str, new: str) -> None:
    request = passing(path, query="?a=1")
    assert RewriteUrl("inner.example", PathChange(value, prefix)).apply(request) is None
    assert (request.target, request.host) == (f"{new}?a=1", "inner.example")


@pytest.mark.parametrize(
    ("filter_", "location"),
    [
        (RedirectRequest(302), "http://app.example.com/a/b?c=d"),
        (RedirectRequest(301, scheme="https"), "https://app.example.com/a/b?c=d"),
        (RedirectRequest(301, scheme="https", port=8443), "https://app.example.com:8443/a/b?c=d"),
        (RedirectRequest(302, hostname="new.example", port=80), "http://new.example/a/b?c=d"),
        (RedirectRequest(302, listener_port=8081), "http://app.example.com:8081/a/b?c=d"),
        (RedirectRequest(308, path=PathChange("/x", "/a")), "http://app.example.com/x/b?c=d"),
        (RedirectRequest(302, path=PathChange("/x")), "http://app.example.com/x?c=d"),
    ],
)
def test_redirects(filter_: RedirectRequest, location: str) -> None:
    assert filter_.apply(passing("/a/b", query="?c=d")) == GatewayAnswer(filter_.status, location)


SHARED = ShareWithOrigins(
    ("https://app.example", "https://*.example.org"), ("GET", "PUT"), ("X-A",), ("X-B",), credentials=True, max_age_s=9
)


@pytest.mark.parametrize("origin", ["https://app.example", "https://a.example.org", "https://a.b.example.org"])
def test_a_preflight_request_of_an_allowed_origin_is_answered(origin: str) -> None:
    request = passing(method="OPTIONS", Origin=origin, Access_Control_Request_Method="PUT")
    assert SHARED.apply(request) == GatewayAnswer(204)
    assert request.answer_headers == {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET, PUT",
        "Access-Control-Allow-Headers": "X-A",
        "Access-Control-Max-Age": "9",
    }


def test_other_answers_name_the_origin_and_what_scripts_may_read() -> None:
    request = passing(Origin="https://app.example")
    assert SHARED.apply(request) is None
    assert request.answer_headers == {
        "Access-Control-Allow-Origin": "https://app.example",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "X-B",
    }
    assert request.answer_edits == [HeaderChanges(added=(("Vary", "Origin"),))]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://app.example.net"}, {"Origin": "http://app.example"}])
def test_other_origins_pass_unchanged(headers: dict[str, str]) -> None:
    request = passing(method="OPTIONS", Access_Control_Request_Method="PUT", **headers)
    assert SHARED.apply(request) is None
    assert (request.answer_headers, request.answer_edits) == ({}, [])


def test_everybody_is_a_star_only_without_credentials() -> None:
    asked = {"Origin": "https://a", "Access_Control_Request_Method": "PUT", "Access_Control_Request_Headers": "X-C"}
    anyone, known = passing(method="OPTIONS", **asked), passing(method="OPTIONS", **asked)
    ShareWithOrigins(("*",), ("*",), ("*",)).apply(anyone)
    ShareWithOrigins(("*",), ("*",), ("*",), credentials=True).apply(known)
    names = [f"Access-Control-Allow-{name}" for name in ("Origin", "Methods", "Headers")]
    assert [anyone.answer_headers[name] for name in names] == ["*", "*", "*"]
    assert [known.answer_headers[name] for name in names] == ["https://a", "PUT", "X-C"]

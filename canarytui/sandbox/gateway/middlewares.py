"""Traefik's middlewares: what happens to a request between router and service, and to the answer.

Pure. :mod:`.middleware_config` reads them from objects, the gateway runs them for each request. A route that uses
another of Traefik's gets an Event on that object.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import quote, unquote

from msgspec import Struct, field
from multidict import CIMultiDict

from canarytui.sandbox.gateway.header_changes import HeaderChanges
from canarytui.sandbox.go_regexp import compile_pattern, replace_all

_SAFE = "/:@!$&'()*+,;=~-._"
_PORTS = {"http": "80", "https": "443"}


class Passing(Struct):
    """A request on its way to a service.

    Attributes:
        method: as sent.
        host: the Host header, with port.
        path: still percent-encoded.
        query: as sent, with the question mark; "" without one.
        headers: towards the service.
        answer_headers: to be set on the answer; "" removes a header.
        answer_edits: further changes of the answer's headers, in order, after these.
    """

    method: str
    host: str
    path: str
    query: str
    headers: CIMultiDict[str]
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer_edits: list[HeaderChanges] = field(default_factory=list)

    @property
    def target(self) -> str:
        """Path and query as the service sees them."""
        path = self.path if self.path.startswith("/") else f"/{self.path}"
        return path + self.query

    def strip(self, prefix: str) -> None:
        """Remove `prefix` from the path, which begins with it when decoded, and note it in a header."""
        rest = self.path[len(prefix) :] if self.path.startswith(prefix) else quote(unquote(self.path)[len(prefix) :])
        self.path = rest if not rest or rest.startswith("/") else f"/{rest}"
        self.headers.add("X-Forwarded-Prefix", prefix)


class GatewayAnswer(Struct, frozen=True):
    """The gateway's own answer: the request does not reach the service. `location` is empty unless it redirects."""

    status: int
    location: str = ""


class Middleware(Protocol):
    """One of the steps between router and service."""

    def apply(self, request: Passing) -> GatewayAnswer | None:
        """Change the request, or answer it."""


class StripPrefix(Struct, frozen=True):
    """Removes the first prefix that matches, even within a word: ``/api`` makes ``/ary`` of ``/apiary``."""

    prefixes: tuple[str, ...]

    def apply(self, request: Passing) -> GatewayAnswer | None:
        path = unquote(request.path)
        for prefix in self.prefixes:
            if path.startswith(prefix):
                request.strip(prefix.strip())
                break
        return None


class StripPrefixRegex(Struct, frozen=True):
    """Removes what the first matching pattern finds at the path's beginning."""

    patterns: tuple[str, ...]

    def apply(self, request: Passing) -> GatewayAnswer | None:
        path = unquote(request.path)
        for pattern in self.patterns:
            match = compile_pattern(pattern).search(path)
            prefix = match.group() if match is not None else None
            if prefix and path.startswith(prefix):
                request.strip(prefix)
                break
        return None


class AddPrefix(Struct, frozen=True):
    """Adds a prefix to the path."""

    prefix: str

    def apply(self, request: Passing) -> GatewayAnswer | None:
        joined = quote(self.prefix, safe=_SAFE) + request.path
        request.path = joined if joined.startswith("/") else f"/{joined}"
        return None


class ReplacePath(Struct, frozen=True):
    """Replaces the path; the former one is in X-Replaced-Path."""

    path: str

    def apply(self, request: Passing) -> GatewayAnswer | None:
        request.headers["X-Replaced-Path"] = request.path
        request.path = quote(self.path, safe=_SAFE + "%")
        return None


class ReplacePathRegex(Struct, frozen=True):
    """Replaces every match in the path by a Go template."""

    pattern: str
    replacement: str

    def apply(self, request: Passing) -> GatewayAnswer | None:
        pattern = compile_pattern(self.pattern)
        if pattern.search(request.path) is not None:
            request.headers["X-Replaced-Path"] = request.path
            request.path = quote(replace_all(pattern, self.replacement, request.path), safe=_SAFE + "%")
        return None


class Headers(Struct, frozen=True):
    """Headers to set; "" removes one. Host is the request's own."""

    request: tuple[tuple[str, str], ...] = ()
    response: tuple[tuple[str, str], ...] = ()

    def apply(self, request: Passing) -> GatewayAnswer | None:
        for name, value in self.request:
            if name.lower() == "host":
                request.host = value
            elif value:
                request.headers[name] = value
            else:
                request.headers.popall(name, None)
        # When two set the same header, the outer one wins.
        request.answer_headers = {**dict(self.response), **request.answer_headers}
        return None


class RedirectScheme(Struct, frozen=True):
    """Redirects to another scheme and port; requests arrive by http here."""

    scheme: str
    port: str = ""
    permanent: bool = False

    def apply(self, request: Passing) -> GatewayAnswer | None:
        name, _, _ = _host_and_port(request.host)
        port = f":{self.port}" if self.port and self.port != _PORTS.get(self.scheme) else ""
        return _redirect(request, f"{self.scheme}://{name}{port}{request.target}", permanent=self.permanent)


class RedirectRegex(Struct, frozen=True):
    """Redirects matching URLs to what a Go template makes of them."""

    pattern: str
    replacement: str
    permanent: bool = False

    def apply(self, request: Passing) -> GatewayAnswer | None:
        pattern, url = compile_pattern(self.pattern), _url(request)
        if pattern.search(url) is None:
            return None
        return _redirect(request, replace_all(pattern, self.replacement, url), permanent=self.permanent)


def run(middlewares: Iterable[Middleware], request: Passing) -> GatewayAnswer | None:
    """Run them on `request` in order; the first answer, None when all let it pass."""
    for middleware in middlewares:
        answer = middleware.apply(request)
        if answer is not None:
            return answer
    return None


def _redirect(request: Passing, url: str, *, permanent: bool) -> GatewayAnswer | None:
    if url == _url(request):
        return None
    if request.method == "GET":
        return GatewayAnswer(301 if permanent else 302, url)
    return GatewayAnswer(308 if permanent else 307, url)


def _url(request: Passing) -> str:
    name, colon, port = _host_and_port(request.host)
    return f"http://{name}{'' if port == '80' else colon + port}{request.target}"


def _host_and_port(host: str) -> tuple[str, str, str]:
    name, colon, port = host.rpartition(":")
    return (name, colon, port) if colon and port.isdigit() else (host, "", "")

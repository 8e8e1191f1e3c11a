"""An HTTPRoute's filters and timeouts read from the object."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from canarytui.sandbox.gateway.header_changes import HeaderChanges
from canarytui.sandbox.gateway.middlewares import Middleware
from canarytui.sandbox.gateway.route_filters import (
    ModifyRequestHeaders,
    ModifyResponseHeaders,
    PathChange,
    RedirectRequest,
    RewriteUrl,
    ShareWithOrigins,
)
from canarytui.sandbox.values import ReadOnlyObject

_UNITS_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_FIELDS = {"URLRewrite": "urlRewrite", "CORS": "cors"}
_CORS_FIRST = {"CORS": 0}  # a preflight request is answered whatever the other filters would do with it


class UnsupportedValue(ValueError):
    """Something of a route that cannot be served; ``str`` is the sentence for its status."""


class Mirror(Struct, frozen=True):
    """A RequestMirror: the Service that gets copies, and how many of 100 requests are copied."""

    reference: ReadOnlyObject
    percent: float


class Filters(Struct, frozen=True):
    """The filters of a rule or a backend: those that change or answer requests, and those that copy them."""

    middlewares: tuple[Middleware, ...] = ()
    mirrors: tuple[Mirror, ...] = ()


def read_filters(filters: Iterable[ReadOnlyObject], prefix: str | None, listener_port: int = 80) -> Filters:
    """The filters for requests that were matched by `prefix` (None: by another kind of path).

    Raises:
        UnsupportedValue: a filter that the gateway does not have, or that contradicts the match or another filter.
    """
    middlewares: list[Middleware] = []
    mirrors: list[Mirror] = []
    listed = list(filters)
    kinds = [str(each.get("type")) for each in listed]
    twice = {kind for kind in kinds if kinds.count(kind) > 1 and kind != "RequestMirror"}
    if twice:
        raise UnsupportedValue(f"A rule can have one {min(twice)} filter only.")
    if {"URLRewrite", "RequestRedirect"} <= set(kinds):
        raise UnsupportedValue("A rule cannot have both URLRewrite and RequestRedirect.")
    for each in sorted(listed, key=lambda each: _CORS_FIRST.get(str(each.get("type")), 1)):
        kind = str(each.get("type"))
        options = each.get(_FIELDS.get(kind, kind[0].lower() + kind[1:])) or {}
        if kind == "RequestMirror":
            mirrors.append(Mirror(options.get("backendRef") or {}, _percent(options)))
        elif kind == "RequestRedirect":
            middlewares.append(_redirect(options, prefix, listener_port))
        elif kind == "URLRewrite":
            middlewares.append(RewriteUrl(str(options.get("hostname") or ""), _path(options.get("path"), prefix)))
        elif kind in _READERS:
            middlewares.append(_READERS[kind](options))
        else:
            raise UnsupportedValue(f"The sandbox's gateway does not have the filter {kind}.")
    return Filters(tuple(middlewares), tuple(mirrors))


def timeout_s(rule: ReadOnlyObject) -> float | None:
    """Seconds until a request of this rule is given up: the shorter of both timeouts, as there are no retries."""
    timeouts = rule.get("timeouts") or {}
    found = [duration_s(str(timeouts[name])) for name in ("request", "backendRequest") if timeouts.get(name)]
    return min((each for each in found if each > 0), default=None)


def duration_s(text: str) -> float:
    """Seconds of a duration such as ``1m30s``; 0 for one without a unit."""
    return sum(int(number) * _UNITS_S[unit] for number, unit in re.findall(r"(\d+)(ms|h|m|s)", text))


def _changes(options: ReadOnlyObject) -> HeaderChanges:
    def pairs(field: str) -> tuple[tuple[str, str], ...]:
        return tuple((str(each["name"]), str(each["value"])) for each in options.get(field) or ())

    return HeaderChanges(pairs("set"), pairs("add"), tuple(map(str, options.get("remove") or ())))


def _texts(options: ReadOnlyObject, field: str) -> tuple[str, ...]:
    return tuple(map(str, options.get(field) or ()))


def _path(options: ReadOnlyObject | None, prefix: str | None) -> PathChange | None:
    if not options:
        return None
    if options.get("type") == "ReplaceFullPath":
        return PathChange(str(options.get("replaceFullPath") or "/"))
    if prefix is None:
        raise UnsupportedValue("ReplacePrefixMatch needs a match by PathPrefix.")
    return PathChange(str(options.get("replacePrefixMatch") or ""), prefix)


def _redirect(options: ReadOnlyObject, prefix: str | None, listener_port: int) -> RedirectRequest:
    return RedirectRequest(
        int(options.get("statusCode") or 302),
        str(options.get("scheme") or ""),
        str(options.get("hostname") or ""),
        options.get("port"),
        _path(options.get("path"), prefix),
        80 if listener_port == 8000 else listener_port,  # the pod's port; clients know the Service's
    )


def _percent(options: ReadOnlyObject) -> float:
    if fraction := options.get("fraction"):
        return 100.0 * float(fraction.get("numerator") or 0) / float(fraction.get("denominator") or 100)
    percent = options.get("percent")
    return 100.0 if percent is None else float(percent)


def _cors(options: ReadOnlyObject) -> ShareWithOrigins:
    return ShareWithOrigins(
        _texts(options, "allowOrigins"),
        _texts(options, "allowMethods"),
        _texts(options, "allowHeaders"),
        _texts(options, "exposeHeaders"),
        bool(options.get("allowCredentials")),
        int(options.get("maxAge") or 5),
    )


_READERS: dict[str, Any] = {
    "RequestHeaderModifier": lambda options: ModifyRequestHeaders(_changes(options)),
    "ResponseHeaderModifier": lambda options: ModifyResponseHeaders(_changes(options)),
    "CORS": _cors,
}

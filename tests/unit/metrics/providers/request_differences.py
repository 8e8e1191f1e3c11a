"""What tells two controllers' behaviour towards a metric service apart, a line for each difference."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from recorded_case import Exchange, Outcome

_FREE = frozenset({"host", "user-agent", "accept", "accept-encoding", "connection", "content-length", "x-amz-date"})
_SIGNATURE = re.compile(r"(AWS4-HMAC-SHA256 Credential=[^/]+/)\d{8}(/[^,]+), SignedHeaders=\S+, Signature=[0-9a-f]{64}")
"""Whose key, region and service it is for must be equal; a signature has a test of its own."""
_NEAR_S = 10 * 86_400.0
_WITHIN_S = 1.0
"""The recorded clock is the server's, when the request had come in; Flagger's windows are in whole seconds."""
_DIGITS = re.compile(r"\d{10}(\d{3})?\Z")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")


def differences(recorded: Outcome, ours: Outcome) -> list[str]:
    """Empty when both did the same."""
    return [
        *_lists("event", recorded.events, ours.events),
        *_lists("status", recorded.statuses, ours.statuses),
        *_online(recorded, ours),
        *_queries(recorded.queries, ours.queries),
        *_values("last value", recorded.value, ours.value),
        *_lists("analysis", recorded.analyses, ours.analyses),
    ]


def request_differences(recorded: Exchange, ours: Exchange) -> list[str]:
    """Between two requests: each time relative to its own clock."""
    return list(_values("", _asked(recorded), _asked(ours)))


def _online(recorded: Outcome, ours: Outcome) -> Iterator[str]:
    yield from _values("requests of an online check", recorded.online_each, ours.online_each)
    each = recorded.online_each
    for place, exchange in enumerate(ours.online if recorded.online else ()):
        for line in request_differences(recorded.online[place % each], exchange):
            yield f"online request {place}: {line}"


def _queries(recorded: list[Exchange], ours: list[Exchange]) -> Iterator[str]:
    yield from _values("queries", len(recorded), len(ours))
    for place, (expected, got) in enumerate(zip(recorded, ours, strict=False)):
        for line in request_differences(expected, got):
            yield f"query {place}: {line}"


def _asked(exchange: Exchange) -> dict[str, Any]:
    parts = urlsplit(exchange.url)
    asked: dict[str, Any] = {
        "method": exchange.method,
        "address": f"{parts.scheme}://{parts.netloc}" if parts.scheme else "{address}",
        "path": parts.path.removeprefix("{address}"),
        "parameter": _moments(_multi(parts.query), exchange.clock_s),
        "header": {
            name.lower(): _unsigned(_SIGNATURE.sub(r"\1\2", value))
            for name, value in exchange.headers.items()
            if name.lower() not in _FREE
        },
    }
    kind = asked["header"].get("content-type", "")
    if "json" in kind:
        asked["body"] = _moments(json.loads(exchange.body), exchange.clock_s)
    elif "x-www-form-urlencoded" in kind:
        asked["body"] = _moments(_multi(exchange.body), exchange.clock_s)
    else:
        asked["body"] = exchange.body
    return asked


def _unsigned(value: str) -> str:
    """Of a signed token: which key signed it how, for whom, and for how long."""
    if value.startswith("Bearer {JWT "):
        token = json.loads(value.removeprefix("Bearer {JWT ").removesuffix("}"))
        header, claims = token["header"], token["claims"]
    elif value.startswith("Bearer eyJ"):
        padded = (part + "==" for part in value.removeprefix("Bearer ").split(".")[:2])
        header, claims = (json.loads(base64.urlsafe_b64decode(part)) for part in padded)
    else:
        return value
    lasts = claims["exp"] - claims["iat"]
    reads = "https://www.googleapis.com/auth/monitoring.read" in claims["scope"].split()
    return f"JWT {header['alg']} {header['kid']} of {claims['iss']} for {claims['sub']}, {lasts} s, reads: {reads}"


def _multi(query: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


class _Moment(float):
    """Seconds after the clock."""


def _moments(value: Any, clock_s: float) -> Any:
    """`value` with each time near the clock as a distance from it."""
    if isinstance(value, Mapping):
        return {name: _moments(item, clock_s) for name, item in value.items()}
    if isinstance(value, list):
        return [_moments(item, clock_s) for item in value]
    at_s = _seconds(str(value))
    return value if at_s is None or abs(at_s - clock_s) > _NEAR_S else _Moment(at_s - clock_s)


def _seconds(text: str) -> float | None:
    if _DIGITS.match(text):
        return int(text) / (1000 if len(text) > 10 else 1)
    return datetime.fromisoformat(text).timestamp() if _ISO.match(text) else None


def _lists(what: str, recorded: list[Any], ours: list[Any]) -> Iterator[str]:
    for place, (expected, got) in enumerate(zip_longest(recorded, ours)):
        if expected != got:
            yield f"{what} {place}: recorded {expected!r}, ours {got!r}"
            return


def _values(where: str, recorded: Any, ours: Any) -> Iterator[str]:
    if isinstance(recorded, Mapping) and isinstance(ours, Mapping):
        for name in sorted(recorded.keys() | ours.keys()):
            yield from _values(f"{where} {name}".strip(), recorded.get(name), ours.get(name))
    elif isinstance(recorded, _Moment) and isinstance(ours, _Moment):
        if abs(recorded - ours) > _WITHIN_S:
            yield f"{where}: recorded {recorded:+.3f} s from the clock, ours {ours:+.3f} s"
    elif recorded != ours:
        yield f"{where}: recorded {recorded!r}, ours {ours!r}"

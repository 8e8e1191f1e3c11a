"""An HTTPRoute's hostnames and matches as rules of the gateway, and which of two matches comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from canarytui.sandbox.gateway.rules import All, AnyOf, Rule, RuleMatcher
from canarytui.sandbox.go_regexp import compile_pattern
from canarytui.sandbox.values import ReadOnlyObject

ANY_PATH: ReadOnlyObject = {"path": {"type": "PathPrefix", "value": "/"}}

_PATH_RANK = {"Exact": 0, "RegularExpression": 1, "PathPrefix": 2}


Precedence = tuple[bool, int, int, int, bool, int, int]
"""Sorts matches, first served first: hostname, path, method, number of headers, number of query parameters.

The specification leaves open where regular expressions of paths stand: here after exact paths, before prefixes."""


def host_rule(hostname: str) -> Rule | None:
    """Requests for `hostname`, which may begin with ``*.``; None for any host ("")."""
    if not hostname:
        return None
    if hostname.startswith("*."):
        return RuleMatcher("hostregexp", (f"^.+{re.escape(hostname[1:])}$",))
    return RuleMatcher("host", (hostname,))


def match_rule(match: ReadOnlyObject) -> Rule:
    """The conditions of one match.

    Raises:
        BadPattern: a regular expression that Go does not take.
    """
    rules = [_path(match.get("path") or {})]
    if match.get("method"):
        rules.append(RuleMatcher("method", (str(match["method"]),)))
    rules += _named(match.get("headers") or (), "header", str.lower)
    rules += _named(match.get("queryParams") or (), "query", str)
    return rules[0] if len(rules) == 1 else All(tuple(rules))


def precedence(hostname: str, match: ReadOnlyObject) -> Precedence:
    """Where the match stands among all others."""
    path = match.get("path") or {}
    kind, value = str(path.get("type") or "PathPrefix"), str(path.get("value") or "/")
    return (
        not hostname or hostname.startswith("*."),
        -len(hostname),
        _PATH_RANK[kind],
        -len(value),
        not match.get("method"),
        -len(match.get("headers") or ()),
        -len(match.get("queryParams") or ()),
    )


def path_prefix(match: ReadOnlyObject) -> str | None:
    """The prefix that requests of this match have; None when their path is matched otherwise."""
    path = match.get("path") or {}
    return str(path.get("value") or "/") if path.get("type", "PathPrefix") == "PathPrefix" else None


def _path(path: ReadOnlyObject) -> Rule:
    kind, value = str(path.get("type") or "PathPrefix"), str(path.get("value") or "/")
    if kind == "Exact":
        return RuleMatcher("path", (value,))
    if kind == "RegularExpression":
        compile_pattern(value)
        return RuleMatcher("pathregexp", (value,))
    whole = value.rstrip("/")  # by segments: /abc admits /abc and /abc/d, not /abcd
    below = RuleMatcher("pathprefix", (f"{whole}/",))
    return AnyOf((RuleMatcher("path", (whole,)), below)) if whole else below


def _named(conditions: Iterable[ReadOnlyObject], what: str, key: Any) -> list[Rule]:
    """Headers or query parameters; of two conditions for one name the first holds, as the specification says."""
    first: dict[str, Rule] = {}
    for condition in conditions:
        name, value = str(condition.get("name")), str(condition.get("value"))
        regexp = condition.get("type") == "RegularExpression"
        if regexp:
            compile_pattern(value)
        first.setdefault(key(name), RuleMatcher(f"{what}regexp" if regexp else what, (name, value)))
    return list(first.values())

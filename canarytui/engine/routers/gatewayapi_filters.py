"""Translates a canary's ``spec.service``, in Istio's terms, into matches and filters of the Gateway API. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.tick import EndTick

Part = dict[str, Any]
ANY_PATH: Part = {"path": {"type": "PathPrefix", "value": "/"}}


def http_matches(conditions: Sequence[KubernetesObject]) -> list[Part]:
    """``match`` entries as HTTPRouteMatches; empty ones are left out.

    Raises:
        EndTick: a kind of match that the Gateway API does not have.
    """
    found = []
    for condition in conditions:
        match: Part = {}
        if condition.get("uri"):
            kinds = (("regex", "RegularExpression"), ("exact", "Exact"), ("prefix", "PathPrefix"))
            kind, value = _one_of(condition["uri"], kinds, "path")
            match["path"] = {"type": kind, "value": value}
        if condition.get("method"):
            match["method"] = _one_of(condition["method"], (("exact", ""),), "method")[1]
        for field, given in (("headers", "header"), ("queryParams", "query")):
            named = header_matches(condition.get(field) or {}, given)
            if named:
                match[field] = named
        if match:
            found.append(match)
    return found


def header_matches(conditions: Mapping[str, Any], what: str) -> list[Part]:
    """Of headers or, with `what` query, query parameters.

    Raises:
        EndTick: a kind of comparison that the Gateway API does not have.
    """
    return [_named(name, value, what) for name, value in conditions.items()]


def merged(analysis: Sequence[Part], service: Sequence[Part]) -> list[Part]:
    """Each of `analysis` combined with each of `service`; headers and query parameters come from `analysis`."""
    if not analysis or not service:
        return [copy.deepcopy(each) for each in analysis or service]
    fields = ("headers", "queryParams")
    return [
        {**copy.deepcopy(each), **{field: chosen[field] for field in fields if chosen.get(field)}}
        for chosen in analysis
        for each in service
    ]


def http_filters(canary: Canary, *, cors: bool = True) -> list[Part]:
    """Header changes, rewrite, CORS (unless the version has none) and permanent mirrors of ``spec.service``."""
    service = canary.spec.service.raw
    found = header_filters(canary)
    rewrite = service.get("rewrite") or {}
    if rewrite:
        found.append({"type": "URLRewrite", "urlRewrite": _rewrite(rewrite)})
    if cors and service.get("corsPolicy"):
        found.append({"type": "CORS", "cors": _cors(service["corsPolicy"])})
    return [*found, *mirror_filters(canary)]


def header_filters(canary: Canary) -> list[Part]:
    """What changes the headers of requests and responses."""
    headers = canary.spec.service.raw.get("headers") or {}
    return [
        {"type": kind, _lower(kind): _header_changes(headers[side])}
        for side, kind in (("request", "RequestHeaderModifier"), ("response", "ResponseHeaderModifier"))
        if headers.get(side) is not None
    ]


def mirror_filters(canary: Canary) -> list[Part]:
    """The permanent mirrors of ``service.mirror``."""
    return [
        {"type": "RequestMirror", "requestMirror": {"backendRef": dict(mirror.get("backendRef") or {})}}
        for mirror in canary.spec.service.raw.get("mirror") or []
    ]


def add_header(name: str, value: str) -> Part:
    """A filter that adds a header to responses."""
    change = {"add": [{"name": name, "value": value}]}
    return {"type": "ResponseHeaderModifier", "responseHeaderModifier": change}


def _one_of(value: Mapping[str, Any], kinds: Sequence[tuple[str, str]], what: str) -> tuple[str, str]:
    for field, kind in kinds:
        if value.get(field):
            return kind, str(value[field])
    raise EndTick(
        f"Invalid request matching selectors: Gateway API doesn't support the specified {what} matching selector: "
        f"{dict(value)}"
    )


def _named(name: str, value: Mapping[str, Any], what: str) -> Part:
    kind, text = _one_of(value, (("exact", "Exact"), ("regex", "RegularExpression")), what)
    return {"name": name, "type": kind, "value": text}


def _header_changes(given: Mapping[str, Any]) -> Part:
    changes: Part = {}
    for verb in ("add", "set"):
        if given.get(verb):
            changes[verb] = [{"name": name, "value": value} for name, value in sorted(given[verb].items())]
    if given.get("remove"):
        changes["remove"] = list(given["remove"])
    return changes


def _rewrite(given: Mapping[str, Any]) -> Part:
    made: Part = {}
    if given.get("authority"):
        made["hostname"] = given["authority"]
    if given.get("uri"):
        whole = given.get("type") != "ReplacePrefixMatch"
        field = "replaceFullPath" if whole else "replacePrefixMatch"
        made["path"] = {"type": "ReplaceFullPath" if whole else "ReplacePrefixMatch", field: given["uri"]}
    return made


def _cors(given: Mapping[str, Any]) -> Part:
    origins = given.get("allowOrigin") or [
        str(next(iter(origin.values()), "")) for origin in given.get("allowOrigins") or []
    ]
    made: Part = {"allowOrigins": list(origins)} if origins else {}
    for field in ("allowMethods", "allowHeaders", "exposeHeaders", "allowCredentials"):
        if given.get(field):
            made[field] = copy.deepcopy(given[field])
    max_age_s = _whole_seconds(given.get("maxAge"))
    return {**made, "maxAge": max_age_s} if max_age_s else made


def _whole_seconds(duration: object) -> int:
    """Of a Go duration; 0 for none, or one that cannot be read."""
    try:
        return int(parse_duration(str(duration or "0")))
    except ValueError:
        return 0


def _lower(kind: str) -> str:
    return kind[0].lower() + kind[1:]

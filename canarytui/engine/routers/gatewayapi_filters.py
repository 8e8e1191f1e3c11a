"""Translates a canary's ``spec.service``, in Istio's terms, into matches and filters of the Gateway API. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from canarytui.domain.canary import Canary
from canarytui.engine.decide.effects import Object
from canarytui.engine.decide.tick import EndTick

Part = dict[str, Any]
ANY_PATH: Part = {"path": {"type": "PathPrefix", "value": "/"}}


def matches(conditions: Sequence[Object]) -> list[Part]:
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
            named = [_named(name, value, given) for name, value in (condition.get(field) or {}).items()]
            if named:
                match[field] = named
        if match:
            found.append(match)
    return found


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


def filters(canary: Canary) -> list[Part]:
    """Header changes, rewrite, CORS and permanent mirrors of ``spec.service``."""
    service = canary.spec.service.raw
    found: list[Part] = []
    headers = service.get("headers") or {}
    for side, kind in (("request", "RequestHeaderModifier"), ("response", "ResponseHeaderModifier")):
        if headers.get(side) is not None:
            found.append({"type": kind, _lower(kind): _header_changes(headers[side])})
    rewrite = service.get("rewrite") or {}
    if rewrite:
        found.append({"type": "URLRewrite", "urlRewrite": _rewrite(rewrite)})
    if service.get("corsPolicy"):
        found.append({"type": "CORS", "cors": _cors(service["corsPolicy"])})
    for mirror in service.get("mirror") or []:
        found.append({"type": "RequestMirror", "requestMirror": {"backendRef": dict(mirror.get("backendRef") or {})}})
    return found


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
        whole = given.get("type") == "ReplaceFullPath"
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
    return made


def _lower(kind: str) -> str:
    return kind[0].lower() + kind[1:]

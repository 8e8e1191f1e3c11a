"""Translates ``spec.service`` and ``analysis.match``, which are in Istio's terms, into what the Gateway API can do.

Flagger ends a tick with an error for a match that an HTTPRoute cannot have, so none may be left.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from canarytui.domain.text.durations import parse_duration
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts
from canarytui.migration.counterparts import FieldNote, note

ROUTING_FIELDS = (
    "hosts",
    "gateways",
    "delegation",
    "match",
    "timeout",
    "backendTimeout",
    "retries",
    "rewrite",
    "headers",
    "corsPolicy",
    "mirror",
    "trafficPolicy",
    "meshName",
    "backends",
)
"""Of ``spec.service``: what says how requests get to the Services. Each provider honours some."""

_TIME = re.compile(r"([0-9]{1,5}(h|m|s|ms)){1,4}")
_LOST = {
    "gateways": "these are another kind of Gateway; `gatewayRefs` takes their place",
    "delegation": "an HTTPRoute delegates to nobody",
    "retries": "Flagger writes no retries into an HTTPRoute: use a policy of your Gateway or mesh",
    "trafficPolicy": "no field of an HTTPRoute: use a policy for the Services primary and canary",
    "meshName": "the mesh is no longer named by the canary",
    "backends": "who may call whom is no longer said by the canary: use your mesh's policies",
}
_MATCHED = ("uri", "method", "headers", "queryParams")


def service_in_gateway_terms(
    canary: KubernetesObject, honoured: frozenset[str], title: str
) -> tuple[dict[str, Any], list[FieldNote], list[FieldNote]]:
    """(fields of ``spec.service``, None for those to remove; notes on what is lost; notes on what differs).

    A field that the former provider (`title`) did not honour would have effect from now on, so it goes.
    """
    service = as_mapping(as_mapping(canary.get("spec")).get("service"))
    fields: dict[str, Any] = {}
    missing, changed = [], []
    for field in ROUTING_FIELDS:
        value, at = service.get(field), f"spec.service.{field}"
        if not value:
            continue
        if field not in honoured:
            fields[field] = None
            changed.append(note(canary, at, value, f"left out: {title} ignores it, an HTTPRoute would not"))
        elif field in _LOST:
            fields[field] = None
            missing.append(note(canary, at, value, _LOST[field]))
        elif field == "hosts":
            continue
        elif field in ("timeout", "backendTimeout"):
            fields[field] = gateway_duration(as_text(value))
            if fields[field] is None:
                missing.append(note(canary, at, value, "no duration that an HTTPRoute can have"))
        elif field == "match":
            fields[field], lost = gateway_matches(canary, at, as_mappings(value))
            missing += lost
        elif field == "rewrite":
            fields[field], notes = _rewrite(canary, service)
            changed += notes
        elif field == "corsPolicy":
            fields[field], lost = _cors(canary, as_mapping(value))
            missing += lost
    return fields, missing, changed


def gateway_matches(
    owner: KubernetesObject, at: str, conditions: Sequence[KubernetesObject]
) -> tuple[list[dict[str, Any]] | None, list[FieldNote]]:
    """(the matches that an HTTPRoute can have, None for none; notes on what is lost of them)."""
    found, missing = [], []
    for position, condition in enumerate(conditions):
        place = f"{at}[{position}]"
        made: dict[str, Any] = {}
        lost = [field for field in condition if field not in (*_MATCHED, "name") and condition[field]]
        missing += [
            note(owner, f"{place}.{field}", condition[field], "no match of an HTTPRoute: more requests match now")
            for field in lost
        ]
        if uri := as_mapping(condition.get("uri")):
            made["uri"] = dict(uri)
        method = as_text(as_mapping(condition.get("method")).get("exact"))
        if method:
            made["method"] = {"exact": method}
        elif condition.get("method"):
            missing.append(note(owner, f"{place}.method", condition["method"], "a method can only be matched exactly"))
        for field in ("headers", "queryParams"):
            named = as_mapping(condition.get(field))
            compared = {name: comparison(as_mapping(value)) for name, value in named.items()}
            if kept := {name: value for name, value in compared.items() if value}:
                made[field] = kept
            missing += [
                note(owner, f"{place}.{field}.{name}", named[name], "names no value to compare with: left out")
                for name, value in compared.items()
                if not value
            ]
        if made:
            found.append(made)
        elif lost:
            missing.append(note(owner, place, None, "nothing is left of this match: it is left out"))
    return found or None, missing


def comparison(value: KubernetesObject) -> dict[str, str]:
    """A header's comparison as an HTTPRoute can make it: exact, or by a regular expression; empty for none."""
    if exact := as_text(value.get("exact")):
        return {"exact": exact}
    if pattern := as_text(value.get("regex")):
        return {"regex": pattern}
    if prefix := as_text(value.get("prefix")):
        return {"regex": f"^{re.escape(prefix)}.*"}
    if suffix := as_text(value.get("suffix")):
        return {"regex": f"^.*{re.escape(suffix)}$"}
    return {}


def uses_regex(matches: Sequence[Mapping[str, Any]] | None) -> bool:
    """Whether any of these matches needs a Gateway with regular expressions."""
    return any(
        "regex" in as_mapping(value)
        for match in matches or ()
        for value in (
            match.get("uri") or {},
            *as_mapping(match.get("headers")).values(),
            *as_mapping(match.get("queryParams")).values(),
        )
    )


def gateway_duration(text: str) -> str | None:
    """A Go duration as the Gateway API takes it (whole hours, minutes, seconds, milliseconds); None for no duration."""
    if _TIME.fullmatch(text):
        return text
    try:
        milliseconds = round(parse_duration(text) * 1000)
    except ValueError:
        return None
    if not 0 < milliseconds <= 99_999_000:
        return None
    seconds, rest = divmod(milliseconds, 1000)
    return "".join(filter(None, (f"{seconds}s" if seconds else "", f"{rest}ms" if rest else "")))


def _rewrite(canary: KubernetesObject, service: KubernetesObject) -> tuple[dict[str, Any], list[FieldNote]]:
    rewrite = dict(as_mapping(service.get("rewrite")))
    prefixed = any(as_mapping(each.get("uri")).get("prefix") for each in as_mappings(service.get("match")))
    if not rewrite.get("uri") or rewrite.get("type"):
        return rewrite, []
    at = "spec.service.rewrite.type"
    if prefixed or not service.get("match"):
        rewrite["type"] = "ReplacePrefixMatch"
        return rewrite, [note(canary, at, None, "ReplacePrefixMatch added: without it the whole path is replaced")]
    return rewrite, []


def _cors(canary: KubernetesObject, policy: KubernetesObject) -> tuple[dict[str, Any] | None, list[FieldNote]]:
    made: dict[str, Any] = copy.deepcopy(dict(policy))
    missing: list[FieldNote] = []
    for position, origin in enumerate(as_mappings(policy.get("allowOrigins"))):
        for kind in ("regex", "prefix"):
            if origin.get(kind):
                at = f"spec.service.corsPolicy.allowOrigins[{position}].{kind}"
                missing.append(note(canary, at, origin[kind], "an origin is compared exactly: list them one by one"))
    if missing:
        exact = [{"exact": each["exact"]} for each in as_mappings(policy.get("allowOrigins")) if each.get("exact")]
        made["allowOrigins"] = exact
        if not exact and not as_texts(policy.get("allowOrigin")):
            missing.append(note(canary, "spec.service.corsPolicy", None, "no origin is left: the policy is left out"))
            return None, missing
    return made, missing

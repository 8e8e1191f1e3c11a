"""What the API server wants of an object's metadata, and of the names that the controller makes of a canary's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_text
from canarytui.lint.check import (
    ALERT_PROVIDER,
    CANARY,
    METRIC_TEMPLATE,
    LintCheck,
    LintedObject,
    Problem,
    canary_check,
    traffic_provider,
)

INVALID_METADATA = Rule(
    "invalid-metadata", Severity.ERROR, "A name, namespace, label or annotation that the API server rejects."
)
SERVICE_NAME_INVALID = Rule(
    "service-name-invalid", Severity.ERROR, "The canary's Services get names that the API server rejects."
)

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"{_LABEL.pattern}(\.{_LABEL.pattern})*")
_SERVICE = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_SUBDOMAIN_MOST, _LABEL_MOST = 253, 63
_SUFFIX = "-primary"
_AS_NAMES = "Use lower-case letters, digits and '-'"


def _metadata(linted: LintedObject) -> Iterator[Problem]:
    metadata = linted.obj.get("metadata")
    if not isinstance(metadata, dict):
        said = "metadata is missing" if metadata is None else f"metadata is {clean(metadata, 40)}, not an object"
        yield Problem("metadata", f"{said}: the API server rejects it.", "Write metadata with a name.")
        return
    if metadata.get("name") is not None or metadata.get("generateName") is None:
        yield from _named("metadata.name", metadata.get("name"), _SUBDOMAIN, _SUBDOMAIN_MOST, dots=True)
    if metadata.get("namespace") is not None:
        yield from _named("metadata.namespace", metadata["namespace"], _LABEL, _LABEL_MOST)
    for field in ("labels", "annotations"):
        yield from _strings(f"metadata.{field}", metadata.get(field))


def _named(field: str, value: object, form: re.Pattern[str], most: int, *, dots: bool = False) -> Iterator[Problem]:
    if isinstance(value, str) and form.fullmatch(value) and len(value) <= most:
        return
    if value is None or value == "":
        yield Problem(field, f"{field} is missing: the API server rejects the object.", f"Set {field}.")
        return
    kind = (
        "a string"
        if not isinstance(value, str)
        else f"a DNS {'name' if dots else 'label'} of at most {most} characters"
    )
    yield Problem(
        field,
        f"{field} is {clean(value, 80)!r}, not {kind}: the API server rejects the object.",
        f"{_AS_NAMES}{', and dots between them' if dots else ''}, a letter or digit first and last.",
    )


def _strings(field: str, value: object) -> Iterator[Problem]:
    if value is None:
        return
    if not isinstance(value, dict):
        yield Problem(
            field,
            f"{field} is {clean(value, 40)}, not an object: the API server rejects it.",
            f"Write {field} as keys with values.",
        )
        return
    for key, each in value.items():
        if not isinstance(key, str) or not isinstance(each, str):
            said = f"{clean(key, 80)}: {clean(each, 40)}"
            yield Problem(
                field,
                f"{field} has {said!r}: keys and values are strings, and the API server rejects others.",
                "Put it in quotes.",
            )


def _services(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    apex = canary.apex_name
    provider = traffic_provider(canary, linted.options)
    if provider is not None and provider.target is not None:
        return  # no Services are made
    most = _LABEL_MOST - len(_SUFFIX)
    if not apex or (_SERVICE.fullmatch(apex) and len(apex) <= most):
        return
    named = as_text(as_mapping(linted.spec.get("service")).get("name"))
    field = "spec.service.name" if named else "spec.targetRef.name"
    why = f"has {len(apex)} characters" if _SERVICE.fullmatch(apex) else "is no DNS label that begins with a letter"
    yield Problem(
        field,
        f"{clean(apex, 80)!r} {why}: the API server rejects the Services {clean(apex, 80)}-primary and -canary.",
        f"Set spec.service.name: {_AS_NAMES[0].lower()}{_AS_NAMES[1:]}, a letter first, at most {most} characters.",
    )


CHECKS = (
    LintCheck(INVALID_METADATA, (CANARY, METRIC_TEMPLATE, ALERT_PROVIDER), _metadata),
    canary_check(SERVICE_NAME_INVALID, _services),
)

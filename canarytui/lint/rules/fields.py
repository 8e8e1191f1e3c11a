"""Fields against Flagger's definitions: unknown ones, wrong values, missing ones, and versions nobody serves."""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.resource import Resource
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.values import as_text
from canarytui.lint.check import ALERT_PROVIDER, CANARY, METRIC_TEMPLATE, LintCheck, LintedObject, Problem
from canarytui.lint.manifests import group_of
from canarytui.lint.schema.conformance import DepartureKind, departures, wrong_value

UNKNOWN_FIELD = Rule("unknown-field", Severity.ERROR, "A field that the kind does not have: it has no effect.")
INVALID_VALUE = Rule("invalid-value", Severity.ERROR, "A value that the API server rejects.")
MISSING_FIELD = Rule("missing-field", Severity.ERROR, "A required field is missing: the API server rejects the object.")
UNREADABLE_OBJECT = Rule(
    "unreadable-object", Severity.ERROR, "A value that the API server takes and the controller cannot read."
)
REMOVED_VERSION = Rule("removed-api-version", Severity.ERROR, "No current release serves this apiVersion.")

_FLAGGER = (CANARY, METRIC_TEMPLATE, ALERT_PROVIDER)
_REMOVED = {
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): ("Kubernetes 1.25", "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): ("Kubernetes 1.26", "autoscaling/v2"),
    ("extensions/v1beta1", "Deployment"): ("Kubernetes 1.16", "apps/v1"),
    ("extensions/v1beta1", "DaemonSet"): ("Kubernetes 1.16", "apps/v1"),
    ("apps/v1beta1", "Deployment"): ("Kubernetes 1.16", "apps/v1"),
    ("apps/v1beta2", "Deployment"): ("Kubernetes 1.16", "apps/v1"),
    ("apps/v1beta2", "DaemonSet"): ("Kubernetes 1.16", "apps/v1"),
    ("extensions/v1beta1", "Ingress"): ("Kubernetes 1.22", "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "Ingress"): ("Kubernetes 1.22", "networking.k8s.io/v1"),
}


def _departed(kind: DepartureKind, linted: LintedObject) -> Iterator[Problem]:
    if isinstance(linted.obj.get("spec"), dict):
        for each in departures(as_text(linted.obj.get("kind")), linted.spec):
            if each.kind is kind:
                yield Problem(each.path, each.message, each.remedy)
    elif (spec := linted.obj.get("spec")) is not None:
        if kind is DepartureKind.WRONG:
            wrong = wrong_value("spec", "an object", spec)
            yield Problem(wrong.path, wrong.message, wrong.remedy)
    elif kind is DepartureKind.MISSING:
        yield Problem("", "spec is missing: the API server rejects the object.", "Add a spec.")


def _unknown(linted: LintedObject) -> Iterator[Problem]:
    return _departed(DepartureKind.UNKNOWN, linted)


def _wrong(linted: LintedObject) -> Iterator[Problem]:
    return _departed(DepartureKind.WRONG, linted)


def _missing(linted: LintedObject) -> Iterator[Problem]:
    return _departed(DepartureKind.MISSING, linted)


def _unreadable(linted: LintedObject) -> Iterator[Problem]:
    refusal = linted.manifests.refusal(linted.obj)
    if refusal is None or any(True for _ in (*_wrong(linted), *_missing(linted))):
        return  # said already, with the remedy
    said = str(refusal).partition(": ")[2] or str(refusal)
    field = said.split(" ", 1)[0]
    yield Problem(
        field if field.startswith("spec.") else "",
        f"{said.rstrip('.')}. One such canary stops Flagger from listing all of them.",
        "Correct the value.",
    )


def _version(linted: LintedObject) -> Iterator[Problem]:
    kind, version = as_text(linted.obj.get("kind")), as_text(linted.obj.get("apiVersion"))
    if kind in _FLAGGER:
        if version != "flagger.app/v1beta1":
            yield _removed(kind, version, "Flagger 1.0", "flagger.app/v1beta1")
        return
    since, now = _REMOVED.get((version, kind), ("", ""))
    if not now:
        older = {(old.group, old.kind): new for old, new in _renamed()}
        new = older.get((group_of(linted.obj), kind))
        since, now = ("The current release", new.api_version) if new is not None else ("", "")
    if now:
        yield _removed(kind, version, since, now)


def _removed(kind: str, version: str, since: str, now: str) -> Problem:
    return Problem(
        "apiVersion",
        f"{since} no longer serves {kind} in {clean(version, 60)}: the object is rejected, or nobody reads it.",
        f"Use apiVersion: {now}.",
    )


def _renamed() -> Iterator[tuple[Resource, Resource]]:
    """Resources of users and routers that moved to another API group, with what they are now."""
    for provider in registry.providers():
        families = [entrance.resources for entrance in provider.entrances]
        if provider.split is not None:
            families.append(provider.split.resources)
        for current, *others in families:
            for old in others:
                if old.group != current.group and old.kind == current.kind:
                    yield old, current


CHECKS = (
    LintCheck(UNKNOWN_FIELD, _FLAGGER, _unknown),
    LintCheck(INVALID_VALUE, _FLAGGER, _wrong),
    LintCheck(MISSING_FIELD, _FLAGGER, _missing),
    LintCheck(UNREADABLE_OBJECT, (CANARY,), _unreadable),
    LintCheck(
        REMOVED_VERSION,
        tuple(dict.fromkeys((*_FLAGGER, *(kind for _, kind in _REMOVED), *(old.kind for old, _ in _renamed())))),
        _version,
    ),
)

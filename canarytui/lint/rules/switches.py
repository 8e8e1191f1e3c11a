"""Switches of a canary that turn protection off, and settings that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import as_mapping, as_text
from canarytui.lint.check import LintedObject, Problem, canary_check

SKIP_ANALYSIS = Rule("skip-analysis", Severity.WARNING, "skipAnalysis: every revision is promoted unseen.")
SUSPENDED = Rule("suspended", Severity.WARNING, "suspend: nothing is analysed, repaired or rolled back.")
DUPLICATE_TARGET = Rule("duplicate-target", Severity.ERROR, "Two canaries roll out one target.")
DELEGATION = Rule("delegation-with-hosts", Severity.ERROR, "delegation cannot go with hosts or gateways.")
SAME_COOKIE = Rule("same-cookie", Severity.ERROR, "One cookie name for canary and primary: Flagger refuses the canary.")


def _skip(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    if canary.spec.skip_analysis:
        yield Problem(
            "spec.skipAnalysis",
            "skipAnalysis is true: every revision goes to the primary without checks, steps or promotion gates, and a"
            " new canary's target is scaled down before its primary is ready.",
            "Remove it; set it only for a single rollout, by hand.",
        )


def _suspended(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    if canary.spec.suspend:
        yield Problem(
            "spec.suspend",
            "suspend is true: new revisions are not analysed, and a rollout under way keeps its traffic split without"
            " a rollback.",
            "Remove it.",
        )


def _duplicate(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for other in linted.manifests.canaries_about(canary.target_name, canary.namespace):
        if other is canary:
            return  # only later ones are reported
        same = other.spec.target.kind == canary.spec.target.kind and other.target_name == canary.target_name
        if same and other.name != canary.name:
            yield Problem(
                "spec.targetRef.name",
                f"Canary {other.name} has the same target {canary.target_name}: both scale it, and both write its"
                " primary.",
                "Keep one of the two canaries.",
            )


def _delegation(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    service = canary.spec.service.raw
    both = [name for name in ("hosts", "gateways") if service.get(name)]
    if service.get("delegation") is True and both:
        yield Problem(
            f"spec.service.{both[0]}",
            f"delegation is true, and so {' and '.join(both)} cannot be set: Flagger reports an error at every tick.",
            f"Remove {' and '.join(both)}; they belong to the object that delegates.",
        )


def _cookie(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    affinity = as_mapping(canary.spec.analysis.session_affinity)
    name = as_text(affinity.get("cookieName"))
    if name and name == as_text(affinity.get("primaryCookieName")):
        yield Problem(
            "spec.analysis.sessionAffinity.primaryCookieName",
            f"cookieName and primaryCookieName are both {name}: Flagger refuses the canary, and only its log says so.",
            "Give the primary's cookie another name.",
        )


CHECKS = (
    canary_check(SKIP_ANALYSIS, _skip),
    canary_check(SUSPENDED, _suspended),
    canary_check(DUPLICATE_TARGET, _duplicate),
    canary_check(DELEGATION, _delegation),
    canary_check(SAME_COOKIE, _cookie),
)

"""What a canary asks of its traffic provider: whether it is maintained, and whether it can do it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.traffic.retirement import retired_words
from canarytui.domain.values import as_mapping
from canarytui.lint.check import LintedObject, Problem, canary_check, provider_check

RETIRED = Rule("retired-provider", Severity.WARNING, "The canary's provider drives something that is retired.")
NEEDS_FIELD = Rule("provider-needs-field", Severity.ERROR, "A field that the provider cannot work without is missing.")
MATCH_IGNORED = Rule("match-ignored", Severity.ERROR, "The provider ignores analysis.match: everybody gets the canary.")
MIRROR_IGNORED = Rule("mirror-ignored", Severity.ERROR, "The provider cannot mirror: the analysis never starts.")
AFFINITY_IGNORED = Rule("session-affinity-ignored", Severity.WARNING, "The provider ignores analysis.sessionAffinity.")
NO_SPLITTING = Rule(
    "steps-without-splitting", Severity.WARNING, "The provider splits no traffic: the steps become iterations."
)
TARGET_MISMATCH = Rule(
    "target-provider-mismatch", Severity.ERROR, "Flagger refuses this target, or its scaler, with this provider."
)
REVERT_PANICS = Rule(
    "revert-on-deletion-panics", Severity.ERROR, "Deleting the canary makes Flagger panic, because of revertOnDeletion."
)


def _retired(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    said = retired_words(canary, linted.options.mesh_provider)
    if said:
        yield Problem("spec.provider", said, provider.successor)


def _needs(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    for path in provider.needs:
        value: Any = canary.raw
        for part in path.split("."):
            value = as_mapping(value).get(part)
        if not value:
            yield Problem(
                path,
                f"{provider.name} needs {path}: without it the controller writes no route, and the canary stays in"
                " Initializing.",
                f"Set {path}.",
            )


def _match(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    if not canary.spec.analysis.match or provider.matches:
        return
    what = (
        "Flagger sends all traffic to the canary from the first iteration"
        if canary.spec.analysis.iterations > 0 and provider.splits
        else "it has no effect"
    )
    yield Problem(
        "spec.analysis.match",
        f"{provider.name} cannot tell requests apart, so match is ignored: {what}.",
        "Remove match, or use a provider that can match headers (docs/providers.md).",
    )


def _mirror(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    analysis = canary.spec.analysis
    if not analysis.mirror:
        return
    if provider.mirrors:
        if not provider.mirrors_in_steps and analysis.iterations <= 0:
            yield Problem(
                "spec.analysis.mirror",
                f"With {provider.name} Flagger sees that it mirrors only while it counts iterations: with steps it"
                " stays at weight 0 for ever, without a failed check.",
                "Replace the steps with iterations, or remove mirror.",
            )
        return
    what = (
        "no copies are sent"
        if analysis.iterations > 0 or not provider.splits
        else "Flagger stays at weight 0 for ever, without a failed check"
    )
    yield Problem(
        "spec.analysis.mirror",
        f"{provider.name} cannot mirror requests: {what}.",
        "Remove mirror, or use a provider that mirrors (docs/providers.md).",
    )


def _affinity(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    if canary.spec.analysis.session_affinity and not provider.keeps_sessions:
        yield Problem(
            "spec.analysis.sessionAffinity",
            f"{provider.name} ignores sessionAffinity: a user may see both versions in turn.",
            "Remove sessionAffinity, or use a provider that keeps sessions (docs/providers.md).",
        )


def _splitting(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    analysis = canary.spec.analysis
    if provider.splits or analysis.iterations > 0:
        return
    field = "stepWeights" if analysis.step_weights else "stepWeight"
    if field in as_mapping(canary.raw["spec"]["analysis"]):
        yield Problem(
            f"spec.analysis.{field}",
            f"{provider.name} splits no traffic: Flagger ignores {field} and runs 10 iterations, with two Warnings at"
            " every tick.",
            "Replace it with iterations.",
        )


def _mismatch(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    own = registry.of_target(canary)
    named = registry.named(canary.spec.provider) if canary.spec.provider else None
    if own is not None and named is not own:
        yield Problem(
            "spec.provider",
            f"A target of kind {canary.spec.target.kind} in {canary.spec.target.api_version} splits its traffic itself;"
            f" provider {canary.spec.provider or '(none)'} does not go with it, and Flagger never starts the canary.",
            f"Set spec.provider to {own.name}.",
        )
    if named is not None and named.target is not None and own is not named:
        yield Problem(
            "spec.targetRef",
            f"Provider {named.name} takes only a {named.target.kind} of {named.target.api_version}; Flagger refuses"
            f" {canary.spec.target.api_version} {canary.spec.target.kind}, with a line in its log only.",
            "Point targetRef at such an object, or name another provider.",
        )
    if own is not None and canary.spec.autoscaler is not None:
        yield Problem(
            "spec.autoscalerRef",
            "This target scales itself; Flagger refuses the canary, with a line in its log only.",
            "Remove autoscalerRef.",
        )


def _revert(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    if canary.spec.revert_on_deletion and registry.of_target(canary) is not None:
        yield Problem(
            "spec.revertOnDeletion",
            "Flagger panics when this canary is deleted: no canary is handled until its pod is back, and the traffic"
            " stays on one revision for good.",
            "Remove revertOnDeletion.",
        )


CHECKS = (
    provider_check(RETIRED, _retired),
    provider_check(NEEDS_FIELD, _needs),
    provider_check(MATCH_IGNORED, _match),
    provider_check(MIRROR_IGNORED, _mirror),
    provider_check(AFFINITY_IGNORED, _affinity),
    provider_check(NO_SPLITTING, _splitting),
    canary_check(TARGET_MISMATCH, _mismatch),
    canary_check(REVERT_PANICS, _revert),
)

"""Promoting now, and taking back a skipAnalysis: the plan, or why there is none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TITLE = Sentence(
    "promoting.title",
    "Promote {canary} now, at weight {weight}",
    evidence="the canary and the weight that the person was shown",
)
SKIPS_ALREADY = Sentence(
    "promoting.skips_already",
    "spec.skipAnalysis is already true: it is promoted as soon as the canary's pods are ready",
    evidence="spec.skipAnalysis is true",
)
AT_GATE = Sentence(
    "promoting.at_gate",
    "it waits for a confirm-rollout gate, which skipping the analysis does not pass; open the gate",
    evidence="the phase is Waiting, which only a confirm-rollout hook causes",
)
NO_ANALYSIS = Sentence(
    "promoting.no_analysis",
    "{it_is}: nothing to promote, no analysis in progress",
    evidence="the phase is none of an analysis",
)
NOT_READY = Sentence(
    "promoting.not_ready",
    "the canary's pods are not ready, and the controller promotes only ready pods",
    evidence="the target's status counts too few of its pods as available",
)
EFFECT = Sentence(
    "promoting.effect",
    (
        "The controller copies the new template to the primary, sends all traffic to the primary and ends Succeeded."
        " spec.skipAnalysis is then put back, or every later rollout would go unchecked."
    ),
    evidence="what Flagger does with spec.skipAnalysis in an analysis; the temporary write that the plan carries",
)
RISK = Sentence(
    "promoting.risk",
    (
        "The remaining steps, checks, gates and promotion hooks are skipped, and traffic goes to the primary "
        "while its pods are still rolling to the new version."
    ),
    evidence="what Flagger does with spec.skipAnalysis in an analysis",
)
UNDO = Sentence(
    "promoting.undo",
    "none; trigger the old image to go back",
    evidence="a promoted revision can only be replaced by another one",
)
END_SKIP = Sentence(
    "promoting.end_skip",
    "Set spec.skipAnalysis of {canary} back to false",
    evidence="the canary that the person was shown",
)
NO_SKIP = Sentence(
    "promoting.no_skip",
    "spec.skipAnalysis is already false",
    evidence="spec.skipAnalysis is false",
)
GOES_ON = Sentence(
    "promoting.goes_on",
    "{it_is}: the promotion is still in progress",
    evidence="the phase is not one at rest",
)
END_SKIP_EFFECT = Sentence(
    "promoting.end_skip_effect",
    "Later rollouts are analysed again.",
    evidence="Flagger analyses a new revision when spec.skipAnalysis is false",
)
AT_ONCE = Sentence(
    "promoting.at_once",
    "at once",
    evidence="the write itself is the effect",
)

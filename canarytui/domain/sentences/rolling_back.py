"""Rolling back now: the plan, or why there is none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOT_AGAIN = Sentence(
    "rolling_back.not_again",
    "The primary's version stays until you retry or push a new revision.",
    evidence="Flagger starts a rollout only for a pod template that it has not seen last",
)
PROMOTED = Sentence(
    "rolling_back.promoted",
    "{it_is}: the primary has the new template already; trigger the old image instead",
    evidence="the phase is Promoting or Finalising",
)
AT_GATE = Sentence(
    "rolling_back.at_gate",
    "it waits for a gate before its analysis starts: there is nothing to roll back",
    evidence="the phase is Waiting, which Flagger has only before the first step",
)
NO_ROLLOUT = Sentence(
    "rolling_back.no_rollout",
    "{it_is}: nothing to roll back, no rollout in progress",
    evidence="the phase is none of an analysis",
)
THRESHOLD_REACHED = Sentence(
    "rolling_back.threshold_reached",
    "failed checks reached the threshold: it rolls back {when}",
    evidence="status.failedChecks is not below the threshold, and the pods are ready",
)
NO_DEADLINE = Sentence(
    "rolling_back.no_deadline",
    ("the canary's pods are not ready, and Flagger waits for them before it rolls back; no deadline runs for them"),
    evidence="the pods are not ready, and the target has no condition from which Flagger measures a deadline",
)
DEADLINE_IS_SHORT = Sentence(
    "rolling_back.deadline_is_short",
    "spec.progressDeadlineSeconds is already 1: it rolls back {when}",
    evidence="spec.progressDeadlineSeconds is 1, and the pods are not ready",
)
BY_CHECKS = Sentence(
    "rolling_back.by_checks",
    (
        "Flagger finds {reached} of {reached} failed checks, sends all traffic to the primary, scales the "
        "canary to zero and ends Failed. The spec is untouched, so GitOps sees no drift."
    ),
    evidence="the canary's threshold, and its pods are ready",
    otherwise="rolling_back.by_deadline",
)
BY_DEADLINE = Sentence(
    "rolling_back.by_deadline",
    (
        "The canary's pods are not ready, so a count of failed checks would wait for them. With a deadline of"
        " one second Flagger finds them too late, sends all traffic to the primary, scales the canary to zero"
        " and ends Failed. spec.progressDeadlineSeconds is then put back to {before}."
    ),
    evidence="the canary's pods are not ready, and the target's condition says since when",
)

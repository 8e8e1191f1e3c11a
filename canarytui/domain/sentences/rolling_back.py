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
    (
        "the canary's pods are not ready, and the controller waits for them before it rolls back; no deadline runs"
        " for them"
    ),
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
        "The controller finds {reached} of {reached:n failed check}, sends all traffic to the primary, scales the "
        "canary to zero and ends Failed. The spec is untouched, so GitOps sees no drift."
    ),
    evidence="the canary's threshold, and its pods are ready",
    otherwise="rolling_back.by_deadline",
)
BY_DEADLINE = Sentence(
    "rolling_back.by_deadline",
    (
        "The canary's pods are not ready, so a count of failed checks would wait for them. With a deadline of"
        " one second the controller finds them too late, sends all traffic to the primary, scales the canary to zero"
        " and ends Failed. spec.progressDeadlineSeconds is then put back to {before}."
    ),
    evidence="the canary's pods are not ready, and the target's condition says since when",
)
WOULD_PROMOTE = Sentence(
    "rolling_back.would_promote",
    "spec.skipAnalysis is true: the controller promotes before it counts failed checks; set it to false first",
    evidence="spec.skipAnalysis is true, and the pods are ready",
)
COUNT_THEN_RESUME = Sentence(
    "rolling_back.count_then_resume",
    (
        "While it is still paused, the failed checks are set to {reached} of {reached}. Only if that shows is it"
        " resumed: the controller's first tick finds it, takes no step, sends all traffic to the primary, scales"
        " the canary to zero and ends Failed. If only the first write gets through, it stays paused and rolls back"
        " when it is resumed."
    ),
    evidence="spec.suspend is true, the pods are ready, and the canary's threshold",
    otherwise="rolling_back.counted_already",
)
COUNTED_ALREADY = Sentence(
    "rolling_back.counted_already",
    (
        "Its failed checks are at {reached} of {reached} already, so resuming is enough: the controller's first"
        " tick takes no step, sends all traffic to the primary, scales the canary to zero and ends Failed."
    ),
    evidence="spec.suspend is true, the pods are ready, and status.failedChecks is not below the threshold",
)
BY_DEADLINE_PAUSED = Sentence(
    "rolling_back.by_deadline_paused",
    (
        "The canary's pods are not ready, so a count of failed checks would wait for them. One write resumes it and"
        " sets a deadline of one second: the controller finds the pods too late, sends all traffic to the primary,"
        " scales the canary to zero and ends Failed. spec.progressDeadlineSeconds is then put back to {before}."
    ),
    evidence="spec.suspend is true, the pods are not ready, and the target's condition says since when",
    otherwise="rolling_back.by_deadline",
)
DEADLINE_OVER = Sentence(
    "rolling_back.deadline_over",
    (
        "The canary's pods are not ready, and spec.progressDeadlineSeconds is {before}, so resuming is enough: the"
        " controller finds them too late, sends all traffic to the primary, scales the canary to zero and ends Failed."
    ),
    evidence="spec.suspend is true, the pods are not ready, and the deadline is one second or less",
    otherwise="rolling_back.by_deadline_paused",
)
NOT_AGAIN_PAUSED = Sentence(
    "rolling_back.not_again_paused",
    (
        "The primary's version stays until you retry or push a new revision. If the pod template was changed during the"
        " pause, the controller first restarts the analysis at weight 0, and the rollback is requested again."
    ),
    evidence="spec.suspend is true; Flagger compares the pod template before it counts failed checks",
    otherwise="rolling_back.not_again",
)

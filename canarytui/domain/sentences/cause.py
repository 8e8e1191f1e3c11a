"""Why a rollout halted or was rolled back: only what was recorded at that moment of that rollout."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOT_RECORDED = Sentence(
    "cause.not_recorded",
    "cause not recorded here",
    evidence="nothing that was seen or read tells why",
)
BECAUSE = Sentence(
    "cause.because",
    " ({cause})",
    evidence="the cause was recorded, or that it was not is said",
)
BY_PERSON = Sentence(
    "cause.by_person",
    " by {who} at {clock}",
    evidence="the Event or entry of a console's action “roll back” shortly before the rollback",
    otherwise="cause.by_hand",
)
BY_HAND = Sentence(
    "cause.by_hand",
    "failedChecks was set to {failed} by {who} at {clock}",
    evidence="a write of status.failedChecks that was not the controller's, shortly before the rollback",
    otherwise="cause.not_recorded",
)
SOMEBODY = Sentence(
    "cause.somebody",
    "somebody",
    evidence="the write does not name its field manager",
)
SET_BY = Sentence(
    "cause.set_by",
    " (set by {who} at {clock})",
    evidence="a write of status.failedChecks, or a console's action “roll back”, since the controller's last act",
)
ROLLBACK_HOOK = Sentence(
    "cause.rollback_hook",
    "rollback webhook {hook} asked for it",
    evidence="the controller said at the rollback that this rollback check passed",
    otherwise="cause.rollback_hooks",
)
ROLLBACK_HOOKS = Sentence(
    "cause.rollback_hooks",
    "a rollback webhook asked for it",
    evidence="the controller said at the rollback that it was invoked by a webhook",
)
SET_BACK = Sentence(
    "cause.set_back",
    "its target was set back to the promoted revision",
    evidence="the controller said so at the rollback",
)
PODS_NOT_READY = Sentence(
    "cause.pods_not_ready",
    "pods not ready: {said}",
    evidence="the controller said so at the rollback, and counted no failed checks up to the threshold",
)
CHECKS = Sentence(
    "cause.checks",
    "failed checks, the last: {check}",
    evidence="the controller rolled back at the threshold, and said why the check before it failed",
    otherwise="cause.checks_unnamed",
)
CHECKS_UNNAMED = Sentence(
    "cause.checks_unnamed",
    "failed checks reached the threshold; which failed was not recorded here",
    evidence="the controller rolled back at the threshold",
    otherwise="cause.not_recorded",
)
HALT_NOT_RECORDED = Sentence(
    "cause.halt_not_recorded",
    "a check failed, which one was not recorded here",
    evidence="the controller counted a failed check and nothing tells which",
)
HALT_AND_NOW = Sentence(
    "cause.halt_and_now",
    "a check failed; now {complaint}",
    evidence="the controller counted a failed check, nothing tells which, and the console's own query of one fails now",
    otherwise="cause.halt_not_recorded",
)
NO_TRAFFIC = Sentence(
    "cause.no_traffic",
    "{check} has no value; the controller suspects that no traffic reaches the canary",
    evidence="the controller found no values",
)
WEBHOOK = Sentence(
    "cause.webhook",
    "webhook {hook} refuses: {answer}",
    evidence="the controller said so",
)
QUERY = Sentence(
    "cause.query",
    "metric query failed{check}: {problem}",
    evidence="the controller said so",
)
QUERY_OF = Sentence(
    "cause.query_of",
    " for {check}",
    evidence="the controller named the metric",
)
CHECK_BELOW = Sentence(
    "cause.check_below",
    "{check} {value} is below {bound}",
    evidence="the controller said so",
)
CHECK_ABOVE = Sentence(
    "cause.check_above",
    "{check} {value} is above {bound}",
    evidence="the controller said so",
)
SAID = Sentence(
    "cause.said",
    "{said}",
    evidence="the controller's own words",
)
NO_ANSWER = Sentence(
    "cause.no_answer",
    "an error",
    evidence="the webhook's answer was empty",
)

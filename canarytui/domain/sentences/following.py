"""How the controller responded to an action, as far as the canary shows it."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

PROMOTED = Sentence(
    "following.promoted",
    "promoted",
    evidence="the phase became Succeeded",
)
ENDED_FAILED = Sentence(
    "following.ended_failed",
    "ended it as Failed",
    evidence="the phase became Failed",
)
WARNS = Sentence(
    "following.warns",
    "{why}: {warning}",
    evidence="the controller's last Warning, which is not older than its last act",
)
DONE = Sentence(
    "following.done",
    "{title}: done",
    evidence="the plan's writes were carried out, and the plan waits for no answer",
)
ROLLED_BACK = Sentence(
    "following.rolled_back",
    "rolled back",
    evidence="the phase became Failed, and the status has no weight on the canary",
    otherwise="following.ended_failed",
)
STARTED = Sentence(
    "following.started",
    "started the rollout",
    evidence="the phase became Progressing, or a new revision is in it",
)
AT_GATE = Sentence(
    "following.at_gate",
    "waits for the gate's approval",
    evidence="the phase became Waiting",
)
AT_PROMOTION_GATE = Sentence(
    "following.at_promotion_gate",
    "waits for the promotion gate's approval",
    evidence="the phase became WaitingPromotion",
)
PROMOTING = Sentence(
    "following.promoting",
    "began the promotion",
    evidence="the phase became Promoting or Finalising",
)
GONE = Sentence(
    "following.gone",
    "{canary} is gone, or cannot be read any more",
    evidence="it was there before the action, and is not among the canaries that can be read now",
)
WENT_TO = Sentence(
    "following.went_to",
    "went to {phase}",
    evidence="the phase became this one",
)
PASSED_GATE = Sentence(
    "following.passed_gate",
    "passed the gate",
    evidence="the phase was Waiting and became Progressing after the gate was opened",
)
ANSWERED = Sentence(
    "following.answered",
    "{canary}: the controller {did} {seconds:.1f} s later",
    evidence="the phase changed to one that the plan expects",
)
OVERWRITTEN = Sentence(
    "following.overwritten",
    "{canary}: {why}; asking again ({count}/{most})",
    evidence="the status no longer has what was written, or the deadline it relied on no longer holds",
)
PODS_BECAME_READY = Sentence(
    "following.pods_became_ready",
    "its pods became ready meanwhile",
    evidence="the roll back went by the deadline of unready pods, and they are ready now",
)
TICK_OVERWROTE = Sentence(
    "following.tick_overwrote",
    "most likely a running tick of the controller overwrote it",
    evidence="the status no longer has what was written, and the phase did not change",
)
NOBODY = Sentence(
    "following.nobody",
    "is anything reconciling it?",
    evidence="nothing was heard of the controller since the action",
)
SCALED_TO_ZERO = Sentence(
    "following.scaled_to_zero",
    "its controller is scaled to zero",
    evidence="the controller's Deployment was read and wants no pods",
    otherwise="following.nobody",
)
STILL = Sentence(
    "following.still",
    "the controller is active, but it is still {phase}",
    evidence="the controller has acted since the action",
    otherwise="following.nobody",
)
SILENT = Sentence(
    "following.silent",
    "{canary}: no answer to “{action}” in {ticks:n tick}; {why}",
    evidence="as many intervals have passed, and the phase is none that the plan expects",
)

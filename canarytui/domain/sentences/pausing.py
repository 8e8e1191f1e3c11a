"""Pausing, resuming and extending a step: the plan, or why there is none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNPROTECTED = Sentence(
    "pausing.unprotected",
    "While paused, nothing protects the users that reach the canary.",
    evidence="Flagger checks nothing while spec.suspend is true, and the canary has a share of the traffic",
)
PAUSE = Sentence(
    "pausing.pause",
    "Pause {canary} at weight {weight}",
    evidence="the canary and the weight that the person was shown",
)
PAUSED_ALREADY = Sentence(
    "pausing.paused_already",
    "it is already paused; resume lets it go on",
    evidence="spec.suspend is true",
)
EFFECT = Sentence(
    "pausing.effect",
    "The controller stops at once: no steps, no checks, no rollback.{stays}",
    evidence="Flagger skips a canary whose spec.suspend is true",
)
AT_ONCE = Sentence(
    "pausing.at_once",
    "at once",
    evidence="Flagger reads spec.suspend before anything else",
)
RESUME = Sentence(
    "pausing.resume",
    "Resume {canary} at weight {weight}",
    evidence="the canary and the weight that the person was shown",
)
NOT_PAUSED = Sentence(
    "pausing.not_paused",
    "it is not paused",
    evidence="spec.suspend is false",
)
GOES_ON = Sentence(
    "pausing.goes_on",
    "The controller goes on from weight {weight}.",
    evidence="the router's weight, else the status's, neither of which changes while it is suspended",
)
PAST_DEADLINE = Sentence(
    "pausing.past_deadline",
    "Pods that were unready during the pause may be past their deadline: it then rolls back at once.",
    evidence="Flagger measures progressDeadlineSeconds from the pods' own condition, also while suspended",
)
EXTEND = Sentence(
    "pausing.extend",
    "Extend the step of {canary} at weight {weight} by {ticks:n tick}",
    evidence="the canary and the weight that the person was shown, and the number they chose",
)
BAD_TICKS = Sentence(
    "pausing.bad_ticks",
    "{ticks} is out of range: 1 to {most} ticks",
    evidence="the number that the person chose is not between these",
)
STAYS_PAUSED = Sentence(
    "pausing.stays_paused",
    "it is already paused, and stays so until it is resumed",
    evidence="spec.suspend is true",
)
NO_STEP = Sentence(
    "pausing.no_step",
    "{it_is}: there is no step to extend",
    evidence="the phase is none of an analysis",
)
EXTEND_EFFECT = Sentence(
    "pausing.extend_effect",
    (
        "The controller stops at once: no steps, no checks, no rollback.{stays} After {seconds:g} s the console sets"
        " spec.suspend back, and the controller goes on."
    ),
    evidence="the temporary write that the plan carries, with its time",
)
AT_ONCE_FOR = Sentence(
    "pausing.at_once_for",
    "at once, for {seconds:g} s",
    evidence="the temporary write that the plan carries, with its time",
)
RESUMED_LATER = Sentence(
    "pausing.resumed_later",
    "{risk} If the console is closed meanwhile, it resumes it at its next start.",
    evidence="temporary writes are noted on disk and looked after at the next start",
)

"""What comes when, if nothing changes: steps, promotion, rollback, deadlines."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

IN = Sentence(
    "forecast.in",
    "in {seconds} s",
    evidence="an act of the controller was seen, and it acts at a fixed interval",
    otherwise="forecast.at_next_check",
)
AT_NEXT_CHECK = Sentence(
    "forecast.at_next_check",
    "at the next check",
    evidence="no act of the controller was seen, so that its clock is not known",
)
NEXT_STEP = Sentence(
    "forecast.next_step",
    "advances to {unit} {stop} {when} if its checks pass",
    evidence="the plan of steps has a stop beyond the weight or iteration reached",
    otherwise="forecast.last_step",
)
LAST_STEP = Sentence(
    "forecast.last_step",
    "has passed its last step and is promoted {when} if its checks pass",
    evidence="weight or iterations have reached the end of the plan of steps",
)
ALL_TO_CANARY = Sentence(
    "forecast.all_to_canary",
    "sends all traffic to the canary {when} if its checks pass",
    evidence="a blue/green analysis with a router has done all of its iterations",
)
MIRROR = Sentence(
    "forecast.mirror",
    "takes its first step {when} if its checks pass",
    evidence="analysis.mirror is true at weight 0: whether it mirrors already is not told",
)
NO_STEP = Sentence(
    "forecast.no_step",
    "does not advance beyond weight {weight}: its steps lead nowhere from there",
    evidence="the next step by stepWeight or stepWeights is not above the weight, which is below the plan's end",
)
ON_TRACK = Sentence(
    "forecast.on_track",
    "on track to promote at {clock}",
    evidence="the clock of the controller, the steps left and the interval; router and status agree",
)
FAILURES_LEFT = Sentence(
    "forecast.failures_left",
    "{left:n failure} left before rollback",
    evidence="status.failedChecks and the threshold",
)
ROLLS_BACK_AT = Sentence(
    "forecast.rolls_back_at",
    "{left} (at {clock} if all fail)",
    evidence="the clock of the controller, the failures left and the interval",
    otherwise="forecast.failures_left",
)
DEADLINE = Sentence(
    "forecast.deadline",
    "; rolls back unless they are within {limit} s",
    evidence="spec.progressDeadlineSeconds; since when they are not is not told",
)
DEADLINE_IN = Sentence(
    "forecast.deadline_in",
    "; rolls back in {seconds} s unless they are (deadline {limit} s)",
    evidence="spec.progressDeadlineSeconds, and since when the Deployment has too few available pods",
    otherwise="forecast.deadline",
)
DEADLINE_OVER = Sentence(
    "forecast.deadline_over",
    "; their deadline of {limit} s is over, rolls back {when}",
    evidence="the Deployment has had too few available pods for longer than spec.progressDeadlineSeconds",
)

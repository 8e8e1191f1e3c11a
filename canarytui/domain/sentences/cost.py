"""What a rollout has cost, in requests and in error budget."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

COST = Sentence(
    "cost.cost",
    "the canary served {served:n request}, {failed} failed{more}{budget}",
    evidence="the growth of the provider's counter since the rollout began, or since the metrics server has data",
)
MORE = Sentence(
    "cost.more",
    ", about {excess} more than the primary would have failed",
    evidence="failed requests of the canary, less its requests times the primary's rate of failures",
)
BUDGET = Sentence(
    "cost.budget",
    "; {percent} % of a month's error budget ({slo} %)",
    evidence="the canary's failures, and what the SLO allows of a month at the requests a second of now",
)
BUDGET_GONE = Sentence(
    "cost.budget_gone",
    "; {percent} % of a month's error budget ({slo} %), which at this rate is gone in {time}",
    evidence="the same, and the failures a second of both sides now",
)
STEPS = Sentence(
    "cost.steps",
    "by step: {steps}",
    evidence="the growth of the provider's counter between the timeline's changes of weight or iteration",
)
STEP = Sentence("cost.step", "{step}: {served:n request}, {failed} failed{more}", evidence="the same, of one step")
STEP_MORE = Sentence(
    "cost.step_more",
    ", about {excess} too many",
    evidence="failed requests of the canary in the step, less its requests times the primary's rate in the step",
)
STEP_TESTS = Sentence(
    "cost.step_tests",
    "at the end of {step}: {tests}",
    evidence="the requests of both sides between the timeline's changes of weight or iteration",
)
AT_WEIGHT = Sentence("cost.at_weight", "{weight} %", evidence="the timeline's change of weight")
AT_ITERATION = Sentence("cost.at_iteration", "iteration {number}", evidence="the timeline's change of iteration")
EARLIER = Sentence("cost.earlier", "earlier", evidence="the time before the first change that the timeline knows")
BURN = Sentence(
    "cost.burn",
    "burn rate of the service (SLO {slo} %): {pairs}",
    evidence="failed requests of canary and primary over all of theirs, divided by what the SLO allows",
)
BURN_PAIR = Sentence(
    "cost.burn_pair",
    "{long} over {long_time}, {short} over {short_time} (alert: both above {factor})",
    evidence="both windows' rates; the SRE workbook's pair",
)
BURN_BOTH = Sentence(
    "cost.burn_both",
    "{long} over {long_time} and {short} over {short_time}, both above {factor}: worth an alert",
    evidence="both windows' rates are above the SRE workbook's factor",
)
WINDOW = Sentence("cost.window", "{window}", evidence="the window of the pair")
HELD_WINDOW = Sentence(
    "cost.held_window",
    "{held} (of {window}, the metrics server holds no more)",
    evidence="the earliest data in the metrics server's answer are later than the window's begin",
)

"""What a rollout has cost, in requests and in error budget."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

COST = Sentence(
    "cost.cost",
    "the canary served {served} requests, {failed} failed{more}{budget}",
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

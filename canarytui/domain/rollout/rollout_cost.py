"""What a rollout has cost: requests served and failed, the excess over the primary, and the error budget. Pure."""

from __future__ import annotations

import math

from msgspec import Struct
from msgspec.structs import replace

from canarytui.domain.rollout.burn_rate import BurnPair, burn_phrase
from canarytui.domain.rollout.checks import SUCCESS_CHECK
from canarytui.domain.rollout.request_numbers import RequestNumbers, RequestTotals
from canarytui.domain.rollout.step_cost import StepCost, step_tests, steps_phrase
from canarytui.domain.sentences import cost as words
from canarytui.domain.sentences.sentence import NOTHING, Phrase
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import as_mapping, as_text

SLO_ANNOTATION = "canarytui.io/slo"
"""Percent of requests that have to succeed in a month, ``99.9``; without it, what the success check asks for."""
MONTH_S = 30 * 86_400.0


class RolloutCost(Struct, frozen=True):
    """Requests of the canary since the rollout began.

    Attributes:
        excess: how many more failed than the primary would have failed of as many; None without the primary's.
        slo: the part of requests that has to succeed, 0 to 1; None where none is known.
        budget: the part of a month's error budget, at the traffic of now, that the canary's failures have used; None
            without an `slo` or traffic.
        gone_in_s: when the whole budget of a month would be gone at the rate of failures of now, both sides
            together; None while none fails or it would last the month.
    """

    served: float
    failed: float
    excess: float | None
    slo: float | None
    budget: float | None = None
    gone_in_s: float | None = None
    burn: float | None = None
    """How many times as fast as the month allows; None without an `slo` or traffic."""
    steps: tuple[StepCost, ...] = ()
    """The same requests by step; empty where they are not told apart."""
    burn_pairs: tuple[BurnPair, ...] = ()
    """The whole service's; empty without an `slo`, or where nobody has asked."""


def success_target(canary: Canary, check: str = SUCCESS_CHECK) -> float | None:
    """What the canary's success check asks for, 0 to 1; None without such a limit."""
    for metric in canary.spec.analysis.metrics:
        if metric.name == check and not metric.template_name and not metric.query:
            least = metric.minimum if metric.has_range else metric.threshold
            if least is not None and 0 < least < 100:
                return least / 100
    return None


def slo_percent(text: str) -> float | None:
    """What the annotation's value says, ``99.9`` or ``99.9%``; None where it is no percentage between 0 and 100."""
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        return None
    return percent if 0 < percent < 100 else None


def slo_of(canary: Canary) -> float | None:
    """The canary's SLO, 0 to 1: the annotation's, else the success check's; an annotation that is no percentage counts
    as none."""
    annotations = as_mapping(as_mapping(canary.raw.get("metadata")).get("annotations"))
    text = as_text(annotations.get(SLO_ANNOTATION))
    percent = slo_percent(text)
    if percent is not None:
        return percent / 100
    return success_target(canary)


def cost_of(
    canary: Canary,
    totals: RequestTotals,
    latest: RequestNumbers | None,
    steps: tuple[StepCost, ...] = (),
    burn_pairs: tuple[BurnPair, ...] = (),
) -> RolloutCost:
    """Of what was counted; `latest` is the traffic of now."""
    slo = slo_of(canary)
    counts = totals.canary
    made = RolloutCost(counts.total, counts.failed, totals.excess_failures, slo, steps=steps, burn_pairs=burn_pairs)
    sides = [] if latest is None else [latest.canary, *([latest.primary] if latest.primary is not None else [])]
    per_s = math.fsum(side.rate.total for side in sides)
    if slo is None or per_s <= 0 or latest is None or latest.primary is None:
        return made
    failing_per_s = math.fsum(side.rate.failed for side in sides)
    allowed_per_s = per_s * (1 - slo)
    made = replace(made, budget=made.failed / (MONTH_S * allowed_per_s))
    if totals.until is not None:
        return made
    burn = failing_per_s / allowed_per_s
    return replace(made, burn=burn, gone_in_s=MONTH_S / burn if burn > 1 else None)


def cost_phrase(cost: RolloutCost) -> Phrase:
    """``served 41,203 requests, 612 failed, about 480 more than …; 3.1 % of the month's error budget …``."""
    more: Phrase = NOTHING
    if cost.excess is not None and round(cost.excess) > 0:
        more = words.MORE.say(excess=f"{round(cost.excess):,}")
    budget: Phrase = NOTHING
    if cost.budget is not None and cost.slo is not None and cost.failed > 0:
        percent, slo = _percent(cost.budget), f"{cost.slo * 100:.6g}"
        if cost.gone_in_s is not None:
            budget = words.BUDGET_GONE.say(percent=percent, slo=slo, time=_time(cost.gone_in_s))
        else:
            budget = words.BUDGET.say(percent=percent, slo=slo)
    return words.COST.say(served=f"{round(cost.served):,}", failed=f"{round(cost.failed):,}", more=more, budget=budget)


def cost_details(cost: RolloutCost) -> tuple[str, ...]:
    """By step, the classical tests of each that has ended, and the pairs of burn rates: a line each, where there is
    something to say."""
    burning = burn_phrase(cost.burn_pairs, cost.slo) if cost.burn_pairs and cost.slo is not None else NOTHING
    by_step = steps_phrase(cost.steps).text
    return tuple(filter(None, (by_step, *step_tests(cost.steps), burning.text)))


def _percent(share: float) -> str:
    return f"{share * 100:.2g}" if share < 1 else f"{share * 100:.0f}"


def _time(seconds: float) -> str:
    hours = seconds / 3600
    if hours < 1:
        return f"{max(math.floor(seconds / 60), 1)} min"
    return f"{math.floor(hours)} h" if hours < 100 else f"{math.floor(hours / 24)} d"

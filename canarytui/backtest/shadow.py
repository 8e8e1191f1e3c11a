"""What shadow checks would have done to past rollouts, each alone. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from canarytui.backtest.judged import ControllerTraits, judge_rollouts
from canarytui.backtest.past_rollout import PastRollout, only_checks
from canarytui.domain.rollout.simulation import SimulatedOutcome
from canarytui.domain.spec.analysis import Analysis
from canarytui.metrics.check_queries import evaluation_order


@dataclass(frozen=True, slots=True)
class ShadowOutcome:
    """How many good and bad rollouts there are, and how many of each the check would have rolled back."""

    check: str
    good: int
    good_rolled_back: int
    bad: int
    bad_stopped: int


def shadow_outcomes(
    rollouts: Sequence[PastRollout],
    analysis: Analysis,
    names: Collection[str],
    traits: ControllerTraits,
    named_bad: Sequence[str],
) -> tuple[ShadowOutcome, ...]:
    """For each check of `analysis` among `names`."""
    found = []
    for metric in analysis.metrics:
        if metric.name not in names:
            continue
        others = {each.name for each in analysis.metrics} - {metric.name}
        alone, past = without_checks(analysis, rollouts, others)
        told = [each for each in judge_rollouts(past, alone, alone, traits, named_bad) if each.tried is not None]
        good = [each.ends(SimulatedOutcome.ROLLED_BACK) for each in told if each.bad is False]
        bad = [each.ends(SimulatedOutcome.ROLLED_BACK) for each in told if each.bad]
        found.append(ShadowOutcome(metric.name, len(good), sum(good), len(bad), sum(bad)))
    return tuple(found)


def without_checks(
    analysis: Analysis, rollouts: Sequence[PastRollout], names: Collection[str]
) -> tuple[Analysis, list[PastRollout]]:
    """The analysis and its rollouts without the checks of these names."""
    order = enumerate(evaluation_order(analysis.metrics))
    places = [number for number, (metric, _) in order if metric.name not in names]
    kept = tuple(metric for metric in analysis.metrics if metric.name not in names)
    return replace(analysis, metrics=kept), [only_checks(each, places) for each in rollouts]

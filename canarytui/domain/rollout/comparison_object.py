"""Canary against primary for programs: the object of ``-o json`` and of reports. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from canarytui.domain.rollout.burn_rate import BurnPair
    from canarytui.domain.rollout.rollout_comparison import ComparedRollout
    from canarytui.domain.rollout.step_cost import StepCost
    from canarytui.domain.statistics.comparison import Comparison
    from canarytui.domain.statistics.fixed_sample import FixedSampleTests


def comparison_object(compared: ComparedRollout) -> dict[str, Any]:
    """Rates and differences are 0 to 1."""
    verdict, ratio, fixed, cost = compared.verdict, compared.ratio, compared.fixed, compared.cost
    return {
        "verdict": verdict.kind.value if verdict is not None else None,
        "sentence": compared.phrase.text,
        "remainingSeconds": verdict.remaining_s if verdict is not None else None,
        "errors": _object(verdict.errors) if verdict is not None else None,
        "slow": [_object(each) for each in verdict.slow] if verdict is not None else [],
        "countedSince": compared.held_since.isoformat(timespec="seconds") if compared.held_since is not None else None,
        "staleSince": compared.stale_since.isoformat(timespec="seconds") if compared.stale_since is not None else None,
        "share": None
        if ratio is None
        else {
            "observed": ratio.observed,
            "expected": ratio.expected,
            "p": ratio.p_value,
            "mismatched": ratio.mismatched,
        },
        "fixedSample": _fixed(fixed) if fixed is not None else None,
        "cost": None
        if cost is None
        else {
            "served": cost.served,
            "failed": cost.failed,
            "excess": cost.excess,
            "slo": cost.slo,
            "monthsBudget": cost.budget,
            "burnRate": cost.burn,
            "budgetGoneInSeconds": cost.gone_in_s,
            "steps": [_step(each) for each in cost.steps],
            "burnRates": [_pair(each) for each in cost.burn_pairs],
        },
    }


def _fixed(fixed: FixedSampleTests) -> dict[str, Any]:
    return {
        "difference": [fixed.difference.lower, fixed.difference.upper],
        "fisherP": fixed.fisher_p,
        "mannWhitneyP": fixed.ranks.p_value if fixed.ranks is not None else None,
        "slowerThanPrimary": fixed.ranks.above if fixed.ranks is not None else None,
    }


def _step(cost: StepCost) -> dict[str, Any]:
    step = cost.step
    return {
        "weight": step.weight,
        "iteration": step.iteration,
        "began": step.began.isoformat(timespec="seconds"),
        "ended": step.ended.isoformat(timespec="seconds") if step.ended is not None else None,
        "served": cost.served,
        "failed": cost.failed,
        "excess": cost.excess,
        "fixedSample": _fixed(cost.fixed) if cost.fixed is not None else None,
    }


def _pair(pair: BurnPair) -> dict[str, Any]:
    windows = {
        name: {"seconds": burn.window_s, "heldSeconds": burn.covered_s, "burnRate": burn.rate}
        for name, burn in (("long", pair.long), ("short", pair.short))
    }
    return {"factor": pair.factor, **windows, "fires": pair.fires}


def _object(comparison: Comparison) -> dict[str, Any]:
    return {
        "slowerThanMs": comparison.slower_than_ms,
        "canary": {"count": comparison.canary.count, "requests": comparison.canary.total},
        "primary": {"count": comparison.primary.count, "requests": comparison.primary.total},
        "bounds": [comparison.bounds.lower, comparison.bounds.upper],
        "worse": comparison.worse,
    }

"""Canary against primary as lines for people and as an object for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.report.table import Table

if TYPE_CHECKING:
    from canarytui.domain.rollout.rollout_comparison import ComparedRollout
    from canarytui.domain.statistics.comparison import Comparison

_TITLES = ("", "CANARY", "PRIMARY", "DIFFERENCE (POINTS)")


def comparison_lines(compared: ComparedRollout) -> list[str]:
    """The verdict, what it rests on, the share, the classical tests, the cost, and what it does not know."""
    from canarytui.domain.sentences import judge as words

    lines = [compared.phrase.text]
    if compared.verdict is not None:
        verdict = compared.verdict
        titles, *rows = Table(_TITLES).lines([_row(each) for each in (verdict.errors, *verdict.slow)])
        lines += [titles.rstrip(), *rows]
    for text in (
        words.share_phrase(compared.ratio).text,
        words.fixed_phrase(compared.fixed).text if compared.fixed is not None else "",
        compared.cost_text,
        words.CAVEAT.text() if compared.verdict is not None else "",
    ):
        if text:
            lines.append(text)
    return lines


def comparison_object(compared: ComparedRollout) -> dict[str, Any]:
    """Rates and differences are 0 to 1."""
    verdict, ratio, fixed, cost = compared.verdict, compared.ratio, compared.fixed, compared.cost
    return {
        "verdict": verdict.kind.value if verdict is not None else None,
        "sentence": compared.phrase.text,
        "remainingSeconds": verdict.remaining_s if verdict is not None else None,
        "errors": _object(verdict.errors) if verdict is not None else None,
        "slow": [_object(each) for each in verdict.slow] if verdict is not None else [],
        "share": None
        if ratio is None
        else {
            "observed": ratio.observed,
            "expected": ratio.expected,
            "p": ratio.p_value,
            "mismatched": ratio.mismatched,
        },
        "fixedSample": None
        if fixed is None
        else {
            "difference": [fixed.difference.lower, fixed.difference.upper],
            "fisherP": fixed.fisher_p,
            "mannWhitneyP": fixed.ranks.p_value if fixed.ranks is not None else None,
            "slowerThanPrimary": fixed.ranks.above if fixed.ranks is not None else None,
        },
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
        },
    }


def _row(comparison: Comparison) -> tuple[str, ...]:
    from canarytui.domain.sentences import judge as words

    bound = comparison.slower_than_ms
    bounds = comparison.bounds
    return (
        words.FAILED.text() if bound is None else words.SLOWER_THAN.text(bound=words.bound_text(bound)),
        *(
            words.RATE.text(percent=words.number(each.rate * 100), requests=f"{round(each.total):,}")
            for each in (comparison.canary, comparison.primary)
        ),
        f"{bounds.lower * 100:+.2f} to {bounds.upper * 100:+.2f}",
    )


def _object(comparison: Comparison) -> dict[str, Any]:
    return {
        "slowerThanMs": comparison.slower_than_ms,
        "canary": {"count": comparison.canary.count, "requests": comparison.canary.total},
        "primary": {"count": comparison.primary.count, "requests": comparison.primary.total},
        "bounds": [comparison.bounds.lower, comparison.bounds.upper],
        "worse": comparison.worse,
    }

"""Canary against primary as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        words.SHARE_NOT_TESTED.text(why=compared.untested) if compared.untested else "",
        words.fixed_phrase(compared.fixed).text if compared.fixed is not None else "",
        compared.cost_text,
        *compared.cost_details,
        words.HELD_SHORTER.text(since=compared.held_since.isoformat(timespec="seconds")) if compared.held_since else "",
        words.CAVEAT.text() if compared.verdict is not None else "",
    ):
        if text:
            lines.append(text)
    return lines


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

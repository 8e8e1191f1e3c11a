"""The checks: value, threshold, margin, trend; in full with their queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from canarytui.console.detail.layout import fold, folded, line
from canarytui.console.detail.queries import CheckQueryText
from canarytui.console.detail.view import DetailView
from canarytui.domain.marks import sparkline
from canarytui.domain.rollout.checks import Check, CheckVerdict
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import clean, cut, fit, width

_VERDICTS = {
    CheckVerdict.PASSES: ("✓", "active", words.PASSES.words),
    CheckVerdict.FAILS: ("✗", "bad", words.FAILS.words),
    CheckVerdict.NO_VALUE: ("✗", "bad", words.NO_VALUE.words),
    CheckVerdict.UNKNOWN: ("·", "quiet", words.NOT_MEASURED.words),
}
_LONGEST_TREND = 40
_MEASURED = frozenset({"Progressing", "WaitingPromotion", "Promoting"})


def checks_table(view: DetailView, columns: int) -> list[Text]:
    """One line per check, and one below it for a query that failed."""
    checks = view.situation.checks
    if not checks:
        return [line((words.NO_CHECKS.text(), "quiet"))]
    names = name_width(checks, columns)
    lines = [_header(names, columns)]
    for check in checks:
        lines.append(_row(check, names, columns, _verdict(view, check)))
        if check.problem:
            lines.append(line(("  " + cut(clean(check.problem), max(columns - 2, 1)), "waiting")))
    return lines


def name_width(checks: Sequence[Check], columns: int) -> int:
    """Columns for the names of checks."""
    longest = max((width(clean(check.name, 120)) for check in checks), default=0)
    return min(max(longest, 12), max(columns // 3, 12))


@dataclass(frozen=True, slots=True)
class CheckList:
    """The lines of the checks in full; `places` are (first, last) line of each check."""

    lines: list[Text]
    places: list[tuple[int, int]]


def check_list(
    view: DetailView, asked: Mapping[str, CheckQueryText], cursor: int, opened: frozenset[str], columns: int
) -> CheckList:
    """Each check with a cursor; those in `opened` with their query and where it comes from."""
    checks = view.situation.checks
    if not checks:
        return CheckList(checks_table(view, columns), [])
    names = name_width(checks, columns - 2)
    lines = [line("  ").append_text(_header(names, columns - 2))]
    places = []
    for index, check in enumerate(checks):
        first = len(lines)
        verdict = _verdict(view, check)
        row = line(("▶ ", "mark") if index == cursor else "  ")
        lines.append(row.append_text(_row(check, names, columns - 2, verdict)))
        if check.name in opened:
            lines += _opened(check, verdict, asked.get(check.name), columns)
        elif check.problem:
            lines.append(line(("    " + cut(clean(check.problem), max(columns - 4, 1)), "waiting")))
        places.append((first, len(lines) - 1))
    return CheckList(lines, places)


def _opened(check: Check, verdict: CheckVerdict, asked: CheckQueryText | None, columns: int) -> list[Text]:
    lines = [line(("    " + _VERDICTS[verdict][2], _VERDICTS[verdict][1]))]
    if check.problem:
        lines += folded("    " + clean(check.problem), columns, "waiting", 4)
    if asked is None:
        return [*lines, line()]
    if asked.origin:
        lines += folded("    " + asked.origin, columns, "quiet", 4)
    for part in asked.lines:
        lines += [line((text, "mark")) for text in fold(f"    {part}", columns, 6)]
    if asked.problem:
        lines += folded("    " + asked.problem, columns, "waiting", 4)
    if check.why and check.verdict is CheckVerdict.NO_VALUE:
        lines += folded("    " + words.NO_VALUE_WHY.text(why=clean(check.why)), columns, "waiting", 4)
    return [*lines, line()]


def _header(names: int, columns: int) -> Text:
    words = f"  {fit('CHECK', names)} {'VALUE':>10} {'THRESHOLD':>11} {'MARGIN':>9}  TREND"
    return line((cut(words, columns), "quiet"))


def _verdict(view: DetailView, check: Check) -> CheckVerdict:
    """A missing value means nothing while no traffic reaches the canary."""
    status = view.situation.canary.status
    measured = status.phase in _MEASURED and (view.situation.weight > 0 or status.iterations > 0)
    return CheckVerdict.UNKNOWN if check.verdict is CheckVerdict.NO_VALUE and not measured else check.verdict


def _row(check: Check, names: int, columns: int, verdict: CheckVerdict) -> Text:
    mark, tone, _ = _VERDICTS[verdict]
    value = "no value" if check.verdict is CheckVerdict.NO_VALUE else check.value_text()
    margin = check.margin
    row = line(
        (f"{mark} ", tone),
        fit(clean(check.name, 120), names),
        (f" {value:>10}", tone),
        f" {check.bound_text():>11}",
        (f" {'–' if margin is None else f'{margin:+.4g}':>9}", tone),
    )
    room = max(columns - width(row.plain) - 2, 0)
    low, high = _range(check)
    row.append("  ")
    drawn = sparkline(check.trend, min(room, _LONGEST_TREND), low, high)
    values = check.trend[-len(drawn) :] if drawn else ()
    row.append(" " * (len(drawn) - len(values)))
    for sample, mark in zip(values, drawn[len(drawn) - len(values) :], strict=True):  # each by its own verdict
        row.append(mark, style="bad" if check.fails_at(sample) else "active")
    return row


def _range(check: Check) -> tuple[float, float]:
    values = [value for value in check.trend if value == value]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if check.unit == "%":
        return min(low, 90.0), 100.0
    return 0.0, max(high, check.maximum or 0.0, 1.0)

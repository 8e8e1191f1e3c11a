"""The checks: value, threshold, margin, trend; in full with their queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.layout import fold, folded, line
from canarytui.console.detail.queries import CheckQueryText
from canarytui.console.detail.view import DetailView
from canarytui.domain.marks import SHADOW_MARK, sparkline
from canarytui.domain.rollout.check_verdicts import verdict_now
from canarytui.domain.rollout.checks import Check, CheckVerdict
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.sentences import shadow as shadow_words
from canarytui.domain.spec.shadow_checks import shadow_problem
from canarytui.domain.text.plain import clean, cut, fit, width

_VERDICTS = {
    CheckVerdict.PASSES: ("✓", "active", words.PASSES.words),
    CheckVerdict.FAILS: ("✗", "bad", words.FAILS.words),
    CheckVerdict.NO_VALUE: ("✗", "bad", words.NO_VALUE.words),
    CheckVerdict.UNKNOWN: ("·", "quiet", words.NOT_MEASURED.words),
}
_SHADOW_VERDICTS = {
    CheckVerdict.PASSES: ("·", "quiet", shadow_words.WOULD_PASS.words),
    CheckVerdict.FAILS: (SHADOW_MARK, "waiting", shadow_words.WOULD_FAIL.words),
    CheckVerdict.NO_VALUE: (SHADOW_MARK, "waiting", shadow_words.NO_VALUE_WOULD_FAIL.words),
    CheckVerdict.UNKNOWN: ("·", "quiet", words.NOT_MEASURED.words),
}
"""What has no effect on the rollout is neither green nor red."""
_LONGEST_TREND = 40


class _Said(NamedTuple):
    """What stands beside a check: mark, tone and words."""

    mark: str
    tone: str
    words: str
    is_shadow: bool

    def tone_at(self, *, fails: bool) -> str:
        """The tone of a past value."""
        if self.is_shadow:
            return "waiting" if fails else "quiet"
        return "bad" if fails else "active"


def checks_table(view: DetailView, columns: int, *, brief: bool = False) -> list[Text]:
    """One line per check, and one below it for a query that failed; then the shadow checks: where it is `brief`, only
    those that would fail, without a title."""
    checks = view.every_check
    names = name_width(checks, columns)
    lines = _heading(view, names, columns)
    for number, check in enumerate(checks):
        said = _verdict(view, number)
        if said.is_shadow and brief and said.mark != SHADOW_MARK:
            continue
        if number == len(view.situation.checks) and not brief:
            lines.append(_shadow_title(columns))
        lines.append(_row(check, names, columns, said))
        if check.problem:
            lines.append(line(("  " + cut(clean(check.problem), max(columns - 2, 1)), "waiting")))
    return [*lines, *_shadow_problem(view, columns)]


def _heading(view: DetailView, names: int, columns: int) -> list[Text]:
    lines = [] if view.situation.checks else folded(words.NO_CHECKS.text(), columns, "quiet")
    return [*lines, _header(names, columns)] if view.every_check else lines


def _shadow_title(columns: int) -> Text:
    return line((cut(f"{SHADOW_MARK} {shadow_words.TITLE.text()}", columns), "quiet"))


def _shadow_problem(view: DetailView, columns: int) -> list[Text]:
    problem = shadow_problem(view.situation.canary)
    return folded(clean(problem, 400), columns, "waiting") if problem else []


def name_width(checks: Sequence[Check], columns: int) -> int:
    """Columns for the names of checks."""
    longest = max((width(clean(check.name, 120)) for check in checks), default=0)
    return min(max(longest, 12), max(columns // 3, 12))


class CheckList(Struct, frozen=True):
    """The lines of the checks in full; `places` are (first, last) line of each check."""

    lines: list[Text]
    places: list[tuple[int, int]]


def check_list(
    view: DetailView, asked: Mapping[str, CheckQueryText], cursor: int, opened: frozenset[str], columns: int
) -> CheckList:
    """Each check with a cursor; those in `opened` with their query and where it comes from."""
    checks = view.every_check
    names = name_width(checks, columns - 2)
    lines = [line("  ").append_text(each) for each in _heading(view, names, columns - 2)]
    places = []
    for index, check in enumerate(checks):
        if index == len(view.situation.checks):
            lines.append(line("  ").append_text(_shadow_title(columns - 2)))
        first = len(lines)
        said = _verdict(view, index)
        row = line(("▶ ", "mark") if index == cursor else "  ")
        lines.append(row.append_text(_row(check, names, columns - 2, said)))
        if check.name in opened:
            lines += _opened(check, said, asked.get(check.name), columns)
        elif check.problem:
            lines.append(line(("    " + cut(clean(check.problem), max(columns - 4, 1)), "waiting")))
        places.append((first, len(lines) - 1))
    return CheckList([*lines, *_shadow_problem(view, columns)], places)


def _opened(check: Check, said: _Said, asked: CheckQueryText | None, columns: int) -> list[Text]:
    lines = [line(("    " + said.words, said.tone))]
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


def _verdict(view: DetailView, number: int) -> _Said:
    """What is said of a check of :attr:`DetailView.every_check`."""
    verdict = verdict_now(view.situation, view.every_check[number])
    is_shadow = number >= len(view.situation.checks)
    return _Said(*(_SHADOW_VERDICTS if is_shadow else _VERDICTS)[verdict], is_shadow)


def _row(check: Check, names: int, columns: int, said: _Said) -> Text:
    mark, tone = said.mark, said.tone
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
    for sample, mark in zip(values, drawn[len(drawn) - len(values) :], strict=True):  # each by its own verdict
        row.append(mark, style=said.tone_at(fails=check.fails_at(sample)))
    return row


def _range(check: Check) -> tuple[float, float]:
    values = [value for value in check.trend if value == value]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if check.unit == "%":
        return min(low, 90.0), 100.0
    return 0.0, max(high, check.maximum or 0.0, 1.0)

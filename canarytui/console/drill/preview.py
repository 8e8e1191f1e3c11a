"""What is predicted of a drill, tick by tick, as a table and as a plot: what the form shows where it has room. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.text import Text

from canarytui.console.detail.layout import beside, line, lines_of
from canarytui.console.detail.plots import Plot, draw
from canarytui.domain.rollout.checks import Check, number_text
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import drill_plan as words
from canarytui.domain.sentences import drill_screen
from canarytui.domain.text.plain import clean, cut
from canarytui.drills.drill_plan import DrillPlan
from canarytui.drills.predicted import DrillOutcome, PredictedTick, Prediction

LEAST_LINES = 8
_PLOT_FROM, _PLOT_MOST = 100, 16
"""Columns from which the plot stands beside the table; the most lines that it takes."""
_GAP = 3
_BEFORE = timedelta(minutes=1)

Points = Sequence[tuple[datetime, float]]


def predicted_check(prediction: Prediction) -> str:
    """The check that fails first, else the first whose values are predicted; "" without any."""
    if prediction.crossing is not None and prediction.crossing.failing:
        return prediction.crossing.failing[0]
    return next((check for tick in prediction.ticks for check, _ in tick.values), "")


def preview(
    plan: DrillPlan, situation: Situation | None, measured: Points, columns: int, lines: int, now: datetime
) -> list[Text]:
    """At most `lines` lines; none where there is little room, or nothing is predicted. `measured` are the values of
    :func:`predicted_check` so far."""
    ticks, name = plan.prediction.ticks, predicted_check(plan.prediction)
    if not ticks or not name or lines < LEAST_LINES:
        return []
    check = next((each for each in situation.checks if each.name == name), None) if situation is not None else None
    table = _table(ticks, name, check, now, lines)
    if columns < _PLOT_FROM:
        return table
    left = max(each.cell_len for each in table)
    plot = _plot(plan.prediction, name, check, measured, now)
    drawn = draw(plot, columns - left - _GAP, min(lines - 1, _PLOT_MOST), now, now.tzinfo)
    shown = [*lines_of(drawn.copy()), line((cut(drill_screen.LEGEND_PREDICTED.text(), columns - left - _GAP), "quiet"))]
    return beside(table, shown, left, _GAP)[:lines]


def _table(ticks: Sequence[PredictedTick], name: str, check: Check | None, now: datetime, lines: int) -> list[Text]:
    unit = f" {check.unit}" if check is not None and check.unit else ""
    value = cut(f"{clean(name, 40)}{unit}", 24)
    wide = max(len(value), 8)
    table = [line((f"{'TICK':>4}  {'TIME':<8}  {'WEIGHT':>6}  {value:>{wide}}  FAILED", "quiet"))]
    room = lines - 1 if len(ticks) < lines else lines - 2
    for tick in ticks[:room]:
        known = dict(tick.values).get(name)
        shown = "–" if known is None or math.isnan(known) else number_text(round(known, 1))
        row = f"{tick.number:>4}  {tick.at.astimezone(now.tzinfo):%H:%M:%S}  {tick.weight:>6}  {shown:>{wide}}  "
        table.append(line((f"{row}{tick.failed_checks:>6}", "bad" if tick.failing else "")))
    if len(ticks) > room:
        table.append(line((f"{'':6}{words.MORE_TICKS.text(count=len(ticks) - room)}", "quiet")))
    return table


def _plot(prediction: Prediction, name: str, check: Check | None, measured: Points, now: datetime) -> Plot:
    expected = tuple(
        (tick.at, value)
        for tick in prediction.ticks
        for each, value in tick.values
        if each == name and math.isfinite(value)
    )
    points = tuple((at, value) for at, value in measured if at >= now - _BEFORE and math.isfinite(value))
    bound = None
    if check is not None:
        bound = check.minimum if check.minimum is not None else check.maximum
    title = clean(name, 60)
    said = drill_screen.PLOT if bound is None else drill_screen.PLOT_THRESHOLD
    levels = [value for _, value in (*points, *expected)] + ([bound] if bound is not None else [])
    letters = [(prediction.crossing.at, "C")] if prediction.crossing is not None else []
    if prediction.outcome is DrillOutcome.ROLLED_BACK and prediction.at is not None:
        letters.append((prediction.at, "B"))
    return Plot(
        said.text(check=title, bound=bound) if bound is not None else said.text(check=title),
        points,
        min(levels, default=0.0),
        max(levels, default=1.0),
        bound,
        tuple(letters),
        expected=expected,
    )

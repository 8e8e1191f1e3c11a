"""The check that a drill affects, measured and predicted, as one plot with its threshold. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from canarytui.console.detail.plots import Plot
from canarytui.domain.sentences import drill_run
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.text.plain import clean
from canarytui.drills.predicted import DrillOutcome
from canarytui.drills.run_view import RunView
from canarytui.metrics.builtin_queries import SUCCESS_RATE

_BEFORE = timedelta(seconds=30)
"""How much time before the drill is shown."""

Points = Sequence[tuple[datetime, float]]


def check_name(view: RunView) -> str:
    """The check whose crossing is predicted, else the first that was seen; "" without any."""
    crossing = view.plan.prediction.crossing
    if crossing is not None and crossing.failing:
        return crossing.failing[0]
    return next((point.check for point in view.points), "")


def check_plot(view: RunView, earlier: Points) -> Plot | None:
    """None while there is nothing to draw. `earlier` are the check's measured values from before the drill.

    Letters: ``C`` where the crossing is predicted and ``B`` where the rollback is, explained in the legend; ``H`` and
    ``R`` where they happened.
    """
    name = check_name(view)
    if not name or view.began is None:
        return None
    since = view.began - _BEFORE
    points = [(at, value) for at, value in earlier if since <= at < view.began and math.isfinite(value)]
    own = [point for point in view.points if point.check == name]
    points += [(point.at, point.value) for point in own if point.value is not None and math.isfinite(point.value)]
    bound = next((point.bound for point in own), None)
    expected = tuple(
        (tick.at, value)
        for tick in view.plan.prediction.ticks
        for check, value in tick.values
        if check == name and tick.at >= since
    )
    levels = [value for _, value in (*points, *expected)] + ([bound] if bound is not None else [])
    if not levels:
        return None
    margin = 0.05 * ((max(levels) - min(levels)) or 1.0)
    check = clean(name, 60)
    title = words.PLOT.text(check=check) if bound is None else words.PLOT_THRESHOLD.text(check=check, bound=bound)
    low, high = max(min(levels) - margin, min(0.0, *levels)), max(levels) + margin
    if name == SUCCESS_RATE:
        high = min(high, max(100.0, *levels))
    return Plot(title, tuple(points), low, high, bound, _letters(view), expected=expected)


def _letters(view: RunView) -> tuple[tuple[datetime, str], ...]:
    predicted = view.plan.prediction
    found: list[tuple[datetime, str]] = []
    if predicted.crossing is not None:
        found.append((predicted.crossing.at, "C"))
    if predicted.outcome is DrillOutcome.ROLLED_BACK and predicted.at is not None:
        found.append((predicted.at, "B"))
    for entry in view.entries:
        if entry.id in (drill_run.FAILED_CHECKS.id, drill_run.FAILED_CHECKS_WHY.id):
            found.append((entry.at, "H"))
        elif entry.id == drill_run.ROLLED_BACK.id:
            found.append((entry.at, "R"))
    return tuple(found)

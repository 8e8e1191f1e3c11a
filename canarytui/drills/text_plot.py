"""A check's values over time as plain text, for a report in a terminal, a mail or a CI log."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from canarytui.domain.rollout.checks import number_text
from canarytui.domain.sentences import drill_report as words

COLUMNS, LINES = 72, 12


def plot_check(points: Sequence[tuple[datetime, float | None]], bound: float | None, began: datetime) -> str:
    """Values against seconds since `began`, with the threshold as a dashed line. "" with fewer than two values."""
    known = [(at, value) for at, value in points if value is not None and math.isfinite(value)]
    axis = words.AXIS.text() if bound is None else words.AXIS_THRESHOLD.text(bound=number_text(bound))
    return plot_values([((at - began).total_seconds(), value) for at, value in known], bound, axis)


def plot_values(points: Sequence[tuple[float, float]], bound: float | None, axis: str, *, x_from: float = 0.0) -> str:
    """Pairs of x and y, y finite, with `bound` as a dashed line and a line about the `axis` below; "" for fewer than
    two. The x axis begins at `x_from`, or before."""
    if len(points) < 2:
        return ""
    import plotext

    seconds = [x for x, _ in points]
    values = [y for _, y in points]
    levels = [*values, *([bound] if bound is not None else [])]
    span = max(levels) - min(levels) or 1.0
    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(COLUMNS, LINES)
    figure.theme("colorless")
    figure.axes(False, axis="x", side="upper")
    figure.axes(False, axis="y", side="right")
    figure.ruler("y").lim(min(levels) - 0.05 * span, max(levels) + 0.05 * span)
    figure.ruler("x").lim(min(x_from, seconds[0]), seconds[-1])
    if bound is not None:
        figure.draw(figure.signal([seconds[0], seconds[-1]], [bound, bound], marker="-").lines())
    figure.draw(figure.signal(seconds, values, marker="*").lines())
    built: str = figure.build().string(colorless=True)
    figure.clear()
    lines = [line.rstrip() for line in built.rstrip("\n").splitlines()]
    return "\n".join([*lines, axis])

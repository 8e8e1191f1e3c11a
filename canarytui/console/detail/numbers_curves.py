"""What is plotted of canary and primary: success rate, P99, and the share of the requests beside the weight. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.comparison_plot import ComparisonPlot, Points
from canarytui.console.detail.layout import line
from canarytui.console.detail.view import DetailView
from canarytui.domain.rollout.checks import Check, number_text
from canarytui.domain.rollout.request_numbers import Side
from canarytui.domain.traffic import registry
from canarytui.session.metric_history import DURATION, SUCCESS_RATE
from canarytui.session.rollout_numbers import NumbersPoint, SidePoint

_OTHERS: tuple[tuple[str, Callable[[SidePoint], float | None]], ...] = (
    ("requests/s", lambda each: each.requests_per_s),
    ("P90 ms", lambda each: each.p90_ms),
    ("P50 ms", lambda each: each.p50_ms),
)
"""What is plotted where there is room."""


class TitledPlot(Struct, frozen=True):
    """A plot, what it shows, and what its two curves are called."""

    name: str
    plot: ComparisonPlot
    curves: tuple[str, str] = (str(Side.CANARY), str(Side.PRIMARY))

    def title(self, columns: int) -> Text:
        """``success %  ━ canary 100  • primary 99.8  ┈ 99``: the curves and their last values, the threshold."""
        text = line((self.name, "strong"))
        shown = (("━", "canary", self.plot.canary), ("•", "primary", self.plot.primary))
        for (mark, tone, points), curve in zip(shown, self.curves, strict=True):
            value = number_text(round(points[-1][1], 1)) if points else "–"
            text.append(f"  {mark} {curve} {value}", style=tone)
        if self.plot.threshold is not None:
            text.append(f"  ┈ {number_text(self.plot.threshold)}", style="threshold")
        text.truncate(columns, overflow="ellipsis")
        return text

    @property
    def is_beyond(self) -> bool:
        """Whether the canary's last value is beyond the threshold."""
        bound, points = self.plot.threshold, self.plot.canary
        if bound is None or not points:
            return False
        return points[-1][1] < bound if self.plot.top is not None else points[-1][1] > bound


def titled_plots(view: DetailView, begin: datetime) -> list[TitledPlot]:
    """Since `begin`: success, P99, the share where it is measured, then requests a second and the other percentiles,
    the most important first. Empty where no built-in check decides about the canary.

    Before the requests of both sides are known, the canary's curves are those of its checks.
    """
    success, duration = (_check(view, name) for name in (SUCCESS_RATE, DURATION))
    if success is None and duration is None:
        return []
    record = registry.like(view.situation.metrics_provider)
    points = [each for each in view.numbers.points if each.at >= begin] if view.numbers is not None else []
    made = [
        _success(view, points, success),
        _p99(view, points, duration, is_mean=record is not None and record.queries.mean),
    ]
    shares = tuple((each.at, each.share_percent) for each in points if each.share_percent is not None)
    if shares:
        made.append(_share(shares, view))
    for name, value in _OTHERS:
        canary, primary = (_curve(points, side, value) for side in Side)
        if canary or primary:
            high = max(number for _, number in (*canary, *primary))
            made.append(TitledPlot(name, ComparisonPlot(canary, primary, 0.0, max(high, 1.0))))
    return made


def _success(view: DetailView, points: Sequence[NumbersPoint], check: Check | None) -> TitledPlot:
    canary, primary = (_curve(points, side, lambda each: each.success_percent) for side in Side)
    bound = check.minimum if check is not None else None
    low = min([98.0, *([bound - 1] if bound is not None else [])])
    known = canary if points else _finite(view.readings.get(SUCCESS_RATE, ()))
    return TitledPlot("success %", ComparisonPlot(known, primary, low, 100.0, bound, top=100.0))


def _p99(view: DetailView, points: Sequence[NumbersPoint], check: Check | None, *, is_mean: bool) -> TitledPlot:
    """`is_mean`: the check measures the mean: it is no bound of a percentile, and its past no curve."""
    canary, primary = (_curve(points, side, lambda each: each.p99_ms) for side in Side)
    known = canary if points or is_mean else _finite(view.readings.get(DURATION, ()))
    bound = check.maximum if check is not None and not is_mean else None
    high = max((value for _, value in (*known, *primary)), default=1.0)
    if bound is not None and high > bound / 4:
        high = max(high, bound)
    return TitledPlot("P99 ms", ComparisonPlot(known, primary, 0.0, high, bound))


def _share(shares: Points, view: DetailView) -> TitledPlot:
    """A weight holds until the next one."""
    weights: list[tuple[datetime, float]] = []
    for at, weight in view.weights:
        if weights:
            weights.append((at, weights[-1][1]))
        weights.append((at, weight))
    if weights:
        weights.append((max(shares[-1][0], weights[-1][0]), weights[-1][1]))
    high = max(value for _, value in (*shares, *weights))
    return TitledPlot("share %", ComparisonPlot(shares, tuple(weights), 0.0, high, top=100.0), ("taken", "weight"))


def _curve(points: Sequence[NumbersPoint], side: Side, value: Callable[[SidePoint], float | None]) -> Points:
    found = ((each.at, value(each.sides[side])) for each in points if side in each.sides)
    return tuple((at, number) for at, number in found if number is not None)


def _finite(points: Points) -> Points:
    return tuple((at, value) for at, value in points if value == value)


def _check(view: DetailView, name: str) -> Check | None:
    return next((check for check in view.situation.checks if check.name == name), None)

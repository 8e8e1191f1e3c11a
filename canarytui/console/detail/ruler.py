"""A plan's steps in one line: where the rollout stands, or where it broke. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.layout import line
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.spec.steps import AnalysisStrategy, StepPlan
from canarytui.domain.text.plain import width

PROMOTION = "★"
DONE, AHEAD, LEFT_OUT = "━", "┈", "…"


class Break(Struct, frozen=True):
    """Where the last attempt broke: after `reached` of the plan's stops; `said` is how it ended."""

    reached: int
    said: str


def ruler(plan: StepPlan, reached: int, columns: int, broken: Break | None = None, *, failing: bool = False) -> Text:
    """``0━5━10━●15┈20┈…┈50┈★``: where the rollout stands on its plan, after `reached` of its stops; one more than there
    are is the promotion. ``0━5━10━✗15 rolled back 13:33:02 (10/10)┈20…`` is where one broke. `failing`: failing checks
    keep it where it stands.

    Stops that do not fit are left out around the place where it stands.
    """
    if not plan.stops:
        return line((words.NO_STEPS.text(), "quiet"))
    unit = "" if plan.strategy is AnalysisStrategy.CANARY else "#"
    labels = ["0", *(f"{unit}{stop}" for stop in plan.stops), PROMOTION]
    at, mark, tone = (reached, "●", "bad" if failing else "mark") if broken is None else (broken.reached, "✗", "bad")
    labels[at] = f"{mark}{labels[at]}"
    if broken is not None and broken.said:
        labels[at] += f" {broken.said}"
    gap = 2 if sum(width(label) + 2 for label in labels) - 2 <= columns else 1
    text = line()
    previous = -1
    for index in _around(labels, at, columns, gap):
        if previous >= 0:
            left_out = LEFT_OUT if index != previous + 1 else ""
            joint = (DONE if index <= at else AHEAD) * gap
            text.append(joint + left_out + (joint if left_out else ""), style="active" if index <= at else "quiet")
        style = tone if index == at else "active" if index < at else "quiet"
        text.append(labels[index], style=style)
        previous = index
    return text


def _around(labels: Sequence[str], place: int, columns: int, gap: int) -> list[int]:
    """Indexes of the labels that fit: the place, first, last, then its neighbours outward."""
    last = len(labels) - 1
    if sum(width(label) + gap for label in labels) - gap <= columns:
        return list(range(last + 1))
    order = [place, 0, last]
    for distance in range(1, last + 1):
        order += [place + distance, place - distance]
    kept: set[int] = set()
    used = 2 * (gap + 1)  # two places where stops are left out
    for index in order:
        if index in kept or not 0 <= index <= last:
            continue
        needed = width(labels[index]) + gap
        if kept and used + needed > columns:
            break
        kept.add(index)
        used += needed
    return sorted(kept)

"""A canary as one line of the list: what each column says, how urgent the line is, how lines are ordered.

Pure view models, made from a situation and the kept histories; the table widget only draws them, so what
the list shows is tested without a terminal.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from canarytui.console.columns import Column
from canarytui.console.marks import bar, phase_mark, sparkline
from canarytui.domain.checks import Verdict, number_text
from canarytui.domain.explain import Tone, explain
from canarytui.domain.plaintext import clean, fit
from canarytui.domain.situation import ACTIVE_PHASES, Situation
from canarytui.domain.steps import step_plan
from canarytui.domain.ticks import short_duration
from canarytui.domain.workload import Workload, image_tag

Key = tuple[str, str]

SUCCESS_CHECK = "request-success-rate"


@dataclass(frozen=True, slots=True)
class CanaryRow:
    """One line. `success` in percent with its bound in `success_floor`; `step` is (k, n)."""

    namespace: str
    name: str
    label: str
    tone: Tone
    weight: int | None = None
    weights: tuple[float, ...] = ()
    success: float | None = None
    success_floor: float | None = None
    successes: tuple[float, ...] = ()
    failed: int = 0
    threshold: int = 0
    step: tuple[int, int] | None = None
    next_tick: datetime | None = None
    interval_s: float = 0.0
    images: tuple[str, str] = ("", "")
    transition: str = ""
    problem: str = ""

    @property
    def key(self) -> Key:
        return self.namespace, self.name

    @property
    def ticking(self) -> bool:
        """Whether the line has a countdown."""
        return self.next_tick is not None


def row_of(situation: Situation, weights: Sequence[float] = (), successes: Sequence[float] = ()) -> CanaryRow:
    """The line for a canary that could be parsed."""
    canary, status = situation.canary, situation.canary.status
    tone = explain(situation).tone
    active = status.phase in ACTIVE_PHASES
    plan = step_plan(canary)
    check = next((check for check in situation.checks if check.name == SUCCESS_CHECK), None)
    has_value = check is not None and check.verdict in (Verdict.PASSES, Verdict.FAILS)
    transition = status.last_transition_time
    return CanaryRow(
        namespace=clean(canary.namespace, 253),
        name=clean(canary.name, 253),
        label=_label(situation, tone),
        tone=tone,
        weight=situation.weight,
        weights=tuple(weights),
        success=check.value if check is not None and has_value else None,
        success_floor=check.minimum if check is not None else None,
        successes=tuple(successes),
        failed=status.failed_checks,
        threshold=canary.spec.analysis.threshold,
        step=(plan.reached(situation.weight, status.iterations), plan.total) if active and plan.total else None,
        next_tick=situation.next_tick if active and not canary.spec.suspend else None,
        interval_s=situation.interval_s,
        images=(_first_image(situation.primary), _first_image(situation.target)),
        transition=transition.strftime("%Y-%m-%dT%H:%M:%SZ") if transition else "",
    )


def invalid_row(namespace: str, name: str, problem: str) -> CanaryRow:
    """The line for an object that cannot be understood; it says so instead of vanishing."""
    return CanaryRow(
        namespace=clean(namespace, 253),
        name=clean(name, 253) or "(no name)",
        label="Invalid",
        tone=Tone.BAD,
        problem=clean(problem, 600),
    )


def cell(row: CanaryRow, column: Column, width: int, now: datetime) -> str:
    """The text of one cell, exactly `width` columns wide."""
    return fit(_content(row, column.name, width, now), width, right=column.right)


def _content(row: CanaryRow, name: str, width: int, now: datetime) -> str:
    match name:
        case "namespace":
            return row.namespace
        case "name":
            return row.name
        case "status":
            return f"{phase_mark(row.label)} {row.label}"
        case "weight":
            if row.weight is None:
                return ""
            return bar(row.weight, max(width - 4, 0)) + f"{row.weight:4d}"
        case "weight_trend":
            return sparkline(row.weights, width, 0.0, max((*row.weights, 50.0)))
        case "success":
            return _success(row)
        case "success_trend":
            return sparkline(row.successes, width, _trend_floor(row), 100.0)
        case "failed":
            return f"{row.failed}/{row.threshold}" if row.threshold else ""
        case "step":
            return f"{row.step[0]}/{row.step[1]}" if row.step else "–"
        case "next":
            return countdown(row, now)
        case "image":
            return images(row)
        case "transition":
            return row.transition
    return ""


def countdown(row: CanaryRow, now: datetime) -> str:
    """Time to the row's next tick, in whole seconds, ``–`` when none is due."""
    if row.next_tick is None:
        return "–"
    left_s = (row.next_tick - now).total_seconds()
    if left_s < 0 and row.interval_s > 0:
        left_s %= row.interval_s
    return short_duration(math.ceil(left_s))


def images(row: CanaryRow) -> str:
    """``4.0.5→4.0.6`` while they differ, else the one image that serves."""
    old, new = (image_tag(image) for image in row.images)
    if old and new and old != new:
        return f"{old}→{new}"
    return old or new


def _success(row: CanaryRow) -> str:
    if row.success is None:
        return "–"
    failing = row.success_floor is not None and row.success < row.success_floor
    shown = "100" if row.success == 100 else f"{row.success:.1f}"
    return f"{shown}%<{number_text(row.success_floor or 0.0)}" if failing else f"{shown} %"


def _trend_floor(row: CanaryRow) -> float:
    """Where a success sparkline begins: at zero once something went wrong, else near the bound, so that
    small dents are seen."""
    values = [value for value in row.successes if not math.isnan(value)]
    lowest = min(values, default=100.0)
    return 0.0 if lowest < 90.0 else 90.0


def _label(situation: Situation, tone: Tone) -> str:
    if situation.canary.spec.suspend:
        return "Suspended"
    if situation.phase == "Progressing" and tone is Tone.BAD:
        return "Halted"
    return clean(situation.phase, 20) or "New"


def _first_image(workload: Workload | None) -> str:
    return workload.containers[0].image if workload is not None and workload.containers else ""


_TONE_ORDER = {tone: rank for rank, tone in enumerate(Tone)}


def sort_key(row: CanaryRow, by: str) -> tuple[object, ...]:
    """What a row is ordered by: problems first for "", else a column with the name last."""
    tail = (row.namespace, row.name)
    match by:
        case "name":
            return (row.name, row.namespace)
        case "namespace":
            return tail
        case "status":
            return (row.label, *tail)
        case "weight":
            return (-(row.weight or 0), *tail)
        case "success":
            return (row.success if row.success is not None else 101.0, *tail)
        case "failed":
            return (-row.failed, *tail)
        case "image":
            return (images(row), *tail)
        case "transition":
            return (_reversed(row.transition), *tail)
    return (_TONE_ORDER[row.tone], *tail)


def _reversed(stamp: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in stamp)


def matches(row: CanaryRow, pattern: str) -> bool:
    """Whether a filter keeps the row: every word's letters in order (fuzzy), ``!`` before a word inverts it."""
    haystack = f"{row.namespace}/{row.name} {row.label} {images(row)}".lower()
    for word in pattern.lower().split():
        inverted = word.startswith("!")
        found = _fuzzy(word.lstrip("!"), haystack)
        if found == inverted:
            return False
    return True


def _fuzzy(word: str, haystack: str) -> bool:
    if word in haystack:
        return True
    letters = iter(haystack)
    return all(letter in letters for letter in word)


def counts(rows: Iterable[CanaryRow]) -> tuple[int, int, int]:
    """(all, active, failing) for the title bar."""
    total = active = failing = 0
    for row in rows:
        total += 1
        active += row.ticking
        failing += row.tone is Tone.BAD
    return total, active, failing

"""Canaries as rows of a table: kubectl's columns, and what the console knows beyond them.

A cell never holds a space, so that ``awk`` and ``cut`` find their columns; ``-`` is what is not known or not there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from canarytui.domain.checks import Check, Verdict, number_text
from canarytui.domain.containers import application_images, release_change
from canarytui.domain.explain import Tone, explain
from canarytui.domain.forecast import promoted_at, rolled_back_at
from canarytui.domain.plaintext import clean
from canarytui.domain.progress import steps_reached
from canarytui.domain.situation import ACTIVE_PHASES, Situation
from canarytui.domain.steps import step_plan
from canarytui.domain.ticks import seconds_left
from canarytui.errors import UsageError

SUCCESS_CHECK = "request-success-rate"
DURATION_CHECK = "request-duration"


@dataclass(frozen=True, slots=True)
class Seen:
    """One canary: the object as the API gave it, and what is known of it; `situation` None when the object cannot
    be understood."""

    obj: Mapping[str, Any]
    situation: Situation | None

    @property
    def namespace(self) -> str:
        return clean(self._metadata("namespace"), 253)

    @property
    def name(self) -> str:
        return clean(self._metadata("name"), 253)

    def part(self, *path: str) -> object:
        """A field of the object, None where there is none."""
        value: object = self.obj
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _metadata(self, field: str) -> object:
        return self.part("metadata", field)


Cell = Callable[[Seen], str]


def _field(*path: str) -> Cell:
    """A column that kubectl has too, by the same path as the resource definition's."""

    def cell(seen: Seen) -> str:
        value = seen.part(*path)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return "[" + ",".join(clean(each, 20) for each in value[:20]) + "]"
        return clean(value, 60)

    return cell


def _known(of: Callable[[Situation], str]) -> Cell:
    return lambda seen: of(seen.situation) if seen.situation is not None else ""


def _success(situation: Situation) -> str:
    return _measured(situation, SUCCESS_CHECK, "%")


def _duration(situation: Situation) -> str:
    return _measured(situation, DURATION_CHECK, "ms")


def _measured(situation: Situation, name: str, unit: str) -> str:
    check = next((check for check in situation.checks if check.name == name), None)
    if check is None or check.verdict not in (Verdict.PASSES, Verdict.FAILS) or check.value is None:
        return ""
    value = f"{number_text(check.value)}{unit}"
    return value if check.verdict is Verdict.PASSES else f"{value}{_beyond(check)}"


def _beyond(check: Check) -> str:
    """``<99`` below the lower bound, ``>500`` above the upper one."""
    if check.minimum is not None and check.value is not None and check.value < check.minimum:
        return f"<{number_text(check.minimum)}"
    return f">{number_text(check.maximum)}" if check.maximum is not None else ""


def _failed(situation: Situation) -> str:
    return f"{situation.canary.status.failed_checks}/{situation.canary.spec.analysis.threshold}"


def _step(situation: Situation) -> str:
    """By the weight in the status, which is in the same line: the router is set a moment before it."""
    reached = steps_reached(situation, situation.canary.status.canary_weight)
    return "" if reached is None else f"{reached}/{step_plan(situation.canary).total}"


def _next(situation: Situation) -> str:
    """Until the controller's next decision: ``7s``; ``suspended`` where there will be none."""
    if situation.canary.spec.suspend:
        return "suspended"
    tick = situation.next_tick
    if situation.phase not in ACTIVE_PHASES or tick is None:
        return ""
    return f"{seconds_left(tick, situation.now)}s"


def _end(situation: Situation) -> str:
    """``promoted@14:35:10`` if all stays well, ``rolled-back@14:31:20`` if it stays bad."""
    bad = explain(situation).tone is Tone.BAD
    at = rolled_back_at(situation) if bad else promoted_at(situation)
    if at is None:
        return ""
    return f"{'rolled-back' if bad else 'promoted'}@{at.astimezone(situation.now.tzinfo):%H:%M:%S}"


def _images(situation: Situation) -> str:
    return release_change(application_images(situation.canary, situation.primary, situation.target), "->")


def _owner(situation: Situation) -> str:
    return situation.canary_owner.partition(":")[0]


_NAMESPACE = ("NAMESPACE", lambda seen: seen.namespace)
_COLUMNS: tuple[tuple[str, Cell], ...] = (
    ("NAME", lambda seen: seen.name),
    ("STATUS", _field("status", "phase")),
    ("WEIGHT", _field("status", "canaryWeight")),
    ("SUCCESS", _known(_success)),
    ("FAILED", _known(_failed)),
    ("STEP", _known(_step)),
    ("NEXT", _known(_next)),
)
_WIDE: tuple[tuple[str, Cell], ...] = (
    ("DURATION", _known(_duration)),
    ("SUSPENDED", _field("spec", "suspend")),
    ("FAILEDCHECKS", _field("status", "failedChecks")),
    ("INTERVAL", _field("spec", "analysis", "interval")),
    ("MIRROR", _field("spec", "analysis", "mirror")),
    ("STEPWEIGHT", _field("spec", "analysis", "stepWeight")),
    ("STEPWEIGHTS", _field("spec", "analysis", "stepWeights")),
    ("MAXWEIGHT", _field("spec", "analysis", "maxWeight")),
    ("IMAGE", _known(_images)),
    ("ENDS", _known(_end)),
    ("OWNER", _known(_owner)),
)
_LAST = ("LASTTRANSITIONTIME", _field("status", "lastTransitionTime"))
_PASSING = frozenset({"NEXT", "ENDS", "DURATION", "SUCCESS"})
"""Columns that move without anything having happened: they make no new line while watching."""


_LONGEST = {
    "STATUS": "WaitingPromotion",
    "WEIGHT": "100",
    "SUCCESS": "99.99%<99",
    "FAILED": "10/10",
    "STEP": "10/10",
    "NEXT": "suspended",
}


class CanaryColumns:
    """Which columns are shown: `namespaced` puts the namespace first, `wide` adds kubectl's wide ones and ours."""

    def __init__(self, *, namespaced: bool, wide: bool) -> None:
        first = (_NAMESPACE,) if namespaced else ()
        self._columns = (*first, *_COLUMNS, *(_WIDE if wide else ()), _LAST)

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(title for title, _ in self._columns)

    @property
    def longest(self) -> tuple[str, ...]:
        """The longest cells of the columns that change while a canary is watched, "" for the others."""
        return tuple(_LONGEST.get(title, "") for title in self.titles)

    def row(self, seen: Seen) -> tuple[str, ...]:
        """One canary's cells."""
        return tuple(cell(seen).replace(" ", "_") for _, cell in self._columns)

    def gone(self, row: Sequence[str]) -> tuple[str, ...]:
        """The last row of a canary that has been deleted."""
        return tuple("Deleted" if title == "STATUS" else cell for title, cell in zip(self.titles, row, strict=True))

    def news(self, row: Sequence[str]) -> tuple[str, ...]:
        """The part of a row whose change is worth a line; a check that begins or ceases to fail is."""
        kept = [cell for title, cell in zip(self.titles, row, strict=True) if title not in _PASSING]
        fails = any(
            sign in cell for title, cell in zip(self.titles, row, strict=True) for sign in "<>" if _check(title)
        )
        return (*kept, "fails" if fails else "", "suspended" if "suspended" in row else "")


def _check(title: str) -> bool:
    return title in ("SUCCESS", "DURATION")


SORTS = ("name", "namespace", "status", "weight", "success", "failed", "transition", "problems")


def sorted_seen(found: Sequence[Seen], by: str) -> list[Seen]:
    """Ordered by one of `SORTS` (``problems``: worst first), by a path as kubectl's ``--sort-by`` takes it
    (``.status.canaryWeight``, ``{.metadata.name}``), or, for "", as kubectl lists.

    Raises:
        UsageError: neither of these.
    """
    if not by:
        return sorted(found, key=lambda seen: (seen.namespace, seen.name))
    path = by.strip("{}").lstrip(".")
    if "." in path:
        return sorted(found, key=lambda seen: _ordered(seen.part(*path.split("."))))
    if by not in SORTS:
        from canarytui.domain.sentences import report_lines as words

        raise UsageError(words.NO_SORT.text(by=clean(by, 60), known=", ".join(SORTS)))
    return sorted(found, key=lambda seen: (_RANKS[by](seen), seen.namespace, seen.name))


def _ordered(value: object) -> tuple[int, float, str]:
    """Numbers by size, then texts, then what is not there."""
    if isinstance(value, bool) or value is None:
        return (2 if value is None else 1, 0.0, str(value))
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value)


def _worth(seen: Seen) -> float:
    situation = seen.situation
    checks = situation.checks if situation is not None else ()
    values = [check.value for check in checks if check.name == SUCCESS_CHECK and check.value is not None]
    return values[0] if values else math.inf


def _rank(seen: Seen) -> int:
    return list(Tone).index(explain(seen.situation).tone) if seen.situation is not None else 0


def _whole(seen: Seen, *path: str) -> float:
    value = seen.part(*path)
    return -float(value) if isinstance(value, int | float) else 0.0


_RANKS: dict[str, Callable[[Seen], Any]] = {
    "name": lambda seen: seen.name,
    "namespace": lambda seen: seen.namespace,
    "status": lambda seen: str(seen.part("status", "phase") or ""),
    "weight": lambda seen: _whole(seen, "status", "canaryWeight"),
    "success": _worth,
    "failed": lambda seen: _whole(seen, "status", "failedChecks"),
    "transition": lambda seen: str(seen.part("status", "lastTransitionTime") or ""),
    "problems": _rank,
}

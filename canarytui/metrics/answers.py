"""What a metric provider answers: a value, no values, or a failure; and its past, where it keeps one.

Plain values, so that the engine's core takes them alike from a provider, a recording or a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import Struct

NO_VALUES = "no values found"
SEVERAL_VALUES = "query returned multiple values"
"""Flagger's messages, word for word."""


class Value(Struct, frozen=True):
    """The one number that a query asks for."""

    value: float


class NoValues(Struct, frozen=True):
    """The query found nothing, or NaN: typically the canary gets no traffic."""

    reason: str = NO_VALUES


@dataclass(frozen=True, slots=True)
class QueryFailed:
    """The provider gave no usable answer.

    `reason` is Flagger's message, which goes into the Event. `detail` is the same for people, without the prefix that
    Flagger gives it; "" where there is no prefix.
    """

    reason: str
    detail: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.detail or self.reason


Answer = Value | NoValues | QueryFailed


class QueryHistory(Struct, frozen=True):
    """A query's values over time: (unix seconds, value), oldest first. NaN is kept.

    `incomplete` says why some are missing; "" when all that were asked for are here.
    """

    points: tuple[tuple[float, float], ...] = ()
    incomplete: str = ""


class Availability(Struct, frozen=True):
    """Whether a provider can be queried; true when it can. `problem` says why not, in Flagger's words."""

    problem: str = ""

    def __bool__(self) -> bool:
        return not self.problem

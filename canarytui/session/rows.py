"""A canary as one row of the list: the values that its columns show, and how urgent it is.

Pure view models, made by :mod:`.row_builder`; :mod:`.columns` has their texts, and the list draws them: what the list
shows is tested without a terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from canarytui.domain.rollout.explain import Tone
from canarytui.domain.rollout.state import INVALID
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.domain.workloads.containers import release_change

Value = str | int | float | None
"""What a column may show: a text, a number, or nothing."""


class Measured(Struct, frozen=True):
    """A check in the list: its value, the bound that it fails beyond, and whether it does. Values below `minimum` or
    above `maximum` fail."""

    value: float | None = None
    bound: float | None = None
    fails: bool = False
    trend: tuple[float, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def outside(self, value: float) -> bool:
        """Whether a value fails the check."""
        below = self.minimum is not None and value < self.minimum
        return below or (self.maximum is not None and value > self.maximum)


class CanaryRow(Struct, frozen=True):
    """One line. `key` is the object's own; all other text is safe to show. `step` is (k, n); `ends` when the rollout is
    over if it goes on as it does, `ends_well` how; `silent_at` when time alone makes a problem of the line; `haystack`
    and `title` are what a filter looks in."""

    key: NamespacedName
    namespace: str
    name: str
    label: str
    tone: Tone
    phase: str = ""
    weight: int | None = None
    weights: tuple[float, ...] = ()
    success: Measured = Measured()
    duration: Measured = Measured()
    failed: int = 0
    threshold: int = 0
    last_weight: int | None = None
    """The weight at which the last attempt was rolled back, until the next rollout; None if it was not, or if that was
    not recorded."""
    last_failed: int = 0
    """The failed checks that the last attempt ended with, likewise."""
    promotes_at: int = 100
    """The weight at which the analysis promotes."""
    step: tuple[int, int] | None = None
    next_tick: datetime | None = None
    interval_s: float = 0.0
    ends: datetime | None = None
    ends_well: bool = True
    images: tuple[str, str] = ("", "")
    owner: str = ""
    transition: str = ""
    plan: tuple[str, str, str] = ("", "", "")
    """``stepWeight``, ``stepWeights`` and ``maxWeight`` as kubectl's wide columns have them."""
    mirror: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    paused_since: datetime | None = None
    """Since when it has been paused at least; None while it is not."""
    silent_at: datetime | None = None
    haystack: str = ""
    title: str = ""
    context: str = ""
    """Which of several contexts it is in; "" where there is one."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """By column what it shows, for columns that say how it is found in a situation."""
    shadow_mark: str = ""
    """``◇1``: so many shadow checks would fail now; "" for none."""
    as_of: datetime | None = None
    """The last moment that is known of, while nothing newer is."""

    @property
    def ticking(self) -> bool:
        """Whether the line has a countdown that runs."""
        return self.next_tick is not None and self.as_of is None


def invalid_row(namespace: str, name: str, problem: str) -> CanaryRow:
    """The row of an invalid object; it says so instead of vanishing."""
    key = (namespace, name)
    namespace, name = clean(namespace, 253), clean(name, 253) or "(no name)"
    problem = clean(problem, 600)
    title = f"{namespace}/{name}".lower()
    return CanaryRow(
        key=key,
        namespace=namespace,
        name=name,
        label=INVALID,
        tone=Tone.BAD,
        problem=problem,
        haystack=f"{title} invalid {problem.lower()}",
        title=title,
    )


def image_change(images: tuple[str, str]) -> str:
    """``4.0.5→4.0.6`` while they differ, else the one image that serves."""
    return release_change(images, "→")


TONE_ORDER = {tone: rank for rank, tone in enumerate(Tone)}

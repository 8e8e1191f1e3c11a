"""How often a shadow check would have failed in one rollout. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct

from canarytui.domain.rollout.judgement import CheckLimits


class ShadowCount(Struct, frozen=True):
    """The values of one check at the ticks of one rollout: how many there were, how many were outside the threshold,
    the one that was furthest outside or nearest to it (None without values), and the last."""

    check: str
    limits: CheckLimits
    values: int
    failing: int
    worst: float | None
    last: float | None


def shadow_count(check: str, limits: CheckLimits, measured: Iterable[float | None]) -> ShadowCount:
    """The count for a rollout's values, oldest first; None and NaN are ticks without a value, which are not counted."""
    values = [value for value in measured if value is not None and not math.isnan(value)]
    return ShadowCount(
        check=check,
        limits=limits,
        values=len(values),
        failing=sum(limits.fails(value) for value in values),
        worst=min(values, key=limits.margin, default=None),
        last=values[-1] if values else None,
    )

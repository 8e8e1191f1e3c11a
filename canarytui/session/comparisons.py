"""How canaries compare with their primaries, for those that are looked at, and how old that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName
from canarytui.session.cluster_clock import ClusterClock

if TYPE_CHECKING:
    from canarytui.domain.rollout.rollout_comparison import ComparedRollout

_STALE_S = 150.0
"""Who looks at a canary measures it every minute at least: an older verdict is said to be stale."""
_GONE_S = 1800.0
"""An older one is none."""


class Comparisons:
    """The last verdict on each canary; `changed` is told when what is to be said of one is another."""

    def __init__(self, clock: ClusterClock, changed: Callable[[NamespacedName], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._last: dict[NamespacedName, tuple[datetime, str, ComparedRollout]] = {}
        """When, in which revision's rollout, what."""
        self._ages: dict[NamespacedName, int] = {}

    def take(self, canary: Canary, found: ComparedRollout, at: datetime | None = None) -> None:
        """Take note of how a canary compares with its primary now, or compared `at` another moment."""
        key = (canary.namespace, canary.name)
        before = self.of(canary)
        self._last[key] = (at or self._clock.now(), canary.status.last_applied_spec, found)
        if found != before:
            self._changed(key)

    def __contains__(self, key: NamespacedName) -> bool:
        """Whether canary and primary have been compared since this canary is looked at."""
        return key in self._last

    def of(self, canary: Canary) -> ComparedRollout | None:
        """None for what nobody has measured for long, and for the rollout of another revision."""
        known = self._last.get((canary.namespace, canary.name))
        if known is None or known[1] != canary.status.last_applied_spec:
            return None
        (at, _, found), now = known, self._clock.now()
        age_s = (now - at).total_seconds()
        if age_s > _GONE_S:
            return None
        return found if age_s <= _STALE_S else replace(found, stale_since=at.astimezone(now.tzinfo))

    def age(self) -> None:
        """Report the canaries whose verdict has become stale, or none, since the last call."""
        now = self._clock.now()
        for key, (at, _, _) in self._last.items():
            age_s = (now - at).total_seconds()
            ages = (age_s > _STALE_S) + (age_s > _GONE_S)
            if ages != self._ages.get(key, 0):
                self._ages[key] = ages
                self._changed(key)

    def forget(self, key: NamespacedName) -> None:
        self._last.pop(key, None)
        self._ages.pop(key, None)

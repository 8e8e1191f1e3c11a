"""Compares canary and primary of all rollouts in progress, one after the other, for the list's column.

One canary's queries nearly fill the request line that proxies allow, so they are not joined with others': a canary at a
time, :data:`A_MINUTE` a minute, and no more canaries than are measured again before what is known of them is old.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import ACTIVE
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch

log = logging.getLogger(__name__)

A_MINUTE = 12
MOST = 24
"""Canaries in turn: each is measured every two minutes at least."""
LEAST_S, MOST_S = 15.0, 60.0
"""Between two measurements of a canary while there are few: its checks' interval within these."""


class RollingComparison:
    """`watch_of` measures a canary; those `seen` come first; those `looked_at` are measured by others already."""

    def __init__(
        self,
        cluster_state: ClusterState,
        watch_of: Callable[[NamespacedName], RolloutNumbersWatch],
        seen: Callable[[], Iterable[NamespacedName]],
        looked_at: Callable[[], Collection[NamespacedName]],
    ) -> None:
        self._cluster_state = cluster_state
        self._watch_of = watch_of
        self._seen = seen
        self._looked_at = looked_at
        self._watches: dict[NamespacedName, RolloutNumbersWatch] = {}
        self._measured: dict[NamespacedName, float] = {}

    async def run(self) -> None:
        """Until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            key = self.next(clock()) if self._cluster_state.engine_sought else None
            if key is not None:
                await self.compare(key, clock())
            await asyncio.sleep(60 / A_MINUTE)

    def next(self, now: float) -> NamespacedName | None:
        """The canary whose turn it is: the one that was measured longest ago; None when none is due."""
        chosen = self._chosen()
        for kept in (self._watches, self._measured):
            for key in kept.keys() - chosen.keys():
                kept.pop(key, None)
        measured = {key: self._measured.get(key, -math.inf) for key in chosen}
        due = [key for key, canary in chosen.items() if now - measured[key] >= _every_s(canary)]
        return min(due, key=measured.__getitem__, default=None)

    async def compare(self, key: NamespacedName, now: float) -> None:
        """Measure a canary; where that fails there is no verdict, and its turn comes again."""
        self._measured[key] = now
        watch = self._watches.get(key)
        if watch is None:
            watch = self._watches[key] = self._watch_of(key)
        try:
            await watch.compare_once()
        except CanarytuiError as error:
            log.info("canary and primary of %s/%s were not compared: %s", *key, error)

    def _chosen(self) -> dict[NamespacedName, Canary]:
        state, others = self._cluster_state, self._looked_at()
        chosen: dict[NamespacedName, Canary] = {}
        for key in dict.fromkeys((*self._seen(), *sorted(state.keys()))):
            canary = state.canary(key)
            if isinstance(canary, Canary) and canary.status.phase in ACTIVE and key not in others:
                chosen[key] = canary
                if len(chosen) == MOST:
                    break
        return chosen


def _every_s(canary: Canary) -> float:
    return min(max(canary.spec.analysis.interval_s, LEAST_S), MOST_S)

"""Since when nothing newer is known, of all canaries or of what belongs to them, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from canarytui.cluster.store import ObjectStore
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.values import NamespacedName
from canarytui.session.cluster_clock import ClusterClock

_SOON_BACK = timedelta(seconds=5)
"""A watch that ends is opened again within that time."""


class Freshness:
    """`canaries` is the store that matters most; `others` are those whose loss leaves the canaries followed."""

    def __init__(self, canaries: ObjectStore, others: Iterable[ObjectStore], clock: ClusterClock) -> None:
        self._canaries = canaries
        self._others = tuple(others)
        self._clock = clock
        self._read: dict[NamespacedName, datetime] = {}
        """When canaries were read by themselves while the watch was down."""
        self._was_stale = False

    def stale(self, key: NamespacedName | None = None) -> Stale | None:
        """Since when, and why, nothing newer is known of the canaries, or of the one that was read by itself since."""
        store, now = self._canaries, self._clock.now()
        since = self._clock.moment_of(store.stale_since)
        if since is None:
            return None
        read = self._read.get(key) if key is not None else None
        return Stale(min(max(since, read or since), now), now, store.stale_reason)

    def partly_stale(self, zone: tzinfo | None) -> str:
        """What is not followed any more, though the canaries are: ``deployments since 14:30:12: Forbidden``."""
        synced = [store for store in self._others if store.synced]
        lost = {store: at for store in synced if (at := self._clock.moment_of(store.stale_since)) is not None}
        if not lost or self._clock.now() - min(lost.values()) < _SOON_BACK:
            return ""
        names = ", ".join(store.resource.plural for store in lost)
        reason = next(iter(lost)).stale_reason
        return f"{names} since {min(lost.values()).astimezone(zone):%H:%M:%S}" + (f": {reason}" if reason else "")

    def read_again(self, key: NamespacedName) -> None:
        """A canary and its objects have just been read by themselves."""
        self._read[key] = self._clock.now()

    def turned(self) -> bool:
        """Whether the canaries became stale, or were followed again, since this was asked last."""
        if (self._canaries.stale_since is not None) == self._was_stale:
            return False
        self._was_stale = not self._was_stale
        self._read.clear()
        return True

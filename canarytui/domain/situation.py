"""Everything known about one canary at one moment, gathered for explaining it and for planning actions.

The console fills it from its stores, queries and observations; ``explain`` and ``actions`` are functions of
it, so that what the screen says can be tested without a screen or a cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from canarytui.domain.canary import Canary
from canarytui.domain.checks import Check
from canarytui.domain.staleness import Stale
from canarytui.domain.ticks import next_tick, same_tick_s, ticks_since
from canarytui.domain.timeline import Entry
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import metrics_provider_of, provider_of
from canarytui.domain.workload import Workload

ACTIVE_PHASES = frozenset({"Initializing", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising"})
"""Phases in which the controller writes or decides something at every tick."""


def _untold() -> Iterable[Entry]:
    return ()


@dataclass(frozen=True, slots=True)
class Situation:
    """`target` and `primary` are None when absent; `workloads_known` tells absent from unreadable.

    `last_tick` is when the controller was last seen to act on this canary, `halted` whether what it then did was to
    count a failed check, `last_warning` what it last complained about, at `warned_at`. `target_trouble` and
    `primary_trouble` are what their pods say keeps them from being ready, "" where nobody has looked.
    """

    canary: Canary
    now: datetime
    interval_s: float
    target: Workload | None = None
    primary: Workload | None = None
    workloads_known: bool = False
    router_weight: int | None = None
    checks: tuple[Check, ...] = ()
    last_tick: datetime | None = None
    halted: bool = False
    last_warning: str = ""
    warned_at: datetime | None = None
    engine_running: bool = True
    canary_owner: str = ""
    target_trouble: str = ""
    primary_trouble: str = ""
    router: Mapping[str, Any] | None = None
    """What splits its traffic, as the API gave it; None where there is none whose weights a person may edit."""
    mesh_provider: str = ""
    """The controller's provider for canaries that name none; "" where it is not known."""
    stale: Stale | None = None
    """Set while nothing newer is known: `now` is then the last moment that is known of, and stays there."""
    heard_until: datetime | None = None
    """Until when the controller's Events could be heard; None while they can."""
    timeline: Callable[[], Iterable[Entry]] = field(default=_untold, compare=False, repr=False)
    """What was recorded of this canary, newest first. Asked only by what names a cause: most lines name none."""

    @property
    def phase(self) -> str:
        return self.canary.status.phase

    @property
    def provider(self) -> str:
        """What splits the canary's traffic."""
        return provider_of(self.canary, self.mesh_provider)

    @property
    def splits(self) -> bool:
        """Whether the canary's provider splits traffic."""
        return registry.splits(self.provider)

    @property
    def metrics_provider(self) -> str:
        """Whose built-in queries the controller asks."""
        return metrics_provider_of(self.canary, self.mesh_provider)

    @property
    def next_tick(self) -> datetime | None:
        return next_tick(self.last_tick, self.interval_s, self.now)

    def tick_after(self, moment: datetime) -> datetime:
        """The first tick after `moment`; an interval later while none has been seen."""
        return next_tick(self.last_tick, self.interval_s, moment) or moment + timedelta(seconds=self.interval_s)

    @property
    def silent_ticks(self) -> int:
        """Intervals since the controller was last seen to act, as far as it could be seen."""
        until = self.now if self.heard_until is None else min(self.now, self.heard_until)
        return ticks_since(self.last_tick, self.interval_s, until)

    @property
    def clock(self) -> datetime:
        """This moment, also while the facts are older."""
        return self.now if self.stale is None else self.stale.clock

    @property
    def weight(self) -> int:
        """Percent of traffic on the canary: the router's word where it can be read, else the status'."""
        return self.canary.status.canary_weight if self.router_weight is None else self.router_weight

    @property
    def users_weight(self) -> int | None:
        """Percent of the users' traffic on the canary as it is routed; None where no router could be read."""
        if self.router_weight is None and not self.splits:
            return 0  # no router: the Service that users call selects the primary
        return self.router_weight

    @property
    def warning_now(self) -> str:
        """What the controller warned of at its last act; "" when that was no warning, or an earlier one's."""
        if self.warned_at is None or self.last_tick is None:
            return ""
        return self.last_warning if self.warned_at >= self.last_tick - self.same_tick else ""

    @property
    def same_tick(self) -> timedelta:
        """How far the signs of one tick may be apart."""
        return timedelta(seconds=same_tick_s(self.interval_s))

    @property
    def failures_left(self) -> int:
        """Failed checks from now until the rollback."""
        return max(self.canary.spec.analysis.threshold - self.canary.status.failed_checks, 0)

    @property
    def deadline(self) -> datetime | None:
        """When the target's pods have had ``progressDeadlineSeconds`` to become ready; None while it does not run."""
        if self.target is None or self.target.is_ready or self.target.unavailable_since is None:
            return None
        return self.target.unavailable_since + timedelta(seconds=self.canary.spec.progress_deadline_s)

    def at(self, now: datetime) -> Situation:
        """The same facts at another moment; stale ones stay at theirs, in the zone of `now`."""
        if self.stale is None:
            return replace(self, now=now)
        since = self.stale.since.astimezone(now.tzinfo)
        return replace(self, now=since, stale=replace(self.stale, since=since, clock=now))

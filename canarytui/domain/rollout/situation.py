"""Everything known about one canary at one moment: the input of explanations and of plans.

Sessions fill it from their stores, queries and observations; ``explain`` and ``actions`` are functions of it, so that
what the screen says can be tested without a screen or a cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import structs

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.spec.canary import Canary
from canarytui.domain.ticks import next_tick, same_tick_s, ticks_since
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import metrics_provider_of, provider_of
from canarytui.domain.workloads.workload import WorkloadStatus

if TYPE_CHECKING:
    from canarytui.domain.rollout.rollout_comparison import ComparedRollout

ACTIVE_PHASES = frozenset({"Initializing", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising"})
"""Phases in which the controller acts at every tick."""


def _untold() -> Iterable[TimelineEntry]:
    return ()


@dataclass(frozen=True, slots=True)
class Situation:
    """`target` and `primary` are None when absent; `workloads_known` tells absent from unreadable.

    `last_tick` is when the controller last acted on this canary; `halted` says whether it then counted a failed
    check. `last_warning` is its last warning, at `warned_at`. `target_trouble` and `primary_trouble` say why their pods
    are not ready, "" if nobody has looked. `shadow_checks` have no effect on the rollout.
    """

    canary: Canary
    now: datetime
    interval_s: float
    target: WorkloadStatus | None = None
    primary: WorkloadStatus | None = None
    workloads_known: bool = False
    router_weight: int | None = None
    checks: tuple[Check, ...] = ()
    shadow_checks: tuple[Check, ...] = ()
    last_tick: datetime | None = None
    halted: bool = False
    last_warning: str = ""
    warned_at: datetime | None = None
    engine_running: bool = True
    canary_owner: str = ""
    target_trouble: str = ""
    primary_trouble: str = ""
    router: Mapping[str, Any] | None = None
    """The object that splits its traffic, as the API gave it; None if there is none, or it was not read."""
    mesh_provider: str = ""
    """The controller's provider for canaries that name none; "" if unknown."""
    compared: ComparedRollout | None = None
    """Canary against primary; None where nobody has measured both."""
    stale: Stale | None = None
    """Set while contact is lost: `now` then stays at the last known moment."""
    last_contact_at: datetime | None = None
    """Until when the controller's Events were received; None while they are."""
    timeline: Callable[[], Iterable[TimelineEntry]] = field(default=_untold, compare=False, repr=False)
    """This canary's timeline, newest first. A function, because only sentences that name a cause need it."""

    @property
    def phase(self) -> str:
        return self.canary.status.phase

    @property
    def provider(self) -> str:
        """The router that splits the canary's traffic."""
        return provider_of(self.canary, self.mesh_provider)

    @property
    def splits(self) -> bool:
        """Whether the canary's provider splits traffic."""
        return registry.splits(self.provider)

    @property
    def metrics_provider(self) -> str:
        """The provider whose built-in queries the controller sends."""
        return metrics_provider_of(self.canary, self.mesh_provider)

    @property
    def next_tick(self) -> datetime | None:
        return next_tick(self.last_tick, self.interval_s, self.now)

    def tick_after(self, moment: datetime) -> datetime:
        """The first tick after `moment`; an interval later if none has been seen."""
        return next_tick(self.last_tick, self.interval_s, moment) or moment + timedelta(seconds=self.interval_s)

    @property
    def silent_ticks(self) -> int:
        """Intervals since the controller last acted, counted only while it could be observed."""
        until = self.now if self.last_contact_at is None else min(self.now, self.last_contact_at)
        return ticks_since(self.last_tick, self.interval_s, until)

    @property
    def clock(self) -> datetime:
        """The present moment, even if the facts are older."""
        return self.now if self.stale is None else self.stale.clock

    @property
    def weight(self) -> int:
        """Percent of traffic on the canary: by the router if it can be read, else by the status."""
        return self.canary.status.canary_weight if self.router_weight is None else self.router_weight

    @property
    def users_weight(self) -> int | None:
        """Percent of the users' traffic on the canary by the router; None if it could not be read."""
        if self.router_weight is None and not self.splits:
            return 0  # no router: the Service that users call selects the primary
        return self.router_weight

    @property
    def warning_now(self) -> str:
        """The controller's warning at its last tick; "" if there was none."""
        if self.warned_at is None or self.last_tick is None:
            return ""
        return self.last_warning if self.warned_at >= self.last_tick - self.same_tick else ""

    @property
    def same_tick(self) -> timedelta:
        """How far apart the signs of one tick may be."""
        return timedelta(seconds=same_tick_s(self.interval_s))

    @property
    def failures_left(self) -> int:
        """Failed checks left before the rollback."""
        return max(self.canary.spec.analysis.threshold - self.canary.status.failed_checks, 0)

    @property
    def deadline(self) -> datetime | None:
        """When ``progressDeadlineSeconds`` of the target's pods is over; None while it does not run."""
        if self.target is None or self.target.is_ready or self.target.unavailable_since is None:
            return None
        return self.target.unavailable_since + timedelta(seconds=self.canary.spec.progress_deadline_s)

    def at(self, now: datetime) -> Situation:
        """The same facts at another moment; stale ones keep theirs, in the zone of `now`."""
        compared = self.compared.in_zone(now.tzinfo) if self.compared is not None else None
        if self.stale is None:
            return replace(self, now=now, compared=compared)
        since = self.stale.since.astimezone(now.tzinfo)
        return replace(self, now=since, stale=structs.replace(self.stale, since=since, clock=now), compared=compared)

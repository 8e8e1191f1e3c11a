"""Everything that the detail shows of one canary at one moment, gathered once a redraw and drawn by pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from msgspec import Struct, field

from canarytui.domain.history.rollouts import RecordedRollout, last_attempt
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.links import Link
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.explain import Explanation, Tone, explain
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import reading
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import Phase
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import provider_of
from canarytui.domain.workloads.tree import Holdings
from canarytui.session.canary_detail import CanaryDetail, Reading, workload_object
from canarytui.session.rollout_numbers import RolloutNumbers
from canarytui.session.state import ClusterState

TONES = {Tone.BAD: "bad", Tone.WAITING: "waiting", Tone.ACTIVE: "active", Tone.QUIET: "quiet"}
_ENTRIES = 400

Points = tuple[tuple[datetime, float], ...]


class DetailView(Struct, frozen=True):
    """`situation` has the local time. `weights` and `readings` (by check) are (time, value), oldest first; so are the
    `entries` of the timeline. `holdings` is None where the canary's objects are not watched (beside the list)."""

    situation: Situation
    label: str
    explanation: Explanation
    zone: tzinfo | None
    coloured: bool
    weights: Points = ()
    readings: Mapping[str, Points] = field(default_factory=dict)
    entries: tuple[TimelineEntry, ...] = ()
    target: Mapping[str, Any] | None = None
    primary: Mapping[str, Any] | None = None
    holdings: Holdings | None = None
    refusals: Mapping[str, str] = field(default_factory=dict)
    primary_readings: Mapping[str, Reading] = field(default_factory=dict)
    numbers: RolloutNumbers | None = None
    """What is measured of the canary that is looked at; None beside the list, and before it is followed."""
    attempt: RecordedRollout | None = None
    """The last rollout, if that failed and its end was recorded."""
    engine: str = ""
    engine_sought: bool = True
    """Whether the controller has been looked for."""
    links: tuple[Link, ...] = ()

    @property
    def every_check(self) -> tuple[Check, ...]:
        """The checks, then the shadow checks, which are shown below them."""
        return (*self.situation.checks, *self.situation.shadow_checks)

    @property
    def now(self) -> datetime:
        return self.situation.now


def gather(
    state: ClusterState,
    key: tuple[str, str],
    canary_detail: CanaryDetail | None,
    now: datetime,
    *,
    label: str,
    zone: tzinfo | None,
    coloured: bool,
    links: tuple[Link, ...] = (),
) -> DetailView | None:
    """What there is to show of `key`; None when it is gone or cannot be parsed. `now` is in the reader's zone."""
    situation = state.situation(key)
    if situation is None:
        return None
    local, canary = situation.at(now), situation.canary
    entries = tuple(state.timeline.latest(_ENTRIES, *key))
    return DetailView(
        situation=local,
        label=label or str(local.phase),
        explanation=explain(local),
        zone=zone,
        coloured=coloured,
        weights=tuple(sorted(state.track(key).weights)),
        readings={check.name: tuple(state.readings.points(key, check.name)) for check in local.checks},
        entries=entries,
        attempt=last_attempt(entries) if local.phase == Phase.FAILED else None,
        target=workload_object(state, canary, canary.target_name),
        primary=workload_object(state, canary, canary.primary_name),
        holdings=canary_detail.holdings(state, canary) if canary_detail is not None else None,
        refusals={**canary_detail.refusals, **_unread_routers(state, canary)} if canary_detail is not None else {},
        primary_readings=dict(canary_detail.primary_readings) if canary_detail is not None else {},
        numbers=canary_detail.numbers if canary_detail is not None else None,
        engine=state.engine.title if state.engine else "",
        engine_sought=state.engine_sought,
        links=links,
    )


def _unread_routers(state: ClusterState, canary: Canary) -> dict[str, str]:
    """Why the router objects that the whole session follows are not here, by kind."""
    unread = {}
    objects = registry.routing_objects(provider_of(canary, state.mesh_provider))
    for kind in dict.fromkeys(routing.resource.kind for routing in objects):
        stores = [store for resource, store in state.stores.items() if resource.kind == kind]
        if not any(store.synced for store in stores):
            said = next((store.error for store in stores if store.error), None)
            if said:
                unread[kind] = clean(reading.ROUTERS_UNREAD.text(kind=kind, error=said), 300)
    return unread

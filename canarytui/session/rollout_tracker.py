"""Remembers, per canary, what the controller was seen to do: the last tick, halts, warnings, weights.

Fed by the session with every object that its stores take in; feeds the timeline. It holds what one look at
an object cannot tell (whether the last tick failed, when the tick was), and does no IO. Only the controller's own acts
move its clock: its status writes, its Events, its log. A status that somebody else wrote goes into the timeline as
theirs, and a router's weights, which people and GitOps tools write as well, wait for the status that confirms them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from canarytui.domain.history import facts as facts
from canarytui.domain.history import status_facts
from canarytui.domain.history.controller_messages import reason_of
from canarytui.domain.history.facts import Fact
from canarytui.domain.history.release_marks import RolloutReleases, applied_spec, is_to_be_noted, release_marks
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.spec.analysis import DEFAULT_INTERVAL_S
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.ticks import is_controllers, same_tick_s, tick_of
from canarytui.domain.values import NamespacedName, parse_time
from canarytui.session.value_buffer import Points

HISTORY = 120
"""Changes of a weight: a rollout in steps of one percent, and the one before. Of a thousand canaries that is 2 MiB."""
_MOVED = "lastTransitionTime"
_PROMPT = timedelta(seconds=3)
"""A write that arrives within this of its own time, which is cut to the second, was just made."""


class Track(Struct):
    """What was observed of one canary. `weights` are (time, percent), one for each change."""

    status: Mapping[str, Any] = field(default_factory=dict)
    known: bool = False
    router_weight: int | None = None
    last_tick: datetime | None = None
    halted: bool = False
    last_warning: str = ""
    last_warning_at: datetime | None = None
    weights: Points = field(default_factory=lambda: Points(HISTORY))
    interval_s: float = DEFAULT_INTERVAL_S
    """As the spec has it: between two ticks there is at least this."""
    own_version: str = ""
    written: datetime | None = None
    """When the controller's last status write arrived, or was made if that was before the session started."""
    releases: RolloutReleases | None = None
    """Of the revision that is analysed; None where they could not be told."""


class RolloutTracker:
    """One for a session. `timeline` receives a fact for each change; `releases` gives what a canary's primary and its
    target run, "" where that is unknown."""

    def __init__(
        self, timeline: Timeline, releases: Callable[[NamespacedName], tuple[str, str]] = lambda key: ("", "")
    ) -> None:
        self._timeline = timeline
        self._releases = releases
        self._tracks: dict[NamespacedName, Track] = {}

    def track(self, key: NamespacedName) -> Track:
        """The record of a canary, empty for one that was never seen."""
        found = self._tracks.get(key)
        if found is None:
            found = self._tracks[key] = Track()
        return found

    def own_write(self, key: NamespacedName, resource_version: str) -> None:
        """The version that an action of this console made."""
        self.track(key).own_version = resource_version

    def forget(self, key: NamespacedName) -> None:
        self._tracks.pop(key, None)

    def canary_seen(self, key: NamespacedName, obj: Mapping[str, Any], received: datetime, manager: str = "") -> None:
        """Take in a canary as the store has it now; `manager` is who wrote its status last, "" if unknown."""
        track = self.track(key)
        status = obj.get("status")
        status = status if isinstance(status, Mapping) else {}
        if track.known and status == track.status:
            return
        before, track.status = track.status, status
        metadata = obj.get("metadata")
        version = str((metadata.get("resourceVersion") if isinstance(metadata, Mapping) else None) or "")
        track.interval_s = _interval_s(obj.get("spec"))
        if not track.known:
            track.known = True
            track.last_tick = track.written = parse_time(status.get(_MOVED))
            self._weigh(track, status, received)
            return
        # The answer to an own write may hold a write of the controller's that is news as well: then it has its time.
        if version == track.own_version != "" and status.get(_MOVED) == before.get(_MOVED):
            return  # the action's own entry reports it
        since_s = (received - track.written).total_seconds() if track.written is not None else math.inf
        if not is_controllers(before, status, since_s, manager):
            by_hand = status_facts.manual_write_fact(*key, before, status, received, version, manager)
            if by_hand is not None:
                self._timeline.add(by_hand)
            return
        track.written = received
        written = parse_time(status.get(_MOVED))
        at = written if written is not None and received - written > _PROMPT else received
        late = at != received
        track.last_tick = tick_of(at, track.last_tick, track.interval_s)
        if not late:
            self._note_releases(key, track, status)
        fact = status_facts.status_fact(*key, before, status, at, version)
        if fact is None:
            return
        aspects = {aspect for aspect, _ in fact.marks}
        if "phase" in aspects and not late:
            more = release_marks(fact.marks, status, track.releases, *self._releases(key))
            fact = replace(fact, marks=fact.marks | more)
        self._timeline.add(fact)
        if "failed" in aspects:
            track.halted = True
        elif aspects & {"weight", "iteration", "phase"}:
            track.halted = False
        self._weigh(track, status, at)

    def _note_releases(self, key: NamespacedName, track: Track, status: Mapping[str, Any]) -> None:
        if is_to_be_noted(track.releases, status):
            replaced, release = self._releases(key)
            known = RolloutReleases(applied_spec(status), replaced, release)
            track.releases = known if replaced and release else None

    def router_seen(self, key: NamespacedName, weight: int | None, received: datetime, version: str = "") -> None:
        """Take in the router's canary weight, of its object's `version`; None when the object is gone."""
        track = self.track(key)
        before, track.router_weight = track.router_weight, weight
        if weight is None or before == weight:
            return
        fact = status_facts.router_fact(*key, before, weight, received, version)
        if fact is not None:
            self._timeline.add(fact)
            track.weights.append((received, float(weight)))

    def event_seen(self, event: Mapping[str, Any], received: datetime) -> NamespacedName | None:
        """Take in an Event once per count; the key of the canary it is about."""
        return self.said(facts.of_event(event, received))

    def said(self, fact: Fact | None) -> NamespacedName | None:
        """Take in what an Event or a line of the controller's log says; the key of the canary it is about, None when
        it is no news."""
        if fact is None or self._timeline.add(fact) is None:
            return None
        key = (fact.namespace, fact.name)
        if not fact.acted:
            return key
        track = self.track(key)
        same_tick = timedelta(seconds=same_tick_s(track.interval_s))
        if track.last_tick is None or fact.at > track.last_tick - same_tick:
            track.last_tick = tick_of(fact.at, track.last_tick, track.interval_s)
            if ("failed", "*") in fact.marks:
                track.halted = True
            elif any(aspect in ("weight", "iteration", "phase") for aspect, _ in fact.marks):
                track.halted = False
        self._warn(track, fact)
        return key

    def _warn(self, track: Track, fact: Fact) -> None:
        if not fact.warning or fact.text.startswith(_CONSEQUENCES):
            return
        if track.last_warning_at is None or fact.at >= track.last_warning_at:
            track.last_warning, track.last_warning_at = reason_of(fact.text), fact.at

    def _weigh(self, track: Track, status: Mapping[str, Any], received: datetime) -> None:
        weight = status.get("canaryWeight")
        if isinstance(weight, int | float) and track.weights.last != weight:
            track.weights.append((received, float(weight)))


_CONSEQUENCES = ("Rolling back ", "Canary failed!")
"""Warnings that follow from a reason and are none themselves."""


def _interval_s(spec: object) -> float:
    analysis = spec.get("analysis") if isinstance(spec, Mapping) else None
    written = analysis.get("interval") if isinstance(analysis, Mapping) else None
    try:
        return parse_duration(str(written)) if written else DEFAULT_INTERVAL_S
    except ValueError:
        return DEFAULT_INTERVAL_S

"""Remembers, per canary, what the controller was seen to do: the last tick, halts, warnings, weights.

Fed by the session with every object that its stores take in; feeds the timeline. It holds what one look at
an object cannot tell (whether the last tick failed, when the tick was), and does no IO.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from canarytui.console.points import Points
from canarytui.domain import facts
from canarytui.domain.facts import Fact
from canarytui.domain.timeline import Timeline

Key = tuple[str, str]
HISTORY = 120
"""Changes of a weight: a rollout in steps of one percent, and the one before. Of a thousand canaries that is 2 MiB."""
_SAME_TICK = timedelta(seconds=2)
"""A message comes a little before the status that it is about, and an Event's time is cut to the second."""


@dataclass(slots=True)
class Track:
    """What was observed of one canary. `weights` are (time, percent), one for each change."""

    status: Mapping[str, Any] = field(default_factory=dict)
    known: bool = False
    router_weight: int | None = None
    last_tick: datetime | None = None
    halted: bool = False
    last_warning: str = ""
    last_warning_at: datetime | None = None
    weights: Points = field(default_factory=lambda: Points(HISTORY))
    own_version: str = ""


class Observer:
    """One for a session. `timeline` receives a fact for each change."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._tracks: dict[Key, Track] = {}

    def track(self, key: Key) -> Track:
        """The record of a canary, empty for one that was never seen."""
        found = self._tracks.get(key)
        if found is None:
            found = self._tracks[key] = Track()
        return found

    def own_write(self, key: Key, resource_version: str) -> None:
        """The version that an action of ours made: that change is not the controller's."""
        self.track(key).own_version = resource_version

    def forget(self, key: Key) -> None:
        self._tracks.pop(key, None)

    def canary_seen(self, key: Key, obj: Mapping[str, Any], received: datetime) -> None:
        """Take in a canary as the store has it now."""
        track = self.track(key)
        status = obj.get("status")
        status = status if isinstance(status, Mapping) else {}
        if track.known and status == track.status:
            return
        before, track.status = track.status, status
        metadata = obj.get("metadata")
        version = metadata.get("resourceVersion") if isinstance(metadata, Mapping) else None
        if not track.known:
            track.known = True
            track.last_tick = facts.parse_time(status.get("lastTransitionTime"))
            self._weigh(track, status, received)
            return
        if version and version == track.own_version:
            return
        track.last_tick = received
        fact = facts.of_status(*key, before, status, received, str(version or ""))
        if fact is None:
            return
        self._timeline.add(fact)
        aspects = {aspect for aspect, _ in fact.marks}
        if "failed" in aspects:
            track.halted = True
        elif aspects & {"weight", "iteration", "phase"}:
            track.halted = False
        self._weigh(track, status, received)

    def router_seen(self, key: Key, weight: int | None, received: datetime, version: str = "") -> None:
        """Take in the router's canary weight, of its object's `version`; None when the object is gone."""
        track = self.track(key)
        before, track.router_weight = track.router_weight, weight
        if weight is None or before == weight:
            return
        fact = facts.of_router(*key, before, weight, received, version)
        if fact is not None:
            track.last_tick, track.halted = received, False
            self._timeline.add(fact)
            track.weights.append((received, float(weight)))

    def event_seen(self, event: Mapping[str, Any], received: datetime) -> Key | None:
        """Take in an Event once per count; the key of the canary it is about."""
        return self.said(facts.of_event(event, received))

    def said(self, fact: Fact | None) -> Key | None:
        """Take in what an Event or a line of the controller's log says; the key of the canary it is about, None when
        it is no news."""
        if fact is None or self._timeline.add(fact) is None:
            return None
        key = (fact.namespace, fact.name)
        if fact.source is facts.Source.CONSOLE:
            return key
        track = self.track(key)
        if track.last_tick is None or fact.at > track.last_tick - _SAME_TICK:
            track.last_tick = max(fact.at, track.last_tick or fact.at)
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


_LEADS = ("Halt ", "advancement ")
_CONSEQUENCES = ("Rolling back ", "Canary failed!")
"""Warnings that follow from a reason and are none themselves."""


def reason_of(text: str) -> str:
    """A halt's reason without its lead: ``Halt podinfo.test advancement success rate 53 % < 99%`` →
    ``success rate 53 % < 99%``; any other text as it is."""
    if text.startswith(_LEADS[0]) and _LEADS[1] in text:
        return text.split(_LEADS[1], 1)[1]
    return text

"""What is known of one cluster: stores, observations and measured values, joined canary by canary.

A connection fills the stores from watches; screens and commands drain `take_changed` a few times a second, and ask for
situations and rows. No IO happens here: a test fills the stores with plain objects.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any

from canarytui.cluster.resources import (
    CANARIES,
    DAEMONSETS,
    DEPLOYMENTS,
    EVENTS,
    METRIC_TEMPLATES,
    Resource,
)
from canarytui.cluster.store import ObjectStore
from canarytui.domain.history.facts import Fact, of_log
from canarytui.domain.history.rollouts import last_attempt
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import Phase
from canarytui.domain.ticks import FLAGGER_FLOOR_S, FLOOR_S
from canarytui.domain.traffic import registry
from canarytui.domain.values import NamespacedName, as_mapping
from canarytui.domain.workloads.containers import application_images, release
from canarytui.domain.workloads.ownership import owner_of
from canarytui.errors import InvalidObject
from canarytui.session.cluster_clock import ClusterClock
from canarytui.session.comparisons import Comparisons
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.field_managers import FieldManagers
from canarytui.session.freshness import Freshness
from canarytui.session.metric_history import DURATION, MetricHistory
from canarytui.session.parsed_objects import ParsedObjects
from canarytui.session.rollout_endings import RolloutEndings
from canarytui.session.rollout_tracker import RolloutTracker, Track
from canarytui.session.row_builder import row_of
from canarytui.session.rows import CanaryRow, invalid_row
from canarytui.session.split_routers import SplitRouters
from canarytui.session.used_by import UsedBy

WATCHED: tuple[Resource, ...] = (CANARIES, DEPLOYMENTS, DAEMONSETS, EVENTS, METRIC_TEMPLATES)
"""What a session reflects; only canaries are indispensable."""

_PRIMARY = "-primary"
_WEIGHTS_SHOWN = 40


def utc_now() -> datetime:
    return datetime.now(UTC)


class ClusterState:
    """`now` is this machine's clock, replaced in tests; all moments here are the cluster's."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._clock = ClusterClock(now)
        self.stores = {resource: ObjectStore(resource) for resource in (*WATCHED, *registry.split_resources())}
        self.timeline = Timeline()
        self.endings = RolloutEndings()
        self.timeline.listeners.append(self.endings.take)
        self.tracker = RolloutTracker(self.timeline, self._releases)
        self.readings = MetricHistory()
        self.waiting_for = ""
        """What the first list waits for, if not for the API server."""
        self._engine: DetectedController | None = None
        self.engine_sought = False
        """Whether the controller has been searched for: before, the default provider is unknown."""
        self.pod_problems: dict[NamespacedName, str] = {}
        """Why pods of a workload are not ready, by (namespace, workload), for the canaries on the screen."""
        self._changed: set[NamespacedName] = set()
        followed = (self.stores[each] for each in WATCHED if each is not CANARIES)
        self._freshness = Freshness(self.canaries, followed, self._clock)
        self.parsed = ParsedObjects(self.stores)
        self.routers = SplitRouters(self.stores, self.parsed, self.tracker, self._clock, self.touch)
        self.comparisons = Comparisons(self._clock, self.touch)
        self._by_workload: UsedBy[NamespacedName] = UsedBy()
        self._managers = FieldManagers(self._clock.now)
        self.canaries.before_lightening = self._managers.arrives
        self.canaries.observe(self._canary_taken)
        self.canaries.subscribe(self._canaries_changed)
        self.stores[EVENTS].observe(self._event_taken)
        for resource in (DEPLOYMENTS, DAEMONSETS):
            self.stores[resource].subscribe(self._workloads_changed)

    def waits_for(self, what: str) -> None:
        """The first list waits for `what`; "" when it no longer waits."""
        self.waiting_for = what

    @property
    def engine(self) -> DetectedController | None:
        """What is known about the controller; None while none was found."""
        return self._engine

    @engine.setter
    def engine(self, engine: DetectedController | None) -> None:
        self._engine, self.engine_sought = engine, True
        self.routers.assume(self.mesh_provider, self.keys())

    @property
    def mesh_provider(self) -> str:
        """The controller's provider for canaries without one; "" where it is unknown."""
        return self._engine.mesh_provider if self._engine is not None else ""

    def now(self) -> datetime:
        """This moment by the cluster's clock."""
        return self._clock.now()

    def server_said(self, date: datetime) -> None:
        """Take note of the time in an answer's Date header, in whole seconds."""
        self._clock.server_said(date)

    @property
    def canaries(self) -> ObjectStore:
        return self.stores[CANARIES]

    def recall(self, fact: Fact) -> None:
        """Take in what an earlier session kept on disk."""
        self.timeline.add(fact, is_new=False)
        if self.timeline.namespace in ("", fact.namespace):
            self.endings.take(fact)

    def history_read(self) -> None:
        """The timeline was read from disk: rows that show a last attempt have its numbers now."""
        for key in self.keys():
            canary = self.canary(key)
            if isinstance(canary, Canary) and canary.status.phase == Phase.FAILED:
                self._changed.add(key)

    @property
    def changed(self) -> Set[NamespacedName]:
        """What :meth:`take_changed` would return."""
        return self._changed

    def take_changed(self) -> frozenset[NamespacedName]:
        """The canaries of which anything changed since the last call."""
        changed = frozenset(self._changed)
        self._changed.clear()
        return changed

    def touch(self, key: NamespacedName) -> None:
        """Mark `key` as changed, for example after its checks were queried."""
        self._changed.add(key)

    def keys(self) -> list[NamespacedName]:
        """Every canary there is."""
        return [
            (str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))
            for metadata in (as_mapping(obj.get("metadata")) for obj in self.canaries.objects())
        ]

    def canary(self, key: NamespacedName) -> Canary | InvalidObject | None:
        """The parsed canary, the reason why it is invalid, or None when it was deleted."""
        return self.parsed.canary(key)

    def situation(self, key: NamespacedName) -> Situation | None:
        """All that is known of a canary now; None when it was deleted or is invalid."""
        canary = self.canary(key)
        if not isinstance(canary, Canary):
            return None
        track, stale = self.tracker.track(key), self.stale(key)
        return Situation(
            canary=canary,
            now=self.now() if stale is None else stale.since,
            interval_s=self.interval_s(canary),
            target=self.parsed.workload(canary, canary.spec.target.name),
            primary=self.parsed.workload(canary, canary.spec.target.name + _PRIMARY),
            workloads_known=self.parsed.workload_store(canary).synced,
            router_weight=track.router_weight,
            router=self.routers.of(canary),
            timeline=partial(self.timeline.entries, *key),
            checks=self.readings.checks(canary),
            shadow_checks=self.readings.shadow_checks(canary),
            last_tick=track.last_tick,
            halted=track.halted,
            last_warning=track.last_warning,
            warned_at=track.last_warning_at,
            engine_running=self.engine is None or self.engine.running,
            canary_owner=owner_of(as_mapping(self.canaries.get(*key)).get("metadata")),
            target_trouble=self.pod_problems.get((canary.namespace, canary.spec.target.name), ""),
            primary_trouble=self.pod_problems.get((canary.namespace, canary.spec.target.name + _PRIMARY), ""),
            mesh_provider=self.mesh_provider,
            compared=self.comparisons.of(canary),
            stale=stale,
            last_contact_at=self._clock.moment_of(self.stores[EVENTS].stale_since)
            if self.stores[EVENTS].synced
            else None,
        )

    def stale(self, key: NamespacedName | None = None) -> Stale | None:
        """Since when, and why, nothing newer is known of the canaries, or of the one that was read by itself since."""
        return self._freshness.stale(key)

    def partly_stale(self, zone: tzinfo | None) -> str:
        """What is not followed any more, though the canaries are: ``deployments since 14:30:12: Forbidden``."""
        return self._freshness.partly_stale(zone)

    def read_again(self, key: NamespacedName) -> None:
        """A canary and its objects have just been read by themselves."""
        self._freshness.read_again(key)
        self._changed.add(key)

    def row(self, key: NamespacedName) -> CanaryRow | None:
        """The list's line for a canary; None when it is gone."""
        canary = self.canary(key)
        if canary is None:
            return None
        if isinstance(canary, InvalidObject):
            return invalid_row(*key, str(canary))
        situation = self.situation(key)
        assert situation is not None
        weights = self.track(key).weights.tail(_WEIGHTS_SHOWN)
        attempt = last_attempt(self.timeline.oldest_first(*key)) if situation.phase == Phase.FAILED else None
        successes, durations = self.readings.recent(key), self.readings.recent(key, DURATION)
        return row_of(situation, weights, successes, durations, attempt, self._managers.paused_since(key))

    def track(self, key: NamespacedName) -> Track:
        return self.tracker.track(key)

    def interval_s(self, canary: Canary) -> float:
        """The real interval between two ticks: Flagger's floor also applies to a controller that is as strict."""
        interval_s = canary.spec.analysis.interval_s
        strict = self.engine is not None and not self.engine.deviates
        return max(interval_s, FLAGGER_FLOOR_S if strict else FLOOR_S)

    def workload_object(self, canary: Canary) -> dict[str, Any] | None:
        """The target as the API gave it."""
        return self.parsed.workload_store(canary).get(canary.namespace, canary.spec.target.name)

    def pod_selector(self, key: NamespacedName, workload: str) -> str:
        """The label selector of a workload's pods (``app=cart``); "" when it has none."""
        canary = self.canary(key)
        return self.parsed.pod_selector(canary, workload) if isinstance(canary, Canary) else ""

    def _releases(self, key: NamespacedName) -> tuple[str, str]:
        """What a canary's primary and its target run, "" where that is unknown, or not followed now."""
        canary = self.canary(key)
        if not isinstance(canary, Canary):
            return "", ""
        store = self.parsed.workload_store(canary)
        if not store.synced or store.stale_since is not None:
            return "", ""
        name = canary.spec.target.name
        primary, target = (self.parsed.workload(canary, each) for each in (name + _PRIMARY, name))
        images = application_images(canary, primary, target)
        return release(images[0]), release(images[1])

    def _canary_taken(self, key: NamespacedName, obj: dict[str, Any]) -> None:
        self.tracker.canary_seen(key, obj, self.now(), self._managers.of_status(key))

    def _canaries_changed(self, keys: frozenset[NamespacedName]) -> None:
        if self._freshness.turned():
            self._changed.update(self.keys())  # every line is stale from now on, or no longer
        for key in keys:
            self._changed.add(key)
            obj = self.canaries.get(*key)
            if obj is None:
                self._forget(key)
                continue
            canary = self.canary(key)
            if isinstance(canary, Canary):
                self._by_workload.add((canary.namespace, canary.spec.target.name), key)
                self.routers.find(key, canary)

    def _forget(self, key: NamespacedName) -> None:
        self.parsed.forget_canary(key)
        self._managers.forget(key)
        self.tracker.forget(key)
        self.readings.forget(key)
        self.comparisons.forget(key)
        self.routers.forget(key)
        self._by_workload.forget(key)

    def _workloads_changed(self, keys: frozenset[NamespacedName]) -> None:
        for namespace, name in keys:
            self.parsed.forget_workload((namespace, name))
            for user in (name, name.removesuffix(_PRIMARY)):
                self._changed |= self._by_workload.of((namespace, user))

    def _event_taken(self, _: NamespacedName, event: dict[str, Any]) -> None:
        key = self.tracker.event_seen(event, self.now())
        if key is not None:
            self._changed.add(key)

    def log_line(self, line: str) -> None:
        """Take in a line of the controller's log."""
        key = self.tracker.said(of_log(line))
        if key is not None:
            self._changed.add(key)

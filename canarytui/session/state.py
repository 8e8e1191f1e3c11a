"""What is known of one cluster: stores, observations and measured values, joined canary by canary.

A connection fills the stores from watches; screens and commands drain `take_changed` a few times a second, and ask for
situations and rows. No IO happens here: a test fills the stores with plain objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Set
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any

from canarytui.cluster.resources import (
    CANARIES,
    DAEMONSETS,
    DEPLOYMENTS,
    EVENTS,
    METRIC_TEMPLATES,
    Resource,
)
from canarytui.cluster.store import ObjectStore, key_of
from canarytui.domain.conflict_relevance import owned_since, status_manager
from canarytui.domain.history.facts import Fact, of_log
from canarytui.domain.history.rollouts import last_attempt
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import Phase
from canarytui.domain.ticks import FLAGGER_FLOOR_S, FLOOR_S
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import Split
from canarytui.domain.traffic.selection import provider_of
from canarytui.domain.values import NamespacedName, as_mapping
from canarytui.domain.workloads.ownership import owner_of
from canarytui.errors import InvalidObject
from canarytui.session.cluster_clock import ClusterClock
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.freshness import Freshness
from canarytui.session.metric_history import DURATION, MetricHistory
from canarytui.session.parsed_objects import ParsedObjects
from canarytui.session.rollout_endings import RolloutEndings
from canarytui.session.rollout_tracker import RolloutTracker, Track
from canarytui.session.row_builder import row_of
from canarytui.session.rows import CanaryRow, invalid_row

if TYPE_CHECKING:
    from canarytui.domain.rollout.rollout_comparison import ComparedRollout

WATCHED: tuple[Resource, ...] = (CANARIES, DEPLOYMENTS, DAEMONSETS, EVENTS, METRIC_TEMPLATES)
"""What a session reflects; only canaries are indispensable."""

_PRIMARY = "-primary"
_WEIGHTS_SHOWN = 40
_COMPARED_S = 150.0
"""Who looks at a canary measures it every minute at least: an older verdict is said to be stale."""
_COMPARED_MOST_S = 1800.0
"""An older one is none."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class ClusterState:
    """`now` is this machine's clock, replaced in tests; all moments here are the cluster's."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._clock = ClusterClock(now)
        routers = registry.split_resources()
        self.stores = {resource: ObjectStore(resource) for resource in (*WATCHED, *routers)}
        self.timeline = Timeline()
        self.endings = RolloutEndings()
        self.timeline.listeners.append(self.endings.take)
        self.tracker = RolloutTracker(self.timeline)
        self.readings = MetricHistory()
        self.waiting_for = ""
        """What the first list waits for, if not for the API server."""
        self._engine: DetectedController | None = None
        self.engine_sought = False
        """Whether the controller has been searched for: before, the default provider is unknown."""
        self.routers_wanted: set[Resource] = set()
        """Router resources of the canaries seen so far: those worth reflecting."""
        self.pod_problems: dict[NamespacedName, str] = {}
        """Why pods of a workload are not ready, by (namespace, workload), for the canaries on the screen."""
        self._compared: dict[NamespacedName, tuple[datetime, str, ComparedRollout]] = {}
        """Canary against primary, for the canaries that are looked at: when, in which revision's rollout, what."""
        self._comparison_ages: dict[NamespacedName, int] = {}
        self._changed: set[NamespacedName] = set()
        followed = (self.stores[each] for each in WATCHED if each is not CANARIES)
        self._freshness = Freshness(self.canaries, followed, self._clock)
        self.parsed = ParsedObjects(self.stores)
        self._by_workload: dict[NamespacedName, set[NamespacedName]] = defaultdict(set)
        self._by_router: dict[tuple[Resource, NamespacedName], set[NamespacedName]] = defaultdict(set)
        self._status_managers: dict[NamespacedName, str] = {}
        self._paused_since: dict[NamespacedName, datetime] = {}
        self.canaries.before_lightening = self._canary_arrives
        self.canaries.observe(self._canary_taken)
        self.canaries.subscribe(self._canaries_changed)
        self.stores[EVENTS].observe(self._event_taken)
        for resource in (DEPLOYMENTS, DAEMONSETS):
            self.stores[resource].subscribe(self._workloads_changed)
        for resource in routers:
            self.stores[resource].observe(partial(self._router_taken, resource))
            self.stores[resource].subscribe(partial(self._routers_changed, resource))

    def waits_for(self, what: str) -> None:
        """The first list waits for `what`; "" when it no longer waits."""
        self.waiting_for = what

    @property
    def engine(self) -> DetectedController | None:
        """What is known about the controller; None while none was found."""
        return self._engine

    @engine.setter
    def engine(self, engine: DetectedController | None) -> None:
        before, self._engine, self.engine_sought = self.mesh_provider, engine, True
        if self.mesh_provider != before:
            self._find_routers_again()

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
            router=self.router(canary),
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
            compared=self._compared_now(key, canary),
            stale=stale,
            last_contact_at=self._clock.moment_of(self.stores[EVENTS].stale_since)
            if self.stores[EVENTS].synced
            else None,
        )

    def compare(self, canary: Canary, found: ComparedRollout, at: datetime | None = None) -> None:
        """Take note of how a canary compares with its primary now, or compared `at` another moment."""
        key = (canary.namespace, canary.name)
        before = self._compared_now(key, canary)
        self._compared[key] = (at or self.now(), canary.status.last_applied_spec, found)
        if found != before:
            self._changed.add(key)

    def is_compared(self, key: NamespacedName) -> bool:
        """Whether canary and primary have been compared since this canary is looked at."""
        return key in self._compared

    def _compared_now(self, key: NamespacedName, canary: Canary) -> ComparedRollout | None:
        """None for what nobody has measured for long, and for the rollout of another revision."""
        known = self._compared.get(key)
        if known is None or known[1] != canary.status.last_applied_spec:
            return None
        at, _, found = known
        age_s = (self.now() - at).total_seconds()
        if age_s > _COMPARED_MOST_S:
            return None
        return found if age_s <= _COMPARED_S else replace(found, stale_since=at.astimezone(self.now().tzinfo))

    def age_comparisons(self) -> None:
        """Mark the canaries whose verdict has become stale, or none, since the last call."""
        now = self.now()
        for key, (at, _, _) in self._compared.items():
            age_s = (now - at).total_seconds()
            ages = (age_s > _COMPARED_S) + (age_s > _COMPARED_MOST_S)
            if ages != self._comparison_ages.get(key, 0):
                self._comparison_ages[key] = ages
                self._changed.add(key)

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
        return row_of(situation, weights, successes, durations, attempt, self._paused_since.get(key))

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

    def _canary_arrives(self, obj: dict[str, Any]) -> None:
        key = key_of(obj)
        self._status_managers[key] = status_manager(obj)
        if as_mapping(obj.get("spec")).get("suspend") is True:
            # A manager that has written something else since is no older than the pause: that errs on the short side.
            self._paused_since[key] = owned_since(obj, "suspend") or self._paused_since.get(key) or self.now()
        else:
            self._paused_since.pop(key, None)

    def _canary_taken(self, key: NamespacedName, obj: dict[str, Any]) -> None:
        self.tracker.canary_seen(key, obj, self.now(), self._status_managers.get(key, ""))

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
                self._by_workload[canary.namespace, canary.spec.target.name].add(key)
                self._find_router(key, canary)

    def _forget(self, key: NamespacedName) -> None:
        self.parsed.forget_canary(key)
        self._status_managers.pop(key, None)
        self._paused_since.pop(key, None)
        self.tracker.forget(key)
        self.readings.forget(key)
        self._compared.pop(key, None)
        self._comparison_ages.pop(key, None)
        _let_go(self._by_workload, key)
        _let_go(self._by_router, key)

    def _workloads_changed(self, keys: frozenset[NamespacedName]) -> None:
        for namespace, name in keys:
            self.parsed.forget_workload((namespace, name))
            for user in (name, name.removesuffix(_PRIMARY)):
                self._changed |= self._by_workload.get((namespace, user), set())

    def split(self, canary: Canary) -> Split | None:
        """How this canary's traffic is split; None where no reading of it is known."""
        provider = registry.named(provider_of(canary, self.mesh_provider))
        return provider.split if provider is not None else None

    def routers(self, canary: Canary) -> tuple[Resource, ...]:
        """The resources one of which splits this canary's traffic; none where no reading of it is known."""
        split = self.split(canary)
        return split.resources if split is not None else ()

    def router(self, canary: Canary) -> dict[str, Any] | None:
        """The object that splits this canary's traffic; None where it is not known."""
        split = self.split(canary)
        return self._router(canary, split) if split is not None else None

    def _router(self, canary: Canary, split: Split) -> dict[str, Any] | None:
        place = split.place(canary)
        return next(filter(None, (self.stores[resource].get(*place) for resource in split.resources)), None)

    def _find_router(self, key: NamespacedName, canary: Canary) -> None:
        split = self.split(canary)
        if split is None:
            return
        place = split.place(canary)
        for resource in split.resources:
            self.routers_wanted.add(resource)
            users = self._by_router[resource, place]
            if key not in users:
                users.add(key)
                router = self.stores[resource].get(*place)
                if router is not None:
                    self._router_taken(resource, place, router)

    def _find_routers_again(self) -> None:
        """Of the canaries that have the controller's provider, after that has changed."""
        for key in self.keys():
            canary = self.canary(key)
            if isinstance(canary, Canary) and not canary.spec.provider:
                _let_go(self._by_router, key)
                self.tracker.router_seen(key, None, self.now())
                self._find_router(key, canary)
                self._changed.add(key)

    def _router_taken(self, resource: Resource, place: NamespacedName, router: dict[str, Any]) -> None:
        version = str(as_mapping(router.get("metadata")).get("resourceVersion") or "")
        for key in self._by_router.get((resource, place), ()):
            canary = self.canary(key)
            split = self.split(canary) if isinstance(canary, Canary) else None
            if isinstance(canary, Canary) and split is not None and resource in split.resources:
                weight = split.canary_percent(router, canary)
                self.tracker.router_seen(key, weight, self.now(), version)
                self._changed.add(key)

    def _routers_changed(self, resource: Resource, places: frozenset[NamespacedName]) -> None:
        """What is left to do after :meth:`_router_taken`: routers that are gone."""
        for place in places:
            if self.stores[resource].get(*place) is None:
                for key in self._by_router.get((resource, place), ()):
                    self.tracker.router_seen(key, None, self.now())
                    self._changed.add(key)

    def _event_taken(self, _: NamespacedName, event: dict[str, Any]) -> None:
        key = self.tracker.event_seen(event, self.now())
        if key is not None:
            self._changed.add(key)

    def log_line(self, line: str) -> None:
        """Take in a line of the controller's log."""
        key = self.tracker.said(of_log(line))
        if key is not None:
            self._changed.add(key)


def _let_go(index: dict[Any, set[NamespacedName]], key: NamespacedName) -> None:
    """Take `key` out of an index, and what nobody else uses with it."""
    for used in [used for used, users in index.items() if key in users]:
        index[used].discard(key)
        if not index[used]:
            del index[used]

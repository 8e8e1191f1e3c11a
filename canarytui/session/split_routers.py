"""The objects that split canaries' traffic: which is whose, and the weight that each gives its canary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from canarytui.cluster.resources import Resource
from canarytui.cluster.store import ObjectStore
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import Split
from canarytui.domain.traffic.selection import provider_of
from canarytui.domain.values import NamespacedName, as_mapping
from canarytui.session.cluster_clock import ClusterClock
from canarytui.session.parsed_objects import ParsedObjects
from canarytui.session.rollout_tracker import RolloutTracker
from canarytui.session.used_by import UsedBy


class SplitRouters:
    """Follows the routers among `stores`: the tracker takes weights, `changed` gets the keys of their canaries."""

    def __init__(
        self,
        stores: Mapping[Resource, ObjectStore],
        parsed: ParsedObjects,
        tracker: RolloutTracker,
        clock: ClusterClock,
        changed: Callable[[NamespacedName], None],
    ) -> None:
        self._stores = stores
        self._parsed = parsed
        self._tracker = tracker
        self._clock = clock
        self._changed = changed
        self._mesh_provider = ""
        self._users: UsedBy[tuple[Resource, NamespacedName]] = UsedBy()
        self.wanted: set[Resource] = set()
        """Resources of the canaries seen so far: those worth reflecting."""
        for resource in registry.split_resources():
            stores[resource].observe(partial(self._taken, resource))
            stores[resource].subscribe(partial(self._gone, resource))

    def __len__(self) -> int:
        """How many objects are known to be used."""
        return len(self._users)

    def split(self, canary: Canary) -> Split | None:
        """How this canary's traffic is split; None where no reading of it is known."""
        provider = registry.named(provider_of(canary, self._mesh_provider))
        return provider.split if provider is not None else None

    def resources(self, canary: Canary) -> tuple[Resource, ...]:
        """The resources one of which splits this canary's traffic; none where no reading of it is known."""
        split = self.split(canary)
        return split.resources if split is not None else ()

    def of(self, canary: Canary) -> dict[str, Any] | None:
        """The object that splits this canary's traffic; None where it is not known."""
        split = self.split(canary)
        if split is None:
            return None
        place = split.place(canary)
        return next(filter(None, (self._stores[resource].get(*place) for resource in split.resources)), None)

    def assume(self, mesh_provider: str, keys: Iterable[NamespacedName]) -> None:
        """The provider of canaries without one of their own is this; `keys` are all canaries."""
        if mesh_provider == self._mesh_provider:
            return
        self._mesh_provider = mesh_provider
        for key in keys:
            canary = self._parsed.canary(key)
            if isinstance(canary, Canary) and not canary.spec.provider:
                self._users.forget(key)
                self._tracker.router_seen(key, None, self._clock.now())
                self.find(key, canary)
                self._changed(key)

    def find(self, key: NamespacedName, canary: Canary) -> None:
        """Follow this canary's router, present or to come."""
        split = self.split(canary)
        if split is None:
            return
        place = split.place(canary)
        for resource in split.resources:
            self.wanted.add(resource)
            router = self._stores[resource].get(*place) if self._users.add((resource, place), key) else None
            if router is not None:
                self._taken(resource, place, router)

    def forget(self, key: NamespacedName) -> None:
        self._users.forget(key)

    def _taken(self, resource: Resource, place: NamespacedName, router: dict[str, Any]) -> None:
        version = str(as_mapping(router.get("metadata")).get("resourceVersion") or "")
        for key in self._users.of((resource, place)):
            canary = self._parsed.canary(key)
            split = self.split(canary) if isinstance(canary, Canary) else None
            if isinstance(canary, Canary) and split is not None and resource in split.resources:
                weight = split.canary_percent(router, canary)
                self._tracker.router_seen(key, weight, self._clock.now(), version)
                self._changed(key)

    def _gone(self, resource: Resource, places: frozenset[NamespacedName]) -> None:
        """What is left to do after :meth:`_taken`: routers that are gone."""
        for place in places:
            if self._stores[resource].get(*place) is None:
                for key in self._users.of((resource, place)):
                    self._tracker.router_seen(key, None, self._clock.now())
                    self._changed(key)

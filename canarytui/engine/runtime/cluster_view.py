"""The cluster as decisions see it: stores fed by watches, which reflect own writes immediately.

Only what is needed is watched: canaries and what every canary has from the start, any other kind
once a canary needs it. A kind that cannot be listed is retried for as long as a canary needs it, so that it is
available soon after its CustomResourceDefinition is installed or the right to read it is granted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from canarytui.cluster import resources
from canarytui.cluster.client import Cluster
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import Resource
from canarytui.cluster.store import ObjectStore
from canarytui.domain.traffic import registry
from canarytui.domain.values import KubernetesObject


def _kinds() -> dict[str, Resource]:
    """Of Kubernetes and Flagger, by every name that a kind has; the resource that comes first has the shorter ones."""
    found: dict[str, Resource] = {}
    for each in vars(resources).values():
        if isinstance(each, Resource):
            for name in each.kind_names:
                found.setdefault(name, each)
    return found


_KINDS: Mapping[str, Resource] = _kinds()


def resource_of_kind(name: str) -> Resource | None:
    """The resource of a kind: ``Deployment``, ``HTTPRoute.v1beta1``, ``VirtualService.v1beta1.networking.istio.io``."""
    return _KINDS.get(name) or registry.resource_of_kind(name)


def kind_of(resource: Resource) -> str:
    """The shortest name by which :func:`resource_of_kind` finds `resource`."""
    return next(name for name in resource.kind_names if resource_of_kind(name) == resource)


CORE = ("Canary", "MetricTemplate", "Deployment", "Service")


class WatchedClusterView:
    """See :class:`canarytui.engine.decide.effects.ClusterView`. Watches run while :meth:`run` does.

    `namespace` "" means all.
    """

    def __init__(self, cluster: Cluster, namespace: str = "", kinds: Iterable[str] = CORE) -> None:
        self._cluster = cluster
        self._namespace = namespace or None
        self._stores: dict[Resource, ObjectStore] = {}
        self._by_identity: dict[tuple[str, str], ObjectStore] = {}
        self._watches: dict[Resource, asyncio.Task[NoReturn]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._news = asyncio.Event()
        self.follow(kinds)

    @property
    def canaries(self) -> ObjectStore:
        return self.store_of("Canary")

    @property
    def stores(self) -> list[ObjectStore]:
        """Of all kinds that are watched now."""
        return list(self._stores.values())

    def get(self, kind: str, namespace: str, name: str) -> KubernetesObject | None:
        resource = resource_of_kind(kind)
        store = self._stores.get(resource) if resource is not None else None
        return store.get(namespace, name) if store is not None else None

    def store_of(self, kind: str) -> ObjectStore:
        """The store of a kind, ``Kind.version`` for other than the usual version; KeyError when it is not watched."""
        return self._stores[_resource(kind)]

    def store_for(self, obj: Mapping[str, Any]) -> ObjectStore:
        """The store that an object belongs to by its apiVersion and kind; KeyError as :meth:`store_of`."""
        return self._by_identity[obj["apiVersion"], obj["kind"]]

    async def run(self) -> NoReturn:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for resource in self._stores:
                self._watch(resource)
            await asyncio.Event().wait()
        raise AssertionError("the group waits for ever")

    def follow(self, kinds: Iterable[str]) -> None:
        """Watch these kinds, too."""
        for resource in map(_resource, kinds):
            if resource in self._stores:
                continue
            store = self._stores[resource] = ObjectStore(resource)
            self._by_identity[resource.api_version, resource.kind] = store
            store.subscribe(lambda _: self._news.set())
            self._watch(resource)

    def give_up(self, needed: Iterable[str]) -> None:
        """Stop trying to list kinds that could never be listed, except those `needed` and :data:`CORE`."""
        wanted = set(map(_resource, (*needed, *CORE)))
        for resource, store in list(self._stores.items()):
            if resource not in wanted and not store.synced and store.error:
                del self._stores[resource], self._by_identity[resource.api_version, resource.kind]
                watch = self._watches.pop(resource, None)
                if watch is not None:
                    watch.cancel()

    async def settle(self, kinds: Iterable[str] | None = None) -> dict[str, str]:
        """Wait until these kinds (None: all) were listed or could not be; the errors by plural resource name."""
        stores = self.stores if kinds is None else [self.store_of(kind) for kind in kinds]
        while any(not store.synced and store.error is None for store in stores):
            self._news.clear()
            await self._news.wait()
        return {store.resource.full_name: store.error for store in stores if not store.synced and store.error}

    def _watch(self, resource: Resource) -> None:
        if self._group is not None:
            reflector = Reflector(self._cluster, self._stores[resource], namespace=self._namespace)
            self._watches[resource] = self._group.create_task(reflector.run(), name=f"watch {resource.full_name}")


def _resource(kind: str) -> Resource:
    """Raises KeyError for a kind that is not known."""
    resource = resource_of_kind(kind)
    if resource is None:
        raise KeyError(kind)
    return resource

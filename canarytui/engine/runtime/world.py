"""The cluster as the core sees it: stores fed by watches, in which own writes show at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from canarytui.cluster import resources
from canarytui.cluster.connect import Cluster
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import Resource
from canarytui.cluster.store import Store
from canarytui.engine.decide.effects import Object

WATCHED: tuple[Resource, ...] = (
    resources.CANARIES,
    resources.METRIC_TEMPLATES,
    resources.DEPLOYMENTS,
    resources.DAEMONSETS,
    resources.SERVICES,
    resources.HPAS,
    resources.CONFIGMAPS,
    resources.SECRETS,
    resources.TRAEFIK_SERVICES,
)
_POLL_S = 0.02


class ClusterWorld:
    """See :class:`canarytui.engine.decide.effects.World`."""

    def __init__(self, cluster: Cluster, namespace: str = "", watched: Iterable[Resource] = WATCHED) -> None:
        self._by_kind = {resource.kind: Store(resource) for resource in watched}
        self.reflectors = [Reflector(cluster, store, namespace=namespace or None) for store in self._by_kind.values()]

    @property
    def canaries(self) -> Store:
        return self._by_kind[resources.CANARIES.kind]

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        store = self._by_kind.get(kind)
        return store.get(namespace, name) if store is not None else None

    def store_of(self, kind: str) -> Store:
        """The store of a kind; KeyError for a kind that is not watched."""
        return self._by_kind[kind]

    async def settle(self) -> dict[str, str]:
        """Wait until every kind was listed or refused; the refusals by plural resource name."""
        while True:
            waiting = [store for store in self._by_kind.values() if not store.synced and store.error is None]
            if not waiting:
                break
            await asyncio.sleep(_POLL_S)
        return {s.resource.full_name: s.error for s in self._by_kind.values() if not s.synced and s.error}

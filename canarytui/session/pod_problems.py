"""Watches the pods of unready workloads, for the canaries on the screen, to show the pods' own reason.

There are too many pods to watch them all: one watch per unready workload, a few at a time, closed when it is ready.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import PODS
from canarytui.cluster.store import Store
from canarytui.domain.pods import pods_problem
from canarytui.session.state import World

Key = tuple[str, str]
EVERY_S = 2.0
AT_ONCE = 8
_PRIMARY_MATTERS = frozenset({"Initializing", "Promoting", "Finalising"})
_TARGET_MATTERS = frozenset({"Progressing", "WaitingPromotion"})


class Troubles:
    """`look_at` says which canaries matter; :meth:`run` keeps ``world.pod_troubles`` for them."""

    def __init__(self, cluster: Cluster, world: World) -> None:
        self._cluster = cluster
        self._world = world
        self._keys: tuple[Key, ...] = ()
        self._watches: dict[Key, asyncio.Task[Any]] = {}

    def look_at(self, keys: Iterable[Key]) -> None:
        """These canaries are on the screen now."""
        self._keys = tuple(keys)

    async def run(self) -> None:
        """Check every two seconds, in memory only, until cancelled."""
        try:
            while True:
                self._follow(dict(self._unready()))
                await asyncio.sleep(EVERY_S)
        finally:
            self._follow({})

    def _unready(self) -> Iterator[tuple[Key, Key]]:
        """(workload, canary) for each unready workload that its rollout waits for."""
        for key in self._keys:
            situation = self._world.situation(key)
            if situation is None:
                continue
            matters = (
                (situation.phase in _TARGET_MATTERS, situation.target),
                (situation.phase in _PRIMARY_MATTERS, situation.primary),
            )
            for held, workload in matters:
                if held and workload is not None and not workload.is_ready:
                    yield (workload.namespace, workload.name), key

    def _follow(self, wanted: dict[Key, Key]) -> None:
        for workload in self._watches.keys() - wanted.keys():
            self._watches.pop(workload).cancel()
            self._world.pod_troubles.pop(workload, None)
        for workload, canary in wanted.items():
            if workload not in self._watches and len(self._watches) < AT_ONCE:
                selector = self._world.pod_selector(canary, workload[1])
                if selector:
                    self._watches[workload] = asyncio.create_task(self._watch(workload, canary, selector))

    async def _watch(self, workload: Key, canary: Key, selector: str) -> None:
        pods = Store(PODS)

        def changed(_: frozenset[Key]) -> None:
            # With a coarse selector, the primary's pods may match the target's labels.
            own = [pod for pod in pods.objects() if _is_pod_of(pod, workload[1])]
            self._world.pod_troubles[workload] = pods_problem(own)
            self._world.touch(canary)

        pods.subscribe(changed)
        await Reflector(self._cluster, pods, namespace=workload[0], label_selector=selector).run()


def _is_pod_of(pod: dict[str, Any], workload: str) -> bool:
    """Pods are named after their workload: ``cart-<hash>-<id>``, ``cart-<id>``; ``cart-primary-…`` is another's."""
    name = str((pod.get("metadata") or {}).get("name") or "")
    rest = name.removeprefix(f"{workload}-")
    return rest != name and rest.count("-") <= 1

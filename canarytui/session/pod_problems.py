"""Watches the pods of unready workloads, for the canaries on the screen, to show the pods' own reason.

There are too many pods to watch them all: one watch per unready workload, a few at a time, closed when it is ready.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from canarytui.background import in_background
from canarytui.cluster.client import Cluster
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import PODS
from canarytui.cluster.store import ObjectStore
from canarytui.domain.values import NamespacedName
from canarytui.domain.workloads.pods import pods_problem
from canarytui.session.state import ClusterState

EVERY_S = 2.0
AT_ONCE = 8
_PRIMARY_MATTERS = frozenset({"Initializing", "Promoting", "Finalising"})
_TARGET_MATTERS = frozenset({"Progressing", "WaitingPromotion"})


class PodProblems:
    """`show_checks_of` says which canaries matter; :meth:`run` keeps the cluster state's ``pod_problems`` for them."""

    def __init__(self, cluster: Cluster, cluster_state: ClusterState) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._keys: tuple[NamespacedName, ...] = ()
        self._watches: dict[NamespacedName, asyncio.Task[Any]] = {}

    def show_checks_of(self, keys: Iterable[NamespacedName]) -> None:
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

    def _unready(self) -> Iterator[tuple[NamespacedName, NamespacedName]]:
        """(workload, canary) for each unready workload that its rollout waits for."""
        for key in self._keys:
            situation = self._cluster_state.situation(key)
            if situation is None:
                continue
            matters = (
                (situation.phase in _TARGET_MATTERS, situation.target),
                (situation.phase in _PRIMARY_MATTERS, situation.primary),
            )
            for held, workload in matters:
                if held and workload is not None and not workload.is_ready:
                    yield (workload.namespace, workload.name), key

    def _follow(self, wanted: dict[NamespacedName, NamespacedName]) -> None:
        for workload in self._watches.keys() - wanted.keys():
            self._watches.pop(workload).cancel()
            self._cluster_state.pod_problems.pop(workload, None)
        for workload, canary in wanted.items():
            if workload not in self._watches and len(self._watches) < AT_ONCE:
                selector = self._cluster_state.pod_selector(canary, workload[1])
                if selector:
                    self._watches[workload] = in_background(self._watch(workload, canary, selector))

    async def _watch(self, workload: NamespacedName, canary: NamespacedName, selector: str) -> None:
        pods = ObjectStore(PODS)

        def changed(_: frozenset[NamespacedName]) -> None:
            # With a coarse selector, the primary's pods may match the target's labels.
            own = [pod for pod in pods.objects() if _is_pod_of(pod, workload[1])]
            self._cluster_state.pod_problems[workload] = pods_problem(own)
            self._cluster_state.touch(canary)

        pods.subscribe(changed)
        await Reflector(self._cluster, pods, namespace=workload[0], label_selector=selector).run()


def _is_pod_of(pod: dict[str, Any], workload: str) -> bool:
    """Pods are named after their workload: ``cart-<hash>-<id>``, ``cart-<id>``; ``cart-primary-…`` is another's."""
    name = str((pod.get("metadata") or {}).get("name") or "")
    rest = name.removeprefix(f"{workload}-")
    return rest != name and rest.count("-") <= 1

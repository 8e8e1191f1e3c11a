"""Compares canary and primary of all rollouts in progress, for the list's column.

Canaries of one provider at one Prometheus share queries (:mod:`.batched_comparison`). One that cannot share any, or
whose query the server refuses, is measured by itself. All of them together send :data:`A_MINUTE` queries a minute at
most; where that is not enough, verdicts grow older and say so.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import ACTIVE
from canarytui.domain.traffic.selection import metrics_provider_of
from canarytui.domain.values import NamespacedName, as_mapping, as_text
from canarytui.errors import CanarytuiError
from canarytui.metrics.request_batches import BatchMember, BatchShape, batch_member
from canarytui.metrics.request_queries import request_queries
from canarytui.session.batched_comparison import BatchedComparison
from canarytui.session.query_budget import QueryBudget
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster
    from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch

log = logging.getLogger(__name__)

A_MINUTE = 12
"""Queries, whatever the number of canaries."""
ALONE_QUERIES = 3
"""What a canary by itself takes at most: the past the first time, then one query, two where its selectors are long."""
ALONE_S = 600.0
"""Then one that was refused is asked for together with others again."""
MOST = 500
"""Canaries that are compared; more would not be had within some minutes."""
LEAST_S, MOST_S = 15.0, 60.0
"""Between two measurements of a canary: its checks' interval within these."""
_LOOK_S = 5.0

Batch = tuple[str, BatchShape]
"""The address of a Prometheus, and what the canaries' queries there have in common."""


class RollingComparison:
    """`watch_of` measures a canary by itself, `address_of` is where its Prometheus is ("" where that is not known);
    those `seen` come first; those `looked_at` are measured by others already."""

    def __init__(
        self,
        cluster: Cluster,
        cluster_state: ClusterState,
        watch_of: Callable[[NamespacedName], RolloutNumbersWatch],
        address_of: Callable[[Canary], str],
        seen: Callable[[], Iterable[NamespacedName]],
        looked_at: Callable[[], Collection[NamespacedName]],
    ) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._watch_of = watch_of
        self._address_of = address_of
        self._seen = seen
        self._looked_at = looked_at
        self._budget = QueryBudget(A_MINUTE)
        self._batches: dict[Batch, BatchedComparison] = {}
        self._watches: dict[NamespacedName, RolloutNumbersWatch] = {}
        self._measured: dict[NamespacedName | Batch, float] = {}
        self._alone_until: dict[NamespacedName, float] = {}

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_comparing())
            group.create_task(self._keep_ageing())

    async def _keep_comparing(self) -> None:
        while True:
            try:
                if self._cluster_state.engine_sought:
                    await self.compare_due()
            except CanarytuiError as error:
                log.info("rollouts were not compared with their primaries: %s", error)
            await asyncio.sleep(_LOOK_S)

    async def _keep_ageing(self) -> None:
        """Beside the queries, which wait while the budget is spent: verdicts grow old meanwhile."""
        while True:
            self._cluster_state.comparisons.age()
            await asyncio.sleep(_LOOK_S)

    async def compare_due(self) -> None:
        """Compare the batches that are due, and one canary that goes alone: the one that waits for longest."""
        clock = asyncio.get_running_loop().time
        batches, alone = self._sorted(clock())
        for batch, members in batches.items():
            every_s = min(_every_s(canary) for canary, _ in members.values())
            if clock() - self._measured.get(batch, -math.inf) < every_s:
                continue
            self._measured[batch] = clock()
            await self._batch(batch).compare({key: member for key, (_, member) in members.items()})
        measured = {key: self._measured.get(key, -math.inf) for key in alone}
        due = [key for key, canary in alone.items() if clock() - measured[key] >= _every_s(canary)]
        if due:
            await self._compare_alone(min(due, key=measured.__getitem__))

    def _batch(self, batch: Batch) -> BatchedComparison:
        if batch not in self._batches:
            self._batches[batch] = BatchedComparison(
                self._cluster, self._cluster_state, batch[0], self._budget, self._goes_alone
            )
        return self._batches[batch]

    def _goes_alone(self, key: NamespacedName) -> None:
        self._alone_until[key] = asyncio.get_running_loop().time() + ALONE_S

    async def _compare_alone(self, key: NamespacedName) -> None:
        await self._budget.take(ALONE_QUERIES)
        self._measured[key] = asyncio.get_running_loop().time()
        watch = self._watches.get(key)
        if watch is None:
            watch = self._watches[key] = self._watch_of(key)
        try:
            await watch.compare_once()
        except CanarytuiError as error:
            log.info("canary and primary of %s/%s were not compared: %s", *key, error)

    def _sorted(
        self, now: float
    ) -> tuple[Mapping[Batch, dict[NamespacedName, tuple[Canary, BatchMember]]], dict[NamespacedName, Canary]]:
        """The canaries that share queries, and those that go alone; those of which nothing can be asked are neither."""
        batches: dict[Batch, dict[NamespacedName, tuple[Canary, BatchMember]]] = {}
        alone: dict[NamespacedName, Canary] = {}
        state = self._cluster_state
        for key, canary in self._chosen().items():
            address = self._address_of(canary)
            queries = request_queries(
                canary, metrics_provider_of(canary, state.mesh_provider), state.routers.of(canary)
            )
            if not address or queries is None or queries.primary is None:
                continue
            member = batch_member(queries) if now >= self._alone_until.get(key, -math.inf) else None
            if member is None:
                alone[key] = canary
            else:
                batches.setdefault((address, member.shape), {})[key] = (canary, member)
        for kept in (self._watches, self._alone_until):
            for key in kept.keys() - alone.keys():
                kept.pop(key, None)
        for gone in self._batches.keys() - batches.keys():
            del self._batches[gone]
        for each in self._measured.keys() - alone.keys() - batches.keys():
            del self._measured[each]
        return batches, alone

    def _chosen(self) -> dict[NamespacedName, Canary]:
        state, others = self._cluster_state, self._looked_at()
        known = sorted(state.keys())
        active = dict.fromkeys(key for key in known if _phase(state, key) in ACTIVE and key not in others)
        chosen: dict[NamespacedName, Canary] = {}
        for key in dict.fromkeys((*filter(active.__contains__, self._seen()), *active)):
            canary = state.canary(key)
            if isinstance(canary, Canary) and len(chosen) < MOST:
                chosen[key] = canary
        return chosen


def _phase(state: ClusterState, key: NamespacedName) -> str:
    """As the object has it: most canaries are at rest, and are not parsed for that."""
    return as_text(as_mapping(as_mapping(state.canaries.get(*key)).get("status")).get("phase"))


def _every_s(canary: Canary) -> float:
    return min(max(canary.spec.analysis.interval_s, LEAST_S), MOST_S)

"""Compares canary and primary of many canaries with few queries: those of one provider at one Prometheus share them.

A canary that is new here has its rollout's past asked by a range query, with all that are new at that moment; from
then on an instant query brings what has grown since the last one. Where the server refuses a query, half of its
canaries are asked at a time, so that one that it does not take costs no other's verdict; that one goes alone from then
on. Where both halves are refused, or both taken, or nothing is answered, fewer are asked together from then on
(:mod:`.batch_size`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from canarytui.cluster.client import Cluster
from canarytui.domain.rollout.rollout_span import counted_from, rollout_span
from canarytui.domain.values import NamespacedName
from canarytui.errors import AnswerTooLarge, CanarytuiError
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.metrics.providers.prometheus import PrometheusProvider
from canarytui.metrics.providers.prometheus_vector import PrometheusError, PrometheusUnavailable, Sample
from canarytui.metrics.request_batches import BatchMember, RequestBatch, by_moment, request_batches
from canarytui.session.batch_size import BatchSize
from canarytui.session.grown_requests import CountedRollout, past_windows
from canarytui.session.query_budget import QueryBudget
from canarytui.session.state import ClusterState

log = logging.getLogger(__name__)

TOGETHER_MOST = 100
_UNANSWERED_LEAST = 16
"""Canaries in a query after an outage: it may have been too much for the server, but hardly that."""
_WINDOW_LEAST_S, _WINDOWS_MOST = 15, 60
"""Of a rollout's past: its first requests within one window of its begin do not count."""

Members = Mapping[NamespacedName, BatchMember]
_Ask = Callable[[datetime, RequestBatch, Sequence[NamespacedName]], Awaitable[None]]


@dataclass
class _Pass:
    """One look at all canaries of a batch, at one moment."""

    at: datetime
    refused: list[NamespacedName] = field(default_factory=list)
    """Those whose query the server does not take."""
    shorter: bool = False
    """Whether queries were halved."""
    too_many: bool = False
    """Whether a query was refused, and then both of its halves, or none: no single canary is the reason."""
    unanswered: bool = False


class BatchedComparison:
    """The canaries of one shape at one Prometheus; `alone` gets each canary whose own query the
    server refuses."""

    def __init__(
        self,
        cluster: Cluster,
        cluster_state: ClusterState,
        address: str,
        budget: QueryBudget,
        alone: Callable[[NamespacedName], None],
    ) -> None:
        self._cluster_state = cluster_state
        self._prometheus = PrometheusProvider(cluster, ProviderSpec(PROMETHEUS, address))
        self._budget = budget
        self._alone = alone
        self._counted: dict[NamespacedName, CountedRollout] = {}
        self._size = BatchSize(TOGETHER_MOST)
        self._last = datetime.fromtimestamp(0, UTC)

    async def compare(self, members: Members) -> None:
        """Ask once for all of them; those that cannot be had keep what is known of them, and when it was measured."""
        passed = _Pass(self._cluster_state.now().astimezone(UTC).replace(microsecond=0))
        old, new = self._sorted(members, passed.at)
        asks: tuple[tuple[list[NamespacedName], _Ask], ...] = ((old, self._ask_growth), (new, self._ask_past))
        for keys, ask in asks:
            for places in request_batches(tuple(members[key] for key in keys), self._size.now):
                if not passed.unanswered:
                    await self._ask(passed, members, [keys[place] for place in places], ask)
        for key in passed.refused:
            self._counted.pop(key, None)
            self._alone(key)
        if passed.too_many:
            self._size.refused(len(members))
        elif passed.unanswered:
            self._size.unanswered(len(members), _UNANSWERED_LEAST)
        elif not passed.shorter:
            self._size.taken()

    def _sorted(self, members: Members, at: datetime) -> tuple[list[NamespacedName], list[NamespacedName]]:
        """Those whose growth since the last pass is asked, and those whose past is."""
        for key in self._counted.keys() - members.keys():
            del self._counted[key]
        last, self._last = self._last, at
        old, new = [], []
        for key, member in members.items():
            situation = self._cluster_state.situation(key)
            span = rollout_span(situation) if situation is not None else None
            counted = self._counted.get(key)
            if span is None:
                self._counted.pop(key, None)
            elif counted is None or (counted.span, counted.queries) != (span, member.queries) or counted.until != last:
                since = counted_from(span).astimezone(UTC)
                is_past = since < at - timedelta(seconds=_WINDOW_LEAST_S)
                self._counted[key] = CountedRollout(member.queries, span, since if is_past else max(since, at))
                if is_past:
                    new.append(key)
            elif last < at:
                old.append(key)
        # Those that began at about the same time share the windows of their past.
        return old, sorted(new, key=lambda key: self._counted[key].until)

    async def _ask(self, passed: _Pass, members: Members, keys: Sequence[NamespacedName], ask: _Ask) -> None:
        """Ask for all of `keys`, and in halves where that is refused; at most two queries more for each halving."""
        if await self._answered(passed, members, keys, ask):
            return
        while len(keys) > 1 and not passed.unanswered:
            middle = len(keys) // 2
            halves = [keys[:middle], keys[middle:]]
            left = [half for half in halves if not await self._answered(passed, members, half, ask)]
            if passed.unanswered:
                return
            passed.shorter = True
            if not left or (len(left) > 1 and len(keys) > 2):
                passed.too_many = True
                return
            if len(left) > 1:
                passed.refused += keys
                return
            [keys] = left
        if not passed.unanswered:
            passed.refused += keys

    async def _answered(self, passed: _Pass, members: Members, keys: Sequence[NamespacedName], ask: _Ask) -> bool:
        try:
            await ask(passed.at, RequestBatch(tuple(members[key] for key in keys)), keys)
        except CanarytuiError as error:
            log.info("the requests of %d canaries were not counted: %s", len(keys), error)
            refused = isinstance(error, PrometheusError | AnswerTooLarge)
            # Where nothing is answered now, to ask for fewer would only ask again.
            passed.unanswered |= isinstance(error, PrometheusUnavailable) or not refused
            return False
        for key in keys:
            situation = self._cluster_state.situation(key)
            if situation is not None and rollout_span(situation) == self._counted[key].span:
                found = self._counted[key].compared(situation)
                self._cluster_state.comparisons.take(situation.canary, found, at=passed.at)
            await asyncio.sleep(0)  # keys are answered between two verdicts
        return True

    async def _ask_growth(self, at: datetime, batch: RequestBatch, keys: Sequence[NamespacedName]) -> None:
        """What has grown since the last time, which was the same for all of them."""
        window_s = (at - self._counted[keys[0]].until).total_seconds()
        samples: list[Sample] = []
        for query in batch.queries(window_s):
            await self._budget.take()
            samples += await self._prometheus.vector(query, at)
        held = batch.held(samples)
        for key, grown in zip(keys, batch.split(samples), strict=True):
            if held:
                self._counted[key].add(at, grown)
            else:
                self._counted[key].lost_past(at)

    async def _ask_past(self, at: datetime, batch: RequestBatch, keys: Sequence[NamespacedName]) -> None:
        """What has been counted from each one's begin until now."""
        start, window_s, count = past_windows(
            [self._counted[key].until for key in keys], at, least_s=_WINDOW_LEAST_S, most=_WINDOWS_MOST
        )
        window = timedelta(seconds=window_s)
        moments: dict[float, list[Sample]] = {}
        for query in batch.queries(window_s):
            await self._budget.take()
            series = await self._prometheus.matrix(query, start=start + window, end=at, step_s=window_s)
            for moment, samples in by_moment(series).items():
                moments.setdefault(moment, []).extend(samples)
        answers = {place: moments.get((start + window * place).timestamp(), []) for place in range(1, count + 1)}
        grown = {place: batch.split(samples) for place, samples in answers.items()}
        gaps = [place for place, samples in answers.items() if not batch.held(samples)]
        for number, key in enumerate(keys):
            begun = self._counted[key]
            first = next((each for each in grown if start + window * (each - 1) >= begun.until), count + 1)
            counted = self._counted[key] = CountedRollout(begun.queries, begun.span, start + window * (first - 1))
            if gaps and gaps[-1] >= first:
                counted.lost_past(start + window * gaps[-1])
                first = gaps[-1] + 1
            for place in range(first, count + 1):
                counted.add(start + window * place, grown[place][number])

"""Reads what the checks of a canary measured in the past, as their providers keep it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from canarytui.backtest.past_rollout import PastRollout, PastValues, past_values, tick_count, with_values
from canarytui.cluster.client import Cluster
from canarytui.domain.rollout.attempts import RolloutAttempt
from canarytui.domain.sentences import backtest as words
from canarytui.domain.sentences import check_queries
from canarytui.domain.spec.analysis import Analysis, Metric
from canarytui.domain.spec.canary import Canary
from canarytui.metrics.answers import QueryFailed
from canarytui.metrics.check_queries import QuerySource, evaluation_order
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.metrics.providers.base import HistoryProvider
from canarytui.metrics.providers.prometheus_history import PrometheusHistoryProvider
from canarytui.metrics.providers.registry import open_provider
from canarytui.session.metric_questions import NoQuestion, metric_question, needed_secret
from canarytui.session.provider_secrets import ProviderSecrets
from canarytui.session.state import ClusterState

_AT_ONCE = 4

Progress = Callable[[int, int], None]
"""Called with how many queries are answered, and how many there are."""


class _PastQuery(Struct, frozen=True):
    provider: HistoryProvider
    text: str
    factor: float


class PastValueReader:
    """`override` is the person's own Prometheus, "" for the controller's. :meth:`prepare` comes first."""

    def __init__(self, cluster: Cluster, cluster_state: ClusterState, canary: Canary, override: str) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._canary = canary
        self._override = override
        self._secrets = ProviderSecrets(cluster)
        self._opened: dict[object, HistoryProvider | None] = {}
        self._queries: list[_PastQuery] = []

    async def prepare(self, analysis: Analysis) -> tuple[Analysis, dict[str, str]]:
        """The analysis with the checks whose past can be read, and by name of the others why theirs cannot."""
        left_out: dict[str, str] = {}
        found: list[tuple[Metric, _PastQuery]] = []
        for metric, source in evaluation_order(analysis.metrics):
            try:
                found.append((metric, await self._query(metric, source)))
            except NoQuestion as reason:
                left_out.setdefault(metric.name, str(reason))
        self._queries = [query for metric, query in found if metric.name not in left_out]
        kept = tuple(metric for metric in analysis.metrics if metric.name not in left_out)
        return replace(analysis, metrics=kept), left_out

    async def read(
        self, attempts: Sequence[RolloutAttempt], interval_s: float, progress: Progress
    ) -> list[PastRollout]:
        """The attempts with the values of every tick."""
        free = asyncio.Semaphore(_AT_ONCE)
        every = sum(len(self._queries) for attempt in attempts if tick_count(attempt, interval_s))
        done = 0
        progress(done, every)

        async def value(query: _PastQuery, attempt: RolloutAttempt) -> PastValues | str:
            nonlocal done
            async with free:
                found = await self._values(query, attempt, interval_s)
            done += 1
            progress(done, every)
            return found

        async def rollout(attempt: RolloutAttempt) -> PastRollout:
            if not tick_count(attempt, interval_s):
                return PastRollout(attempt)
            found = await asyncio.gather(*(value(query, attempt) for query in self._queries))
            problems = [each for each in found if isinstance(each, str)]
            if problems:
                return PastRollout(attempt, problem=problems[0])
            return with_values(attempt, [each for each in found if isinstance(each, PastValues)], interval_s)

        return list(await asyncio.gather(*map(rollout, attempts)))

    async def _query(self, metric: Metric, source: QuerySource | None) -> _PastQuery:
        """Raises NoQuestion."""
        alone = replace(
            metric,
            query=metric.query if source is not QuerySource.BUILTIN else "",
            template_name=metric.template_name if source is QuerySource.TEMPLATE else "",
        )
        needed = needed_secret(self._cluster_state, self._canary, alone, self._override)
        if needed is not None:
            await self._secrets.read(*needed)
        question = metric_question(self._cluster_state, self._canary, alone, self._override, self._secrets)
        provider = self._provider(question.provider)
        if provider is None:
            raise NoQuestion(words.NO_PAST.text(provider=question.provider.type))
        return _PastQuery(provider, question.query, question.factor)

    def _provider(self, spec: ProviderSpec) -> HistoryProvider | None:
        if spec.identity not in self._opened:
            made = (
                PrometheusHistoryProvider(self._cluster, spec)
                if spec.type == PROMETHEUS
                else open_provider(self._cluster, spec)
            )
            if isinstance(made, HistoryProvider):
                made.patient = True
            self._opened[spec.identity] = made if isinstance(made, HistoryProvider) else None
        return self._opened[spec.identity]

    async def _values(self, query: _PastQuery, attempt: RolloutAttempt, interval_s: float) -> PastValues | str:
        first = (attempt.first_tick or attempt.began).astimezone(UTC)
        last: datetime = first + timedelta(seconds=(tick_count(attempt, interval_s) - 1) * interval_s)
        past = await query.provider.query_range(query.text, start=first, end=last, step_s=interval_s)
        if isinstance(past, QueryFailed):
            return check_queries.PROBLEM.text(provider=query.provider.spec.type, problem=past)
        if past.incomplete:
            return words.INCOMPLETE.text(reason=past.incomplete)
        points = tuple((at_s, value * query.factor) for at_s, value in past.points)
        evaluated = query.provider.spec.type == PROMETHEUS
        return past_values(points, first.timestamp(), interval_s, evaluated=evaluated)

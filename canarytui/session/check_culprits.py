"""Looks for what is to blame for checks without values, rarely enough that Prometheus does not notice.

Once in a check's interval at most, and no more than :data:`MINUTELY_MOST` searches a minute for all canaries.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.values import NamespacedName, as_mapping
from canarytui.metrics.check_queries import QuerySource, shown_source
from canarytui.metrics.culprit.cause import Diagnosis
from canarytui.metrics.culprit.suspect import Suspect
from canarytui.metrics.providers.base import MetricProvider
from canarytui.session.metric_history import bounds
from canarytui.session.metric_questions import MetricQuestion

if TYPE_CHECKING:
    from canarytui.metrics.providers.prometheus_vector import VectorSource

MINUTELY_MOST = 12
PATIENCE_S = 10.0
"""How long one search may take."""
_EVERY_LEAST_S = 30.0
_INTERVAL_VARIABLE = "interval"
_KEPT_MOST = 500


def suspect_of(
    canary: Canary, metric: Metric, question: MetricQuestion, template: Mapping[str, Any] | None = None
) -> Suspect:
    """A check as the search sees it; `template` is the MetricTemplate where it names one."""
    written = metric.query
    if shown_source(metric) is QuerySource.TEMPLATE:
        written = str(as_mapping(as_mapping(template).get("spec")).get("query") or "")
    builtin = shown_source(metric) is QuerySource.BUILTIN
    _, maximum = bounds(metric)
    workload = (f"{canary.target_name}-", f"{canary.primary_name}-")
    return Suspect(
        question.query,
        None if maximum is None else maximum / question.factor,
        interval_used=builtin or _INTERVAL_VARIABLE in written,
        twins=(("-canary", "-primary"), workload, (canary.target_name, canary.primary_name)),
    )


def vector_source(provider: MetricProvider) -> VectorSource | None:
    """`provider`, where it evaluates PromQL: no other service is searched."""
    from canarytui.metrics.providers.prometheus_vector import VectorSource

    return provider if isinstance(provider, VectorSource) else None


class CheckCulprits:
    """Remembers which checks were searched, and when."""

    def __init__(self) -> None:
        self._next: dict[tuple[NamespacedName, str, str], float] = {}
        """When a check's query may be searched again, by the loop's clock."""
        self._begun: deque[float] = deque(maxlen=MINUTELY_MOST)

    def due(self, key: NamespacedName, metric: Metric, query: str) -> bool:
        """Whether a check may be searched now; if so, its interval begins."""
        now = asyncio.get_running_loop().time()
        if now < self._next.get((key, metric.name, query), 0.0):
            return False
        if len(self._begun) == MINUTELY_MOST and now - self._begun[0] < 60.0:
            return False
        self._begun.append(now)
        self._next[key, metric.name, query] = now + max(_interval_s(metric), _EVERY_LEAST_S)
        while len(self._next) > _KEPT_MOST:
            del self._next[next(iter(self._next))]
        return True

    async def search(self, suspect: Suspect, provider: VectorSource) -> Diagnosis:
        """What is to blame; nothing where the search takes too long."""
        from canarytui.metrics.culprit.search import diagnose  # with its parser; most sessions never need it

        try:
            async with asyncio.timeout(PATIENCE_S):
                return await diagnose(suspect, provider.vector)
        except TimeoutError:
            return Diagnosis()


def _interval_s(metric: Metric) -> float:
    try:
        return parse_duration(metric.interval or "1m")
    except ValueError:
        return 60.0

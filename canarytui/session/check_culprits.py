"""Looks for what is to blame for checks without values, rarely enough that Prometheus does not notice.

Once in a check's interval at most, and no more than :data:`MINUTELY_MOST` searches a minute for all canaries. Where the
cause is one that passes, it is searched again sooner, if that leaves half of them to other checks. A cause that passes
is not shown for longer than :data:`PASSING_SHOWN_S` without having been found again.
"""

from __future__ import annotations

import asyncio
import math
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
PASSING_SHOWN_S = 45.0
_EVERY_LEAST_S = 30.0
_PASSING_EVERY_S = 15.0
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


_Asked = tuple[NamespacedName, str, str]
"""A check's canary, its name and its query."""


class CheckCulprits:
    """Remembers which checks were searched, and when, by the loop's clock."""

    def __init__(self) -> None:
        self._next: dict[_Asked, float] = {}
        """When a check may be searched again."""
        self._soon: dict[_Asked, float] = {}
        """When one whose cause passes may be searched before its turn."""
        self._shown_until: dict[_Asked, float] = {}
        """Until when a cause that passes is shown."""
        self._begun: deque[float] = deque()

    def due(self, key: NamespacedName, metric: Metric, query: str) -> bool:
        """Whether a check may be searched now; if so, its interval begins."""
        now, asked = asyncio.get_running_loop().time(), (key, metric.name, query)
        while self._begun and now - self._begun[0] >= 60.0:
            self._begun.popleft()
        before_its_turn = now < self._next.get(asked, 0.0)
        if before_its_turn and now < self._soon.get(asked, math.inf):
            return False
        if len(self._begun) >= (MINUTELY_MOST // 2 if before_its_turn else MINUTELY_MOST):
            return False
        self._begun.append(now)
        self._next[asked] = now + max(_interval_s(metric), _EVERY_LEAST_S)
        while len(self._next) > _KEPT_MOST:
            oldest = next(iter(self._next))
            del self._next[oldest]
            self._forget(oldest)
        return True

    def outdated(self, key: NamespacedName, metric: Metric, query: str) -> bool:
        """Whether what was found last is a cause that passes, and too old to be shown."""
        return asyncio.get_running_loop().time() > self._shown_until.get((key, metric.name, query), math.inf)

    async def search(self, key: NamespacedName, metric: Metric, suspect: Suspect, provider: VectorSource) -> Diagnosis:
        """What is to blame; nothing where the search takes too long."""
        from canarytui.metrics.culprit.search import diagnose  # with its parser; most sessions never need it

        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await diagnose(suspect, provider.vector)
        except TimeoutError:
            found = Diagnosis()
        now, asked = asyncio.get_running_loop().time(), (key, metric.name, suspect.query)
        self._forget(asked)
        if found.passing:
            self._soon[asked], self._shown_until[asked] = now + _PASSING_EVERY_S, now + PASSING_SHOWN_S
        return found

    def _forget(self, asked: _Asked) -> None:
        self._soon.pop(asked, None)
        self._shown_until.pop(asked, None)


def _interval_s(metric: Metric) -> float:
    try:
        return parse_duration(metric.interval or "1m")
    except ValueError:
        return 60.0

"""How many requests reach canary and primary now, and how many of them fail, from the built-in check's query.

The success rate's query divides the good requests by all of them, so its two halves are the rates that a prediction
needs; the primary's are those of the same query about the primary.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.traffic import registry
from canarytui.metrics.builtin_queries import SUCCESS_RATE
from canarytui.metrics.check_queries import observer_of, subject_of

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster
    from canarytui.metrics.provider_spec import ProviderSpec

NOW = "15s"
"""Three scrapes of Flagger's own Prometheus: the shortest window with a rate at any moment."""

_RATIO = re.compile(r"(?P<good>.+) / (?P<all>.+) \* 100")


class Traffic(Struct, frozen=True):
    """Requests a second over the last `window_s` seconds; None where there is no answer. `primary_failed` are 5xx."""

    at: datetime
    window_s: float
    canary: float | None = None
    primary: float | None = None
    primary_failed: float | None = None
    failing_now: float | None = None
    """Part (0 to 1) of the canary's requests of the last :data:`NOW` that failed: what its users get, without what an
    earlier drill has left in the window."""

    @property
    def users(self) -> float | None:
        """Requests a second of canary and primary together."""
        return None if self.canary is None or self.primary is None else self.canary + self.primary


class TrafficQueries(Struct, frozen=True):
    """PromQL of each rate; "" where a provider's metrics do not tell the primary apart."""

    canary: str
    canary_good: str
    primary: str
    primary_good: str
    window_s: float


def traffic_queries(
    canary: Canary, provider: str, window: str = "", router: Mapping[str, Any] | None = None
) -> TrafficQueries:
    """The queries for a canary of `provider`, over the success rate's own window unless another is given. `router` is
    the object that splits the traffic."""
    interval = window or next(
        (metric.interval for metric in canary.spec.analysis.metrics if metric.name == SUCCESS_RATE and metric.interval),
        DEFAULT_METRIC_INTERVAL,
    )
    metric = Metric(SUCCESS_RATE, interval, None, False, None, None, "", "", "", {})
    observer, subject = (
        observer_of(canary, provider),
        subject_of(canary, metric, names=registry.measured(provider, router)),
    )
    good, everything = _halves(observer.success_rate(subject))
    of_primary = observer.of_primary()
    primary_good, primary_all = _halves(of_primary.success_rate(subject)) if of_primary is not None else ("", "")
    try:
        window_s = parse_duration(interval)
    except ValueError:
        window_s = parse_duration(DEFAULT_METRIC_INTERVAL)
    return TrafficQueries(everything, good, primary_all, primary_good, window_s)


def _halves(query: str) -> tuple[str, str]:
    match = _RATIO.fullmatch(query)
    return (match["good"], match["all"]) if match else ("", "")


async def measure(
    cluster: Cluster,
    server: ProviderSpec,
    canary: Canary,
    provider: str,
    now: datetime,
    router: Mapping[str, Any] | None = None,
) -> Traffic:
    """Query all rates at once; a failed query is None, a missing series is 0."""
    asked = traffic_queries(canary, provider, router=router)
    now_asked = traffic_queries(canary, provider, NOW, router)
    texts = (
        asked.canary,
        asked.primary,
        asked.primary_good,
        now_asked.canary,
        now_asked.canary_good,
    )
    rates = await asyncio.gather(*(_rate(cluster, server, text) for text in texts))
    total, primary, primary_good, total_now, good_now = rates
    return Traffic(
        now,
        asked.window_s,
        total,
        primary,
        None if primary is None or primary_good is None else max(primary - primary_good, 0.0),
        min(max(1 - good_now / total_now, 0.0), 1.0) if total_now and good_now is not None else None,
    )


async def _rate(cluster: Cluster, server: ProviderSpec, query: str) -> float | None:
    from canarytui.metrics.answers import QueryFailed, Value
    from canarytui.metrics.providers.registry import open_provider

    if not query:
        return None
    answer = await open_provider(cluster, server).query(query)
    if isinstance(answer, QueryFailed):
        return None
    return answer.value if isinstance(answer, Value) else 0.0

"""The built-in queries for the primary instead of the canary, where a provider's series distinguish the two.

Pure; for comparing the two side by side. No decision depends on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import observer_of, subject_of

BUILTIN = (SUCCESS_RATE, DURATION)


def primary_query(
    canary: Canary, check: str, provider: str, interval: str = "", router: Mapping[str, Any] | None = None
) -> tuple[str, float] | None:
    """(PromQL, factor to percent or milliseconds) of one of :data:`BUILTIN`; None where there is no such query.

    `interval` is the query's window, Flagger's default when "". `router` is the object that splits the traffic.
    """
    record = registry.like(provider)
    if check not in BUILTIN or record is None:
        return None
    if canary.spec.target.is_service and not record.observes_services:
        return None
    names = registry.measured(provider, router)
    if record.measured is not None and not (names and names[1]):
        return None
    metric = Metric(check, interval or DEFAULT_METRIC_INTERVAL, None, False, None, None, "", "", "", {})
    observer, subject = observer_of(canary, provider).of_primary(), subject_of(canary, metric, names=names)
    if observer is None:
        return None
    if check == SUCCESS_RATE:
        return observer.success_rate(subject), 1.0
    return observer.duration(subject), observer.duration_factor

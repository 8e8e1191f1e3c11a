"""The built-in queries asked of the primary instead of the canary, where a provider's series tell the two apart.

Pure; for comparing the two side by side. Nothing decides by them.
"""

from __future__ import annotations

from dataclasses import replace

from canarytui.domain.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.canary import Canary
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import observer_of, subject_of

BUILTIN = (SUCCESS_RATE, DURATION)

_BY_SERVICE = {"traefik": "-canary-", "contour": "-canary_", "gloo": "-canaryupstream-", "kuma": "-canary_"}
"""Providers whose series bear the canary Service's name, and the part of the query in which it stands."""
_BY_WORKLOAD = frozenset({"istio", "linkerd", "kubernetes", "gatewayapi", "appmesh", "osm"})
"""Providers whose series bear the workload's name: the primary's is the target's with ``-primary``."""


def primary_query(canary: Canary, check: str, provider: str, interval: str = "") -> tuple[str, float] | None:
    """(PromQL, factor to percent or milliseconds) of one of :data:`BUILTIN`; None where it cannot be asked.

    `interval` is the query's window, Flagger's default when "".
    """
    metric = Metric(check, interval or DEFAULT_METRIC_INTERVAL, None, False, None, None, "", "", "", {})
    observer, subject = observer_of(canary, provider), subject_of(canary, metric)
    known = provider.partition(":")[0]
    if canary.spec.target.kind == "Service" or check not in BUILTIN:
        return None
    success, latency = observer.success, observer.latency
    if known in _BY_SERVICE:
        canarys = _BY_SERVICE[known]
        primarys = canarys.replace("canary", "primary")
        success, latency = success.replace(canarys, primarys), latency.replace(canarys, primarys)
    elif known == "nginx":
        success, latency = (query.replace('canary!=""', 'canary=""') for query in (success, latency))
    elif known in _BY_WORKLOAD:
        subject = replace(subject, target=canary.primary_name)
    else:
        return None
    asked = replace(observer, success=success, latency=latency)
    if check == SUCCESS_RATE:
        return asked.success_rate(subject), 1.0
    return asked.duration(subject), observer.duration_factor

"""Apache APISIX: no router here yet; its queries are asked, and Flagger's rollouts with it can be watched."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import BuiltinQueries, p99, ratio

_SERIES = 'route=~"<NS>_<ROUTE>-<ROUTED>-canary_.+"'
"""One route holds both backends, so that primary and canary cannot be told apart."""

PROVIDER = TrafficProvider(
    "apisix",
    "Apache APISIX",
    Upstream(True, "Its ingress controller was last changed in August 2026."),
    BuiltinQueries(
        ratio("apisix_http_status", _SERIES, 'code!~"5.."'),
        p99("apisix_http_latency_bucket", f'type=~"request", {_SERIES}'),
    ),
)

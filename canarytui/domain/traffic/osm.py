"""Open Service Mesh: no router here yet; its queries are asked, and Flagger's rollouts with it can be watched."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import CANARY_WORKLOAD, BuiltinQueries, p99, ratio

_SERIES = 'destination_namespace="<NS>", destination_kind="Deployment", destination_name="<TARGET>"'

PROVIDER = TrafficProvider(
    "osm",
    "Open Service Mesh",
    Upstream(False, "CNCF archived it in 2023."),
    BuiltinQueries(
        ratio("osm_request_total", _SERIES, 'response_code!~"5.*"'),
        p99("osm_request_duration_ms_bucket", _SERIES),
        primary=CANARY_WORKLOAD,
    ),
)

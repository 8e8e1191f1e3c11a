"""Open Service Mesh: a TrafficSplit of SMI."""

from __future__ import annotations

from canarytui.domain.traffic import ingresses, smi
from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import CANARY_WORKLOAD, BuiltinQueries, RequestSeries, p99, ratio

_SERIES = 'destination_namespace="<NS>", destination_kind="Deployment", destination_name="<TARGET>"'

PROVIDER = TrafficProvider(
    "osm",
    "Open Service Mesh",
    Upstream(False, "CNCF archived it in 2023."),
    BuiltinQueries(
        ratio("osm_request_total", _SERIES, 'response_code!~"5.*"'),
        p99("osm_request_duration_ms_bucket", _SERIES),
        primary=CANARY_WORKLOAD,
        requests=RequestSeries(
            "osm_request_total",
            _SERIES,
            "response_code",
            ("response_code", "5.*"),
            bucket="osm_request_duration_ms_bucket",
            bucket_selector=_SERIES,
        ),
    ),
    smi.split(smi.TRAFFIC_SPLITS_V1ALPHA2),
    successor="Move to another mesh and gatewayapi:v1.",
    entrances=(ingresses.ENTRANCE, smi.ENTRANCE),
)

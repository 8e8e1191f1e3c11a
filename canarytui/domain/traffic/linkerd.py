"""Linkerd by SMI: a TrafficSplit, which its smi extension carries out."""

from __future__ import annotations

from canarytui.domain.traffic import ingresses, smi
from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import CANARY_WORKLOAD, BuiltinQueries, RequestSeries, p99

_WORKLOAD = 'namespace="<NS>", deployment=~"<TARGET>"'
_INBOUND = 'direction="inbound"'

PROVIDER = TrafficProvider(
    "linkerd",
    "Linkerd (SMI)",
    Upstream(False, "linkerd-smi has been dormant since February 2024; Linkerd now splits traffic by the Gateway API."),
    BuiltinQueries(
        f'sum( rate( response_total{{ {_WORKLOAD}, classification!="failure", {_INBOUND} }}[<INTERVAL>] ) ) / '
        f"sum( rate( response_total{{ {_WORKLOAD}, {_INBOUND} }}[<INTERVAL>] ) ) * 100",
        p99("response_latency_ms_bucket", f"{_WORKLOAD}, {_INBOUND}"),
        primary=CANARY_WORKLOAD,
        requests=RequestSeries(
            "response_total",
            f"{_WORKLOAD}, {_INBOUND}",
            "status_code",
            ("classification", "failure"),
            bucket="response_latency_ms_bucket",
            bucket_selector=f"{_WORKLOAD}, {_INBOUND}",
        ),
    ),
    smi.split(smi.TRAFFIC_SPLITS_V1ALPHA1),
    entrances=(ingresses.ENTRANCE, smi.ENTRANCE),
    namespaces=("linkerd",),
    successor="Move to gatewayapi:v1 with the apex Service as parent (service.gatewayRefs: group core, kind Service,"
    " name, port), and delete the TrafficSplit.",
)

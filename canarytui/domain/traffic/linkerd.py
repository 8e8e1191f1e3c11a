"""Linkerd by SMI: no router here yet; its queries are asked, and Flagger's rollouts with it can be watched."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import CANARY_WORKLOAD, BuiltinQueries, p99, ratio

_SERIES = 'namespace="<NS>", deployment=~"<TARGET>", direction="inbound"'

PROVIDER = TrafficProvider(
    "linkerd",
    "Linkerd (SMI)",
    Upstream(False, "linkerd-smi has been dormant since February 2024; Linkerd now splits traffic by the Gateway API."),
    BuiltinQueries(
        ratio("response_total", _SERIES, 'classification!="failure"'),
        p99("response_latency_ms_bucket", _SERIES),
        primary=CANARY_WORKLOAD,
    ),
    namespaces=("linkerd",),
)

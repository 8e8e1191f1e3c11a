"""AWS App Mesh: no router here yet; its queries are asked, and Flagger's rollouts with it can be watched."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import CANARY_WORKLOAD, PODS, envoy

PROVIDER = TrafficProvider(
    "appmesh",
    "AWS App Mesh",
    Upstream(False, "AWS announced its end for 30 September 2026."),
    envoy(PODS, primary=CANARY_WORKLOAD),
    matches=True,
)

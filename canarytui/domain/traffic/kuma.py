"""Kuma: no router here yet; its queries are asked, and Flagger's rollouts with it can be watched."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import envoy

PROVIDER = TrafficProvider(
    "kuma",
    "Kuma",
    Upstream(False, "Kuma 3.0 removed the TrafficRoute that Flagger writes (November 2026)."),
    envoy('service=~"<ROUTED>-canary_<NS>_svc_[0-9a-zA-Z-]+"', primary=("-canary_", "-primary_")),
)

"""Gloo Edge: no router here yet; its queries are asked, and Flagger's rollouts with it can be watched."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import envoy

PROVIDER = TrafficProvider(
    "gloo",
    "Gloo Edge",
    Upstream(True, "1.19 to 1.22 get fixes; its successor speaks the Gateway API (November 2026)."),
    envoy(
        'envoy_cluster_name=~"<NS>-<ROUTED>-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+"',
        primary=("-canaryupstream-", "-primaryupstream-"),
    ),
    matches=True,
    observes_services=True,
)

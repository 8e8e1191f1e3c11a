"""Contour: no router here yet; its queries are asked, and Flagger's rollouts with it can be watched."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import envoy

PROVIDER = TrafficProvider(
    "contour",
    "Contour",
    Upstream(True, "It was last changed in August 2026."),
    envoy('envoy_cluster_name=~"<NS>_<SERVICE>-canary_[0-9a-zA-Z-]+"', primary=("-canary_", "-primary_")),
    matches=True,
)

"""Plain Kubernetes: nothing splits traffic, so every analysis is blue/green."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import pods

PROVIDER = TrafficProvider(
    "kubernetes",
    "plain Services",
    Upstream(True, "Services are part of Kubernetes."),
    pods(),
    splits=False,
)

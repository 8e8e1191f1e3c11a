"""A canary behind a Gateway, and what its routes say."""

from __future__ import annotations

from typing import Any

SERVICE = {"port": 80, "targetPort": 9898, "gatewayRefs": [{"name": "web", "namespace": "gateways"}]}
HEADER = [{"headers": {"x-canary": {"exact": "insider"}}}]


def canary(provider: str = "gatewayapi:v1", **service: Any) -> dict[str, Any]:
    return {"provider": provider, "service": {**SERVICE, **service}}


def split(rule: dict[str, Any]) -> tuple[int, ...]:
    return tuple(each["weight"] for each in rule["backendRefs"])

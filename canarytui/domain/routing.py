"""The live traffic split, read from the router object: what users get, whatever the status says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def traefik_canary_weight(router: Mapping[str, Any], apex: str) -> int | None:
    """Percent of traffic that a TraefikService sends to ``<apex>-canary``; None when it cannot be told.

    The controller leaves the canary out when its weight is 0, and Traefik reads a missing weight as 1.
    """
    spec = router.get("spec")
    weighted = spec.get("weighted") if isinstance(spec, Mapping) else None
    services = weighted.get("services") if isinstance(weighted, Mapping) else None
    if not isinstance(services, list):
        return None
    weights: dict[str, float] = {}
    for service in services:
        if isinstance(service, Mapping):
            weight = service.get("weight", 1)
            weights[str(service.get("name"))] = float(weight) if isinstance(weight, int | float) else 1.0
    if f"{apex}-primary" not in weights:
        return None
    total = sum(weights.values())
    return round(weights.get(f"{apex}-canary", 0.0) / total * 100) if total > 0 else 0

"""The series that an Envoy has of one of its clusters."""

from __future__ import annotations

from collections.abc import Mapping

from exported_series import Series

_BOUNDS_MS = ("0.5", "1", "5", "10", "25", "50", "100", "250", "500", "1000", "5000", "+Inf")


def upstream(cluster: str, per_code: Mapping[str, float], *, within_ms: str) -> list[Series]:
    """Requests a second by status; all take longer than the histogram's bound before `within_ms`, and no longer than
    that."""
    named, rate = {"envoy_cluster_name": cluster}, sum(per_code.values())
    counters: list[Series] = [
        ("envoy_cluster_upstream_rq", {**named, "envoy_response_code": code}, each) for code, each in per_code.items()
    ]
    # Envoy counts by class of status, too, under another name.
    counters.append(("envoy_cluster_upstream_rq_xx", {**named, "envoy_response_code_class": "2"}, rate))
    reached = _BOUNDS_MS.index(within_ms)
    return counters + [
        ("envoy_cluster_upstream_rq_time_bucket", {**named, "le": bound}, rate if place >= reached else 0.0)
        for place, bound in enumerate(_BOUNDS_MS)
    ]

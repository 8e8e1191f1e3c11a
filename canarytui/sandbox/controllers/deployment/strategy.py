"""How many replicas each ReplicaSet may have next during a rolling update. Pure.

Two bounds hold at every step: never more than ``replicas + maxSurge`` pods, never fewer than ``replicas -
maxUnavailable`` available ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from canarytui.sandbox.controllers.objects import Manifest, creation_order


class Bounds(Struct, frozen=True):
    """maxSurge and maxUnavailable in pods."""

    surge: int
    unavailable: int


def desired_replicas(workload: Manifest) -> int:
    """``spec.replicas``; one when absent."""
    replicas: int = workload["spec"].get("replicas", 1)
    return replicas


def strategy_type(deployment: Manifest) -> str:
    kind: str = (deployment["spec"].get("strategy") or {}).get("type") or "RollingUpdate"
    return kind


def scaled_value(value: int | str, total: int, *, round_up: bool) -> int:
    """An int-or-percent field in pods of `total`."""
    if isinstance(value, int):
        return value
    percent = int(value.removesuffix("%")) if value.endswith("%") else 0
    return -(-total * percent // 100) if round_up else total * percent // 100


def bounds(deployment: Manifest) -> Bounds:
    """Resolve the strategy's percentages; both zero would forbid any progress, so one pod may then be
    missing."""
    if strategy_type(deployment) != "RollingUpdate":
        return Bounds(surge=0, unavailable=0)
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    total = desired_replicas(deployment)
    surge = scaled_value(rolling.get("maxSurge", "25%"), total, round_up=True)
    unavailable = scaled_value(rolling.get("maxUnavailable", "25%"), total, round_up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Bounds(surge=surge, unavailable=min(unavailable, total))


def available_replicas(replica_set: Manifest) -> int:
    available: int = (replica_set.get("status") or {}).get("availableReplicas", 0)
    return available


def new_replicas(deployment: Manifest, new: Manifest | None, all_sets: Sequence[Manifest]) -> int:
    """Replicas that the new ReplicaSet (None: not created yet) may have now."""
    wanted = desired_replicas(deployment)
    if strategy_type(deployment) != "RollingUpdate":
        return wanted
    current = desired_replicas(new) if new is not None else 0
    if current >= wanted:
        return wanted
    room = wanted + bounds(deployment).surge - sum(desired_replicas(each) for each in all_sets)
    return current + max(0, min(room, wanted - current))


def old_replicas(deployment: Manifest, new: Manifest | None, old_sets: Sequence[Manifest]) -> dict[str, int]:
    """ReplicaSet name -> lower replica count, for those old ones that may shrink now.

    Unavailable pods go first: they serve no traffic.
    """
    active = sorted((each for each in old_sets if desired_replicas(each) > 0), key=creation_order)
    if not active:
        return {}
    new_wanted = desired_replicas(new) if new is not None else 0
    new_unavailable = new_wanted - (available_replicas(new) if new is not None else 0)
    least = desired_replicas(deployment) - bounds(deployment).unavailable
    total = sum(desired_replicas(each) for each in active) + new_wanted
    may_go = total - least - new_unavailable
    if may_go <= 0:
        return {}
    counts = {each["metadata"]["name"]: desired_replicas(each) for each in active}
    _drop_unavailable(counts, active, may_go)
    available = sum(available_replicas(each) for each in [*active, *([new] if new is not None else [])])
    _drop_available(counts, active, available - least)
    before = {each["metadata"]["name"]: desired_replicas(each) for each in active}
    return {name: count for name, count in counts.items() if count != before[name]}


def _drop_unavailable(counts: dict[str, int], active: Sequence[Manifest], may_go: int) -> None:
    for each in active:
        name = each["metadata"]["name"]
        going = min(may_go, max(0, counts[name] - available_replicas(each)))
        counts[name] -= going
        may_go -= going


def _drop_available(counts: dict[str, int], active: Sequence[Manifest], may_go: int) -> None:
    for each in active:
        if may_go <= 0:
            return
        name = each["metadata"]["name"]
        going = min(may_go, counts[name])
        counts[name] -= going
        may_go -= going

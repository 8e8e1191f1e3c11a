"""What a change of ``spec.replicas`` means for the ReplicaSets when no rollout step is due. Pure.

With one active ReplicaSet it gets them all. In the middle of a rollout the change is spread in proportion
to size.
"""

from __future__ import annotations

from collections.abc import Sequence

from canarytui.sandbox.controllers.deployment.strategy import (
    available_replicas,
    bounds,
    desired_replicas,
    strategy_type,
)
from canarytui.sandbox.controllers.objects import Manifest, annotations_of, creation_order

DESIRED_ANNOTATION = "deployment.kubernetes.io/desired-replicas"
MAX_ANNOTATION = "deployment.kubernetes.io/max-replicas"


def replica_annotations(deployment: Manifest) -> dict[str, str]:
    """Records on each active ReplicaSet the size it was scaled for."""
    wanted = desired_replicas(deployment)
    return {DESIRED_ANNOTATION: str(wanted), MAX_ANNOTATION: str(wanted + bounds(deployment).surge)}


def is_scaling_event(deployment: Manifest, replica_sets: Sequence[Manifest]) -> bool:
    """Whether some active ReplicaSet was scaled for another size than the Deployment's now."""
    wanted = str(desired_replicas(deployment))
    return any(
        desired_replicas(each) > 0 and annotations_of(each).get(DESIRED_ANNOTATION) not in (None, wanted)
        for each in replica_sets
    )


def scaled_counts(deployment: Manifest, new: Manifest | None, old_sets: Sequence[Manifest]) -> dict[str, int]:
    """ReplicaSet name -> replicas after a change of size."""
    wanted = desired_replicas(deployment)
    sets = [*old_sets, *([new] if new is not None else [])]
    active = [each for each in sets if desired_replicas(each) > 0]
    if len(active) <= 1:
        only = active[0] if active else new or (max(old_sets, key=creation_order) if old_sets else None)
        return {} if only is None else {only["metadata"]["name"]: wanted}
    if new is not None and _is_saturated(deployment, new):
        return {each["metadata"]["name"]: 0 for each in active if each is not new}
    if strategy_type(deployment) != "RollingUpdate":
        return {}
    return _in_proportion(deployment, active)


def _is_saturated(deployment: Manifest, new: Manifest) -> bool:
    wanted = desired_replicas(deployment)
    return (
        desired_replicas(new) == wanted
        and annotations_of(new).get(DESIRED_ANNOTATION) == str(wanted)
        and available_replicas(new) == wanted
    )


def _in_proportion(deployment: Manifest, active: Sequence[Manifest]) -> dict[str, int]:
    wanted = desired_replicas(deployment)
    allowed = wanted + bounds(deployment).surge if wanted > 0 else 0
    total = sum(desired_replicas(each) for each in active)
    to_add = allowed - total
    # The larger gets its share first; at equal size the newer when growing, the older when shrinking.
    newest_first = sorted(active, key=creation_order, reverse=to_add > 0)
    ordered = sorted(newest_first, key=desired_replicas, reverse=True)
    counts = {each["metadata"]["name"]: desired_replicas(each) for each in ordered}
    added = 0
    for each in ordered if to_add else []:
        share = _share(deployment, each, total, allowed, to_add, added)
        counts[each["metadata"]["name"]] += share
        added += share
    first = ordered[0]["metadata"]["name"]
    counts[first] = max(0, counts[first] + to_add - added)
    return counts


def _share(deployment: Manifest, replica_set: Manifest, total: int, allowed: int, to_add: int, added: int) -> int:
    size = desired_replicas(replica_set)
    if desired_replicas(deployment) == 0:
        return -size
    # The share is measured by the size the set was scaled for, so that rounding does not add up over changes.
    scaled_for = int(annotations_of(replica_set).get(MAX_ANNOTATION) or total)
    share = int(size * allowed / scaled_for + 0.5) - size if scaled_for else 0
    remaining = to_add - added
    return min(share, remaining) if to_add > 0 else max(share, remaining)

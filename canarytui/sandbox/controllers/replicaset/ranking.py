"""Which pods go first when a ReplicaSet shrinks. Pure.

In order: pods without a node, pending before running, not ready before ready, lower deletion cost, more
siblings on the same node, ready for a shorter time, more restarts, younger.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from canarytui.sandbox.controllers.objects import Manifest, annotations_of, uid_of
from canarytui.sandbox.controllers.pods import is_active, is_ready, phase_of, ready_since, restarts
from canarytui.sandbox.values import parse_timestamp

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"

_PHASE_RANK = {"Pending": 0, "Unknown": 1, "Running": 2}


def deletion_order(pods: Sequence[Manifest], related: Sequence[Manifest], now: datetime) -> list[Manifest]:
    """`pods`, those to delete first leading; `related` are active pods of the same Deployment, on any
    ReplicaSet."""
    siblings = Counter(_node(pod) for pod in related if is_active(pod))

    def rank(pod: Manifest) -> tuple[object, ...]:
        return (
            bool(_node(pod)),
            _PHASE_RANK.get(phase_of(pod), 2),
            is_ready(pod),
            deletion_cost(pod),
            -siblings[_node(pod)],
            _age_class(ready_since(pod), now),
            -restarts(pod),
            _age_class(parse_timestamp(pod["metadata"]["creationTimestamp"]), now),
            uid_of(pod),
        )

    return sorted(pods, key=rank)


def deletion_cost(pod: Manifest) -> int:
    """The annotation's number; 0 when absent or not a number."""
    try:
        return int(annotations_of(pod).get(DELETION_COST, "0"))
    except ValueError:
        return 0


def _node(pod: Manifest) -> str:
    node: str = pod["spec"].get("nodeName") or ""
    return node


def _age_class(since: datetime | None, now: datetime) -> int:
    """Ages that differ by less than a factor of two count as equal, so that not always the same pod is
    deleted."""
    if since is None:
        return -1
    age_s = (now - since).total_seconds()
    return int(math.log2(age_s)) + 1 if age_s >= 1 else 0

"""The pure decisions behind a rollout, for any sizes: bounds are kept, and it always comes to its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from canarytui.sandbox.controllers.deployment.strategy import bounds, new_replicas, old_replicas, scaled_value
from canarytui.sandbox.controllers.replicaset.ranking import deletion_order

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PORTIONS = st.one_of(st.integers(0, 6), st.integers(0, 100).map(lambda percent: f"{percent}%"))


def deployment(replicas: int, surge: int | str, unavailable: int | str) -> dict[str, Any]:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {"spec": {"replicas": replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}}


def replica_set(name: str, replicas: int, available: int) -> dict[str, Any]:
    meta = {"name": name, "creationTimestamp": "2026-11-23T12:00:00Z"}
    return {"metadata": meta, "spec": {"replicas": replicas}, "status": {"availableReplicas": available}}


@given(st.integers(0, 40), PORTIONS, PORTIONS)
def test_every_rollout_keeps_its_bounds_and_ends(replicas: int, surge: int | str, unavailable: int | str) -> None:
    owner = deployment(replicas, surge, unavailable)
    limits = bounds(owner)
    old, new = replica_set("old", replicas, replicas), replica_set("new", 0, 0)
    for _ in range(200):
        new["spec"]["replicas"] = new_replicas(owner, new, [old, new])
        assert old["spec"]["replicas"] + new["spec"]["replicas"] <= replicas + limits.surge
        old["spec"]["replicas"] = old_replicas(owner, new, [old]).get("old", old["spec"]["replicas"])
        old["status"]["availableReplicas"] = min(old["status"]["availableReplicas"], old["spec"]["replicas"])
        available = old["status"]["availableReplicas"] + new["status"]["availableReplicas"]
        assert available >= replicas - limits.unavailable
        if (old["spec"]["replicas"], new["status"]["availableReplicas"]) == (0, replicas):
            return
        new["status"]["availableReplicas"] = new["spec"]["replicas"]
    raise AssertionError(f"stuck at {old['spec']['replicas']} old and {new['spec']['replicas']} new replicas")


@given(st.integers(1, 40), PORTIONS, PORTIONS, st.data())
def test_pods_that_serve_nobody_go_before_those_that_do(
    replicas: int, surge: int | str, unavailable: int | str, data: st.DataObject
) -> None:
    owner = deployment(replicas, surge, unavailable)
    serving = data.draw(st.integers(0, replicas))
    broken, healthy = replica_set("a-broken", replicas, 0), replica_set("b-healthy", replicas, serving)
    assume(serving < replicas or replicas > 1)
    counts = old_replicas(owner, replica_set("new", 0, 0), [broken, healthy])
    if counts.get("b-healthy", replicas) < serving:
        assert counts.get("a-broken", replicas) == 0


def test_percentages_round_surge_up_and_unavailable_down() -> None:
    assert scaled_value("25%", 10, round_up=True) == 3
    assert scaled_value("25%", 10, round_up=False) == 2
    assert bounds(deployment(1, "25%", "25%")).surge == 1
    assert bounds(deployment(3, 0, 0)).unavailable == 1, "neither may be zero with the other"


def pod(name: str, *, node: str = "sandbox", ready_s: float | None = 100.0, **more: Any) -> dict[str, Any]:
    created = (NOW - timedelta(seconds=1000)).isoformat().replace("+00:00", "Z")
    meta = {"name": name, "uid": name, "namespace": "test", "creationTimestamp": created}
    meta["annotations"] = {"controller.kubernetes.io/pod-deletion-cost": str(more.get("cost", 0))}
    conditions = []
    if ready_s is not None:
        since = (NOW - timedelta(seconds=ready_s)).isoformat().replace("+00:00", "Z")
        conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": since}]
    container = {"restartCount": more.get("restarts", 0)}
    status = {"phase": more.get("phase", "Running"), "conditions": conditions, "containerStatuses": [container]}
    return {"metadata": meta, "spec": {"nodeName": node} if node else {}, "status": status}


def test_the_least_useful_pod_is_deleted_first() -> None:
    ranked = [
        pod("unbound", node="", phase="Pending", ready_s=None),
        pod("pending", phase="Pending", ready_s=None),
        pod("unready", ready_s=None),
        pod("cheap", cost=-5),
        pod("ready-lately", ready_s=3),
        pod("restarted", restarts=4),
        pod("steady"),
        pod("dear", cost=7),
    ]
    shuffled = ranked[::2] + ranked[1::2]
    order = [each["metadata"]["name"] for each in deletion_order(shuffled, shuffled, NOW)]
    assert order == [each["metadata"]["name"] for each in ranked]


def test_pods_with_more_siblings_on_their_node_go_first() -> None:
    crowded = [pod("b", node="one"), pod("c", node="one")]
    alone = pod("a", node="two")
    assert deletion_order([alone, *crowded], [alone, *crowded], NOW)[-1] is alone

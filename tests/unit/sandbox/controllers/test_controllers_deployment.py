"""Deployments: rollouts within their bounds, what makes a pod available, deadlines, pauses, history."""

from __future__ import annotations

import pytest
from simulated_cluster import SimulatedCluster, condition, deployment, image


def sizes(cluster: SimulatedCluster) -> dict[str, int]:
    """Image -> replicas of the ReplicaSet."""
    return {
        each["spec"]["template"]["spec"]["containers"][0]["image"]: each["spec"]["replicas"]
        for each in cluster.all("replicasets.apps")
    }


async def test_a_deployment_becomes_a_replica_set_and_pods_bound_to_the_node(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment())
    await cluster.settle()
    (replica_set,) = cluster.all("replicasets.apps")
    label = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert replica_set["metadata"]["name"] == f"web-{label}"
    pods = cluster.pods(f"app=web,pod-template-hash={label}")
    assert [pod["spec"]["nodeName"] for pod in pods] == ["sandbox"] * 3
    status = cluster.get("deployments.apps", "web")["status"]
    assert (status["replicas"], status["unavailableReplicas"]) == (3, 3)
    assert condition({"status": status}, "Available")["reason"] == "MinimumReplicasUnavailable"
    await cluster.roll_out()
    made = cluster.get("deployments.apps", "web")
    assert made["status"]["availableReplicas"] == 3
    assert "unavailableReplicas" not in made["status"]
    assert condition(made, "Available")["reason"] == "MinimumReplicasAvailable"
    progressing = condition(made, "Progressing")
    assert progressing["reason"] == "NewReplicaSetAvailable"
    assert progressing["message"] == f'ReplicaSet "web-{label}" has successfully progressed.'
    assert made["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "1"
    assert cluster.events("ScalingReplicaSet") == [f"Scaled up replica set web-{label} from 0 to 3"]


@pytest.mark.parametrize(
    ("surge", "unavailable", "most", "least"), [("25%", "25%", 5, 3), (0, 1, 4, 3), (1, 0, 5, 4), ("50%", 0, 6, 4)]
)
async def test_a_rolling_update_keeps_to_its_bounds(
    cluster: SimulatedCluster, surge: int | str, unavailable: int | str, most: int, least: int
) -> None:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    cluster.create("deployments.apps", deployment(replicas=4, strategy=strategy))
    await cluster.roll_out()
    cluster.patch("deployments.apps", "web", image("app:2"))
    await cluster.settle()
    seen_mixed = False
    for _ in range(20):
        pods = cluster.pods("app=web")
        ready = [pod for pod in pods if condition(pod, "Ready").get("status") == "True"]
        assert len(pods) <= most
        assert len(ready) >= least
        now = sizes(cluster)
        seen_mixed |= bool(now["app:1"] and now["app:2"])
        if now == {"app:1": 0, "app:2": 4} and len(ready) == 4:
            break
        await cluster.kubelet()
    assert seen_mixed
    assert sizes(cluster) == {"app:1": 0, "app:2": 4}
    await cluster.roll_out()
    assert condition(cluster.get("deployments.apps", "web"), "Progressing")["reason"] == "NewReplicaSetAvailable"


async def test_a_version_that_never_gets_ready_stops_and_misses_its_deadline(
    cluster: SimulatedCluster,
) -> None:
    cluster.create("deployments.apps", deployment(replicas=4, progressDeadlineSeconds=60))
    await cluster.roll_out()
    cluster.patch("deployments.apps", "web", image("app:broken"))
    await cluster.settle()
    for _ in range(5):
        await cluster.kubelet(ready=False)
    assert sizes(cluster) == {"app:1": 3, "app:broken": 2}
    await cluster.advance(50)
    assert condition(cluster.get("deployments.apps", "web"), "Progressing")["status"] == "True"
    await cluster.advance(15)
    late = condition(cluster.get("deployments.apps", "web"), "Progressing")
    assert (late["status"], late["reason"]) == ("False", "ProgressDeadlineExceeded")
    assert late["message"].endswith("has timed out progressing.")
    assert condition(cluster.get("deployments.apps", "web"), "Available")["status"] == "True"
    for pod in cluster.pods("app=web"):
        cluster.set_ready(pod["metadata"]["name"], True)
    await cluster.roll_out()
    assert sizes(cluster) == {"app:1": 0, "app:broken": 4}
    assert condition(cluster.get("deployments.apps", "web"), "Progressing")["reason"] == "NewReplicaSetAvailable"


async def test_progress_renews_the_deadline(cluster: SimulatedCluster) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    cluster.create("deployments.apps", deployment(replicas=2, progressDeadlineSeconds=60, strategy=strategy))
    await cluster.roll_out()
    cluster.patch("deployments.apps", "web", image("app:2"))
    await cluster.settle()
    await cluster.advance(50)
    await cluster.kubelet()
    await cluster.advance(50)
    assert condition(cluster.get("deployments.apps", "web"), "Progressing")["reason"] == "ReplicaSetUpdated"


async def test_min_ready_seconds_hold_back_availability(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2, minReadySeconds=10))
    await cluster.settle()
    await cluster.kubelet()
    status = cluster.get("deployments.apps", "web")["status"]
    assert status["readyReplicas"] == 2
    assert "availableReplicas" not in status
    await cluster.advance(9)
    assert "availableReplicas" not in cluster.get("deployments.apps", "web")["status"]
    await cluster.advance(2)
    assert cluster.get("deployments.apps", "web")["status"]["availableReplicas"] == 2


async def test_recreate_waits_for_the_last_old_pod(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2, strategy={"type": "Recreate"}))
    await cluster.roll_out()
    cluster.patch("deployments.apps", "web", image("app:2"))
    await cluster.settle()
    assert sizes(cluster) == {"app:1": 0}
    assert len(cluster.all("pods")) == 2
    await cluster.kubelet()
    assert sizes(cluster) == {"app:1": 0, "app:2": 2}
    await cluster.roll_out()
    assert {pod["spec"]["containers"][0]["image"] for pod in cluster.all("pods")} == {"app:2"}


async def test_a_paused_deployment_scales_but_does_not_roll(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2))
    await cluster.roll_out()
    cluster.patch("deployments.apps", "web", {"spec": {"paused": True}})
    cluster.patch("deployments.apps", "web", image("app:2"))
    cluster.patch("deployments.apps", "web", {"spec": {"replicas": 3}})
    await cluster.roll_out()
    assert sizes(cluster) == {"app:1": 3}
    assert condition(cluster.get("deployments.apps", "web"), "Progressing")["reason"] == "DeploymentPaused"
    cluster.patch("deployments.apps", "web", {"spec": {"paused": False}})
    await cluster.settle()
    await cluster.roll_out()
    assert sizes(cluster) == {"app:1": 0, "app:2": 3}


async def test_scaled_in_the_middle_of_a_rollout_both_sets_grow_in_proportion(cluster: SimulatedCluster) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}
    cluster.create("deployments.apps", deployment(replicas=10, strategy=strategy))
    await cluster.roll_out()
    cluster.patch("deployments.apps", "web", image("app:2"))
    await cluster.settle()
    assert sizes(cluster) == {"app:1": 8, "app:2": 5}
    cluster.patch("deployments.apps", "web", {"spec": {"replicas": 15}})
    await cluster.settle()
    assert sizes(cluster) == {"app:1": 11, "app:2": 7}


async def test_going_back_takes_the_old_replica_set_up_again_as_a_new_revision(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=1))
    await cluster.roll_out()
    first = cluster.all("replicasets.apps")[0]["metadata"]["uid"]
    for tag in ("app:2", "app:1"):
        cluster.patch("deployments.apps", "web", image(tag))
        await cluster.settle()
        await cluster.roll_out()
    assert sizes(cluster) == {"app:1": 1, "app:2": 0}
    back = next(each for each in cluster.all("replicasets.apps") if each["spec"]["replicas"])
    assert back["metadata"]["uid"] == first
    assert back["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert back["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"


async def test_no_more_old_replica_sets_are_kept_than_asked_for(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=1, revisionHistoryLimit=2))
    await cluster.roll_out()
    for number in range(2, 6):
        cluster.patch("deployments.apps", "web", image(f"app:{number}"))
        await cluster.settle()
        await cluster.roll_out()
    assert sizes(cluster) == {"app:3": 0, "app:4": 0, "app:5": 1}


async def test_a_deleted_pod_is_replaced(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2))
    await cluster.roll_out()
    victim = cluster.pods()[0]["metadata"]["name"]
    cluster.delete("pods", victim)
    await cluster.settle()
    assert len(cluster.pods()) == 2
    assert victim not in [pod["metadata"]["name"] for pod in cluster.pods()]


async def test_scaled_to_zero_and_up_again_it_is_complete_both_times(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2))
    await cluster.roll_out()
    cluster.patch("deployments.apps", "web", {"spec": {"replicas": 0}})
    await cluster.settle()
    await cluster.roll_out()
    made = cluster.get("deployments.apps", "web")
    assert not cluster.all("pods")
    assert "replicas" not in made["status"]
    assert made["status"]["observedGeneration"] == made["metadata"]["generation"]
    cluster.patch("deployments.apps", "web", {"spec": {"replicas": 1}})
    await cluster.settle()
    await cluster.roll_out()
    assert cluster.get("deployments.apps", "web")["status"]["availableReplicas"] == 1

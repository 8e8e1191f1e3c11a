"""Deployments: rollouts within their bounds, what makes a pod available, deadlines, pauses, history."""

from __future__ import annotations

import pytest
from controllers_world import World, condition, deployment, image


def sizes(world: World) -> dict[str, int]:
    """Image -> replicas of the ReplicaSet."""
    return {
        each["spec"]["template"]["spec"]["containers"][0]["image"]: each["spec"]["replicas"]
        for each in world.all("replicasets.apps")
    }


async def test_a_deployment_becomes_a_replica_set_and_pods_bound_to_the_node(world: World) -> None:
    world.create("deployments.apps", deployment())
    await world.settle()
    (replica_set,) = world.all("replicasets.apps")
    label = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert replica_set["metadata"]["name"] == f"web-{label}"
    pods = world.pods(f"app=web,pod-template-hash={label}")
    assert [pod["spec"]["nodeName"] for pod in pods] == ["sandbox"] * 3
    status = world.get("deployments.apps", "web")["status"]
    assert (status["replicas"], status["unavailableReplicas"]) == (3, 3)
    assert condition({"status": status}, "Available")["reason"] == "MinimumReplicasUnavailable"
    await world.roll_out()
    made = world.get("deployments.apps", "web")
    assert made["status"]["availableReplicas"] == 3
    assert "unavailableReplicas" not in made["status"]
    assert condition(made, "Available")["reason"] == "MinimumReplicasAvailable"
    progressing = condition(made, "Progressing")
    assert progressing["reason"] == "NewReplicaSetAvailable"
    assert progressing["message"] == f'ReplicaSet "web-{label}" has successfully progressed.'
    assert made["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "1"
    assert world.events("ScalingReplicaSet") == [f"Scaled up replica set web-{label} from 0 to 3"]


@pytest.mark.parametrize(
    ("surge", "unavailable", "most", "least"), [("25%", "25%", 5, 3), (0, 1, 4, 3), (1, 0, 5, 4), ("50%", 0, 6, 4)]
)
async def test_a_rolling_update_keeps_to_its_bounds(
    world: World, surge: int | str, unavailable: int | str, most: int, least: int
) -> None:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    world.create("deployments.apps", deployment(replicas=4, strategy=strategy))
    await world.roll_out()
    world.patch("deployments.apps", "web", image("app:2"))
    await world.settle()
    seen_mixed = False
    for _ in range(20):
        pods = world.pods("app=web")
        ready = [pod for pod in pods if condition(pod, "Ready").get("status") == "True"]
        assert len(pods) <= most
        assert len(ready) >= least
        now = sizes(world)
        seen_mixed |= bool(now["app:1"] and now["app:2"])
        if now == {"app:1": 0, "app:2": 4} and len(ready) == 4:
            break
        await world.kubelet()
    assert seen_mixed
    assert sizes(world) == {"app:1": 0, "app:2": 4}
    await world.roll_out()
    assert condition(world.get("deployments.apps", "web"), "Progressing")["reason"] == "NewReplicaSetAvailable"


async def test_a_version_that_never_gets_ready_stops_the_rollout_and_misses_its_deadline(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=4, progressDeadlineSeconds=60))
    await world.roll_out()
    world.patch("deployments.apps", "web", image("app:broken"))
    await world.settle()
    for _ in range(5):
        await world.kubelet(ready=False)
    assert sizes(world) == {"app:1": 3, "app:broken": 2}
    await world.advance(50)
    assert condition(world.get("deployments.apps", "web"), "Progressing")["status"] == "True"
    await world.advance(15)
    late = condition(world.get("deployments.apps", "web"), "Progressing")
    assert (late["status"], late["reason"]) == ("False", "ProgressDeadlineExceeded")
    assert late["message"].endswith("has timed out progressing.")
    assert condition(world.get("deployments.apps", "web"), "Available")["status"] == "True"
    for pod in world.pods("app=web"):
        world.set_ready(pod["metadata"]["name"], True)
    await world.roll_out()
    assert sizes(world) == {"app:1": 0, "app:broken": 4}
    assert condition(world.get("deployments.apps", "web"), "Progressing")["reason"] == "NewReplicaSetAvailable"


async def test_progress_renews_the_deadline(world: World) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    world.create("deployments.apps", deployment(replicas=2, progressDeadlineSeconds=60, strategy=strategy))
    await world.roll_out()
    world.patch("deployments.apps", "web", image("app:2"))
    await world.settle()
    await world.advance(50)
    await world.kubelet()
    await world.advance(50)
    assert condition(world.get("deployments.apps", "web"), "Progressing")["reason"] == "ReplicaSetUpdated"


async def test_min_ready_seconds_hold_back_availability(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2, minReadySeconds=10))
    await world.settle()
    await world.kubelet()
    status = world.get("deployments.apps", "web")["status"]
    assert status["readyReplicas"] == 2
    assert "availableReplicas" not in status
    await world.advance(9)
    assert "availableReplicas" not in world.get("deployments.apps", "web")["status"]
    await world.advance(2)
    assert world.get("deployments.apps", "web")["status"]["availableReplicas"] == 2


async def test_recreate_waits_for_the_last_old_pod(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2, strategy={"type": "Recreate"}))
    await world.roll_out()
    world.patch("deployments.apps", "web", image("app:2"))
    await world.settle()
    assert sizes(world) == {"app:1": 0}
    assert len(world.all("pods")) == 2
    await world.kubelet()
    assert sizes(world) == {"app:1": 0, "app:2": 2}
    await world.roll_out()
    assert {pod["spec"]["containers"][0]["image"] for pod in world.all("pods")} == {"app:2"}


async def test_a_paused_deployment_scales_but_does_not_roll(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2))
    await world.roll_out()
    world.patch("deployments.apps", "web", {"spec": {"paused": True}})
    world.patch("deployments.apps", "web", image("app:2"))
    world.patch("deployments.apps", "web", {"spec": {"replicas": 3}})
    await world.roll_out()
    assert sizes(world) == {"app:1": 3}
    assert condition(world.get("deployments.apps", "web"), "Progressing")["reason"] == "DeploymentPaused"
    world.patch("deployments.apps", "web", {"spec": {"paused": False}})
    await world.settle()
    await world.roll_out()
    assert sizes(world) == {"app:1": 0, "app:2": 3}


async def test_scaled_in_the_middle_of_a_rollout_both_sets_grow_in_proportion(world: World) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}
    world.create("deployments.apps", deployment(replicas=10, strategy=strategy))
    await world.roll_out()
    world.patch("deployments.apps", "web", image("app:2"))
    await world.settle()
    assert sizes(world) == {"app:1": 8, "app:2": 5}
    world.patch("deployments.apps", "web", {"spec": {"replicas": 15}})
    await world.settle()
    assert sizes(world) == {"app:1": 11, "app:2": 7}


async def test_going_back_takes_the_old_replica_set_up_again_as_a_new_revision(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=1))
    await world.roll_out()
    first = world.all("replicasets.apps")[0]["metadata"]["uid"]
    for tag in ("app:2", "app:1"):
        world.patch("deployments.apps", "web", image(tag))
        await world.settle()
        await world.roll_out()
    assert sizes(world) == {"app:1": 1, "app:2": 0}
    back = next(each for each in world.all("replicasets.apps") if each["spec"]["replicas"])
    assert back["metadata"]["uid"] == first
    assert back["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert back["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"


async def test_no_more_old_replica_sets_are_kept_than_asked_for(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=1, revisionHistoryLimit=2))
    await world.roll_out()
    for number in range(2, 6):
        world.patch("deployments.apps", "web", image(f"app:{number}"))
        await world.settle()
        await world.roll_out()
    assert sizes(world) == {"app:3": 0, "app:4": 0, "app:5": 1}


async def test_a_deleted_pod_is_replaced(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2))
    await world.roll_out()
    victim = world.pods()[0]["metadata"]["name"]
    world.delete("pods", victim)
    await world.settle()
    assert len(world.pods()) == 2
    assert victim not in [pod["metadata"]["name"] for pod in world.pods()]


async def test_scaled_to_zero_and_up_again_it_is_complete_both_times(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2))
    await world.roll_out()
    world.patch("deployments.apps", "web", {"spec": {"replicas": 0}})
    await world.settle()
    await world.roll_out()
    made = world.get("deployments.apps", "web")
    assert not world.all("pods")
    assert "replicas" not in made["status"]
    assert made["status"]["observedGeneration"] == made["metadata"]["generation"]
    world.patch("deployments.apps", "web", {"spec": {"replicas": 1}})
    await world.settle()
    await world.roll_out()
    assert world.get("deployments.apps", "web")["status"]["availableReplicas"] == 1

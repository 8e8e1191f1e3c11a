"""Who stands behind a Service, where pods may run, how far the autoscaler goes, what expires by itself."""

from __future__ import annotations

import pytest
from controllers_world import World, condition, deployment

from canarytui.sandbox import manifests
from canarytui.sandbox.controllers.manager import Options

SERVICE = {
    "metadata": {"name": "web"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]},
}


def autoscaler(least: int, most: int, target: str = "web") -> dict[str, object]:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}
    return {
        "metadata": {"name": "web"},
        "spec": {"scaleTargetRef": reference, "minReplicas": least, "maxReplicas": most},
    }


async def test_endpoints_follow_readiness_in_both_forms(world: World) -> None:
    world.create("services", SERVICE)
    world.create("deployments.apps", deployment(replicas=2))
    await world.roll_out()
    (subset,) = world.get("endpoints", "web")["subsets"]
    assert len(subset["addresses"]) == 2
    assert subset["ports"] == [{"port": 8080, "protocol": "TCP"}]
    world.set_ready(world.pods()[0]["metadata"]["name"], False)
    await world.settle()
    (subset,) = world.get("endpoints", "web")["subsets"]
    assert (len(subset["addresses"]), len(subset["notReadyAddresses"])) == (1, 1)
    (piece,) = world.all("endpointslices.discovery.k8s.io", "kubernetes.io/service-name=web")
    assert sorted(each["conditions"]["ready"] for each in piece["endpoints"]) == [False, True]
    world.delete("services", "web")
    await world.settle()
    assert world.find("endpoints", "web") is None
    assert not world.all("endpointslices.discovery.k8s.io")


async def test_a_pod_that_is_ending_takes_no_more_traffic(world: World) -> None:
    world.create("services", SERVICE)
    world.create("deployments.apps", deployment(replicas=1))
    await world.roll_out()
    leaving = world.pods()[0]["metadata"]["name"]
    world.delete("pods", leaving)
    await world.settle()
    assert world.find("pods", leaving) is not None
    assert world.get("endpoints", "web")["subsets"] == []
    (piece,) = world.all("endpointslices.discovery.k8s.io")
    leavers = [each["conditions"] for each in piece["endpoints"] if each["targetRef"]["name"] == leaving]
    assert leavers == [{"ready": False, "serving": True, "terminating": True}]


async def test_a_named_port_is_each_pods_own_number(world: World) -> None:
    world.create("services", SERVICE)
    for name, number in (("a", 8080), ("b", 9090)):
        ports = [{"name": "http", "containerPort": number}]
        container = {"name": "app", "image": "app:1", "ports": ports}
        world.create(
            "pods", {"metadata": {"name": name, "labels": {"app": "web"}}, "spec": {"containers": [container]}}
        )
    await world.settle()
    await world.kubelet()
    subsets = world.get("endpoints", "web")["subsets"]
    assert sorted(each["ports"][0]["port"] for each in subsets) == [8080, 9090]


async def test_a_service_without_selector_keeps_its_endpoints(world: World) -> None:
    subsets = [{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 80}]}]
    world.create("services", {"metadata": {"name": "own"}, "spec": {"ports": [{"port": 80}]}})
    world.create("endpoints", {"metadata": {"name": "own"}, "subsets": subsets})
    await world.settle()
    assert world.get("endpoints", "own")["subsets"][0]["addresses"] == [{"ip": "192.0.2.1"}]


@pytest.mark.parametrize(
    ("replicas", "becomes", "why"),
    [
        (1, 2, "Current number of replicas below Spec.MinReplicas"),
        (9, 4, "Current number of replicas above Spec.MaxReplicas"),
    ],
)
async def test_the_autoscaler_keeps_to_its_bounds(world: World, replicas: int, becomes: int, why: str) -> None:
    world.create("deployments.apps", deployment(replicas=replicas))
    world.create("horizontalpodautoscalers.autoscaling", autoscaler(2, 4))
    await world.settle()
    assert world.get("deployments.apps", "web")["spec"]["replicas"] == becomes
    assert world.events("SuccessfulRescale") == [f"New size: {becomes}; reason: {why}"]


async def test_the_autoscaler_leaves_a_workload_at_zero_alone(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=0))
    world.create("horizontalpodautoscalers.autoscaling", autoscaler(2, 4))
    await world.advance(60)
    assert world.get("deployments.apps", "web")["spec"]["replicas"] == 0
    scaler = world.get("horizontalpodautoscalers.autoscaling", "web")
    assert condition(scaler, "ScalingActive")["reason"] == "ScalingDisabled"
    world.patch("deployments.apps", "web", {"spec": {"replicas": 1}})
    await world.advance(16)
    assert world.get("deployments.apps", "web")["spec"]["replicas"] == 2


async def test_the_autoscaler_says_that_its_target_is_missing(world: World) -> None:
    world.create("horizontalpodautoscalers.autoscaling", autoscaler(1, 2, "nobody"))
    await world.settle()
    scaler = world.get("horizontalpodautoscalers.autoscaling", "web")
    assert condition(scaler, "AbleToScale")["reason"] == "FailedGetScale"
    assert world.events("FailedGetScale") == ['deployments.apps "nobody" not found']


async def test_a_pod_that_fits_nowhere_waits_until_a_node_fits(world: World) -> None:
    spec = {"containers": [{"name": "app", "image": "app:1"}], "nodeSelector": {"disk": "ssd"}}
    world.create("pods", {"metadata": {"name": "picky"}, "spec": spec})
    await world.settle()
    assert "nodeName" not in world.get("pods", "picky")["spec"]
    (told,) = world.events("FailedScheduling")
    assert told.startswith("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")
    world.patch("nodes", "sandbox", {"metadata": {"labels": {"disk": "ssd"}}})
    await world.settle()
    assert world.get("pods", "picky")["spec"]["nodeName"] == "sandbox"
    assert world.events("Scheduled") == ["Successfully assigned test/picky to sandbox"]


async def test_a_cordoned_node_takes_no_new_pods(world: World) -> None:
    world.patch("nodes", "sandbox", {"spec": {"unschedulable": True}})
    await world.settle()
    world.create("deployments.apps", deployment(replicas=1))
    await world.settle()
    assert "nodeName" not in world.pods()[0]["spec"]
    world.patch("nodes", "sandbox", {"spec": {"unschedulable": None}})
    await world.settle()
    assert world.pods()[0]["spec"]["nodeName"] == "sandbox"


async def test_events_go_an_hour_after_they_were_last_seen(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=1))
    await world.roll_out()
    assert world.events("ScalingReplicaSet")
    await world.advance(3500)
    assert world.events("ScalingReplicaSet")
    await world.advance(120)
    assert not world.events("ScalingReplicaSet")


async def test_the_load_tester_comes_with_its_namespace_and_only_once() -> None:
    world = World(Options(load_tester_namespace="test", load_tester=manifests.load_tester))
    await world.start()
    try:
        assert world.find("deployments.apps", "flagger-loadtester") is not None
        assert world.get("services", "flagger-loadtester")["spec"]["ports"][0]["port"] == 80
        world.delete("deployments.apps", "flagger-loadtester")
        world.patch("namespaces", "test", {"metadata": {"labels": {"touched": "yes"}}})
        await world.settle()
        assert world.find("deployments.apps", "flagger-loadtester") is None, "what a person deleted stays deleted"
    finally:
        await world.stop()

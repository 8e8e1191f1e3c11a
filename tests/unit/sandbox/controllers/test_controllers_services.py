"""Who stands behind a Service, where pods may run, how far the autoscaler goes, what expires by itself."""

from __future__ import annotations

import pytest
from simulated_cluster import SimulatedCluster, condition, deployment

from canarytui.sandbox import manifests
from canarytui.sandbox.controllers.manager import ManagerOptions

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


async def test_endpoints_follow_readiness_in_both_forms(cluster: SimulatedCluster) -> None:
    cluster.create("services", SERVICE)
    cluster.create("deployments.apps", deployment(replicas=2))
    await cluster.roll_out()
    (subset,) = cluster.get("endpoints", "web")["subsets"]
    assert len(subset["addresses"]) == 2
    assert subset["ports"] == [{"port": 8080, "protocol": "TCP"}]
    cluster.set_ready(cluster.pods()[0]["metadata"]["name"], False)
    await cluster.settle()
    (subset,) = cluster.get("endpoints", "web")["subsets"]
    assert (len(subset["addresses"]), len(subset["notReadyAddresses"])) == (1, 1)
    (piece,) = cluster.all("endpointslices.discovery.k8s.io", "kubernetes.io/service-name=web")
    assert sorted(each["conditions"]["ready"] for each in piece["endpoints"]) == [False, True]
    cluster.delete("services", "web")
    await cluster.settle()
    assert cluster.find("endpoints", "web") is None
    assert not cluster.all("endpointslices.discovery.k8s.io")


async def test_a_pod_that_is_ending_takes_no_more_traffic(cluster: SimulatedCluster) -> None:
    cluster.create("services", SERVICE)
    cluster.create("deployments.apps", deployment(replicas=1))
    await cluster.roll_out()
    leaving = cluster.pods()[0]["metadata"]["name"]
    cluster.delete("pods", leaving)
    await cluster.settle()
    assert cluster.find("pods", leaving) is not None
    assert cluster.get("endpoints", "web")["subsets"] == []
    (piece,) = cluster.all("endpointslices.discovery.k8s.io")
    leavers = [each["conditions"] for each in piece["endpoints"] if each["targetRef"]["name"] == leaving]
    assert leavers == [{"ready": False, "serving": True, "terminating": True}]


async def test_a_named_port_is_each_pods_own_number(cluster: SimulatedCluster) -> None:
    cluster.create("services", SERVICE)
    for name, number in (("a", 8080), ("b", 9090)):
        ports = [{"name": "http", "containerPort": number}]
        container = {"name": "app", "image": "app:1", "ports": ports}
        cluster.create(
            "pods", {"metadata": {"name": name, "labels": {"app": "web"}}, "spec": {"containers": [container]}}
        )
    await cluster.settle()
    await cluster.kubelet()
    subsets = cluster.get("endpoints", "web")["subsets"]
    assert sorted(each["ports"][0]["port"] for each in subsets) == [8080, 9090]


async def test_a_service_without_selector_keeps_its_endpoints(cluster: SimulatedCluster) -> None:
    subsets = [{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 80}]}]
    cluster.create("services", {"metadata": {"name": "own"}, "spec": {"ports": [{"port": 80}]}})
    cluster.create("endpoints", {"metadata": {"name": "own"}, "subsets": subsets})
    await cluster.settle()
    assert cluster.get("endpoints", "own")["subsets"][0]["addresses"] == [{"ip": "192.0.2.1"}]


@pytest.mark.parametrize(
    ("replicas", "becomes", "why"),
    [
        (1, 2, "Current number of replicas below Spec.MinReplicas"),
        (9, 4, "Current number of replicas above Spec.MaxReplicas"),
    ],
)
async def test_the_autoscaler_keeps_to_its_bounds(
    cluster: SimulatedCluster, replicas: int, becomes: int, why: str
) -> None:
    cluster.create("deployments.apps", deployment(replicas=replicas))
    cluster.create("horizontalpodautoscalers.autoscaling", autoscaler(2, 4))
    await cluster.settle()
    assert cluster.get("deployments.apps", "web")["spec"]["replicas"] == becomes
    assert cluster.events("SuccessfulRescale") == [f"New size: {becomes}; reason: {why}"]


async def test_the_autoscaler_leaves_a_workload_at_zero_alone(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=0))
    cluster.create("horizontalpodautoscalers.autoscaling", autoscaler(2, 4))
    await cluster.advance(60)
    assert cluster.get("deployments.apps", "web")["spec"]["replicas"] == 0
    scaler = cluster.get("horizontalpodautoscalers.autoscaling", "web")
    assert condition(scaler, "ScalingActive")["reason"] == "ScalingDisabled"
    cluster.patch("deployments.apps", "web", {"spec": {"replicas": 1}})
    await cluster.advance(16)
    assert cluster.get("deployments.apps", "web")["spec"]["replicas"] == 2


async def test_the_autoscaler_says_that_its_target_is_missing(cluster: SimulatedCluster) -> None:
    cluster.create("horizontalpodautoscalers.autoscaling", autoscaler(1, 2, "nobody"))
    await cluster.settle()
    scaler = cluster.get("horizontalpodautoscalers.autoscaling", "web")
    assert condition(scaler, "AbleToScale")["reason"] == "FailedGetScale"
    assert cluster.events("FailedGetScale") == ['deployments.apps "nobody" not found']


async def test_a_pod_that_fits_nowhere_waits_until_a_node_fits(cluster: SimulatedCluster) -> None:
    spec = {"containers": [{"name": "app", "image": "app:1"}], "nodeSelector": {"disk": "ssd"}}
    cluster.create("pods", {"metadata": {"name": "picky"}, "spec": spec})
    await cluster.settle()
    assert "nodeName" not in cluster.get("pods", "picky")["spec"]
    (told,) = cluster.events("FailedScheduling")
    assert told.startswith("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")
    cluster.patch("nodes", "sandbox", {"metadata": {"labels": {"disk": "ssd"}}})
    await cluster.settle()
    assert cluster.get("pods", "picky")["spec"]["nodeName"] == "sandbox"
    assert cluster.events("Scheduled") == ["Successfully assigned test/picky to sandbox"]


async def test_a_cordoned_node_takes_no_new_pods(cluster: SimulatedCluster) -> None:
    cluster.patch("nodes", "sandbox", {"spec": {"unschedulable": True}})
    await cluster.settle()
    cluster.create("deployments.apps", deployment(replicas=1))
    await cluster.settle()
    assert "nodeName" not in cluster.pods()[0]["spec"]
    cluster.patch("nodes", "sandbox", {"spec": {"unschedulable": None}})
    await cluster.settle()
    assert cluster.pods()[0]["spec"]["nodeName"] == "sandbox"


async def test_events_go_an_hour_after_they_were_last_seen(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=1))
    await cluster.roll_out()
    assert cluster.events("ScalingReplicaSet")
    await cluster.advance(3500)
    assert cluster.events("ScalingReplicaSet")
    await cluster.advance(120)
    assert not cluster.events("ScalingReplicaSet")


async def test_the_load_tester_comes_with_its_namespace_and_only_once() -> None:
    cluster = SimulatedCluster(ManagerOptions(load_tester_namespace="test", load_tester=manifests.load_tester))
    await cluster.start()
    try:
        assert cluster.find("deployments.apps", "flagger-loadtester") is not None
        assert cluster.get("services", "flagger-loadtester")["spec"]["ports"][0]["port"] == 80
        cluster.delete("deployments.apps", "flagger-loadtester")
        cluster.patch("namespaces", "test", {"metadata": {"labels": {"touched": "yes"}}})
        await cluster.settle()
        assert cluster.find("deployments.apps", "flagger-loadtester") is None, "what a person deleted stays deleted"
    finally:
        await cluster.stop()

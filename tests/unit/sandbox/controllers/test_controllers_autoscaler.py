"""The autoscaler: replicas by what the pods use, within bounds, and what its status and Events say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from simulated_cluster import TEST, SimulatedCluster

from canarytui.sandbox.resource_metrics import ContainerReading, NodeReading, ResourceMetrics

LABELS = {"app": "web"}
CPU = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}


async def scaled(cluster: SimulatedCluster, replicas: int = 2, **spec: Any) -> None:
    """A Deployment whose pods ask for 100m each, and its autoscaler from 2 to 10."""
    container = {"name": "app", "image": "web:1", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    deployment = {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": template}
    cluster.create("deployments.apps", {"metadata": {"name": "web"}, "spec": deployment})
    await cluster.settle()
    await cluster.roll_out()
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    metrics = [{"type": "Resource", "resource": CPU}]
    autoscaler = {"scaleTargetRef": reference, "minReplicas": 2, "maxReplicas": 10, "metrics": metrics, **spec}
    cluster.create("horizontalpodautoscalers.autoscaling", {"metadata": {"name": "web"}, "spec": autoscaler})
    await cluster.settle()


def measure(cluster: SimulatedCluster, cores: float | Mapping[str, float], megabytes: float = 10) -> None:
    """Every pod, or each that is named, uses so much since the last window."""
    metrics: ResourceMetrics = cluster.api.resource_metrics
    pods = [pod["metadata"]["name"] for pod in cluster.all("pods")]
    used = dict.fromkeys(pods, cores) if isinstance(cores, float) else cores
    for at, times in ((cluster.clock.now() - timedelta(seconds=10), 0), (cluster.clock.now(), 10)):
        readings = [ContainerReading(TEST, pod, "app", each * times, megabytes * 2**20) for pod, each in used.items()]
        metrics.take(at, readings, NodeReading(0.0, 0.0))


async def sync(cluster: SimulatedCluster, seconds: float = 15) -> dict[str, Any]:
    """The autoscaler after its next look, with every pod ready."""
    await cluster.advance(seconds)
    await cluster.roll_out()
    return cluster.get("horizontalpodautoscalers.autoscaling", "web")


def replicas(cluster: SimulatedCluster) -> int:
    found: int = cluster.get("deployments.apps", "web")["spec"]["replicas"]
    return found


def reasons(autoscaler: dict[str, Any]) -> dict[str, str]:
    return {each["type"]: each["reason"] for each in autoscaler["status"]["conditions"]}


async def test_before_anything_is_measured_it_says_so(cluster: SimulatedCluster) -> None:
    await scaled(cluster)
    autoscaler = await sync(cluster)
    assert reasons(autoscaler)["ScalingActive"] == "FailedGetResourceMetric"
    [message] = cluster.events("FailedGetResourceMetric")
    assert message.endswith("the server is currently unable to handle the request (get pods.metrics.k8s.io)")


async def test_it_scales_up_and_says_what_it_measured(cluster: SimulatedCluster) -> None:
    await scaled(cluster)
    measure(cluster, 0.1)
    autoscaler = await sync(cluster)
    assert replicas(cluster) == 4
    assert autoscaler["status"]["currentMetrics"] == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "current": {"averageUtilization": 100, "averageValue": "100m"}},
        }
    ]
    assert cluster.events("SuccessfulRescale") == [
        "New size: 4; reason: cpu resource utilization (percentage of request) above target"
    ]


async def test_it_is_well_where_nothing_is_to_be_done(cluster: SimulatedCluster) -> None:
    await scaled(cluster)
    measure(cluster, 0.052)
    autoscaler = await sync(cluster)
    assert replicas(cluster) == 2
    assert reasons(autoscaler) == {
        "AbleToScale": "ReadyForNewScale",
        "ScalingActive": "ValidMetricFound",
        "ScalingLimited": "DesiredWithinRange",
    }
    measure(cluster, 0.01)
    assert reasons(await sync(cluster, 301))["ScalingLimited"] == "TooFewReplicas"
    assert replicas(cluster) == 2


async def test_one_step_up_is_bounded_and_so_is_the_number(cluster: SimulatedCluster) -> None:
    await scaled(cluster)
    measure(cluster, 1.0)
    await sync(cluster)
    assert replicas(cluster) == 6  # two and four more
    measure(cluster, 1.0)
    assert reasons(await sync(cluster))["ScalingLimited"] == "TooManyReplicas"
    assert replicas(cluster) == 10


async def test_it_scales_down_only_after_five_calm_minutes(cluster: SimulatedCluster) -> None:
    await scaled(cluster, replicas=4)
    measure(cluster, 0.01)
    assert reasons(await sync(cluster))["AbleToScale"] == "ScaleDownStabilized"
    assert replicas(cluster) == 4
    for _ in range(21):
        measure(cluster, 0.01)
        await sync(cluster)
    assert replicas(cluster) == 2
    assert cluster.events("SuccessfulRescale") == ["New size: 2; reason: All metrics below target"]


async def test_a_pod_that_is_not_measured_holds_back(cluster: SimulatedCluster) -> None:
    await scaled(cluster, replicas=4)
    known = [pod["metadata"]["name"] for pod in cluster.all("pods")][:2]
    measure(cluster, dict.fromkeys(known, 0.06))
    await sync(cluster)
    assert replicas(cluster) == 4  # 120 % of the target by two of four: with two idle ones it is below


@pytest.mark.parametrize(
    ("metric", "wanted"),
    [
        ({"name": "memory", "target": {"type": "AverageValue", "averageValue": "5Mi"}}, 4),
        ({"name": "memory", "target": {"type": "Utilization", "averageUtilization": 5}}, 7),
    ],
)
async def test_by_memory(cluster: SimulatedCluster, metric: dict[str, Any], wanted: int) -> None:
    behavior = {"scaleUp": {"stabilizationWindowSeconds": 0}}
    await scaled(cluster, metrics=[{"type": "Resource", "resource": metric}], behavior=behavior)
    measure(cluster, 0.01, megabytes=10)
    await sync(cluster)
    assert replicas(cluster) == min(wanted, 6)


async def test_without_a_request_there_is_no_utilization(cluster: SimulatedCluster) -> None:
    await scaled(cluster)
    bare = [{"name": "app", "image": "web:2", "resources": None}]
    cluster.patch("deployments.apps", "web", {"spec": {"template": {"spec": {"containers": bare}}}})
    await cluster.settle()
    await cluster.roll_out()
    measure(cluster, 0.1)
    await sync(cluster)
    assert "missing request for cpu in container app of Pod" in cluster.events("FailedGetResourceMetric")[-1]


async def test_other_metrics_are_not_served(cluster: SimulatedCluster) -> None:
    await scaled(cluster, metrics=[{"type": "Pods", "pods": {"metric": {"name": "hits"}, "target": {"type": "Value"}}}])
    assert reasons(await sync(cluster))["ScalingActive"] == "FailedGetPodsMetric"

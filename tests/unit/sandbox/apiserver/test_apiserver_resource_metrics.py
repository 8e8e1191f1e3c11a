"""``metrics.k8s.io``: what was measured, of the pods and the node that there are; nothing of it is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.presentation import discovery
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.resource_metrics import ContainerReading, NodeReading, ResourceMetrics

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


def reading(pod: str, cpu_s: float, memory: float = 1024) -> ContainerReading:
    return ContainerReading("shop", pod, "app", cpu_s, memory)


def measured(metrics: ResourceMetrics, *pods: tuple[str, float]) -> None:
    """Two readings, between which each pod used so many cores."""
    metrics.take(AT - timedelta(seconds=10), [reading(name, 5.0) for name, _ in pods], NodeReading(1.0, 0.0))
    later = [reading(name, 5.0 + 10 * cores, 20 * 2**20) for name, cores in pods]
    metrics.take(AT, later, NodeReading(6.0, 2**30))


@pytest.fixture
def api() -> Api:
    made = Api()
    made.create(rt(made, "nodes", ""), None, {"metadata": {"name": "sandbox"}, "spec": {}})
    made.create(rt(made, "namespaces", ""), None, {"metadata": {"name": "shop"}})
    for name, app in (("cart-a", "cart"), ("cart-b", "cart"), ("other", "other")):
        spec = {"containers": [{"name": "app", "image": "cart:1"}]}
        made.create(rt(made, "pods", ""), "shop", {"metadata": {"name": name, "labels": {"app": app}}, "spec": spec})
    return made


def rt(api: Api, plural: str, group: str = "metrics.k8s.io") -> ResourceType:
    return api.registry.find(group, plural)


def names(found: Any) -> list[str]:
    return [each["metadata"]["name"] for each in found.items]


def test_before_two_readings_it_cannot_be_served(api: Api) -> None:
    with pytest.raises(StatusError) as refused:
        api.list(rt(api, "pods"), "shop")
    assert refused.value.code == 503


def test_pods_have_what_they_used_in_the_window(api: Api) -> None:
    measured(api.resource_metrics, ("cart-a", 0.25), ("other", 0.0), ("gone", 1.0))
    assert names(api.list(rt(api, "pods"))) == ["cart-a", "other"]
    assert names(api.list(rt(api, "pods"), "shop", label_selector="app=cart")) == ["cart-a"]
    assert names(api.list(rt(api, "pods"), "elsewhere")) == []
    assert api.get(rt(api, "pods"), "shop", "cart-a") == {
        "kind": "PodMetrics",
        "apiVersion": "metrics.k8s.io/v1beta1",
        "metadata": {
            "name": "cart-a",
            "namespace": "shop",
            "labels": {"app": "cart"},
            "creationTimestamp": "2026-11-26T12:00:00Z",
        },
        "timestamp": "2026-11-26T12:00:00Z",
        "window": "10s",
        "containers": [{"name": "app", "usage": {"cpu": "250000000n", "memory": "20480Ki"}}],
    }
    with pytest.raises(StatusError) as refused:
        api.get(rt(api, "pods"), "shop", "cart-b")  # not measured yet
    assert refused.value.code == 404


def test_the_node_is_measured_as_a_whole(api: Api) -> None:
    measured(api.resource_metrics)
    [node] = api.list(rt(api, "nodes")).items
    assert node["usage"] == {"cpu": "500000000n", "memory": "1048576Ki"}


def test_a_container_that_began_again_has_what_it_used_since() -> None:
    metrics = ResourceMetrics()
    metrics.take(AT, [reading("cart-a", 50.0)], NodeReading(0.0, 0.0))
    metrics.take(AT + timedelta(seconds=10), [reading("cart-a", 2.0)], NodeReading(0.0, 0.0))
    assert metrics.pod("shop", "cart-a")["app"].cpu_cores == pytest.approx(0.2)


def test_it_is_discovered_as_an_aggregated_api_and_only_read(api: Api) -> None:
    found = discovery.aggregated(api.registry, legacy=False, version="v2")
    [group] = [each for each in found["items"] if each["metadata"]["name"] == "metrics.k8s.io"]
    [version] = group["versions"]
    assert [(each["resource"], each["scope"], each["verbs"]) for each in version["resources"]] == [
        ("nodes", "Cluster", ["get", "list"]),
        ("pods", "Namespaced", ["get", "list"]),
    ]
    listed = discovery.resource_list(api.registry, "metrics.k8s.io", "v1beta1")
    assert [each["kind"] for each in listed["resources"]] == ["NodeMetrics", "PodMetrics"]

"""Objects are parsed once for each version, and forgotten when they go."""

from __future__ import annotations

from typing import Any

from fake_cluster_state import canary, target

from canarytui.cluster.resources import CANARIES, DAEMONSETS, DEPLOYMENTS
from canarytui.cluster.store import ObjectStore
from canarytui.domain.spec.canary import Canary
from canarytui.errors import InvalidObject
from canarytui.session.parsed_objects import ParsedObjects

KEY = ("test", "podinfo")


def parsed_of(*objects: dict[str, Any]) -> tuple[ParsedObjects, dict[Any, ObjectStore]]:
    stores = {resource: ObjectStore(resource) for resource in (CANARIES, DEPLOYMENTS, DAEMONSETS)}
    for resource, store in stores.items():
        store.replace([obj for obj in objects if obj["kind"] == resource.kind])
    return ParsedObjects(stores), stores


async def test_a_canary_is_parsed_once_for_each_version() -> None:
    parsed, stores = parsed_of(canary("Progressing", "1", weight=5))
    first = parsed.canary(KEY)
    assert isinstance(first, Canary)
    assert first.status.canary_weight == 5
    assert parsed.canary(KEY) is first
    stores[CANARIES].put(canary("Progressing", "2", weight=10))
    second = parsed.canary(KEY)
    assert isinstance(second, Canary)
    assert second.status.canary_weight == 10


async def test_what_cannot_be_parsed_is_its_reason_and_what_is_gone_is_nothing() -> None:
    broken = canary("Progressing", "1")
    broken["spec"]["analysis"] = 5
    parsed, stores = parsed_of(broken)
    reason = parsed.canary(KEY)
    assert isinstance(reason, InvalidObject)
    assert "test/podinfo" in str(reason)
    stores[CANARIES].replace([])
    assert parsed.canary(KEY) is None
    parsed.forget_canary(KEY)
    assert len(parsed) == 0


async def test_a_workload_is_of_the_kind_that_the_canary_targets() -> None:
    daemon = {**target("podinfo:3"), "kind": "DaemonSet"}
    parsed, _ = parsed_of(canary("Progressing"), target("podinfo:2"), daemon)
    found = parsed.canary(KEY)
    assert isinstance(found, Canary)
    workload = parsed.workload(found, "podinfo")
    assert workload is not None
    assert workload.containers[0].image == "podinfo:2"
    assert parsed.workload(found, "podinfo") is workload
    assert parsed.workload(found, "podinfo-primary") is None
    other = canary("Progressing", "2")
    other["spec"]["targetRef"]["kind"] = "DaemonSet"
    of_daemon = parsed.workload(Canary.parse(other), "podinfo")
    assert of_daemon is not None
    assert of_daemon.containers[0].image == "podinfo:3"


async def test_a_workload_that_changed_is_parsed_again() -> None:
    parsed, stores = parsed_of(canary("Progressing"), target("podinfo:2"))
    found = parsed.canary(KEY)
    assert isinstance(found, Canary)
    assert parsed.workload(found, "podinfo") is not None
    stores[DEPLOYMENTS].put(target("podinfo:9", "2"))
    changed = parsed.workload(found, "podinfo")
    assert changed is not None
    assert changed.containers[0].image == "podinfo:9"
    assert len(parsed) == 2
    parsed.forget_workload(KEY)
    assert len(parsed) == 1


async def test_pods_are_selected_by_the_workloads_own_labels() -> None:
    obj = target("podinfo:2")
    obj["spec"]["selector"] = {"matchLabels": {"app": "podinfo", "tier": "web", "odd": 5}}
    parsed, _ = parsed_of(canary("Progressing"), obj)
    found = parsed.canary(KEY)
    assert isinstance(found, Canary)
    assert parsed.pod_selector(found, "podinfo") == "app=podinfo,tier=web"
    assert parsed.pod_selector(found, "nowhere") == ""

"""No controller of ours beside a Flagger that looks after the same canaries."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from live_api import LiveApi, Start

from canarytui.engine.runtime.flagger_conflict import find_conflict, flagger_deployment, flagger_events, flagger_lease
from canarytui.sandbox import manifests

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def deployment(
    image: str = "ghcr.io/fluxcd/flagger:1.44.0",
    *arguments: str,
    command: tuple[str, ...] = (),
    replicas: int | None = 1,
    name: str = "flagger",
    namespace: str = "flagger-system",
) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": "main", "image": image, "args": list(arguments), "command": list(command)}
    spec: dict[str, Any] = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    if replicas is not None:
        spec["replicas"] = replicas
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


@pytest.mark.parametrize(
    "found",
    [
        deployment(),
        deployment(replicas=None),
        deployment("registry.corp:5000/mirror/flagger@sha256:0123"),
        deployment("flagger"),
        deployment("registry.corp/platform/rollouts:7", command=("./flagger",)),
        deployment("registry.corp/platform/rollouts:7", command=("/home/flagger/flagger", "-log-level=info")),
        deployment("ghcr.io/fluxcd/flagger:1.44.0", "-namespace=test"),
        deployment("ghcr.io/fluxcd/flagger:1.44.0", "--namespace", "test"),
        deployment("ghcr.io/fluxcd/flagger:1.44.0", "-leader-election-namespace=elsewhere"),
    ],
)
def test_knows_flagger_by_its_image_or_its_command(found: dict[str, Any]) -> None:
    sentence = flagger_deployment([deployment("nginx", name="web"), found], "test")
    assert sentence.startswith("Flagger (Deployment flagger-system/flagger) controls the canaries of ")
    assert "kubectl -n flagger-system scale deployment/flagger --replicas=0" in sentence
    assert "-beside-flagger" in sentence


@pytest.mark.parametrize(
    "found",
    [
        deployment(replicas=0),
        deployment("ghcr.io/fluxcd/flagger-loadtester:0.38.0", command=("./loadtester",)),
        deployment("canarytui/controller:0.1.0"),
        deployment("grafana/flagger-dashboards:1"),
        deployment("ghcr.io/fluxcd/flagger:1.44.0", "-namespace=other"),
    ],
)
def test_lets_others_be(found: dict[str, Any]) -> None:
    assert flagger_deployment([found], "test") == ""


def test_a_flagger_of_one_namespace_is_in_the_way_of_a_controller_of_all() -> None:
    found = [deployment("fluxcd/flagger:1", "-namespace=other")]
    assert "the canaries of namespace other" in flagger_deployment(found, "")


def test_the_sandboxs_own_deployment_by_the_name_of_flagger_is_ours() -> None:
    ours = [each for each in manifests.system_addons(controller=True) if each["kind"] == "Deployment"]
    assert any(each["metadata"]["name"] == "flagger" and each["spec"]["replicas"] == 1 for each in ours)
    assert flagger_deployment(ours, "") == ""


def lease(age_s: float, holder: str = "flagger-5d9-x_0a1b", name: str = "flagger-leader-election") -> dict[str, Any]:
    renewed = (NOW - timedelta(seconds=age_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    spec = {"holderIdentity": holder, "leaseDurationSeconds": 60, "renewTime": renewed}
    return {"metadata": {"name": name, "namespace": "kube-system"}, "spec": spec}


def test_a_lease_that_flagger_holds_now_is_in_the_way() -> None:
    sentence = flagger_lease([lease(12)], [], "", NOW)
    assert sentence.startswith("A Flagger named flagger-5d9-x_0a1b holds the Lease kube-system/flagger-leader-election")
    assert "12 s ago" in sentence
    assert flagger_lease([lease(61)], [], "", NOW) == ""
    assert flagger_lease([lease(1, holder="")], [], "", NOW) == ""
    assert flagger_lease([lease(1, name="canarytui-leader-election")], [], "", NOW) == ""


def test_a_lease_of_a_flagger_that_looks_after_another_namespace_is_not() -> None:
    apart = deployment("fluxcd/flagger:1", "-namespace=other")
    assert flagger_lease([lease(1)], [apart], "test", NOW) == ""
    assert flagger_lease([lease(1)], [apart], "", NOW) != ""
    assert flagger_lease([lease(1, holder="another-x")], [apart], "test", NOW) != ""


def event(age_s: float, instance: str = "", component: str = "flagger", kind: str = "Canary") -> dict[str, Any]:
    return {
        "metadata": {"name": f"podinfo.{age_s}", "namespace": "test"},
        "involvedObject": {"kind": kind, "name": "podinfo", "namespace": "test", "apiVersion": "flagger.app/v1beta1"},
        "source": {"component": component},
        "reportingComponent": component,
        "reportingInstance": instance,
        "type": "Normal",
        "reason": "Synced",
        "message": "Advance podinfo.test canary weight 5",
        "lastTimestamp": (NOW - timedelta(seconds=age_s)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_events_that_flagger_writes_now_are_in_the_way() -> None:
    assert flagger_events([event(400), event(20)], NOW).startswith(
        "A Flagger wrote an Event about canary podinfo.test 20 s ago"
    )
    others = [event(61), event(1, "canarytui_host_1"), event(1, component="flux"), event(1, kind="Pod")]
    assert flagger_events(others, NOW) == ""


async def test_looks_for_all_three_signs(api: LiveApi) -> None:
    cluster = await api.connect()
    assert await find_conflict(cluster, "") == ""
    now = datetime.now(UTC)
    fresh = copy.deepcopy(event(0)) | {"lastTimestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    api.create("events", fresh)
    assert "wrote an Event" in await find_conflict(cluster, "")
    assert await find_conflict(cluster, "other") == ""
    held = lease(0)
    held["spec"]["renewTime"] = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    api.create("leases.coordination.k8s.io", held, "kube-system")
    assert "holds the Lease" in await find_conflict(cluster, "other")
    api.create("deployments.apps", deployment(namespace="default"), "default")
    assert "Deployment default/flagger" in await find_conflict(cluster, "")
    await cluster.close()


async def test_asks_only_for_what_it_may_read(api: LiveApi) -> None:
    api.create("events", event(0) | {"lastTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")})
    cluster = await api.connect("reader")  # may list Events in `test`, and nothing else
    assert "wrote an Event" in await find_conflict(cluster, "test")
    assert {each.code for each in api.asked} == {200, 201}
    await cluster.close()


@pytest.mark.e2e
async def test_the_process_refuses_in_one_sentence_unless_told_otherwise(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    api.canary()
    api.create("deployments.apps", deployment(namespace="other"), "other")
    refused = await start_controller("one")
    assert await refused.ended() == 1
    assert [line["level"] for line in refused.log] == ["error"]
    assert refused.messages()[0].startswith(
        "Flagger (Deployment other/flagger) controls the canaries of all namespaces"
    )
    assert api.writes_of("one") == []
    allowed = await start_controller("two", "-beside-flagger")
    await api.until("it acts", lambda: api.writes_of("two"))
    assert allowed.process.returncode is None


@pytest.mark.e2e
async def test_the_process_ends_when_a_flagger_comes_up(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    api.canary()
    api.create("deployments.apps", deployment(namespace="other", replicas=0), "other")
    running = await start_controller("one")
    await api.until("it acts", lambda: api.writes_of("one"))
    api.patch("deployments.apps", "flagger", {"spec": {"replicas": 1}}, "other")
    assert await running.ended() == 1
    assert "Deployment other/flagger" in running.messages()[-1]

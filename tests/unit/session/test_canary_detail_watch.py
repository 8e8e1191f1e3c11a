"""What is followed while a canary is open, over real sockets; and that nothing is when it is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from closeup_api import CloseupApi

from canarytui.cluster.client import Cluster
from canarytui.cluster.pod_logs import log_lines
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture import canary_object, deployment_object, fixture_state
from canarytui.domain.sentences import reading
from canarytui.session import log_follower as closelogs
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.canary_detail_watch import CanaryDetailWatch
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.log_follower import CANARY, CONTROLLER, controller_text
from canarytui.session.state import ClusterState

KEY = ("shop", "cart")
PODS, SERVICES = "/api/v1/namespaces/shop/pods", "/api/v1/namespaces/shop/services"
EVENTS, REPLICA_SETS = "/api/v1/namespaces/shop/events", "/apis/apps/v1/namespaces/shop/replicasets"


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


def deployment(name: str, **pod: Any) -> dict[str, Any]:
    made = deployment_object("shop", name, "cart:1", 1, 1)
    made["spec"]["selector"] = {"matchLabels": {"app": name}}
    made["spec"]["template"]["spec"].update(pod)
    return made


def pod(name: str, app: str) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "shop", "name": name, "uid": name, "labels": {"app": app}, "resourceVersion": "3"},
        "spec": {"containers": [{"name": "app"}]},
        "status": {"phase": "Running"},
    }


@pytest_asyncio.fixture
async def cluster_state(api: CloseupApi) -> ClusterState:
    made = fixture_state()
    config = [{"name": "c", "configMap": {"name": "cart-config"}}, {"name": "s", "secret": {"secretName": "cart-key"}}]
    made.stores[DEPLOYMENTS].replace([deployment("cart", volumes=config), deployment("cart-primary")])
    canary = canary_object(*KEY, "Progressing", weight=20)
    canary["status"]["trackedConfigs"] = {"configmap/cart-config": "1f"}
    made.stores[CANARIES].replace([canary])
    for path in (PODS, SERVICES, EVENTS, REPLICA_SETS):
        api.collections[path] = []
    api.collections[PODS] = [pod("cart-a", "cart"), pod("cart-primary-b", "cart-primary"), pod("other", "other")]
    return made


@pytest_asyncio.fixture
async def canary_detail(cluster: Cluster, cluster_state: ClusterState) -> AsyncIterator[CanaryDetail]:
    made = CanaryDetail(KEY)
    watch = CanaryDetailWatch(cluster, cluster_state, made, lambda _: "")
    watch.start()
    yield made
    await watch.close()


async def test_only_the_canarys_own_pods_are_followed(api: CloseupApi, canary_detail: CanaryDetail) -> None:
    await until(lambda: len(canary_detail.objects("Pod")) == 2)
    assert [p["metadata"]["name"] for p in canary_detail.objects("Pod", "target")] == ["cart-a"]
    assert [p["metadata"]["name"] for p in canary_detail.objects("Pod", "primary")] == ["cart-primary-b"]


async def test_a_refusal_is_a_sentence_and_the_rest_works(
    api: CloseupApi, cluster: Cluster, cluster_state: ClusterState
) -> None:
    api.forbidden.add(PODS)
    canary_detail = CanaryDetail(KEY)
    watch = CanaryDetailWatch(cluster, cluster_state, canary_detail, lambda _: "")
    watch.start()
    await until(lambda: "Pod" in canary_detail.refusals and canary_detail.is_known("Service"))
    assert canary_detail.refusals == {"Pod": "you may not list pods in namespace shop"}
    await watch.close()


async def test_credentials_that_are_not_accepted_are_no_missing_permission(
    api: CloseupApi, cluster: Cluster, cluster_state: ClusterState
) -> None:
    api.expired |= {PODS, "/api/v1/namespaces/shop/secrets/cart-key"}
    canary_detail = CanaryDetail(KEY)
    watch = CanaryDetailWatch(cluster, cluster_state, canary_detail, lambda _: "")
    watch.start()
    await until(lambda: {"Pod", "Secret"} <= canary_detail.refusals.keys())
    assert canary_detail.refusals["Pod"] == reading.UNAUTHORIZED.text(what="pods")
    assert canary_detail.refusals["Secret"] == reading.UNAUTHORIZED.text(what="secrets")
    await watch.close()


async def test_of_configs_nothing_but_metadata_is_asked_for(
    api: CloseupApi, cluster: Cluster, cluster_state: ClusterState
) -> None:
    api.objects["/api/v1/namespaces/shop/configmaps/cart-config"] = {"metadata": {"name": "cart-config"}}
    api.objects["/api/v1/namespaces/shop/secrets/cart-key"] = {"metadata": {"name": "cart-key"}}
    canary_detail = CanaryDetail(KEY)
    watch = CanaryDetailWatch(cluster, cluster_state, canary_detail, lambda _: "")
    watch.start()
    await until(lambda: len(canary_detail.configs) == 3)
    assert canary_detail.configs == {
        ("ConfigMap", "cart-config"): True,
        ("ConfigMap", "cart-config-primary"): False,
        ("Secret", "cart-key"): True,
    }
    assert all("as=PartialObjectMetadata" in accepted for accepted in api.accepted)
    await watch.close()


async def test_closing_ends_every_stream(api: CloseupApi, cluster: Cluster, cluster_state: ClusterState) -> None:
    api.logs["cart-a/app"] = ["2026-11-23T14:30:01.123456789Z hello"]
    canary_detail = CanaryDetail(KEY)
    watch = CanaryDetailWatch(cluster, cluster_state, canary_detail, lambda _: "")
    watch.start()
    canary_detail.ask_logs(CANARY)
    await until(
        lambda: len(canary_detail.logs) == 1 and api.open >= 7
    )  # pods, replica sets twice; services, events, a log
    await watch.close()
    await until(lambda: api.open == 0)


async def test_lines_are_clean_and_can_be_filtered(api: CloseupApi, canary_detail: CanaryDetail) -> None:
    api.logs["cart-a/app"] = ["2026-11-23T14:30:01.1Z one\x1b[31m", "no stamp here"]
    canary_detail.ask_logs(CANARY)
    await until(lambda: len(canary_detail.logs) == 2)
    assert [line.text for line in canary_detail.logs.lines()] == ["one", "no stamp here"]
    assert [line.text for line in canary_detail.logs.lines("!one")] == ["no stamp here"]


async def test_a_container_that_has_not_started_says_so(canary_detail: CanaryDetail) -> None:
    canary_detail.ask_logs(CANARY)
    await until(lambda: bool(canary_detail.logs.status))
    assert canary_detail.logs.status == {"cart-a/app": "cart-a/app: container is waiting to start"}


async def test_a_quiet_container_is_followed_again_as_soon_as_its_log_is_open(
    api: CloseupApi, canary_detail: CanaryDetail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closelogs, "_AGAIN_S", 0.02)
    canary_detail.ask_logs(CANARY)
    await until(lambda: bool(canary_detail.logs.status))
    api.logs["cart-a/app"] = []
    await until(lambda: not canary_detail.logs.status)


async def test_the_controllers_log_is_about_this_canary(
    api: CloseupApi, cluster_state: ClusterState, canary_detail: CanaryDetail
) -> None:
    cluster_state.engine = DetectedController(True, "1.44.0", "flagger-system", "flagger", True)
    api.objects["/apis/apps/v1/namespaces/flagger-system/deployments/flagger"] = {
        "spec": {"selector": {"matchLabels": {"app": "flagger"}}}
    }
    api.collections["/api/v1/namespaces/flagger-system/pods"] = [pod("flagger-1", "flagger")]
    api.logs["flagger-1/app"] = [
        '2026-11-23T14:30:01Z {"level":"info","msg":"Advance cart.shop canary weight 5","canary":"cart.shop"}',
        '2026-11-23T14:30:02Z {"level":"info","msg":"Advance podinfo.test canary weight 5","canary":"podinfo.test"}',
        '2026-11-23T14:30:03Z {"level":"error","msg":"Halt","canary":"cart.shop"}',
    ]
    canary_detail.ask_logs(CONTROLLER)
    await until(lambda: len(canary_detail.logs) == 2)
    assert [line.text for line in canary_detail.logs.lines()] == ["Advance cart.shop canary weight 5", "error: Halt"]


async def test_a_refused_log_is_a_sentence(api: CloseupApi, canary_detail: CanaryDetail) -> None:
    api.forbidden.add(f"{PODS}/cart-a/log")
    canary_detail.ask_logs(CANARY)
    await until(lambda: bool(canary_detail.logs.status))
    assert canary_detail.logs.status == {"cart-a/app": "you may not read the log of cart-a/app (needs get on pods/log)"}


async def test_a_log_that_wants_other_credentials_says_so(api: CloseupApi, canary_detail: CanaryDetail) -> None:
    api.expired.add(f"{PODS}/cart-a/log")
    canary_detail.ask_logs(CANARY)
    await until(lambda: bool(canary_detail.logs.status))
    assert canary_detail.logs.status == {"cart-a/app": reading.UNAUTHORIZED.text(what="cart-a/app")}


async def test_other_logs_take_the_place_of_the_first(api: CloseupApi, canary_detail: CanaryDetail) -> None:
    api.logs["cart-a/app"] = ["2026-11-23T14:30:01Z canary"]
    api.logs["cart-primary-b/app"] = ["2026-11-23T14:30:01Z primary"]
    canary_detail.ask_logs(CANARY)
    await until(lambda: [line.text for line in canary_detail.logs.lines()] == ["canary"])
    canary_detail.ask_logs(closelogs.PRIMARY)
    await until(lambda: [line.text for line in canary_detail.logs.lines()] == ["primary"])


async def test_canary_and_primary_are_merged_by_time(api: CloseupApi, canary_detail: CanaryDetail) -> None:
    api.logs["cart-a/app"] = ["2026-11-23T14:30:01Z one", '2026-11-23T14:30:03Z {"level":"error","msg":"three"}']
    api.logs["cart-primary-b/app"] = ["2026-11-23T14:30:02Z two"]
    canary_detail.ask_logs(closelogs.BOTH)
    await until(lambda: len(canary_detail.logs) == 3)
    lines = canary_detail.logs.lines()
    assert [line.readable or line.text for line in lines] == ["one", "two", "error three"]
    assert [canary_detail.logs.sides[line.source] for line in lines] == ["canary", "primary", "canary"]


async def test_logs_from_before_a_restart_are_read_once(api: CloseupApi, canary_detail: CanaryDetail) -> None:
    api.logs["cart-a/app"] = ["2026-11-23T14:30:01Z panic: out of memory"]
    canary_detail.ask_logs(CANARY, before=True)
    await until(lambda: len(canary_detail.logs) == 1)
    (query,) = [query for path, query in api.asked if path.endswith("cart-a/log")]
    assert query["previous"] == "true"
    assert "follow" not in query


async def test_after_a_break_lines_are_not_repeated(api: CloseupApi, cluster: Cluster) -> None:
    stamps = ["2026-11-23T14:30:01.100000000Z", "2026-11-23T14:30:01.200000000Z"]
    api.logs["cart-a/app"] = [f"{stamp} {number}" for number, stamp in enumerate(stamps)]
    first = log_lines(cluster, "shop", "cart-a", "app", tail=10)
    at, _ = await anext(first)
    await first.aclose()
    again = log_lines(cluster, "shop", "cart-a", "app", tail=10, after=at)
    assert (await anext(again))[1] == "1"
    await again.aclose()
    assert api.asked[-1][1]["sinceTime"] == "2026-11-23T14:30:01Z"


def test_lines_that_are_no_json_are_kept_when_they_name_the_canary() -> None:
    assert controller_text("I1123 cart.shop synced", "cart.shop") == "I1123 cart.shop synced"
    assert controller_text("I1123 other", "cart.shop") == ""
    assert controller_text("[1, 2]", "cart.shop") == ""

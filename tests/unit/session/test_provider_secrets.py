"""The console's checks with credentials: the Secret is read once, and each way that fails is a sentence."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, METRIC_TEMPLATES
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.domain.sentences import check_queries as words
from canarytui.metrics.providers.dynatrace import DynatraceProvider
from canarytui.session import provider_secrets
from canarytui.session.metric_poller import MetricPoller
from canarytui.session.provider_secrets import ProviderSecrets
from canarytui.session.state import ClusterState

KEY, CHECK = ("shop", "cart"), "errors"
TOKEN = "S3CR3T"


@dataclass
class Api:
    """An API server that has Secrets, and a Dynatrace that wants a token of them, on one socket."""

    url: str = ""
    status: int = 200
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def secret(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        data = self.secrets.get(request.match_info["name"])
        if self.status != 200 or data is None:
            code = self.status if self.status != 200 else 404
            answer = {"kind": "Status", "status": "Failure", "code": code, "reason": "R", "message": f"no {TOKEN[:2]}"}
            return web.json_response(answer, status=code)
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        return web.json_response({"kind": "Secret", "metadata": {"name": "keys"}, "data": encoded})

    async def query(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization", ""))
        return web.json_response({"result": [{"data": [{"values": [0.5]}]}]})


@pytest_asyncio.fixture
async def api() -> AsyncIterator[Api]:
    served = Api()
    app = web.Application()
    app.router.add_get("/api/v1/namespaces/{namespace}/secrets/{name}", served.secret)
    app.router.add_get("/api/v2/metrics/query", served.query)
    async with TestServer(app) as server:
        served.url = str(server.make_url("")).rstrip("/")
        yield served


@pytest_asyncio.fixture
async def cluster(api: Api, tmp_path: Path) -> AsyncIterator[Cluster]:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": api.url}}],
        "users": [{"name": "me", "user": {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "me"}}],
    }
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(config))
    connected = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
    yield connected
    await connected.close()


async def world_of(
    api: Api, *, type_: str = "dynatrace", secret: str = "keys", interval: str = "10s", phase: str = "Progressing"
) -> ClusterState:
    provider = {"type": type_, "address": api.url, "secretRef": {"name": secret}}
    template = {"metadata": {"namespace": "shop", "name": "t"}, "spec": {"provider": provider, "query": "m"}}
    canary = canary_object(*KEY, phase, weight=20)
    check = {"name": CHECK, "interval": "1m", "templateRef": {"name": "t"}, "thresholdRange": {"max": 1}}
    canary["spec"]["analysis"] |= {"interval": interval, "metrics": [check], "webhooks": []}
    cluster_state = ClusterState()
    cluster_state.stores[DEPLOYMENTS].replace([deployment_object("shop", "cart", "cart:1", 1, 1)])
    cluster_state.stores[CANARIES].replace([canary])
    cluster_state.stores[METRIC_TEMPLATES].replace([template])
    await asyncio.sleep(0)
    return cluster_state


async def test_a_value_comes_with_the_secrets_token_which_is_nowhere_else(
    api: Api, cluster: Cluster, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(DynatraceProvider, "pause_s", 0.0)
    api.secrets["keys"] = {"dynatrace_token": f"{TOKEN}\n"}
    cluster_state = await world_of(api)
    poller = MetricPoller(cluster, cluster_state, "")
    for _ in range(3):
        await poller.ask_once([KEY])
    series = cluster_state.readings.series(KEY, CHECK)
    assert series.points.last == 0.5
    assert api.tokens == [f"Api-Token {TOKEN}"] * 3
    assert api.asked == ["GET /api/v1/namespaces/shop/secrets/keys"], "one GET for all of them"
    assert TOKEN not in caplog.text + repr(series) + poller.phrase()


async def test_a_hosted_service_is_not_asked_at_every_look(api: Api, cluster: Cluster) -> None:
    api.secrets["keys"] = {"dynatrace_token": TOKEN}
    cluster_state = await world_of(api, interval="20s")
    poller = MetricPoller(cluster, cluster_state, "")
    for _ in range(3):
        await poller.ask_once([KEY])
    assert len(api.tokens) == 1
    assert cluster_state.readings.series(KEY, CHECK).points.last == 0.5
    poller.engine_known()
    await poller.ask_once([KEY])
    assert len(api.tokens) == 2


@pytest.mark.parametrize(("phase", "asked"), [("Progressing", 3), ("Succeeded", 1)])
async def test_but_as_often_as_the_controller_asks_it(api: Api, cluster: Cluster, phase: str, asked: int) -> None:
    api.secrets["keys"] = {"dynatrace_token": TOKEN}
    cluster_state = await world_of(api, interval="1ns", phase=phase)
    poller = MetricPoller(cluster, cluster_state, "")
    for _ in range(3):
        await poller.ask_once([KEY])
    assert len(api.tokens) == asked


async def test_no_secret_is_read_for_a_type_that_nobody_asks(api: Api, cluster: Cluster) -> None:
    cluster_state = await world_of(api, type_="nobody")
    await MetricPoller(cluster, cluster_state, "").ask_once([KEY])
    assert api.asked == []
    assert cluster_state.readings.series(KEY, CHECK).problem == words.OTHER_PROVIDER.text(provider="nobody")


@pytest.mark.parametrize(
    ("status", "secrets", "said"),
    [
        (403, {}, words.SECRET_FORBIDDEN.text(name="shop/keys", namespace="shop")),
        (200, {}, words.NO_SECRET.text(name="shop/keys")),
        (500, {}, words.SECRET_UNREAD.text(name="shop/keys", reason="no S3")),
        (
            200,
            {"keys": {"token": TOKEN}},
            words.MISCONFIGURED.text(error="dynatrace credentials does not contain dynatrace_token"),
        ),
    ],
)
async def test_why_there_is_no_value(
    api: Api, cluster: Cluster, status: int, secrets: dict[str, Any], said: str
) -> None:
    api.status, api.secrets = status, secrets
    cluster_state = await world_of(api)
    await MetricPoller(cluster, cluster_state, "").ask_once([KEY])
    assert cluster_state.readings.series(KEY, CHECK).problem == said
    assert api.tokens == []


async def test_a_secret_is_read_again_when_it_may_have_changed(
    api: Api, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ProviderSecrets(cluster)
    await secrets.read("shop", "keys")
    assert (secrets.get("shop", "keys"), len(api.asked)) == (None, 1)
    await secrets.read("shop", "keys")
    assert len(api.asked) == 1, "not at once"
    monkeypatch.setattr(provider_secrets, "REFUSED_S", 0.0)
    api.secrets["keys"] = {"token": "one"}
    await secrets.read("shop", "keys")
    assert secrets.get("shop", "keys") is not None
    await asyncio.gather(*(secrets.read("shop", "keys") for _ in range(5)))
    assert len(api.asked) == 2
    monkeypatch.setattr(provider_secrets, "KEPT_S", 0.0)
    api.secrets.clear()
    await secrets.read("shop", "keys")
    assert (secrets.get("shop", "keys"), len(api.asked)) == (None, 3)


async def test_an_api_server_that_is_away_is_a_sentence(lone_cluster: Cluster) -> None:
    secrets = ProviderSecrets(lone_cluster)
    await secrets.read("shop", "keys")
    said = secrets.problem("shop", "keys")
    assert said.startswith("its provider needs Secret shop/keys, which cannot be read: ")
    assert "cannot be reached" in said


async def test_authorization_is_not_sent_through_the_api_server(api: Api, cluster: Cluster) -> None:
    api.secrets["keys"] = {"dynatrace_token": TOKEN}
    cluster_state = await world_of(api)
    template = cluster_state.stores[METRIC_TEMPLATES].get("shop", "t")
    assert template is not None
    provider = {**template["spec"]["provider"], "address": "http://dynatrace.monitoring:8080"}
    cluster_state.stores[METRIC_TEMPLATES].replace([{**template, "spec": {**template["spec"], "provider": provider}}])
    await asyncio.sleep(0)
    await MetricPoller(cluster, cluster_state, "").ask_once([KEY])
    problem = cluster_state.readings.series(KEY, CHECK).problem
    assert problem.startswith("http://dynatrace.monitoring:8080/… cannot be asked through the API server with its own")
    assert api.tokens == []
    assert api.asked == ["GET /api/v1/namespaces/shop/secrets/keys"]

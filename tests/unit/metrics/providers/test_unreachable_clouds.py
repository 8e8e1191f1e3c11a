"""Cloud services and the cluster's own API: nobody is there, or somebody sends us elsewhere."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from loopback_service import LoopbackService, Scripted, cluster_at, loopback_service
from stackdriver_service import KEY

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import QueryFailed
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.cloudwatch import CloudWatchProvider
from canarytui.metrics.providers.registry import open_provider
from canarytui.metrics.providers.stackdriver import StackdriverProvider

TOKEN, OWN = "S3CR3T-token", "our-own-api-token"
QUERIES = {
    "cloudwatch": '[{"Id": "a", "Expression": "1"}]',
    "externalmetrics": "shop/queue",
    "keptn": "keptnmetric/shop/errors",
    "splunk": "data('errors').publish()",
    "stackdriver": "fetch k8s_container",
}
CREDENTIALS = {
    "externalmetrics": {"token": TOKEN},
    "splunk": {"sf_token_key": TOKEN},
    "stackdriver": {"project": "demo", "serviceAccountKey": KEY},
}
Record = Callable[[str, object], None]


async def at_once(seconds: float) -> None:
    assert seconds < 1


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        monkeypatch.setenv(f"AWS_{name}", TOKEN)
    monkeypatch.setattr(CloudWatchProvider, "pause", staticmethod(at_once))


@asynccontextmanager
async def asked_of(
    address: str, type_: str, folder: Path, monkeypatch: pytest.MonkeyPatch, lone_cluster: Cluster
) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """A query to the service at `address`, which is the API server where that is asked."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", address)
    monkeypatch.setattr(StackdriverProvider, "default_address", address)
    spec = ProviderSpec(type_, address, region="eu-west-1", credentials=CREDENTIALS.get(type_), interval="1m")
    if type_ != "keptn":
        yield lambda: open_provider(lone_cluster, spec).query(QUERIES[type_])
        return
    server = LoopbackService()
    server.address = address
    async with cluster_at(server, folder, token=OWN) as cluster:
        yield lambda: open_provider(cluster, spec).query(QUERIES[type_])


@pytest.mark.parametrize("type_", QUERIES)
async def test_nobody_is_there(
    lone_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record, type_: str
) -> None:
    record_property("metric provider", (type_, "away", "N"))
    async with asked_of("http://127.0.0.1:9", type_, tmp_path, monkeypatch, lone_cluster) as ask:
        answer = await ask()
    assert isinstance(answer, QueryFailed)
    assert "127.0.0.1:9" in answer.reason


@pytest.mark.parametrize("type_", QUERIES)
async def test_credentials_follow_no_redirect(
    lone_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record, type_: str
) -> None:
    record_property("metric provider", (type_, "redirect", "N"))
    async with loopback_service() as service, loopback_service() as other:
        service.will_answer(Scripted(307, headers={"Location": f"{other.address}/elsewhere"}))
        other.will_answer(Scripted(404, b"not here"))
        async with asked_of(service.address, type_, tmp_path, monkeypatch, lone_cluster) as ask:
            assert isinstance(await ask(), QueryFailed)
        first = {name.lower() for name in service.asked[0].headers}
    assert first & {"authorization", "x-sf-token"}, "the service itself gets them"
    assert len(other.asked) == (0 if type_ == "keptn" else 1)
    for asked in other.asked:
        names = {name.lower() for name in asked.headers}
        assert not names & {"authorization", "x-sf-token", "x-amz-security-token"}
        assert TOKEN not in f"{asked.headers} {asked.body} {asked.parameters}"

"""The past of a query, for plots: what Datadog and Graphite are asked, and the points that come of it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from scripted_service import Scripted, scripted

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import QueryFailed, QueryHistory
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import HistoryProvider, MetricProvider
from canarytui.metrics.providers.registry import PROVIDERS, open_provider, provider_class

START, END = datetime(2026, 11, 26, 12, tzinfo=UTC), datetime(2026, 11, 26, 12, 20, tzinfo=UTC)
KEYS = {"datadog_api_key": "a", "datadog_application_key": "b"}
USER = {"username": "ann", "password": "pw"}


def opened(cluster: Cluster, type_: str, address: str) -> HistoryProvider:
    credentials = KEYS if type_ == "datadog" else USER
    provider = open_provider(cluster, ProviderSpec(type_, address, credentials=credentials, interval="1m"))
    assert isinstance(provider, HistoryProvider)
    return provider


def test_who_keeps_a_past() -> None:
    assert [name for name in PROVIDERS if issubclass(provider_class(name), HistoryProvider)] == [
        "cloudwatch",
        "datadog",
        "graphite",
        "prometheus",
        "stackdriver",
    ]


async def test_datadog_is_asked_for_the_whole_window(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [[1e12, None], [1_000_000_010_000.0, 1.5], [1_000_000_020_000.0, 2], [END.timestamp() * 1000, 3]]
    monkeypatch.setattr(MetricProvider, "clock", staticmethod(lambda: END.timestamp() + 5))
    async with scripted() as service:
        series = [{"interval": 10, "pointlist": points}, {"pointlist": [[1e12, 9]]}]
        service.script = Scripted({"status": "ok", "series": series})
        past = await opened(lone_cluster, "datadog", service.address).query_range(
            "avg:errors{*}", start=START, end=END, step_s=10
        )
    assert past == QueryHistory(((1_000_000_010.0, 1.5), (1_000_000_020.0, 2.0))), "the last bucket has not ended"
    (asked,) = service.asked
    assert (asked.path, dict(asked.query)) == (
        "/api/v1/query",
        {"query": "avg:errors{*}", "from": str(int(START.timestamp())), "to": str(int(END.timestamp()))},
    )
    assert asked.headers["DD-API-KEY"] == "a"


async def test_graphites_own_window_gives_way(lone_cluster: Cluster) -> None:
    answer = [{"datapoints": [[9, 1]]}, {"datapoints": [[None, 10], [1.5, 20], ["2", 30]]}]
    async with scripted() as service:
        service.script = Scripted(answer)
        past = await opened(lone_cluster, "graphite", service.address).query_range(
            "target=a&from=-5min\n&until=now&format=csv&target=b", start=START, end=END, step_s=10
        )
    assert past == QueryHistory(((20.0, 1.5), (30.0, 2.0)))
    (asked,) = service.asked
    assert list(asked.query.items()) == [
        ("target", "a"),
        ("target", "b"),
        ("from", str(int(START.timestamp()))),
        ("until", str(int(END.timestamp()))),
        ("format", "json"),
    ]
    assert asked.headers["Authorization"] == f"Basic {base64.b64encode(b'ann:pw').decode()}"


@pytest.mark.parametrize("type_", ["datadog", "graphite"])
@pytest.mark.parametrize(("body", "status", "said"), [("no", 403, "error response: no"), ("<", 200, "error unmarsh")])
async def test_a_past_that_is_refused(lone_cluster: Cluster, type_: str, body: Any, status: int, said: str) -> None:
    async with scripted() as service:
        service.script = Scripted(body, status)
        past = await opened(lone_cluster, type_, service.address).query_range("a=b", start=START, end=END, step_s=10)
    assert isinstance(past, QueryFailed)
    assert past.reason.startswith(said)

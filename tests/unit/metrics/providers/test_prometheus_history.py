"""Long pasts of a Prometheus, read by prometheus-api-client on a session that sends as the cluster does."""

from __future__ import annotations

import itertools
import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from loopback_service import Scripted, cluster_at, loopback_service

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import QueryFailed, QueryHistory
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.prometheus_history import POINTS_MOST, PrometheusHistoryProvider

START = datetime(2026, 11, 26, 12, tzinfo=UTC)
AT = START.timestamp()
SECRET = "S3CR3T-of-Prometheus"


def provider(cluster: Cluster, address: str, **spec: Any) -> PrometheusHistoryProvider:
    return PrometheusHistoryProvider(cluster, ProviderSpec("prometheus", address, **spec))


def matrix(*series: list[tuple[float, str]]) -> Scripted:
    result = [{"metric": {"n": str(number)}, "values": values} for number, values in enumerate(series)]
    return Scripted(200, json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode())


async def test_the_client_asks_as_the_cluster_does(lone_cluster: Cluster) -> None:
    async with loopback_service() as service:
        service.will_answer(matrix([(AT, "1"), (AT + 10, "2"), (AT + 20, "3")], [(AT + 10, "NaN"), (AT + 20, "4")]))
        made = provider(lone_cluster, f"{service.address}/prom/", credentials={"token": SECRET})
        past = await made.query_range(" sum(\n up) ", start=START, end=START + timedelta(seconds=20), step_s=10)
    assert isinstance(past, QueryHistory)
    assert [at for at, _ in past.points] == [AT, AT + 10, AT + 20]
    first, second, third = (value for _, value in past.points)
    assert (first, math.isnan(second), third) == (1, True, 4), "the last series that has a point counts"
    (asked,) = service.asked
    assert (asked.method, asked.path) == ("GET", "/prom/api/v1/query_range")
    expected = {"query": "sum( up)", "start": f"{AT:.0f}", "end": f"{AT + 20:.0f}", "step": "10"}
    assert asked.parameters == expected
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"


async def test_a_cluster_name_goes_through_the_api_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARYTUI_CREDENTIALS_OVER_HTTP", "1")
    async with loopback_service() as service, cluster_at(service, tmp_path, token="of-the-kubeconfig") as cluster:
        service.will_answer(matrix([(AT, "1")]))
        past = await provider(cluster, "http://prometheus.monitoring:9090").query_range(
            "up", start=START, end=START, step_s=10
        )
    assert past == QueryHistory(((AT, 1.0),))
    (asked,) = service.asked
    assert asked.path == "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query_range"
    assert asked.headers["Authorization"] == "Bearer of-the-kubeconfig"


async def test_a_long_past_is_asked_in_parts_that_do_not_overlap(lone_cluster: Cluster) -> None:
    async with loopback_service() as service:
        service.will_answer(matrix([]))
        end = START + timedelta(seconds=10 * (2 * POINTS_MOST + 5))
        past = await provider(lone_cluster, service.address).query_range("up", start=START, end=end, step_s=10)
        windows = [(float(each.parameters["start"]), float(each.parameters["end"])) for each in service.asked]
    assert past == QueryHistory()
    assert len(windows) == 3
    assert windows[0][0] == AT
    assert windows[-1][1] == end.timestamp()
    assert [later[0] - earlier[1] for earlier, later in itertools.pairwise(windows)] == [10, 10]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Scripted(500, f"boom {SECRET}".encode()), "HTTP Status Code 500"),
        (Scripted(403, b'{"kind": "Status", "code": 403, "message": "get is forbidden"}'), "get is forbidden"),
        (Scripted(200, b"<html>"), "did not answer like a Prometheus"),
        (Scripted(200, b"{}"), "did not answer like a Prometheus"),
        (Scripted(200, b'{"data": {"result": [{"values": [[1, "x"]]}]}}'), "strconv.ParseFloat"),
        (Scripted(200, b'{"data": {"result": [{"value": [1, "2"]}]}}'), "series without values"),
        (Scripted(200, b"[" * 100_000), ""),
        (Scripted(302, b"", {"Location": "http://127.0.0.1:9/"}), ""),
    ],
    ids=["refused", "status", "html", "empty", "no-number", "instant", "nested", "redirect"],
)
async def test_what_is_no_past_is_said(lone_cluster: Cluster, answer: Scripted, said: str) -> None:
    async with loopback_service() as service:
        service.will_answer(answer)
        made = provider(lone_cluster, service.address, credentials={"token": SECRET})
        past = await made.query_range("up", start=START, end=START, step_s=10)
    assert isinstance(past, QueryFailed), past
    assert said in past.reason
    assert SECRET not in past.reason
    assert "Traceback" not in past.reason


async def test_nobody_there(lone_cluster: Cluster) -> None:
    past = await provider(lone_cluster, "http://127.0.0.1:9").query_range("up", start=START, end=START, step_s=10)
    assert isinstance(past, QueryFailed)
    assert "127.0.0.1:9" in past.reason

"""The past of a query, for plots: what each service is asked, and the points that come of it."""

from __future__ import annotations

import asyncio
import base64
import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_services import ALL, EMPTY
from scripted_service import Request, Scripted, scripted

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import QueryFailed, QueryHistory
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import HistoryProvider, MetricProvider
from canarytui.metrics.providers.registry import PROVIDERS, open_provider, provider_class
from canarytui.metrics.providers.sampled_history import (
    HOSTED_A_MINUTE,
    HOSTED_SAMPLES_MOST,
    SAMPLES_MOST,
    SampleBudget,
    SampledHistoryProvider,
    sample_moments,
)
from canarytui.session.polling import wait_until

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
        "dynatrace",
        "graphite",
        "influxdb",
        "newrelic",
        "prometheus",
        "splunk",
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


SAMPLED = ["newrelic", "newrelic-nerdgraph", "influxdb", "dynatrace", "splunk"]
SPLUNK_VALUE = 'event: data\ndata: {"data": [{"tsId": "a", "value": 1.5}]}\n\n'
SPLUNK_END = 'event: control-message\ndata: {"event": "END_OF_CHANNEL"}\n\n'


@pytest.fixture(autouse=True)
def _budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SampledHistoryProvider, "budget", SampleBudget())


def sampling(cluster: Cluster, name: str, address: str, *, strict: bool = False) -> HistoryProvider:
    type_, credentials = (
        ("splunk", {"sf_token_key": "t"}) if name == "splunk" else (ALL[name].type, ALL[name].credentials)
    )
    provider = open_provider(
        cluster, ProviderSpec(type_, address, credentials=credentials, interval="1m", strict=strict)
    )
    assert isinstance(provider, HistoryProvider)
    return provider


def good(name: str) -> Scripted:
    return Scripted(SPLUNK_VALUE + SPLUNK_END if name == "splunk" else ALL[name].good(1.5))


def windows(asked: list[Request], name: str) -> list[tuple[float, float]]:
    """(start, end) of what each request was about, in Unix seconds; an InfluxDB query has only an end."""
    found = []
    for request in asked:
        match name:
            case "newrelic" | "newrelic-nerdgraph":
                nrql = request.query["nrql"] if name == "newrelic" else json.loads(request.body)["variables"]["nrql"]
                _, _, window = nrql.partition("errors SINCE ")
                start, _, end = window.partition(" UNTIL ")
            case "influxdb":
                now = datetime.fromisoformat(json.loads(request.body)["now"])
                start = end = str(now.timestamp() * 1000)
            case "dynatrace":
                assert request.query["resolution"] == "Inf"
                start, end = request.query["from"], request.query["to"]
            case _:
                start, end = request.query["start"], request.query["stop"]
        found.append((float(start) / 1000, float(end) / 1000))
    return found


@pytest.mark.parametrize(("name", "width_s"), zip(SAMPLED, (60, 60, 0, 600, 600), strict=True))
async def test_a_past_value_is_the_same_query_as_of_then(lone_cluster: Cluster, name: str, width_s: float) -> None:
    async with scripted() as service:
        service.script = good(name)
        provider = sampling(lone_cluster, name, service.address)
        past = await provider.query_range("errors", start=START, end=START + timedelta(minutes=2), step_s=60)
    began = START.timestamp()
    assert past == QueryHistory(((began, 1.5), (began + 60, 1.5), (began + 120, 1.5)))
    assert sorted(windows(service.asked, name)) == [(began + later - width_s, began + later) for later in (0, 60, 120)]


@pytest.mark.parametrize("name", SAMPLED)
async def test_a_long_past_is_coarser_and_ends_now(lone_cluster: Cluster, name: str) -> None:
    async with scripted() as service:
        service.script = good(name)
        past = await sampling(lone_cluster, name, service.address).query_range("errors", start=START, end=END, step_s=5)
    assert isinstance(past, QueryHistory)
    most = SAMPLES_MOST if name == "influxdb" else HOSTED_SAMPLES_MOST
    assert most / 2 < len(past.points) == len(service.asked) <= most
    assert past.points[-1][0] == END.timestamp()
    assert not past.incomplete


def test_moments_are_a_whole_number_of_steps_apart() -> None:
    assert sample_moments(0, 60, 10, most=7) == [60, 50, 40, 30, 20, 10, 0]
    assert sample_moments(0, 60, 10, most=6) == [60, 40, 20, 0]
    assert sample_moments(0, 65, 10, most=1) == [60]
    assert sample_moments(5, 0, 0) == [5], "a window that is none has one moment"


async def test_a_moment_without_a_value_is_a_gap(lone_cluster: Cluster) -> None:
    async with scripted() as service:
        service.script = Scripted(ALL["dynatrace"].bodies[EMPTY])
        past = await sampling(lone_cluster, "dynatrace", service.address).query_range(
            "errors", start=START, end=START, step_s=60
        )
    assert isinstance(past, QueryHistory)
    assert [math.isnan(value) for _, value in past.points] == [True]


@pytest.mark.parametrize("name", SAMPLED)
async def test_too_many_requests_cost_one_request(lone_cluster: Cluster, name: str) -> None:
    async with scripted() as service:
        service.script = Scripted("slow down", 429)
        past = await sampling(lone_cluster, name, service.address).query_range("errors", start=START, end=END, step_s=5)
    assert isinstance(past, QueryFailed)
    assert "slow down" in past.reason
    assert len(service.asked) == 1


async def test_what_came_before_a_refusal_is_shown(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted() as service:
        service.script = good("influxdb")
        provider = sampling(lone_cluster, "influxdb", service.address)
        send = provider.send  # type: ignore[attr-defined]

        async def limited(*given: Any, **more: Any) -> Any:
            if len(service.asked) >= 4:
                service.script = Scripted("slow down", 429)
            return await send(*given, **more)

        monkeypatch.setattr(provider, "send", limited)
        past = await provider.query_range("errors", start=START, end=END, step_s=60)
    assert isinstance(past, QueryHistory)
    assert 1 <= len(past.points) <= 6
    assert past.points[-1] == (END.timestamp(), 1.5), "the newest come first"
    assert "429 Too Many Requests" in past.incomplete
    assert len(service.asked) < 10


async def test_a_hosted_service_has_a_budget_that_a_patient_one_waits_for(lone_cluster: Cluster) -> None:
    at, waited = [1000.0], []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        at[0] += seconds

    budget = SampleBudget(lambda: at[0], pause)
    async with scripted() as service:
        service.script = good("newrelic")
        provider = sampling(lone_cluster, "newrelic", service.address)
        assert isinstance(provider, SampledHistoryProvider)
        provider.budget = budget
        pasts = [await provider.query_range("errors", start=START, end=END, step_s=90) for _ in range(4)]
        assert [isinstance(past, QueryHistory) and len(past.points) for past in pasts] == [14, 14, 2, 0]
        assert [bool(isinstance(past, QueryHistory) and past.incomplete) for past in pasts] == [
            False,
            False,
            True,
            True,
        ]
        assert len(service.asked) == HOSTED_A_MINUTE
        provider.patient = True
        whole = await provider.query_range("errors", start=START, end=END, step_s=20)
    assert isinstance(whole, QueryHistory)
    assert len(whole.points) == 31  # all of the sixty-one would be more than sixty
    assert not whole.incomplete
    assert sum(waited) >= 60


async def test_a_past_ends_with_the_screen_that_wants_it(lone_cluster: Cluster) -> None:
    async with scripted() as service:
        service.script = Scripted(good("influxdb").body, wait_s=1)
        provider = sampling(lone_cluster, "influxdb", service.address)
        asking = asyncio.create_task(provider.query_range("errors", start=START, end=END, step_s=60))
        await wait_until(lambda: bool(service.asked), 5)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        service.script = good("influxdb")
    assert len(service.asked) == 1


async def test_a_slow_past_is_a_short_one(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canarytui.metrics.providers.sampled_history.DEADLINE_S", 0.05)
    async with scripted() as service:
        service.script = Scripted(good("influxdb").body, wait_s=1)
        provider = sampling(lone_cluster, "influxdb", service.address)
        past = await provider.query_range("errors", start=START, end=END, step_s=600)
    assert past == QueryHistory((), incomplete="0 of 3 past values came within 0.05 s")

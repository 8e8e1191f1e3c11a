"""Splunk: one request for each program, its event stream to the end of the channel, and nothing after the deadline."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from aiohttp import web
from loopback_service import LoopbackService, Scripted, kind_of, loopback_service

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import NO_VALUES, SEVERAL_VALUES, Answer, NoValues, QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.splunk import SplunkProvider

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOKEN = "sf+token/1"
PROGRAM = "data('errors', filter=filter('app', 'cart')).sum().publish()"


@pytest.fixture
async def service() -> AsyncIterator[LoopbackService]:
    async with loopback_service() as made:
        yield made


def provider(cluster: Cluster, address: str, *, strict: bool = False) -> SplunkProvider:
    spec = ProviderSpec("splunk", address, credentials={"sf_token_key": TOKEN}, interval="1m", strict=strict)
    made = SplunkProvider(cluster, spec)
    made.clock = NOW.timestamp  # type: ignore[method-assign]
    return made


def event(kind: str, content: object) -> str:
    """Splunk spreads its JSON over several lines."""
    lines = json.dumps(content, indent=1).splitlines()
    return "\n".join((f"event: {kind}", *(f"data: {line}" for line in lines), "", ""))


def points(**values: object) -> str:
    data = [{"tsId": name, "value": value} for name, value in values.items()]
    return event("data", {"data": data, "logicalTimestampMs": 0})


START = event("control-message", {"event": "STREAM_START"}) + event("metadata", {"tsId": "a", "properties": {}})
END = event("control-message", {"event": "END_OF_CHANNEL", "timestampMs": 1})
ABORT = event("control-message", {"event": "CHANNEL_ABORT", "abortInfo": {"sf_job_abortReason": "too slow"}})


def stream(*events: str) -> Scripted:
    return Scripted(body="".join((START, *events)).encode(), headers={"Content-Type": "text/event-stream"})


def refusal(code: int, message: str, kind: str = "", **headers: str) -> Scripted:
    body = {"code": code, "message": message, **({"errorType": kind} if kind else {})}
    return Scripted(code, json.dumps(body).encode(), headers)


def failed(reason: str) -> QueryFailed:
    return QueryFailed(f"error executing query: {reason}")


NOTHING = NoValues(f"invalid response: {NO_VALUES}")
ANSWERS: list[tuple[str, Scripted, Answer, Answer]] = [
    ("value", stream(points(a=1.25), END), *(Value(1.25),) * 2),
    ("the last point", stream(points(a=9), points(a=2), END), *(Value(2),) * 2),
    ("null points are passed over", stream(points(a=3), points(a=None), END), *(Value(3),) * 2),
    ("one series of two has a value", stream(points(a=None, b=4), END), *(Value(4),) * 2),
    ("several", stream(points(a=1, b=2), END), *(QueryFailed(f"invalid response: {SEVERAL_VALUES}"),) * 2),
    ("several, one after the other", stream(points(a=1), points(b=2), END),
     *(QueryFailed(f"invalid response: {SEVERAL_VALUES}"),) * 2),
    ("empty", stream(END), NOTHING, NOTHING),
    ("null", stream(points(a=None), END), NOTHING, NOTHING),
    ("NaN", stream('event: data\ndata: {"data": [{"tsId": "a", "value": "NaN"}]}\n\n', END), NOTHING, NOTHING),
    ("points without end of channel", stream(points(a=5)), *(Value(5),) * 2),
    ("no JSON is passed over", stream("event: data\ndata: {\n\n", points(a=6), END), *(Value(6),) * 2),
    ("error in the stream", stream(event("error", {"error": 400, "errorType": "BAD", "message": "no such metric"})),
     *(failed("400 (BAD): no such metric"),) * 2),
    ("aborted", stream(points(a=1), ABORT), failed('aborted: {"sf_job_abortReason": "too slow"}'), Value(1)),
    ("nothing", Scripted(body=b""), QueryFailed("error unmarshaling result: no event stream, ''"), NOTHING),
    ("a page", Scripted(body=b"<html>hi"),
     QueryFailed("error unmarshaling result: no event stream, '<html>hi'"), NOTHING),
    ("400", refusal(400, "Invalid program", "ANALYTICS_PROGRAM_NAME_ERROR"),
     *(failed("400 (ANALYTICS_PROGRAM_NAME_ERROR): Invalid program"),) * 2),
    ("401", refusal(401, "Unauthorized"), *(failed("401: Unauthorized"),) * 2),
    ("403", refusal(403, "Forbidden"), *(failed("403: Forbidden"),) * 2),
    ("404", Scripted(404, b"no such page"), *(failed("404 Not Found: no such page"),) * 2),
    ("429", refusal(429, "too many jobs", **{"Retry-After": "9"}), *(failed("429: too many jobs"),) * 2),
    ("500", refusal(500, "boom", "INTERNAL"), *(failed("500 (INTERNAL): boom"),) * 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "ours", "flaggers"), ANSWERS, ids=[row[0] for row in ANSWERS])
async def test_each_answer(
    lone_cluster: Cluster,
    service: LoopbackService,
    name: str,
    answer: Scripted,
    ours: Answer,
    flaggers: Answer,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("splunk", kind_of(name), "N"))
    service.will_answer(answer)
    assert await provider(lone_cluster, service.address).query(PROGRAM) == ours
    assert await provider(lone_cluster, service.address, strict=True).query(PROGRAM) == flaggers
    assert len(service.asked) == 2, "one attempt each"


async def test_the_request(lone_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(stream(points(a=1), END))
    await provider(lone_cluster, f"{service.address}/").query(PROGRAM)
    asked = service.asked[0]
    stop = int(NOW.timestamp()) * 1000
    assert (asked.method, asked.path, asked.body) == ("POST", "/v2/signalflow/execute", PROGRAM)
    assert asked.parameters == {"start": str(stop - 600_000), "stop": str(stop), "immediate": "true"}
    assert (asked.headers["X-SF-Token"], asked.headers["Content-Type"]) == (TOKEN, "text/plain")


class OpenStream:
    """A stream that stays open after its last event."""

    def __init__(self, content: bytes) -> None:
        self.content, self.ended, self.left = content, asyncio.Event(), asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(self.content)
        try:
            await self.ended.wait()
        except asyncio.CancelledError:
            self.left.set()
            raise
        return response


@pytest.fixture
async def open_stream() -> AsyncIterator[tuple[OpenStream, str]]:
    held = OpenStream("".join((START, points(a=1.5), END)).encode())
    app = web.Application()
    app.router.add_post("/v2/signalflow/execute", held.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield held, f"http://127.0.0.1:{runner.addresses[0][1]}"
    held.ended.set()
    await runner.cleanup()


async def test_it_leaves_at_the_end_of_the_channel(lone_cluster: Cluster, open_stream: tuple[OpenStream, str]) -> None:
    held, address = open_stream
    assert await provider(lone_cluster, address).query(PROGRAM) == Value(1.5)
    async with asyncio.timeout(10):
        await held.left.wait()


@pytest.mark.parametrize("strict", [False, True])
async def test_a_stream_that_goes_on_has_a_deadline(
    lone_cluster: Cluster, open_stream: tuple[OpenStream, str], strict: bool
) -> None:
    held, address = open_stream
    held.content = held.content.replace(b"END_OF_CHANNEL", b"JOB_PROGRESS")
    made = provider(lone_cluster, address, strict=strict)
    made.timeout_s = 0.2
    answer = await made.query(PROGRAM)
    assert isinstance(answer, QueryFailed)
    assert answer.reason.startswith("error executing query: request failed: ")


async def test_huge_and_slow(
    record_property: Callable[[str, object], None], lone_cluster: Cluster, service: LoopbackService
) -> None:
    for kind in ("huge", "slow"):
        record_property("metric provider", ("splunk", kind, "N"))
    service.will_answer(Scripted(body=points(a=1).encode() * 40_000))
    assert "MiB" in str(await provider(lone_cluster, service.address).query(PROGRAM))
    service.will_answer(Scripted(None))
    made = provider(lone_cluster, service.address)
    made.timeout_s = 0.1
    assert str(await made.query(PROGRAM)) != ""
    assert not await made.is_online()
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://api.us1.signalfx.com", ("stream.us1.signalfx.com", "api.us1.signalfx.com")),
        ("wss://stream.eu0.signalfx.com", ("stream.eu0.signalfx.com", "api.eu0.signalfx.com")),
    ],
)
async def test_the_realms_hosts(
    lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch, address: str, asked: tuple[str, str]
) -> None:
    urls: list[str] = []

    async def fetch(cluster: Cluster, method: str, url: str, **how: object) -> tuple[int, bytes]:
        urls.append(url.partition("?")[0])
        return 200, END.encode()

    monkeypatch.setattr("canarytui.metrics.providers.rest_provider.fetch", fetch)
    made = provider(lone_cluster, address)
    await made.query(PROGRAM)
    assert await made.is_online()
    assert urls == [f"https://{asked[0]}/v2/signalflow/execute", f"https://{asked[1]}/v2/metric"]


@pytest.mark.parametrize("code", [200, 401, 500])
async def test_online(lone_cluster: Cluster, service: LoopbackService, code: int) -> None:
    service.will_answer(Scripted(code, b"<html>anything"))
    found = await provider(lone_cluster, service.address).is_online()
    assert found.problem == ("" if code == 200 else "error response: <html>anything")
    asked = service.asked[0]
    assert (asked.method, asked.path, asked.parameters) == ("GET", "/v2/metric", {"limit": "1"})
    assert asked.headers["X-SF-Token"] == TOKEN


async def test_the_token_is_shown_to_nobody(
    lone_cluster: Cluster, service: LoopbackService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = provider(lone_cluster, service.address)
    said = [repr(made.spec)]
    for answer in (
        refusal(401, f"{TOKEN} is not valid", TOKEN),
        Scripted(401, TOKEN.encode()),
        stream(event("error", {"error": 400, "message": TOKEN})),
        stream(event("control-message", {"event": "CHANNEL_ABORT", "abortInfo": TOKEN})),
    ):
        service.will_answer(answer)
        said += [str(await made.query(PROGRAM)), (await made.is_online()).problem]
    assert TOKEN not in " ".join((*said, caplog.text))
    assert "… is not valid" in said[1]


@pytest.mark.parametrize(
    ("address", "credentials", "interval", "error"),
    [
        ("https://api.us1.signalfx.com", {"sf_token_key": "t"}, "1m", ""),
        ("", {"sf_token_key": "t"}, "1m", "splunk endpoint is not set"),
        ("https://a", {"token": "t"}, "", "splunk credentials does not contain sf_token_key"),
        ("https://a", None, "1m", "splunk credentials does not contain sf_token_key"),
        ("https://a", {"sf_token_key": "t"}, "", 'error parsing metric interval: time: invalid duration ""'),
    ],
)
def test_what_the_template_must_have(
    address: str, credentials: dict[str, str] | None, interval: str, error: str
) -> None:
    spec = ProviderSpec("splunk", address, credentials=credentials, interval=interval)
    assert SplunkProvider.configuration_error(spec) == error

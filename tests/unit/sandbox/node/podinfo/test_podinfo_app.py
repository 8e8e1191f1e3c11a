"""podinfo's pages: what probes, drills, acceptance tests and people ask for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.node.podinfo.app import Podinfo
from canarytui.sandbox.node.podinfo.settings import PodinfoSettings
from canarytui.sandbox.servers import HttpServers, plain_server

ENV = {"PATH": "/bin", "COLOR": "x"}


class Pod:
    """A podinfo server, its log, and a client."""

    def __init__(self, session: aiohttp.ClientSession, settings: PodinfoSettings) -> None:
        self.log: list[str] = []
        self.panicked = asyncio.Event()
        self.podinfo = Podinfo(settings, ENV, self.log.append, self.panicked.set)
        self.servers = HttpServers(lambda port: plain_server(self.podinfo.handle))
        self._session = session

    async def ask(self, path: str, method: str = "GET", **options: object) -> tuple[int, str]:
        url = f"http://{self.servers.listens[9898]}{path}"
        async with self._session.request(method, url, **options) as answer:  # type: ignore[arg-type]
            return answer.status, await answer.text()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


@pytest.fixture
async def pod(session: aiohttp.ClientSession) -> AsyncIterator[Pod]:
    made = Pod(session, PodinfoSettings("pod-1", "6.0.0", message="hello"))
    await made.servers.start([9898])
    yield made
    await made.servers.abort()


@pytest.mark.parametrize(
    ("method", "path", "status", "content"),
    [
        ("GET", "/version", 200, {"commit": "sandbox", "version": "6.0.0"}),
        ("HEAD", "/version", 200, None),
        ("GET", "/env", 200, ["PATH=/bin", "COLOR=x"]),
        ("GET", "/healthz", 200, {"status": "OK"}),
        ("GET", "/readyz", 200, {"status": "OK"}),
        ("GET", "/status/503?x", 503, {"status": 503}),
        ("POST", "/status/200", 200, {"status": 200}),
        ("GET", "/status/204", 204, None),
        ("GET", "/status/999", 400, {"code": 400, "message": "999 is not a status that a server can answer with"}),
        ("GET", "/delay/0", 200, {"delay": 0}),
        ("POST", "/version", 405, None),
        ("GET", "/chunked/0", 404, None),
        ("GET", "/token/validate", 404, None),
        ("GET", "/api/info", 404, None),
        ("GET", "/cache/a", 404, None),
    ],
)
async def test_pages(pod: Pod, method: str, path: str, status: int, content: object) -> None:
    found, text = await pod.ask(path, method)
    assert found == status
    if content is not None:
        assert json.loads(text) == content


async def test_the_first_page_is_for_programs_and_for_browsers(pod: Pod) -> None:
    _, text = await pod.ask("/")
    assert {name: json.loads(text)[name] for name in ("hostname", "version", "message")} == {
        "hostname": "pod-1", "version": "6.0.0", "message": "hello",
    }  # fmt: skip
    _, page = await pod.ask("/", headers={"User-Agent": "Mozilla/5.0"})
    assert "<h1>hello</h1>" in page


async def test_the_seeds_acceptance_test_gets_a_token_and_no_two_alike(pod: Pod) -> None:
    tokens = [json.loads((await pod.ask("/token", "POST", data="test"))[1])["token"] for _ in range(2)]
    assert tokens[0] != tokens[1]


async def test_bodies_are_echoed_and_headers_shown_without_the_secret(pod: Pod) -> None:
    assert await pod.ask("/echo", "POST", data="twice") == (202, "twice")
    _, text = await pod.ask("/headers", headers={"x-own": "1", SECRET_HEADER: "s"})
    assert json.loads(text)["X-Own"] == ["1"]
    assert SECRET_HEADER not in json.loads(text)


async def test_readiness_is_turned_off_and_on(pod: Pod) -> None:
    assert (await pod.ask("/readyz/disable", "POST"))[0] == 202
    assert (await pod.ask("/readyz"))[0] == 503
    assert (await pod.ask("/readyz/enable", "POST"))[0] == 202
    assert (await pod.ask("/readyz"))[0] == 200


async def test_a_panic_is_logged_and_never_answered(pod: Pod) -> None:
    asking = asyncio.create_task(pod.ask("/panic"))
    await asyncio.wait_for(pod.panicked.wait(), 10)
    assert json.loads(pod.log[-1])["msg"] == "Panic command received"
    await pod.servers.abort()
    with pytest.raises(aiohttp.ClientConnectionError):
        await asking


async def test_answers_are_counted_and_all_but_probes_logged(pod: Pod) -> None:
    for path in ("/healthz", "/readyz", "/status/500", "/nowhere"):
        await pod.ask(path)
    assert [(json.loads(line)["uri"], json.loads(line)["status"]) for line in pod.log] == [
        ("/status/500", 500), ("/nowhere", 404),
    ]  # fmt: skip
    _, text = await pod.ask("/metrics")
    counted = 'http_request_duration_seconds_count{method="GET",path='
    assert f'{counted}"status_code_0_9",status="500"}} 1' in text
    assert f'{counted}"healthz",status="200"}} 1' in text
    assert 'http_requests_total{status="404"} 1' in text


async def test_settings_make_it_unready_unhealthy_and_slow_or_wrong(session: aiohttp.ClientSession) -> None:
    settings = PodinfoSettings("p", "1", unready=True, unhealthy=True, random_error=True, random_delay_ms=(1, 2))
    made = Pod(session, settings)
    await made.servers.start([9898])
    assert [(await made.ask(path))[0] for path in ("/readyz", "/healthz", "/metrics")] == [503, 503, 200]
    statuses = {(await made.ask("/version"))[0] for _ in range(60)}
    assert 200 in statuses
    assert statuses & {500, 400, 409}
    await made.servers.abort()

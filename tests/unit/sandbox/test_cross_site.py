"""Who may come in at the sandbox's loopback ports: programs and the person, not pages that a browser has open."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from aiohttp import web

from canarytui.sandbox.cross_site import browsers_errand, is_loopback, not_for_browsers
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.sandbox.prometheus.storage import SeriesStorage
from canarytui.sandbox.servers import HttpServers, plain_server

JSON = {"Content-Type": "application/json"}
HERE = {"Host": "127.0.0.1:8080"}


@pytest.mark.parametrize(
    "headers",
    [
        HERE,
        {**HERE, "Content-Type": "application/x-www-form-urlencoded"},  # curl -d
        {"Host": "flagger-loadtester.test"},
        {"Host": "flagger-loadtester.test:8080", **JSON},
        {"Host": "flagger-loadtester.test.svc.cluster.local:80"},
        {"Host": "flagger-loadtester.test.svc.cluster.local."},
        {"Host": "flagger-loadtester"},
        {"Host": "10.42.0.7:8080"},
        {"Host": "localhost:1"},
        {"Host": "[::1]:8080"},
        {**HERE, **JSON, "Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"},
        {**HERE, **JSON, "Sec-Fetch-Site": "none"},
    ],
)
def test_flagger_curl_and_the_own_page_may_post(headers: Mapping[str, str]) -> None:
    assert not_for_browsers("POST", headers, "test") == ""


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({**HERE, "Origin": "https://evil.example", "Content-Type": "text/plain"}, "Origin"),
        ({**HERE, **JSON, "Origin": "https://evil.example"}, "Origin"),
        ({**HERE, **JSON, "Origin": "null"}, "Origin"),
        ({**HERE, **JSON, "Origin": ""}, "Origin"),
        ({**HERE, **JSON, "Origin": "http://127.0.0.1:3000"}, "Origin"),
        ({**HERE, **JSON, "Origin": "http://127.0.0.1.evil.example:8080"}, "Origin"),
        ({**HERE, **JSON, "Origin": "https://127.0.0.1:8080"}, "Origin"),
        ({**HERE, "Content-Type": "text/plain", "Origin": "http://127.0.0.1:8080"}, "Content-Type"),
        ({**HERE, "Content-Type": "text/plain", "Sec-Fetch-Mode": "no-cors"}, "Content-Type"),
        ({**HERE, "Sec-Fetch-Dest": "empty"}, "Content-Type"),
        ({**HERE, **JSON, "Sec-Fetch-Site": "cross-site"}, "cross-site"),
        ({**HERE, **JSON, "Sec-Fetch-Site": "same-site"}, "same-site"),
        ({"Host": "evil.example"}, "Host"),
        ({"Host": "evil.example:8080", **JSON, "Origin": "http://evil.example:8080"}, "Host"),
        ({"Host": "a.b.evil.example"}, "Host"),
        ({"Host": "127.0.0.1.evil.example"}, "Host"),
        # A namespace may be called as a top-level domain: then the page's own origin tells.
        ({"Host": "evil.test:8080", **JSON, "Origin": "http://evil.test:8080"}, "Origin"),
        ({"Host": "evil.dev"}, "Host"),
        ({"Host": "127.0.0.1@evil.example"}, "Host"),
        ({"Host": "[::1"}, "Host"),
        ({"Host": ""}, "Host"),
        ({}, "Host"),
    ],
)
def test_pages_of_other_sites_may_not(headers: Mapping[str, str], said: str) -> None:
    assert said in not_for_browsers("POST", headers, "test")


CLICK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
         "Sec-Fetch-User": "?1"}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "headers", "passes"),
    [
        ("GET", {}, True),
        ("POST", {"Origin": "https://shop.example.com"}, True),  # curl that tries an application's CORS
        ("GET", {"Sec-Fetch-Site": "none"}, True),
        ("POST", {"Sec-Fetch-Site": "same-origin"}, True),
        ("GET", CLICK, True),  # a link that a person follows, in plain sight
        ("POST", CLICK, False),
        ("GET", {**CLICK, "Sec-Fetch-User": ""}, False),  # a page that sends itself there
        ("GET", {**CLICK, "Sec-Fetch-Dest": "iframe"}, False),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ("POST", {"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_pods_gateway_and_prometheus_are_for_people_too(method: str, headers: dict[str, str], passes: bool) -> None:
    assert (browsers_errand(method, headers) == "") is passes


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("LocalHost", True),
        ("127.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("127.1", False),
        ("localhost.evil.example", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.fixture
async def pod() -> AsyncIterator[tuple[str, list[str]]]:
    """A pod's server and the paths that reached its application."""
    seen: list[str] = []

    async def application(request: web.BaseRequest) -> web.StreamResponse:
        seen.append(request.raw_path)
        return web.Response(text="pod")

    servers = HttpServers(lambda port: plain_server(application))
    await servers.start([80])
    yield f"http://{servers.listens[80]}", seen
    await servers.abort()


async def test_picture_on_a_page_does_not_reach_a_pod(pod: tuple[str, list[str]]) -> None:
    url, seen = pod
    picture = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{url}/panic", headers=picture) as refused:
            assert refused.status == 403
        async with client.get(f"{url}/version") as answered:
            assert await answered.text() == "pod"
    assert seen == ["/version"]


async def test_page_may_not_ask_prometheus() -> None:
    runner = web.AppRunner(PrometheusApi(SeriesStorage()).make_app(), access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/api/v1/query"
    try:
        async with aiohttp.ClientSession() as client:
            async with client.post(url, data={"query": "1"}, headers={"Sec-Fetch-Site": "cross-site"}) as refused:
                assert refused.status == 403
            async with client.post(url, data={"query": "1"}) as answered:
                assert (await answered.json())["status"] == "success"
    finally:
        await runner.cleanup()

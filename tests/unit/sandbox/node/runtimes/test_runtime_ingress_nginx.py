"""A container of ingress-nginx's controller: its ports, and pods that do not answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from dataplane_fakes import ingress, ingress_class
from dataplane_rig import launch_of

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.ingresses.provider import build
from canarytui.sandbox.node.runtimes.ingress_nginx import start_ingress_nginx
from canarytui.sandbox.servers import HttpServers, bind, plain_server, port_of

PORTS = [{"name": "http", "containerPort": 80}, {"name": "metrics", "containerPort": 10254}]
IMAGE = "registry.k8s.io/ingress-nginx/controller:v1.14.0"
HOST = {"Host": "app.example.com"}


@pytest.fixture
async def addresses() -> AsyncIterator[list[str]]:
    """Where nobody listens, and where a pod does."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=f"{request.method} {request.raw_path} {request.headers['Host']}")

    pods = HttpServers(lambda _: plain_server(answer))
    await pods.start([9898])
    with bind(0) as closed:  # bound, not listening
        yield [f"127.0.0.1:{port_of(closed)}", pods.listens[9898]]
    await pods.abort()


def configured(addresses: list[str], **annotations: str) -> Configuration:
    app = ingress("app", ("/app(/.*)", "ImplementationSpecific", "app"), **annotations)
    return build([ingress_class()], [app], lambda *_: addresses, "")


async def answers(configuration: Configuration, count: int, method: str = "GET") -> list[tuple[int, str]]:
    """Statuses and first lines of `count` requests for /app/x, and the log's last line."""
    launch = launch_of(IMAGE, ports=PORTS)
    instance = await start_ingress_nginx(launch, lambda: configuration, {})
    found = []
    async with aiohttp.ClientSession() as client:
        for _ in range(count):
            async with client.request(method, f"http://{instance.listens[80]}/app/x?q", headers=HOST) as response:
                found.append((response.status, (await response.text()).splitlines()[0]))
    await instance.stop(0)
    return found


async def test_another_pod_is_tried_when_one_does_not_answer(addresses: list[str]) -> None:
    good = (200, "GET /x?q inner.example")
    settings = {"rewrite_target": "$1", "upstream_vhost": "inner.example"}
    assert await answers(configured(addresses, **settings), 2) == [good, good]
    once = configured(addresses, proxy_next_upstream_tries="1", **settings)
    assert await answers(once, 2) == [(502, "<html>"), good]
    off = configured(addresses, proxy_next_upstream="off", **settings)
    assert await answers(off, 2) == [(502, "<html>"), good]


async def test_what_may_have_had_an_effect_is_not_repeated(addresses: list[str]) -> None:
    found = await answers(configured(addresses, use_regex="true"), 2, "POST")
    assert found == [(502, "<html>"), (200, "POST /app/x?q app.example.com")]


async def test_metrics_and_health_are_at_the_other_port_and_notices_in_the_log_once() -> None:
    launch = launch_of(IMAGE, ports=PORTS)
    configuration = configured([], auth_url="http://x")
    instance = await start_ingress_nginx(launch, lambda: configuration, {})
    async with aiohttp.ClientSession() as client:
        found = {}
        for port, path in ((80, "/healthz"), (10254, "/healthz"), (10254, "/metrics"), (10254, "/x")):
            async with client.get(f"http://{instance.listens[port]}{path}") as response:
                found[port, path] = (response.status, (await response.text())[:6])
    await instance.stop(0)
    assert found[80, "/healthz"][0] == found[10254, "/x"][0] == 404
    assert found[10254, "/healthz"] == (200, "ok")
    assert found[10254, "/metrics"][1] == "# HELP"
    said = [line for line in launch.log.lines() if b"auth-url" in line.text]
    assert len(said) == 1
    assert b'ingress="test/app"' in said[0].text

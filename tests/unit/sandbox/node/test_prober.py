"""Probes carried out against real sockets, with the kubelet's messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from dataplane_rig import until

from canarytui.sandbox.node.prober import check, run_probes
from canarytui.sandbox.node.probes import Check, FixedCheck, HttpCheck, Probe, TcpCheck
from canarytui.sandbox.servers import HttpServers, plain_server


class Container:
    status = 200
    hangs = False

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        assert request.headers["User-Agent"] == "kube-probe/1.32"
        if self.hangs:
            await asyncio.sleep(60)
        return web.Response(status=self.status)


@pytest.fixture
async def container() -> AsyncIterator[tuple[Container, dict[int, str]]]:
    made = Container()
    servers = HttpServers(lambda port: plain_server(made.handle))
    await servers.start([80])
    yield made, dict(servers.listens)
    await servers.abort()


REFUSED = "dial tcp 10.42.0.2:81: connect: connection refused"


@pytest.mark.parametrize(
    ("what", "status", "problem"),
    [
        (HttpCheck(80, "/a"), 200, None),
        (HttpCheck(80, "/a"), 399, None),
        (HttpCheck(80, "/a"), 503, "HTTP probe failed with statuscode: 503"),
        (HttpCheck(81, "/a"), 200, f'Get "http://10.42.0.2:81/a": {REFUSED}'),
        (TcpCheck(80), 500, None),
        (TcpCheck(81), 500, REFUSED),
        (FixedCheck(True), 500, None),
        (FixedCheck(False), 200, "command failed: exit status 1"),
    ],
)
async def test_one_attempt(
    what: Check, status: int, problem: str | None, container: tuple[Container, dict[int, str]]
) -> None:
    container[0].status = status
    async with aiohttp.ClientSession() as session:
        assert await check(what, container[1], "10.42.0.2", session, 5) == problem


async def test_a_probe_gives_up_at_its_timeout(container: tuple[Container, dict[int, str]]) -> None:
    container[0].hangs = True
    async with aiohttp.ClientSession() as session:
        said = await check(HttpCheck(80, "/"), container[1], "10.42.0.2", session, 0.05)
    assert said is not None
    assert said.endswith("(Client.Timeout exceeded while awaiting headers)")


async def test_readiness_waits_for_the_startup_probe_and_then_follows(
    container: tuple[Container, dict[int, str]],
) -> None:
    served, listens = container
    served.status = 500
    probes = {
        kind: Probe(kind, HttpCheck(80, "/"), period_s=0.01, failure_threshold=1) for kind in ("startup", "readiness")
    }
    reports: list[tuple[str, bool]] = []
    failures: list[str] = []
    async with aiohttp.ClientSession() as session:
        running = asyncio.create_task(
            run_probes(
                probes,
                listens,
                "10.42.0.2",
                session,
                lambda *each: reports.append(each),
                lambda *each: failures.append(each[1]),
            )  # type: ignore[arg-type]
        )
        await until(lambda: ("startup", False) in reports)
        assert not any(kind == "readiness" for kind, _ in reports)
        served.status = 200
        await until(lambda: ("readiness", True) in reports)
        served.status = 404
        await until(lambda: ("readiness", False) in reports)
        running.cancel()
    assert {"HTTP probe failed with statuscode: 500", "HTTP probe failed with statuscode: 404"} == set(failures)


async def test_without_probes_a_container_is_started_and_ready() -> None:
    reports: list[tuple[str, bool]] = []
    async with aiohttp.ClientSession() as session:
        await run_probes({}, {}, "", session, lambda *each: reports.append(each), lambda *each: None)
    assert reports == [("startup", True), ("readiness", True)]

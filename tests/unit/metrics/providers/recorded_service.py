"""A metric service on loopback that gives the recorded answers of one case, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import pytest
import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from recorded_case import ADDRESS, Exchange, Object, RecordedCase, joined

from canarytui.cluster import bounded_responses as bounded


class RecordedService:
    """`phase` is what is being asked for (``online``, ``query``); the answers of each come in their order, and the last
    one again."""

    def __init__(self, case: RecordedCase) -> None:
        self.phase = ""
        self.asked: list[Exchange] = []
        self.address = ""
        self.analyses: list[tuple[str, Object]] = []
        self._case = case
        self._running, self._looks = "", 0
        self._script = {"online": case.recorded.online, "query": case.recorded.queries}
        self._given = {"online": 0, "query": 0}

    def next_exchange(self) -> Exchange | None:
        """The recorded exchange that the next request is to be like; None where none was recorded."""
        script = self._script[self.phase]
        return script[min(self._given[self.phase], len(script) - 1)] if script else None

    async def answer(self, request: web.Request) -> web.Response:
        if self._case.provider["type"] == "keptn":
            return await self._answer_as_api_server(request)
        expected = self.next_exchange()
        self._given[self.phase] += 1
        got = Exchange(
            asked_for=self.phase,
            clock_s=expected.clock_s if expected else 0.0,
            method=request.method,
            url=self._place(request, expected),
            headers=joined(request.headers.items()),
            body=(await request.read()).decode(),
            status=expected.status if expected else 599,
            answer_headers=expected.answer_headers if expected else {},
            answer=expected.answer if expected else "nothing was recorded for this phase",
        )
        self.asked.append(got)
        return web.Response(status=got.status, body=got.answer.encode(), headers=got.answer_headers)

    async def _answer_as_api_server(self, request: web.Request) -> web.Response:
        """Keptn's objects: an Analysis passes when it is looked at for the second time, as in the recording."""
        collection = "/apis/metrics.keptn.sh/v1beta1/namespaces/mp/"
        if request.method == "GET" and request.path == f"{collection}keptnmetrics/{self._case.full_name}":
            return web.json_response({"kind": "KeptnMetric", "status": self._case.keptnmetric_status or {}})
        if request.method == "POST" and request.path == f"{collection}analyses":
            made = await request.json()
            self._running = f"{collection}analyses/{made['metadata']['name']}"
            assert re.fullmatch(rf"{self._case.full_name}-[0-9a-f]{{6}}", made["metadata"]["name"])
            self.analyses.append(("ADDED", made["spec"]))
            self._looks = 0
            return web.json_response(made, status=201)
        assert request.path == self._running, "one Analysis at a time"
        if request.method == "DELETE":
            self.analyses.append(("DELETED", self.analyses[-1][1]))
            return web.json_response({"kind": "Status", "status": "Success"})
        self._looks += 1
        done = {"state": "Completed", "pass": True} if self._looks > 1 else {"state": "Progressing"}
        return web.json_response({"kind": "Analysis", "status": done})

    def _place(self, request: web.Request, expected: Exchange | None) -> str:
        origin = ADDRESS if expected is None or expected.url.startswith(ADDRESS) else f"https://{request.host}"
        return origin + request.raw_path


@asynccontextmanager
async def served(case: RecordedCase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RecordedService]:
    """Serve `case` on a free port: at ``service.address``, or by the name of the service's own host where the template
    has no address (that name then leads here, with a certificate that our client trusts)."""
    service = RecordedService(case)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", service.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    server_tls, client_tls = _own_name(case)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_tls)
    try:
        await site.start()
        port = runner.addresses[0][1]
        service.address = f"http://127.0.0.1:{port}"
        if client_tls is None:
            yield service
            return
        connector = aiohttp.TCPConnector(resolver=_Everywhere(port), ssl=client_tls, force_close=True)
        async with aiohttp.ClientSession(connector=connector, **bounded.SESSION) as session:
            monkeypatch.setattr("canarytui.cluster.client.Cluster.session", lambda _, keep_alive: session)
            yield service
    finally:
        await runner.cleanup()


def _own_name(case: RecordedCase) -> tuple[ssl.SSLContext | None, ssl.SSLContext | None]:
    exchanges = case.recorded.online + case.recorded.queries
    hosts = {urlsplit(exchange.url).hostname or "" for exchange in exchanges if exchange.url.startswith("https://")}
    if not hosts:
        return None, None
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert(*hosts).configure_cert(server)
    authority.configure_trust(client)
    return server, client


class _Everywhere(AbstractResolver):
    """Every name leads to one port of loopback."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        await asyncio.sleep(0)
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is held."""

"""The forwarder: bytes pass through as they are, streams as they come, headers of one connection stay on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from canarytui.sandbox.constants import DESTINATION_HEADER, SECRET_HEADER
from canarytui.sandbox.gateway.forwarding import Forwarder, ForwardingResult, UpstreamFailed, change_headers, end_to_end
from canarytui.sandbox.servers import HttpServers, plain_server


class Chain:
    """A front that forwards everything to a back, and what each saw."""

    def __init__(self) -> None:
        self.forwarder = Forwarder()
        self.more = asyncio.Event()
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.outcomes: list[ForwardingResult] = []
        self.failures: list[UpstreamFailed] = []
        self.servers = HttpServers(lambda port: plain_server(self.front if port == 80 else self.back))

    async def front(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = end_to_end(request.headers)
        extra = CIMultiDict([("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        try:
            response, outcome = await self.forwarder.forward(
                request,
                "127.0.0.1:1" if request.path == "/nowhere" else self.servers.listens[81],
                request.raw_path,
                headers,
                extra_answer_headers=extra,
                answer_changes={"X-Gone": "", "X-Set": "set"},
            )
        except UpstreamFailed as failure:
            self.failures.append(failure)
            return web.Response(status=failure.status)
        self.outcomes.append(outcome)
        return response

    async def back(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.seen.append((request.method, request.raw_path, dict(request.headers), body))
        if request.path == "/broken":
            assert request.transport is not None
            request.transport.abort()
        if request.path == "/stream":
            response = web.StreamResponse()
            response.enable_chunked_encoding()
            await response.prepare(request)
            await response.write(b"first ")
            await self.more.wait()
            await response.write(b"second")
            return response
        return web.Response(status=418, body=body[::-1], headers={"X-Gone": "x", "X-Kept": "y", "Keep-Alive": "z"})


@pytest.fixture
async def chain() -> AsyncIterator[Chain]:
    made = Chain()
    await made.servers.start([80, 81])
    yield made
    await made.forwarder.close()
    await made.servers.abort()


async def test_path_body_and_headers_pass_and_what_belongs_to_a_connection_does_not(chain: Chain) -> None:
    headers = {"X-Own": "1", "X-Hop": "2", "Connection": "X-Hop", SECRET_HEADER: "s", DESTINATION_HEADER: "d"}
    url = aiohttp.client.URL(f"http://{chain.servers.listens[80]}/a%2Fb/../c?d=%20", encoded=True)
    async with aiohttp.ClientSession() as client, client.put(url, data=b"abc", headers=headers) as answer:
        assert (answer.status, await answer.read()) == (418, b"cba")
        assert answer.headers.getall("Set-Cookie") == ["a=1", "b=2"]
        assert (answer.headers["X-Kept"], answer.headers["X-Set"]) == ("y", "set")
        assert not {"X-Gone", "Keep-Alive"} & set(answer.headers)
    ((method, path, seen, body),) = chain.seen
    assert (method, path, body) == ("PUT", "/a%2Fb/../c?d=%20", b"abc")
    assert seen["X-Own"] == "1"
    assert not {"X-Hop", "Connection", SECRET_HEADER, DESTINATION_HEADER} & set(seen)
    assert chain.outcomes == [ForwardingResult(418, 3, 3)]


async def test_a_stream_is_passed_on_as_it_comes(chain: Chain) -> None:
    url = f"http://{chain.servers.listens[80]}/stream"
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        assert await answer.content.readexactly(6) == b"first "
        chain.more.set()
        assert await answer.content.read() == b"second"
    assert [outcome.response_bytes for outcome in chain.outcomes] == [12]


@pytest.mark.parametrize("path", ["/nowhere", "/broken"])
async def test_no_answer_is_a_bad_gateway(chain: Chain, path: str) -> None:
    async with aiohttp.ClientSession() as client, client.get(f"http://{chain.servers.listens[80]}{path}") as answer:
        assert answer.status == 502
    assert [failure.status for failure in chain.failures] == [502]


async def test_a_copy_is_sent_and_its_answer_thrown_away(chain: Chain) -> None:
    assert await chain.forwarder.copy("POST", chain.servers.listens[81], "/m", CIMultiDict(), b"x") == 418
    assert [(method, path, body) for method, path, _, body in chain.seen] == [("POST", "/m", b"x")]
    await chain.forwarder.close()
    with pytest.raises(UpstreamFailed, match="it is ending"):
        await chain.forwarder.copy("GET", chain.servers.listens[81], "/", CIMultiDict(), None)


def test_changed_headers_replace_all_of_their_name() -> None:
    headers = CIMultiDict([("A", "1"), ("a", "2"), ("B", "3")])
    change_headers(headers, {"A": "4", "b": ""})
    assert list(headers.items()) == [("A", "4")]

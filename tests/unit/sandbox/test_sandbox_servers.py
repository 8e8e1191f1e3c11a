"""Loopback servers inside the process: bound where asked for, drained gracefully, broken off when aborted."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from canarytui.sandbox.servers import HttpServers, address_of, bind, listen, plain_server, port_of


def test_a_port_is_taken_again_where_it_is_free_and_another_where_it_is_not() -> None:
    with bind(0) as taken:
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            bind(port_of(taken))
        with listen(address_of(taken)) as other:
            assert port_of(other) not in (0, port_of(taken))
        wanted = address_of(taken)
    with listen(wanted) as again:
        assert address_of(again) == wanted


class Slow:
    """A server whose answer waits until it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.set()
        await self.go.wait()
        return web.Response(text=request.raw_path)


async def test_what_is_in_flight_is_finished_before_a_drained_server_ends() -> None:
    slow, servers = Slow(), HttpServers(lambda port: plain_server(slow.handle))
    await servers.start([80])
    address = servers.listens[80]
    async with aiohttp.ClientSession() as client:
        asking = asyncio.create_task(client.get(f"http://{address}/a"))
        await slow.asked.wait()
        draining = asyncio.create_task(servers.drain(10))
        await asyncio.sleep(0)
        slow.go.set()
        async with await asking as answer:
            assert await answer.text() == "/a"
        await draining
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get(f"http://{address}/b")
    assert servers.listens == {}


async def test_an_aborted_server_breaks_off_what_is_in_flight() -> None:
    slow, servers = Slow(), HttpServers(lambda port: plain_server(slow.handle))
    await servers.start([80])
    async with aiohttp.ClientSession() as client:
        asking = asyncio.create_task(client.get(f"http://{servers.listens[80]}/"))
        await slow.asked.wait()
        await servers.abort()
        with pytest.raises(aiohttp.ClientConnectionError):
            await asking


async def test_a_client_that_waits_for_it_is_told_to_send_its_body() -> None:
    async def echo(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=await request.read())

    servers = HttpServers(lambda port: plain_server(echo))
    await servers.start([80])
    host, _, port = servers.listens[80].rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"ok")
    assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
    writer.close()
    await servers.abort()

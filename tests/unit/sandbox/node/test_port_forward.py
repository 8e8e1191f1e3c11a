"""``kubectl port-forward`` in both of its dialects, to a pod's real port."""

from __future__ import annotations

import asyncio
import struct

from aiohttp import ClientWebSocketResponse
from dataplane_fakes import podinfo_pod
from dataplane_rig import SECRET, Sandbox, ask_kubelet
from test_spdy import syn_stream

from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.node.channels import V4
from canarytui.sandbox.node.port_forward import TUNNEL
from canarytui.sandbox.node.spdy import DataReceived, SpdySession

GET = b"GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def socket_to(sandbox: Sandbox, protocol: str, query: str = "") -> ClientWebSocketResponse:
    url = f"http://{sandbox.addresses['kubelet']}/portForward/test/a{query}"
    return await sandbox.session.ws_connect(url, headers={SECRET_HEADER: SECRET}, protocols=(protocol,))


async def test_kubectls_tunnel_carries_a_request_and_its_answer(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    socket, client = await socket_to(sandbox, TUNNEL), SpdySession()
    names = {"requestid": "0", "port": "9898"}
    # Header blocks of one connection are one compressed stream, of which the second part depends on the first.
    await socket.send_bytes(syn_stream(1, {**names, "streamtype": "data"}))
    await socket.send_bytes(client.data(1, GET))
    found, finished = b"", False
    while not finished:
        for event in client.receive(await socket.receive_bytes()):
            if isinstance(event, DataReceived) and event.stream == 1:
                found, finished = found + event.data, event.finished
    assert found.startswith(b"HTTP/1.1 200")
    assert b'"version": "6.0.0"' in found
    await socket.close()


async def test_a_port_where_nothing_listens_is_told_on_the_error_stream(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    socket, client = await socket_to(sandbox, TUNNEL), SpdySession()
    await socket.send_bytes(syn_stream(1, {"requestid": "0", "streamtype": "data", "port": "1234"}))
    ended = False
    while not ended:
        ended = any(
            isinstance(event, DataReceived) and event.finished for event in client.receive(await socket.receive_bytes())
        )
    await socket.close()


async def test_the_python_clients_channels_carry_it_too(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    socket = await socket_to(sandbox, V4, "?ports=9898,1234")
    greetings = [await socket.receive_bytes() for _ in range(4)]
    assert greetings == [bytes([n]) + struct.pack("<H", port) for n, port in enumerate((9898, 9898, 1234, 1234))]
    assert (await socket.receive_bytes()).startswith(b"\3error forwarding port 1234: nothing in the pod listens")
    await socket.send_bytes(b"\0" + GET)
    found = b""
    async with asyncio.timeout(10):
        while b'"version": "6.0.0"' not in found:
            message = await socket.receive_bytes()
            assert message[0] == 0
            found += message[1:]
    await socket.close()


async def test_a_pod_that_is_not_here_is_not_found(sandbox: Sandbox) -> None:
    assert await ask_kubelet(sandbox, "/portForward/test/b") == (404, 'pod "b_test" not found')

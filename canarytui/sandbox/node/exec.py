"""``kubectl exec`` and ``kubectl attach``: the kubelet's WebSocket endpoints for commands and for output.

In pods of the load tester and of generic images the command runs on this machine, in the container's own
folder and environment (:mod:`canarytui.sandbox.node.runtimes.commands`). A podinfo pod is part of this
process: it answers the few commands that people use to look around, and refuses others with that reason.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from aiohttp import WSMsgType, web

from canarytui.sandbox.node import channels
from canarytui.sandbox.node.container_loop import ContainerLoop
from canarytui.sandbox.node.container_record import Running
from canarytui.sandbox.node.images import ImageKind
from canarytui.sandbox.node.instances import Launch
from canarytui.sandbox.node.kubelet_server import container_of, truth
from canarytui.sandbox.node.runtimes.commands import CommandPlace
from canarytui.sandbox.node.terminal import StartedCommand, start_command

_ON_THIS_MACHINE = frozenset((ImageKind.LOADTESTER, ImageKind.GENERIC))
_LATE_OUTPUT_S = 0.5
_NOT_FOUND, _REFUSED = 127, 126

LookAround = Callable[[Sequence[str], ContainerLoop], Awaitable[tuple[int, str] | None]]
"""(command, container) -> (exit code, output), or None for a command that cannot be answered."""


class ExecRoutes:
    """Adds ``/exec`` and ``/attach`` to the kubelet's application."""

    def __init__(self, place: CommandPlace, look_around: LookAround) -> None:
        self._place = place
        self._look_around = look_around

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/exec/{namespace}/{pod}/{container}", self._exec)
        app.router.add_get("/attach/{namespace}/{pod}/{container}", self._attach)

    async def _exec(self, request: web.Request) -> web.StreamResponse:
        loop = container_of(request)
        if not isinstance(loop.record.state, Running):
            return web.Response(status=400, text=f'container not found ("{loop.name}")')
        command = request.query.getall("command", [])
        if not command:
            return web.Response(status=400, text="you must specify at least 1 command for the container")
        socket = web.WebSocketResponse(protocols=channels.PROTOCOLS)
        await socket.prepare(request)
        code = await self._run(socket, loop, command, request.query)
        await _send(socket, channels.ERROR, channels.exit_status(code))
        await socket.close()
        return socket

    async def _run(
        self, socket: web.WebSocketResponse, loop: ContainerLoop, command: list[str], query: Mapping[str, str]
    ) -> int:
        if loop.image is None or loop.image.kind not in _ON_THIS_MACHINE:
            return await self._answer(socket, loop, command)
        launch = Launch(loop.pod, loop.spec, loop.image, loop.env, loop.log)
        env = self._place.environment(loop.env, launch)
        program = shutil.which(command[0], path=env["PATH"])
        if program is None:
            text = f'exec: "{command[0]}": executable file not found in $PATH\n'
            await _send(socket, channels.STDERR, text.encode())
            return _NOT_FOUND
        folder = str(self._place.folder(launch))
        tty = truth(query.get("tty"))
        running = await start_command(
            [program, *command[1:]],
            env,
            folder,
            tty=tty,
            stdin=truth(query.get("input") or query.get("stdin")),
        )
        try:
            return await _converse(socket, running)
        finally:
            await running.end()

    async def _answer(self, socket: web.WebSocketResponse, loop: ContainerLoop, command: list[str]) -> int:
        answer = await self._look_around(command, loop)
        if answer is None:
            text = (
                f'"{" ".join(command)}" cannot run here: a {loop.image.repository if loop.image else "?"} container '
                "of the sandbox is a part of its process (env, hostname, date, podcli check … are answered)\n"
            )
            await _send(socket, channels.STDERR, text.encode())
            return _REFUSED
        code, output = answer
        await _send(socket, channels.STDOUT if code == 0 else channels.STDERR, output.encode())
        return code

    async def _attach(self, request: web.Request) -> web.StreamResponse:
        loop = container_of(request)
        socket = web.WebSocketResponse(protocols=channels.PROTOCOLS)
        await socket.prepare(request)

        async def copy() -> None:
            async for line in loop.log.follow(tail=0):
                await _send(socket, channels.STDOUT, line.text + b"\n")

        copying = asyncio.create_task(copy())
        reading = asyncio.create_task(_drain(socket))
        await asyncio.wait({copying, reading}, return_when=asyncio.FIRST_COMPLETED)
        for task in (copying, reading):
            task.cancel()
        await _send(socket, channels.ERROR, channels.success())
        await socket.close()
        return socket


async def _converse(socket: web.WebSocketResponse, running: StartedCommand) -> int:
    """Copy input and output until the command has ended; its exit code. Ends it when the client disconnects."""

    async def copy_out(channel: int, chunks: AsyncIterator[bytes]) -> None:
        async for chunk in chunks:
            await _send(socket, channel, chunk)

    outputs = [asyncio.create_task(copy_out(*output)) for output in running.outputs()]
    inputs = asyncio.create_task(_copy_in(socket, running))
    finishing = asyncio.create_task(running.finish())
    try:
        await asyncio.wait({inputs, finishing}, return_when=asyncio.FIRST_COMPLETED)
        if not finishing.done():
            await running.end()
        code = await finishing
        await asyncio.wait(outputs, timeout=_LATE_OUTPUT_S)
        return code
    finally:
        for task in (*outputs, inputs, finishing):
            task.cancel()
        await asyncio.gather(*outputs, inputs, finishing, return_exceptions=True)


async def _copy_in(socket: web.WebSocketResponse, running: StartedCommand) -> None:
    """Input and window sizes to the command; returns when the client closes the connection."""
    async for message in socket:
        data = message.data if message.type is WSMsgType.BINARY else str(message.data).encode("latin-1")
        if not data:
            continue
        channel, payload = data[0], data[1:]
        if channel == channels.STDIN:
            await running.write(payload)
        elif channel == channels.RESIZE and (size := channels.window_size(payload)) is not None:
            running.resize(*size)
        elif channel == channels.CLOSE and payload[:1] == bytes([channels.STDIN]):
            running.close_input()


async def _drain(socket: web.WebSocketResponse) -> None:
    async for _ in socket:
        pass


async def _send(socket: web.WebSocketResponse, channel: int, data: bytes) -> None:
    if data and not socket.closed:
        try:
            await socket.send_bytes(bytes([channel]) + data)
        except ConnectionError:
            return

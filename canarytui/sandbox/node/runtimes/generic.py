"""The generic container, for any other image.

It listens on each declared port and answers 200, so that everyday kubectl (create deployment, expose,
rollout, port-forward) works. A container whose command is a plain shell command runs it as a
process instead, so that ``kubectl run hello --image=busybox --restart=Never -- date`` does what it says.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from aiohttp import web

from canarytui.sandbox.node.instances import Instance, Launch, ServerInstance
from canarytui.sandbox.node.runtimes.commands import CommandPlace
from canarytui.sandbox.node.runtimes.process import start_process
from canarytui.sandbox.servers import HttpServers, plain_server

_SHELL_TOOLS = frozenset(
    (
        "sh",
        "bash",
        "ash",
        "sleep",
        "echo",
        "true",
        "false",
        "cat",
        "date",
        "env",
        "printenv",
        "ls",
        "pwd",
        "hostname",
        "id",
        "whoami",
        "seq",
        "printf",
        "test",
        "expr",
        "head",
        "tail",
        "wc",
        "grep",
        "sed",
        "awk",
        "sort",
        "uniq",
        "tr",
        "cut",
        "tee",
        "xargs",
        "yes",
        "uname",
        "uptime",
        "curl",
        "hey",
        "wget",
    )
)


async def start_generic(launch: Launch, place: CommandPlace) -> Instance:
    """A responder, or a process when the container's command is a shell tool that this machine has."""
    command = shell_command(launch.arguments)
    if command is not None:
        return await start_process(launch, command, place.environment(launch.env, launch), place.folder(launch), {})

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=f"{launch.pod_name} ({launch.image.name})\n")

    servers = HttpServers(lambda port: plain_server(answer))
    await servers.start(launch.ports(), launch.preferred)
    listening = ", ".join(str(port) for port in launch.ports()) or "no port"
    launch.log.write(f"canarytui sandbox: {launch.image.name} is answered for here, listening on {listening}")
    return ServerInstance(servers)


def shell_command(arguments: Sequence[str]) -> list[str] | None:
    """`arguments` with the program's path on this machine if it is a well-known shell tool, else None."""
    if not arguments:
        return None
    tool = arguments[0].rpartition("/")[2]
    program = shutil.which("sh" if tool == "ash" else tool) if tool in _SHELL_TOOLS else None
    return [program, *arguments[1:]] if program else None

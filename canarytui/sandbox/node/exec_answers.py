"""Answers ``kubectl exec`` for containers that are servers of this process.

The data plane's main hands it to the kubelet's exec endpoint. Fixed answers come from
:mod:`canarytui.sandbox.node.podinfo.commands`; health checks are really run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import aiohttp

from canarytui.sandbox.node.container_loop import ContainerLoop
from canarytui.sandbox.node.images import ImageKind
from canarytui.sandbox.node.podinfo import commands
from canarytui.sandbox.node.prober import check
from canarytui.sandbox.node.probes import command_check

_TIMEOUT_S = 5.0

Answer = tuple[int, str] | None


def answerer(session: aiohttp.ClientSession) -> Callable[[Sequence[str], ContainerLoop], Awaitable[Answer]]:
    """The function for the exec endpoint; `session` is for health checks."""

    async def answer(command: Sequence[str], loop: ContainerLoop) -> Answer:
        if loop.image is None or loop.image.kind is not ImageKind.PODINFO:
            return None
        if commands.health_check(command):
            wanted = command_check(command, loop.spec)
            problem = await check(wanted, loop.listens, "localhost", session, _TIMEOUT_S)
            return (0, "OK\n") if problem is None else (1, f"{problem}\n")
        return commands.answer(command, loop.env, loop.image.tag.removeprefix("v"), datetime.now(UTC))

    return answer

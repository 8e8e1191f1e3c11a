"""The interface between the kubelet and a running container.

Each runtime (podinfo, generic, gateway, load tester, process) is a function from :class:`Launch` to an
:class:`Instance`; the kubelet knows nothing else about them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct, field

from canarytui.sandbox.background import in_background
from canarytui.sandbox.node.images import Image
from canarytui.sandbox.node.logbook import ContainerLog
from canarytui.sandbox.servers import HttpServers


class Launch(Struct, frozen=True):
    """One start of one container: pod and spec as API objects, resolved environment, log, last addresses."""

    pod: Mapping[str, Any]
    container: Mapping[str, Any]
    image: Image
    env: Mapping[str, str]
    log: ContainerLog
    preferred: Mapping[int, str] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        return str(self.pod["metadata"].get("namespace", ""))

    @property
    def pod_name(self) -> str:
        return str(self.pod["metadata"]["name"])

    @property
    def container_name(self) -> str:
        return str(self.container["name"])

    @property
    def arguments(self) -> list[str]:
        """The container's command and args, one after the other."""
        return [*(self.container.get("command") or ()), *(self.container.get("args") or ())]

    def ports(self) -> dict[int, str]:
        """Declared TCP container ports: number -> name ("" if unnamed)."""
        return {
            int(port["containerPort"]): str(port.get("name") or "")
            for port in self.container.get("ports") or ()
            if port.get("protocol", "TCP") == "TCP"
        }


class Instance(Protocol):
    """A container that runs."""

    @property
    def listens(self) -> Mapping[int, str]:
        """Container port -> ``127.0.0.1:PORT``."""

    @property
    def pid(self) -> int | None:
        """The process that is this container and nothing else; None for a server inside the data plane."""

    @property
    def requests(self) -> int:
        """How many its servers have received, where it is a server inside the data plane."""

    async def wait(self) -> int:
        """Its exit code, once it has ended by itself or been stopped."""

    async def stop(self, grace_s: float) -> None:
        """SIGTERM: finish what is in flight within `grace_s` seconds, then end; returns when ended."""


class ServerInstance:
    """An in-process server as a container: ends with code 0 when stopped, or by :meth:`crash`."""

    def __init__(self, servers: HttpServers) -> None:
        self._servers = servers
        self._exit: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def listens(self) -> Mapping[int, str]:
        return self._servers.listens

    @property
    def pid(self) -> int | None:
        return None

    @property
    def requests(self) -> int:
        return self._servers.requests

    async def wait(self) -> int:
        return await asyncio.shield(self._exit)

    async def stop(self, grace_s: float) -> None:
        await self._servers.drain(grace_s)
        self._end(0)

    def crash(self, exit_code: int) -> None:
        """End immediately with `exit_code`, like a process that exits while serving."""
        task = in_background(self.abort(), "crash")
        task.add_done_callback(lambda _: self._end(exit_code))

    async def abort(self) -> None:
        """Break off what is in flight."""
        await self._servers.abort()

    def _end(self, exit_code: int) -> None:
        if not self._exit.done():
            self._exit.set_result(exit_code)

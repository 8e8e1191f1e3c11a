"""The data plane process: starts and stops kubelet, runtimes, gateway and cluster proxy.

Started by the sandbox's supervisor as ``python -m canarytui.sandbox.dataplane``. When everything listens
it prints one JSON line; it ends on SIGTERM, SIGINT or the end of standard input, and leaves no process
behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from msgspec import Struct

from canarytui.sandbox import processes
from canarytui.sandbox.background import in_background
from canarytui.sandbox.client.kube_client import KubeClient, connect
from canarytui.sandbox.constants import SECRET_ENV
from canarytui.sandbox.dataplane.cluster_proxy import AdminTokens, ClusterProxy
from canarytui.sandbox.dataplane.cluster_state import DataplaneState
from canarytui.sandbox.dataplane.names import Names
from canarytui.sandbox.dataplane.notices import tell_notices
from canarytui.sandbox.dataplane.route_status import StatusWriter
from canarytui.sandbox.errors import PortInUse, SandboxError, ServerUnreachable
from canarytui.sandbox.node.events import KubeletEventRecorder
from canarytui.sandbox.node.exec import ExecRoutes
from canarytui.sandbox.node.exec_answers import answerer
from canarytui.sandbox.node.host import Host
from canarytui.sandbox.node.kubelet import Kubelet
from canarytui.sandbox.node.kubelet_server import make_app
from canarytui.sandbox.node.launchers import LauncherSettings, launchers
from canarytui.sandbox.node.port_forward import add_port_forward
from canarytui.sandbox.node.registration import NodeRegistration
from canarytui.sandbox.output import CommandParser, complain, prepare, say
from canarytui.sandbox.prometheus.targets import TargetsFile
from canarytui.sandbox.servers import address_of, bind, port_of

_SYNC_TIMEOUT_S = 30.0
_FLUSH_S = 1.0


class DataplaneOptions(Struct, frozen=True):
    """The command line; ports of 0 mean any free port."""

    kubeconfig: Path
    runtime_dir: Path
    proxy_port: int = 0
    gateway_port: int = 0
    prometheus_port: int = 0


def parse_options(arguments: list[str] | None = None) -> DataplaneOptions:
    """Read the command line; exits with a usage message when it is wrong."""
    parser = CommandParser(prog="python -m canarytui.sandbox.dataplane")
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--runtime-dir", type=Path, required=True)
    for name in ("proxy", "gateway", "prometheus"):
        parser.add_argument(f"--{name}-port", type=int, default=0)
    return DataplaneOptions(**vars(parser.parse_args(arguments)))


def reserve(port: int, flag: str) -> socket.socket:
    """A socket bound to `port`, or to any free one for 0. While it is open no other program is given that port, but one
    that binds it by number can listen on it.

    Raises:
        PortInUse: another process has it.
    """
    try:
        return bind(port)
    except OSError as error:
        raise PortInUse(f"127.0.0.1:{port} is in use by another process: choose another port with {flag}.") from error


class DataPlane:
    """All parts of the process; :meth:`start` returns when every one listens.

    Attributes:
        state: what is known of the cluster.
        kubelet: runs the node's pods; None before the start.
    """

    def __init__(self, client: KubeClient, options: DataplaneOptions, secret: str) -> None:
        self._client = client
        self._options = options
        self._secret = secret
        self.state = DataplaneState(client)
        self.kubelet: Kubelet | None = None
        self._events = KubeletEventRecorder(client)
        self._tasks: list[asyncio.Task[object]] = []
        self._stack = contextlib.AsyncExitStack()

    async def start(self) -> dict[str, str]:
        """Start everything; the addresses for the readiness line.

        Raises:
            SandboxError: a port is taken, or the API server cannot be used.
        """
        options = self._options
        options.runtime_dir.mkdir(parents=True, exist_ok=True)
        # Held until the end: the gateway's pod starts later, and starts again when it is replaced.
        gateway_port = port_of(self._stack.enter_context(reserve(options.gateway_port, "--gateway-port")))
        if options.prometheus_port:
            self._stack.enter_context(reserve(options.prometheus_port, "--prometheus-port"))
        self._spawn(self.state.run())
        self._spawn(self._events.run())
        self._spawn(tell_notices(self.state, self._events))
        self._spawn(StatusWriter(self._client, self.state).run())
        if not await self.state.wait_synced(_SYNC_TIMEOUT_S):
            raise ServerUnreachable(
                f"The API server at {self._client.server} did not list pods, services and endpoints: "
                f"{self.state.pods.error or 'no answer in time'}."
            )
        proxy = ClusterProxy(Names(self.state), AdminTokens(self._client), self._secret)
        await proxy.start(reserve(options.proxy_port, "--proxy-port"))
        self._stack.push_async_callback(proxy.stop)
        kubelet_address = await self._start_kubelet(proxy.address, gateway_port)
        return {"proxy": proxy.address, "gateway": f"127.0.0.1:{gateway_port}", "kubelet": kubelet_address}

    async def stop(self) -> None:
        """Stop everything, child processes included."""
        await self._events.flush(_FLUSH_S)
        await self._stack.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _start_kubelet(self, proxy_address: str, gateway_port: int) -> str:
        options = self._options
        settings = LauncherSettings(
            client=self._client,
            kubeconfig=options.kubeconfig,
            runtime_dir=options.runtime_dir,
            proxy_url=f"http://{proxy_address}",
            secret=self._secret,
            gateway_port=gateway_port,
            prometheus_port=options.prometheus_port,
        )
        TargetsFile(self.state.pods, settings.targets_file)
        probe_client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))
        self._stack.push_async_callback(probe_client.close)
        host = Host(self._client, self._events, launchers(settings, self.state.configuration), probe_client)
        kubelet = self.kubelet = Kubelet(self.state.pods, host, _complain)
        app = make_app(kubelet, self._secret)
        ExecRoutes(settings.command_place, answerer(probe_client)).add_to(app)
        add_port_forward(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        sock = bind(0)
        address = address_of(sock)
        await web.SockSite(runner, sock).start()
        node = NodeRegistration(self._client, port_of(sock))
        await node.register()
        self._spawn(node.run())
        kubelet.start()
        self._stack.push_async_callback(kubelet.stop)
        return address

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        self._tasks.append(in_background(work, getattr(work, "__qualname__", "")))


async def run(options: DataplaneOptions) -> int:
    """Run until told to end; the process's exit code."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    parent = asyncio.create_task(processes.exit_when_parent_ends())
    parent.add_done_callback(lambda _: ended.set())
    try:
        client = await connect(options.kubeconfig)
        plane = DataPlane(client, options, os.environ.get(SECRET_ENV) or secrets.token_hex(16))
        try:
            addresses = await plane.start()
            say(json.dumps(addresses))
            await ended.wait()
        finally:
            await plane.stop()
            await client.close()
    except SandboxError as error:
        _complain(str(error))
        return error.exit_code
    finally:
        parent.cancel()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Entry point of ``python -m canarytui.sandbox.dataplane``."""
    prepare()
    return asyncio.run(run(parse_options(arguments)))


def _complain(sentence: str) -> None:
    complain(sentence, "canarytui sandbox data plane")

"""A whole sandbox as one object: :meth:`Sandbox.start`, :meth:`Sandbox.run`, :meth:`Sandbox.stop`."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shlex
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from canarytui.sandbox import manifests
from canarytui.sandbox.apiserver.access.users import MASTERS, User, user
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.http.listen import listen
from canarytui.sandbox.apiserver.http.server import make_app
from canarytui.sandbox.apiserver.storage.sqlite import DataFileError, SqliteStorage
from canarytui.sandbox.apiserver.storage.store import RecordStore
from canarytui.sandbox.controllers.manager import ControllerManager
from canarytui.sandbox.controllers.manager import ManagerOptions as ControllerOptions
from canarytui.sandbox.errors import SandboxError, UnusableOption
from canarytui.sandbox.files import replace_private
from canarytui.sandbox.supervisor.bootstrap import create_scenario, create_system, first_provider
from canarytui.sandbox.supervisor.credentials import credentials
from canarytui.sandbox.supervisor.data_folder import OBJECTS, make_private
from canarytui.sandbox.supervisor.dataplane_child import DataPlaneChild, DataPlaneFailed, Ports, start_data_plane
from canarytui.sandbox.supervisor.kubeconfig import write_kubeconfig
from canarytui.sandbox.supervisor.metrics_server import MetricsServer
from canarytui.sandbox.supervisor.run_folder import run_folder

_PEOPLE = ("admin", "operator", "viewer")


class SandboxOptions(Struct, frozen=True):
    """The options of a sandbox; ports of 0 are any free ones, a `data_dir` of None keeps nothing."""

    port: int = 0
    ports: Ports = field(default_factory=Ports)
    data_dir: Path | None = None
    kubeconfig: Path | None = None
    controller: bool = False
    scenario: str = ""
    provider: str = "traefik"
    load_tester_namespace: str = "test"


class Addresses(Struct, frozen=True):
    """Where the parts listen, and the files that say how to reach them."""

    server: str
    gateway: str
    proxy: str
    kubeconfig: Path
    env_file: Path


class Sandbox:
    """Starts its parts in order and stops them in reverse; nothing it started outlives :meth:`stop`."""

    def __init__(self, options: SandboxOptions, complain: Callable[[str], None]) -> None:
        self._options = options
        self._complain = complain
        self._stack = contextlib.AsyncExitStack()
        self._controllers: asyncio.Task[None] | None = None
        self._child: DataPlaneChild | None = None
        self._ready = False

    async def start(self) -> Addresses:
        """Start everything.

        Raises:
            SandboxError: a port is taken, a file cannot be used, or a part does not start.
        """
        options = self._options
        folder = self._folder()
        api = self._api()
        secret = secrets.token_hex(16)
        try:
            kept = credentials((*_PEOPLE, "kubelet"), options.data_dir)
        except OSError as error:
            raise UnusableOption(_unusable(error, options.data_dir)) from error
        tokens, certificates = kept.tokens, kept.certificates
        app = make_app(api, users=_identities(tokens), secret=secret, ready=lambda: self._ready)
        runner, port = await listen(app, options.port, tls=certificates.server_context(folder))
        self._stack.push_async_callback(runner.cleanup)
        provider = first_provider(api, options.provider)
        create_system(api, port, controller=options.controller, provider=provider)
        server = f"https://127.0.0.1:{port}"
        kubeconfig = options.kubeconfig or folder / "kubeconfig"
        write_kubeconfig(kubeconfig, server, certificates.ca_pem, {name: tokens[name] for name in _PEOPLE})
        kubelet_config = folder / "kubelet.kubeconfig"
        write_kubeconfig(kubelet_config, server, certificates.ca_pem, {"kubelet": tokens["kubelet"]})
        self._start_controllers(api, certificates.ca_pem.decode())
        self._child = await start_data_plane(
            kubelet_config, folder / "dataplane", options.ports, secret, self._complain
        )
        self._stack.push_async_callback(self._child.stop)
        self._keep_running(
            MetricsServer(self._child.addresses["kubelet"], secret, api.resource_metrics).run(), "metrics server"
        )
        if options.scenario:
            create_scenario(api, options.scenario, provider)
        self._ready = True
        addresses = Addresses(
            server=server,
            gateway=f"http://{self._child.addresses['gateway']}",
            proxy=f"http://{self._child.addresses['proxy']}",
            kubeconfig=kubeconfig,
            env_file=folder / "env",
        )
        self._write_env(addresses, folder / "dataplane" / "shims", tokens["admin"])
        return addresses

    async def run(self) -> None:
        """Run until cancelled; raises :class:`SandboxError` when a part ends unexpectedly."""
        assert self._child is not None
        assert self._controllers is not None
        gone = asyncio.create_task(self._child.ended())
        try:
            await asyncio.wait((gone, self._controllers), return_when=asyncio.FIRST_COMPLETED)
            if self._controllers.done():
                await self._controllers
                raise SandboxError("The sandbox's controllers ended by themselves.")
            failed: DataPlaneFailed = gone.result()
            raise failed
        finally:
            gone.cancel()

    async def stop(self) -> None:
        """End everything that was started."""
        await self._stack.aclose()

    def _folder(self) -> Path:
        """A private folder for runtime files, removed at the end. Raises UnusableOption."""
        return self._stack.enter_context(run_folder("canarytui-sandbox-"))

    def _api(self) -> Api:
        if self._options.data_dir is None:
            return Api()
        data_dir = self._options.data_dir
        try:
            make_private(data_dir)
            storage = SqliteStorage(data_dir / OBJECTS)
        except OSError as error:
            raise UnusableOption(_unusable(error, data_dir)) from error
        except DataFileError as error:
            raise UnusableOption(f"{error}. Choose another --data-dir, or remove the file.") from error
        self._stack.callback(storage.close)
        return Api(RecordStore(storage))

    def _start_controllers(self, api: Api, ca_pem: str) -> None:
        options = ControllerOptions(
            ca_pem=ca_pem,
            load_tester_namespace=self._options.load_tester_namespace,
            load_tester=manifests.load_tester,
        )
        self._controllers = self._keep_running(ControllerManager(api, options).run(), "controllers")

    def _keep_running(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """A task that ends with the sandbox."""
        task = asyncio.create_task(work, name=name)

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self._stack.push_async_callback(end)
        return task

    @staticmethod
    def _write_env(addresses: Addresses, shims: Path, token: str) -> None:
        """A file to source: kubectl finds the sandbox, curl and hey find the cluster's names.

        The proxy's address contains the admin token, which the load tester requires; the folder is private.
        """
        trusted = addresses.proxy.replace("http://", f"http://sandbox:{token}@")
        text = (
            "# source this file: kubectl talks to the sandbox, curl and hey know the names of its services\n"
            f"export KUBECONFIG={shlex.quote(str(addresses.kubeconfig))}\n"
            f"export CANARYTUI_SANDBOX_PROXY={trusted}\n"
            f'export PATH={shlex.quote(str(shims))}:"$PATH"\n'
        )
        replace_private(addresses.env_file, text.encode())


def _unusable(error: OSError, data_dir: Path | None) -> str:
    return f"{error.filename or data_dir} cannot be used ({error.strerror}): name another folder with --data-dir."


def _identities(tokens: dict[str, str]) -> dict[str, User]:
    known = {
        "admin": user("admin", MASTERS),
        "operator": user("operator"),
        "viewer": user("viewer"),
        "kubelet": user("system:node:sandbox", "system:nodes"),
    }
    return {tokens[name]: identity for name, identity in known.items()}

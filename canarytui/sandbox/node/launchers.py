"""Which runtime starts which kind of image, each bound to what it needs of the data plane.

Made once by the data plane's main for the kubelet. Runtimes are imported when the first such container
starts, so that a sandbox without a controller or a load tester does not load them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.node.host import Launcher
from canarytui.sandbox.node.images import ImageKind
from canarytui.sandbox.node.instances import Instance, Launch
from canarytui.sandbox.node.runtimes.commands import CommandPlace

_WEB_PORT_NAME = "web"
_HTTP_PORT_NAME = "http"


class LauncherSettings(Struct, frozen=True):
    """Addresses, files and the secret that runtimes need."""

    client: KubeClient
    kubeconfig: Path
    runtime_dir: Path
    proxy_url: str
    secret: str
    gateway_port: int
    prometheus_port: int = 0

    @property
    def targets_file(self) -> Path:
        return self.runtime_dir / "targets.json"

    @property
    def pods_dir(self) -> Path:
        return self.runtime_dir / "pods"

    @property
    def shim_dir(self) -> Path:
        return self.runtime_dir / "shims"

    @property
    def command_place(self) -> CommandPlace:
        return CommandPlace(self.pods_dir, self.shim_dir)


def launchers(settings: LauncherSettings, configuration: Callable[[], Configuration]) -> dict[ImageKind, Launcher]:
    """A launcher for every image kind."""

    async def podinfo(launch: Launch) -> Instance:
        from canarytui.sandbox.node.podinfo.runtime import start_podinfo

        return await start_podinfo(launch)

    async def gateway(launch: Launch) -> Instance:
        from canarytui.sandbox.node.runtimes.gateway import start_gateway

        return await start_gateway(launch, configuration, _at_gateway_port(launch, settings, _WEB_PORT_NAME))

    async def ingress_nginx(launch: Launch) -> Instance:
        from canarytui.sandbox.node.runtimes.ingress_nginx import start_ingress_nginx

        return await start_ingress_nginx(launch, configuration, _at_gateway_port(launch, settings, _HTTP_PORT_NAME))

    async def prometheus(launch: Launch) -> Instance:
        from canarytui.sandbox.node.runtimes.prometheus import PrometheusPlace, start_prometheus

        place = PrometheusPlace(settings.runtime_dir, settings.targets_file, settings.prometheus_port)
        return await start_prometheus(launch, place)

    async def loadtester(launch: Launch) -> Instance:
        from canarytui.sandbox.node.runtimes.loadtester import start_loadtester

        return await start_loadtester(
            launch, secret=settings.secret, proxy_url=settings.proxy_url, shim_dir=settings.shim_dir
        )

    async def controller(launch: Launch) -> Instance:
        from canarytui.sandbox.node.runtimes.controller import ControllerPlace, start_controller

        place = ControllerPlace(settings.client, settings.kubeconfig, settings.pods_dir)
        return await start_controller(launch, place)

    async def generic(launch: Launch) -> Instance:
        from canarytui.sandbox.node.runtimes.generic import start_generic

        return await start_generic(launch, settings.command_place)

    return {
        ImageKind.PODINFO: podinfo,
        ImageKind.GATEWAY: gateway,
        ImageKind.INGRESS_NGINX: ingress_nginx,
        ImageKind.PROMETHEUS: prometheus,
        ImageKind.LOADTESTER: loadtester,
        ImageKind.CONTROLLER: controller,
        ImageKind.GENERIC: generic,
    }


def _at_gateway_port(launch: Launch, settings: LauncherSettings, name: str) -> dict[int, str]:
    """The container's port of that name, to be served at the gateway's address."""
    return {port: f"127.0.0.1:{settings.gateway_port}" for port, named in launch.ports().items() if named == name}

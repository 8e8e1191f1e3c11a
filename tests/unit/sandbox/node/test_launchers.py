"""Every image kind has a launcher, and each starts what it stands for."""

from __future__ import annotations

from pathlib import Path

import pytest
from dataplane_rig import launch_of

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.node.images import ImageKind
from canarytui.sandbox.node.instances import ServerInstance
from canarytui.sandbox.node.launchers import LauncherSettings, launchers
from canarytui.sandbox.node.podinfo.runtime import PodinfoInstance
from canarytui.sandbox.node.runtimes.gateway import GatewayInstance
from canarytui.sandbox.node.runtimes.loadtester import LoadTesterInstance
from canarytui.sandbox.servers import bind, port_of

PORTS = [{"name": "web", "containerPort": 8000}]


@pytest.mark.parametrize(
    ("image", "instance"),
    [
        ("stefanprodan/podinfo:6.0.0", PodinfoInstance),
        ("traefik:v3", GatewayInstance),
        ("ghcr.io/fluxcd/flagger-loadtester:1", LoadTesterInstance),
        ("nginx", ServerInstance),
    ],
)
async def test_an_image_starts_its_server(image: str, instance: type[ServerInstance], tmp_path: Path) -> None:
    with bind(0) as free:
        gateway_port = port_of(free)
    settings = LauncherSettings(None, tmp_path / "kubeconfig", tmp_path, "http://127.0.0.1:1", "secret", gateway_port)  # type: ignore[arg-type]
    made = launchers(settings, Configuration)
    assert set(made) == set(ImageKind)
    launch = launch_of(image, ports=PORTS)
    running = await made[launch.image.kind](launch)
    assert type(running) is instance
    if instance is GatewayInstance:
        assert running.listens[8000] == f"127.0.0.1:{gateway_port}"
    assert 8000 in running.listens
    await running.stop(0)

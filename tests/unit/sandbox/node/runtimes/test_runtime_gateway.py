"""A gateway container: its entry points and what listens where."""

from __future__ import annotations

import aiohttp
import pytest
from dataplane_rig import launch_of

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.node.runtimes.gateway import entry_points, start_gateway
from canarytui.sandbox.servers import bind, port_of


@pytest.mark.parametrize(
    ("arguments", "ports", "found"),
    [
        (
            ["--entryPoints.web.address=:8000/tcp", "--entrypoints.metrics.address=:9100"],
            {},
            {8000: "web", 9100: "metrics"},
        ),
        ([], {80: "web", 81: ""}, {80: "web", 81: "port-81"}),
        (["--entryPoints.other.address=0.0.0.0:80"], {80: "web"}, {80: "other"}),
        (["--entryPoints.udp.address=:53/udp", "--log.level=INFO"], {}, {}),
    ],
)
def test_entry_points_come_from_arguments_and_ports(
    arguments: list[str], ports: dict[int, str], found: dict[int, str]
) -> None:
    assert entry_points(arguments, ports) == found


async def test_internal_entry_points_answer_for_the_gateway_and_others_route() -> None:
    with bind(0) as free:
        preferred = {8000: f"127.0.0.1:{port_of(free)}"}
    launch = launch_of(
        "traefik:v3", ports=[{"name": "web", "containerPort": 8000}, {"name": "metrics", "containerPort": 9100}]
    )
    instance = await start_gateway(launch, Configuration, preferred)
    assert instance.listens[8000] == preferred[8000]
    async with aiohttp.ClientSession() as client:
        answers = {}
        for port, path in ((8000, "/ping"), (9100, "/ping"), (9100, "/metrics"), (9100, "/x")):
            async with client.get(f"http://{instance.listens[port]}{path}") as answer:
                answers[port, path] = (answer.status, (await answer.text())[:6])
    assert answers[8000, "/ping"][0] == 404
    assert answers[9100, "/ping"] == (200, "OK")
    assert answers[9100, "/metrics"][1] == "# HELP"
    assert answers[9100, "/x"][0] == 404
    await instance.stop(0)
    assert instance.listens == {}

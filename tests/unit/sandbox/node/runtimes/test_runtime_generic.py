"""Containers of unknown images: a responder on each port, or the shell command that they ask for."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from dataplane_rig import launch_of

from canarytui.sandbox.node.runtimes.commands import CommandPlace
from canarytui.sandbox.node.runtimes.generic import shell_command, start_generic


async def test_it_answers_on_every_port(tmp_path: Path) -> None:
    launch = launch_of("nginx:1", ports=[{"containerPort": 80}, {"containerPort": 81}])
    instance = await start_generic(launch, CommandPlace(tmp_path, tmp_path))
    async with aiohttp.ClientSession() as client:
        for port in (80, 81):
            async with client.get(f"http://{instance.listens[port]}/any") as answer:
                assert (answer.status, await answer.text()) == (200, "pod-1 (docker.io/library/nginx:1)\n")
    assert b"listening on 80, 81" in launch.log.lines()[0].text
    await instance.stop(0)


async def test_a_shell_command_runs_in_the_containers_place(tmp_path: Path) -> None:
    launch = launch_of("busybox", env={"A": "b"}, command=["sh", "-c", "echo $A; pwd; exit 5"])
    instance = await start_generic(launch, CommandPlace(tmp_path, tmp_path))
    assert await instance.wait() == 5
    assert [line.text for line in launch.log.lines()] == [b"b", str(tmp_path / "uid-1" / "app").encode()]


@pytest.mark.parametrize(
    ("arguments", "tool"),
    [
        (["/bin/echo", "a"], "echo"),
        (["ash", "-c", "x"], "sh"),
        (["/app/server"], None),
        ([], None),
        (["python3"], None),
    ],
)
def test_only_well_known_tools_are_commands(arguments: list[str], tool: str | None) -> None:
    found = shell_command(arguments)
    if tool is None:
        assert found is None
    else:
        assert found is not None
        assert (Path(found[0]).name, found[1:]) == (tool, arguments[1:])

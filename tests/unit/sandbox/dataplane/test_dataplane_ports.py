"""A port that was announced is ours from then on, also while nothing listens on it yet."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dataplane_fakes import gateway_pod
from dataplane_rig import Sandbox

from canarytui.sandbox.dataplane.main import reserve
from canarytui.sandbox.errors import PortInUse
from canarytui.sandbox.node.runtimes.process import start_process
from canarytui.sandbox.servers import bind, listen, port_of


def free_for_others(port: int) -> bool:
    """Whether the kernel gives `port` to a program that insists on having it alone."""
    with contextlib.closing(socket.socket()) as other, contextlib.suppress(OSError):
        other.bind(("127.0.0.1", port))
        return True
    return False


async def test_nobody_gets_the_gateways_port_before_its_pod_runs(sandbox: Sandbox) -> None:
    port = int(sandbox.addresses["gateway"].rpartition(":")[2])
    assert not free_for_others(port)
    await sandbox.run_pod(gateway_pod())
    async with sandbox.session.get(f"http://127.0.0.1:{port}/") as answer:
        assert answer.status == 404  # the gateway's own: it has no route


async def test_a_child_process_listens_on_the_port_that_is_held_for_it_and_gives_it_back(tmp_path: Path) -> None:
    program = "import socket,sys;s=socket.create_server(('127.0.0.1',int(sys.argv[1])));s.accept()[0].send(b'x')"
    held = listen()
    port = port_of(held)
    launch: Any = SimpleNamespace(log=SimpleNamespace(write=lambda _: None))
    child = await start_process(launch, [sys.executable, "-c", program, str(port)], {}, tmp_path, {1: held})
    assert child.listens == {1: f"127.0.0.1:{port}"}
    assert not free_for_others(port)
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            break
        await asyncio.sleep(0.01)
    assert await reader.read() == b"x"
    writer.close()
    await child.wait()
    assert held.fileno() == -1


async def test_a_program_that_does_not_start_leaves_no_port_behind(tmp_path: Path) -> None:
    held = listen()
    launch: Any = SimpleNamespace(log=SimpleNamespace(write=lambda _: None))
    with pytest.raises(OSError, match="no-such-program"):
        await start_process(launch, ["/no-such-program"], {}, tmp_path, {1: held})
    assert held.fileno() == -1


def test_a_port_that_another_program_listens_on_is_refused_with_the_option_to_choose_another() -> None:
    with bind(0) as other:
        other.listen()
        with pytest.raises(PortInUse, match="choose another port with --gateway-port"):
            reserve(port_of(other), "--gateway-port")

"""A whole sandbox: ready in order, reachable, its files private, and gone without a trace."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from canarytui.sandbox.client.kube_client import connect
from canarytui.sandbox.errors import PortInUse, SandboxError, UnusableOption
from canarytui.sandbox.servers import bind, port_of
from canarytui.sandbox.supervisor.sandbox import Sandbox, SandboxOptions


async def test_it_serves_its_scenario_and_leaves_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    sandbox = Sandbox(SandboxOptions(data_dir=tmp_path / "data", scenario="seed"), said.append)
    addresses = await sandbox.start()
    folder = addresses.env_file.parent
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, addresses.env_file, addresses.kubeconfig)
    }
    assert modes == {folder.name: 0o700, "env": 0o600, "kubeconfig": 0o600}
    assert f"export KUBECONFIG={addresses.kubeconfig}\n" in addresses.env_file.read_text()
    client = await connect(addresses.kubeconfig)
    assert client.server == addresses.server
    canary = await client.get("/apis/flagger.app/v1beta1/namespaces/test/canaries/podinfo")
    assert canary["spec"]["targetRef"]["name"] == "podinfo"
    await client.close()
    running = asyncio.create_task(sandbox.run())
    await asyncio.sleep(0)
    assert not running.done()
    running.cancel()
    await sandbox.stop()
    assert not folder.exists()


async def test_it_ends_with_an_error_when_its_data_plane_does() -> None:
    sandbox = Sandbox(SandboxOptions(), print)
    await sandbox.start()
    assert sandbox._child is not None
    sandbox._child.process.kill()
    with pytest.raises(SandboxError, match="The data plane ended with exit code -9"):
        await asyncio.wait_for(sandbox.run(), 30)
    await sandbox.stop()


async def test_what_cannot_be_used_is_named_with_its_option(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for options, error, said in (
        (SandboxOptions(data_dir=tmp_path / "file"), UnusableOption, "name another folder with --data-dir"),
        (SandboxOptions(kubeconfig=tmp_path / "file"), UnusableOption, "name another file with --kubeconfig"),
    ):
        sandbox = Sandbox(options, print)
        with pytest.raises(error, match=said):
            await sandbox.start()
        await sandbox.stop()


async def test_a_taken_port_is_named() -> None:
    with bind(0) as taken:
        taken.listen()
        sandbox = Sandbox(SandboxOptions(port=port_of(taken)), print)
        with pytest.raises(PortInUse, match=str(port_of(taken))):
            await sandbox.start()
        await sandbox.stop()

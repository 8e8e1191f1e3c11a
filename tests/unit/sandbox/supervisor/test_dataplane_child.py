"""The data plane's process seen by the supervisor: ready, failed, ended."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from dataplane_fakes import FakeApi

from canarytui.sandbox.servers import bind, port_of
from canarytui.sandbox.supervisor import dataplane_child
from canarytui.sandbox.supervisor.dataplane_child import DataPlaneFailed, Ports, start_data_plane


async def test_it_is_started_and_stopped(api: FakeApi, tmp_path: Path) -> None:
    child = await start_data_plane(api.kubeconfig(tmp_path / "k"), tmp_path / "run", Ports(), "s", print)
    assert set(child.addresses) == {"proxy", "gateway", "kubelet"}
    assert (tmp_path / "run" / "tmp").is_dir()
    await child.stop()
    assert child.process.returncode == 0


async def test_what_it_says_at_its_end_is_the_error(api: FakeApi, tmp_path: Path) -> None:
    with bind(0) as taken:
        taken.listen()
        ports = Ports(proxy=port_of(taken))
        with pytest.raises(DataPlaneFailed, match=r"^127.0.0.1:\d+ is in use by another process: .* --proxy-port\.$"):
            await start_data_plane(api.kubeconfig(tmp_path / "k"), tmp_path / "run", ports, "s", print)


async def test_one_that_ends_by_itself_is_an_error_too(api: FakeApi, tmp_path: Path) -> None:
    child = await start_data_plane(api.kubeconfig(tmp_path / "k"), tmp_path / "run", Ports(), "s", print)
    child.process.kill()
    failed = await child.ended()
    assert str(failed).startswith("The data plane ended with exit code -9.")
    await child.stop()


async def test_one_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 600\n")
    silent.chmod(0o755)
    monkeypatch.setattr(dataplane_child, "_READY_TIMEOUT_S", 0.2)
    monkeypatch.setattr(sys, "executable", str(silent))
    said: list[str] = []
    with pytest.raises(DataPlaneFailed, match="exit code -15"):
        await start_data_plane(tmp_path / "k", tmp_path / "run", Ports(), "s", said.append)
    assert said == ["the data plane did not become ready within 0 seconds"]

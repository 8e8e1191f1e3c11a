"""The data plane as a process: its readiness line, its end with its parent, its errors in one sentence."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from dataplane_fakes import FakeApi

from canarytui.sandbox import processes
from canarytui.sandbox.dataplane.main import DataplaneOptions, parse_options
from canarytui.sandbox.servers import bind, port_of


async def started(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "canarytui.sandbox.dataplane", *arguments]
    return await processes.start(command, stdin=pipe, stdout=pipe, stderr=pipe)


def test_options_have_any_free_port_for_default() -> None:
    made = parse_options(["--kubeconfig", "k", "--runtime-dir", "r", "--gateway-port", "80"])
    assert made == DataplaneOptions(Path("k"), Path("r"), gateway_port=80)


async def test_it_announces_where_it_listens_and_ends_with_its_input(api: FakeApi, tmp_path: Path) -> None:
    kubeconfig = api.kubeconfig(tmp_path / "kubeconfig")
    process = await started("--kubeconfig", str(kubeconfig), "--runtime-dir", str(tmp_path / "run"))
    assert process.stdout is not None
    assert process.stdin is not None
    addresses = json.loads(await process.stdout.readline())
    assert set(addresses) == {"proxy", "gateway", "kubelet"}
    assert api.get("nodes", "", "sandbox") is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_taken_port_and_a_bad_kubeconfig_are_one_sentence(api: FakeApi, tmp_path: Path) -> None:
    kubeconfig = api.kubeconfig(tmp_path / "kubeconfig")
    with bind(0) as taken:
        taken.listen()
        port = str(port_of(taken))
        process = await started(
            "--kubeconfig", str(kubeconfig), "--runtime-dir", str(tmp_path / "run"), "--gateway-port", port
        )
        _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert said.decode() == (
        f"canarytui sandbox data plane: 127.0.0.1:{port} is in use by another process: "
        "choose another port with --gateway-port.\n"
    )
    (tmp_path / "bad").write_text("x")
    process = await started("--kubeconfig", str(tmp_path / "bad"), "--runtime-dir", str(tmp_path / "run"))
    _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert said.decode().count("\n") == 1
    assert f"{tmp_path / 'bad'} is no usable kubeconfig" in said.decode()


def test_a_missing_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_options([])
    assert "--kubeconfig" in capsys.readouterr().err

"""``canarytui sandbox up`` as a process: what it starts, how it ends, what it says when it cannot."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sandbox_process import SandboxProcess, alive

pytestmark = pytest.mark.e2e
Start = Callable[..., SandboxProcess]


def assert_all_end(pids: list[int]) -> None:
    deadline = time.monotonic() + 15
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < deadline, f"processes outlived the sandbox: {left}"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_process_is_left_whatever_ends_the_sandbox(start_sandbox: Start, number: int) -> None:
    sandbox = start_sandbox("--controller")
    sandbox.wait("the controller's pod runs", lambda: len(sandbox.pids()) >= 4, 60)
    pids = sandbox.pids()
    code = sandbox.stop(number)
    assert code == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert_all_end(pids)


def test_the_end_of_its_input_ends_it(start_sandbox: Start) -> None:
    sandbox = start_sandbox()
    pids = sandbox.pids()
    assert sandbox.process.stdin is not None
    sandbox.process.stdin.close()
    assert sandbox.process.wait(30) == 0
    assert_all_end(pids)


def test_kubeconfig_is_private_and_needs_no_flags(start_sandbox: Start) -> None:
    sandbox = start_sandbox()
    assert stat.S_IMODE(sandbox.kubeconfig.stat().st_mode) == 0o600
    assert "sandbox" in sandbox.run("kubectl get nodes")
    assert "canarytui-sandbox-viewer" in sandbox.run("kubectl config get-contexts -o name")
    refused = sandbox.attempt("kubectl --context canarytui-sandbox-viewer -n traefik delete deploy traefik")
    assert refused.returncode == 1
    assert 'User "viewer" cannot delete resource "deployments" in API group "apps"' in refused.stderr


def test_data_dir_keeps_objects_across_restarts_and_nothing_else_is_left(
    start_sandbox: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, temporary = tmp_path / "data", tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    first = start_sandbox("--data-dir", str(data))
    first.run("kubectl create configmap kept --from-literal=a=b")
    uid = first.get("configmap kept")["metadata"]["uid"]
    port = first.addresses["server"].rpartition(":")[2]
    first.stop(signal.SIGKILL)
    [left] = temporary.iterdir()
    assert left.name.startswith("canarytui-sandbox-")
    second = start_sandbox("--data-dir", str(data), "--port", port)
    assert not left.exists()
    assert first.get("configmap kept")["metadata"]["uid"] == uid, "the kubeconfig of before is still good"
    assert second.get("configmap kept")["metadata"]["uid"] == uid
    second.wait("pods run again", lambda: "0/1" not in second.run("kubectl -n traefik get pods"), 30)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (data, *data.iterdir())}
    files = ("objects.sqlite", "objects.sqlite-wal", "objects.sqlite-shm", "credentials.json")
    assert modes == {"data": 0o700, **dict.fromkeys(files, 0o600)}
    second.stop()
    assert list(temporary.iterdir()) == []


def run_up(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "canarytui", "sandbox", "up", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("flag", ["--port", "--proxy-port", "--gateway-port", "--prometheus-port"])
def test_a_port_that_is_taken_is_said_in_one_sentence(flag: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_up(flag, str(port), "--kubeconfig", str(tmp_path / "kubeconfig"))
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_kubeconfig_of_the_persons_own_is_not_overwritten(tmp_path: Path) -> None:
    own = tmp_path / "config"
    own.write_text("apiVersion: v1\nkind: Config\nclusters: [{name: production, cluster: {}}]\n")
    done = run_up("--kubeconfig", str(own))
    assert done.returncode == 2
    assert "is not a sandbox's kubeconfig" in done.stderr
    assert "production" in own.read_text()


def test_a_data_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "objects.sqlite").write_bytes(b"not a database" * 100)
    done = run_up("--data-dir", str(tmp_path), "--kubeconfig", str(tmp_path / "kubeconfig"))
    assert done.returncode == 2
    assert "objects.sqlite" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_demos_processes_stay_under_400_mebibytes(start_sandbox: Start) -> None:
    sandbox = start_sandbox("--controller", "--scenario", "seed")
    sandbox.wait("the canary is initialised", lambda: sandbox.phase() == "Initialized", 90)
    total = 0
    for pid in sandbox.pids():
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    assert total / 1024 < 320, "with a console of at most 80 MiB"
    assert os.getpid() not in sandbox.pids()

"""The console in a terminal while its API server is stopped, killed, busy, slow, silent or forgetful."""

from __future__ import annotations

import base64
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from faulty_proxy import FaultyProxy
from sandbox_process import SandboxProcess
from terminal import Terminal

pytestmark = pytest.mark.e2e

CANARY = """
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: cart, namespace: test}
spec:
  provider: traefik
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: cart}
  service: {port: 80}
  analysis: {interval: 10s, threshold: 5, maxWeight: 50, stepWeight: 10}
"""


def set_weight(sandbox: SandboxProcess, weight: int) -> None:
    status = f'{{"status":{{"phase":"Progressing","canaryWeight":{weight},"failedChecks":0,"iterations":0}}}}'
    sandbox.run(f"kubectl -n test patch canary cart --subresource status --type merge -p '{status}'")


def started(folder: Path, *arguments: str) -> SandboxProcess:
    sandbox = SandboxProcess(folder, *arguments)
    if sandbox.attempt("kubectl -n test get canary cart").returncode:
        sandbox.run("kubectl create ns test")
        sandbox.run(f"kubectl apply -f - <<'END'\n{CANARY}\nEND")
    return sandbox


@contextmanager
def console(folder: Path, kubeconfig: Path) -> Iterator[Terminal]:
    env = {**os.environ, "TERM": "xterm-256color", "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
    screen = Terminal(sys.executable, "-m", "canarytui", "--kubeconfig", str(kubeconfig), env=env)
    try:
        screen.wait_for("cart", 30)
        yield screen
    finally:
        screen.process.kill()
        screen.process.wait()
        screen.close()


def until(screen: Terminal, holds: Callable[[str], bool], timeout_s: float = 30) -> float:
    """Seconds until the screen is as it should be."""
    began = time.monotonic()
    while not holds(shown := screen.read()):
        assert time.monotonic() < began + timeout_s, shown
        assert screen.process.poll() is None, shown
        time.sleep(0.05)
    return time.monotonic() - began


def stale(shown: str) -> bool:
    return "STALE since" in shown


def fresh(shown: str) -> bool:
    return "STALE" not in shown


def weight(number: int) -> Callable[[str], bool]:
    return lambda shown: fresh(shown) and f" {number} " in shown


def test_server_that_is_stopped_killed_and_started_again(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "objects"))
    sandbox = started(tmp_path, *arguments)
    try:
        set_weight(sandbox, 11)
        port = sandbox.addresses["server"].rpartition(":")[2]
        with console(tmp_path, sandbox.kubeconfig) as screen:
            until(screen, weight(11))
            sandbox.process.send_signal(signal.SIGSTOP)
            print(f"stopped: said after {until(screen, stale):.1f} s")
            sandbox.process.send_signal(signal.SIGCONT)
            print(f"continued: said after {until(screen, fresh):.1f} s")
            os.killpg(sandbox.process.pid, signal.SIGKILL)
            sandbox.process.wait()
            print(f"killed: said after {until(screen, stale):.1f} s")
            assert "cart" in screen.read(), "what was known stays on the screen"
            sandbox = started(tmp_path, *arguments, "--port", port)
            set_weight(sandbox, 22)
            print(f"started again: right after {until(screen, weight(22)):.1f} s")
    finally:
        sandbox.stop()


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxProcess, FaultyProxy, Path]]:
    folder = tmp_path_factory.mktemp("proxied")
    sandbox = started(folder)
    config = yaml.safe_load(sandbox.kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    ca_pem = base64.b64decode(cluster.pop("certificate-authority-data")).decode()
    proxy = FaultyProxy(cluster["server"], ca_pem)
    cluster["server"] = proxy.url
    kubeconfig = folder / "through-proxy"
    kubeconfig.write_text(yaml.safe_dump(config))
    yield sandbox, proxy, kubeconfig
    proxy.stop()
    sandbox.stop()


@pytest.mark.parametrize("fault", ["busy", "slow", "silent"])
def test_fault_is_said_and_heals(fault: str, proxied: tuple[SandboxProcess, FaultyProxy, Path], tmp_path: Path) -> None:
    sandbox, proxy, kubeconfig = proxied
    set_weight(sandbox, 10)
    with console(tmp_path, kubeconfig) as screen:
        until(screen, weight(10))
        proxy.fault = fault
        if fault == "busy":
            proxy.cut()
        print(f"{fault}: said after {until(screen, stale):.1f} s")
        set_weight(sandbox, 33)
        screen.type("?")
        until(screen, lambda shown: "Move" in shown)  # keys work meanwhile
        screen.type("\x1b")
        proxy.fault = ""
        print(f"{fault}: right after {until(screen, weight(33)):.1f} s")


@pytest.mark.parametrize("fault", ["", "gone"], ids=["cut", "gone"])
def test_watch_that_ends_heals_without_a_hole(
    fault: str, proxied: tuple[SandboxProcess, FaultyProxy, Path], tmp_path: Path
) -> None:
    sandbox, proxy, kubeconfig = proxied
    set_weight(sandbox, 10)
    with console(tmp_path, kubeconfig) as screen:
        until(screen, weight(10))
        proxy.fault = fault
        for changed in (21, 32, 43):
            proxy.cut()
            set_weight(sandbox, changed)
            print(f"{fault or 'cut'}: right after {until(screen, weight(changed)):.1f} s")
        proxy.fault = ""

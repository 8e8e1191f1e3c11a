"""``canarytui watch`` as a process in a terminal: outages, resizes, random keys, a thin line."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import string
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sandbox_process import SandboxProcess
from terminal import COLUMNS, LINES, Terminal

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
OVER_EVERYTHING = "Trying again"
QUIET_S = 20
BYTES_A_MINUTE = 9000


@contextmanager
def wall(folder: Path, kubeconfig: Path, *arguments: str, command: str = "watch") -> Iterator[Terminal]:
    env = {**os.environ, "TERM": "xterm-256color", "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
    # Random keys open an editor and a pager too: not this machine's.
    env |= {"EDITOR": "true", "VISUAL": "true", "PAGER": "true"}
    env.pop("NO_COLOR", None)
    words = [command] if command else []
    screen = Terminal(sys.executable, "-m", "canarytui", *words, "--kubeconfig", str(kubeconfig), *arguments, env=env)
    try:
        yield screen
    finally:
        screen.process.kill()
        screen.process.wait()
        screen.close()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A sandbox with one canary that nobody reconciles."""
    made = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    try:
        made.run("kubectl create ns test")
        made.run(f"kubectl apply -f - <<'END'\n{CANARY}\nEND")
        yield made
    finally:
        made.stop()


def phase(sandbox: SandboxProcess, name: str, weight: int = 0) -> None:
    """Write the canary's status as a controller would."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    status = f'{{"phase":"{name}","canaryWeight":{weight},"failedChecks":0,"lastTransitionTime":"{stamp}"}}'
    sandbox.run(f"kubectl -n test patch canary cart --subresource status --type merge -p '{{\"status\":{status}}}'")


def resize(screen: Terminal, columns: int, lines: int) -> None:
    """What a terminal does when its window changes."""
    size = lines.to_bytes(2, "little") + columns.to_bytes(2, "little") + bytes(4)
    fcntl.ioctl(screen.master, termios.TIOCSWINSZ, size)
    screen._screen.resize(lines, columns)


def without(screen: Terminal, text: str, timeout_s: float = 20) -> None:
    """Until the screen does not show `text`."""
    deadline = time.monotonic() + timeout_s
    while text in (shown := screen.read()):
        assert time.monotonic() < deadline, shown
        time.sleep(0.05)


def test_a_silent_server_is_told_and_comes_back_by_itself(sandbox: SandboxProcess, tmp_path: Path) -> None:
    phase(sandbox, "Progressing", 20)
    with wall(tmp_path, sandbox.kubeconfig) as screen:
        screen.wait_for("cart", 30)
        group = os.getpgid(sandbox.process.pid)
        os.killpg(group, signal.SIGSTOP)
        try:
            begun = time.monotonic()
            screen.wait_for(OVER_EVERYTHING, 20)
            print(f"told after {time.monotonic() - begun:.1f} s")
        finally:
            os.killpg(group, signal.SIGCONT)
        without(screen, OVER_EVERYTHING)
        phase(sandbox, "Failed")
        screen.wait_for("failed at", 20)


def test_a_wall_without_a_server_waits_for_one(sandbox: SandboxProcess, tmp_path: Path) -> None:
    nobody = tmp_path / "kubeconfig"
    port = sandbox.addresses["server"].rpartition(":")[2]
    nobody.write_text(sandbox.kubeconfig.read_text().replace(f":{port}", ":9"))
    with wall(tmp_path, nobody) as screen:
        screen.wait_for(OVER_EVERYTHING, 30)
        assert screen.process.poll() is None
        screen.type("q")
        assert screen.wait_end(20) == 0


def test_a_quiet_wall_writes_little(sandbox: SandboxProcess, tmp_path: Path) -> None:
    phase(sandbox, "Progressing", 30)
    phase(sandbox, "Succeeded")
    with wall(tmp_path, sandbox.kubeconfig) as screen:
        screen.wait_for("test/cart", 30)
        for _ in range(20):
            screen.read()
            time.sleep(0.1)
        before, end = screen.received, time.monotonic() + QUIET_S
        while time.monotonic() < end:
            screen.read()
            time.sleep(0.1)
        written = (screen.received - before) * 60 / QUIET_S
        print(f"{written:.0f} bytes a minute at {COLUMNS}x{LINES}")
        assert written < BYTES_A_MINUTE


@pytest.mark.parametrize("command", ["watch", ""], ids=["watch", "console"])
def test_random_keys_and_resizes_do_no_harm(sandbox: SandboxProcess, tmp_path: Path, command: str) -> None:
    phase(sandbox, "Progressing", 20)
    before = sandbox.get("-n test canary cart")["spec"]
    chance = random.Random(7)
    keys = [
        *sorted(set(string.ascii_letters + string.digits + "/:?!-. ") - set("qy")),
        "\x1b",
        "\t",
        "\x1b[A",
        "\x1b[B",
        "\x1bOP",
    ]
    with wall(tmp_path, sandbox.kubeconfig, command=command) as screen:
        screen.wait_for("cart", 30)
        for number in range(500):
            screen.type(chance.choice(keys))
            if number % 10 == 0:
                resize(screen, chance.randint(20, 220), chance.randint(5, 70))
                screen.read()
                time.sleep(0.02)
        resize(screen, COLUMNS, LINES)
        for _ in range(12):
            screen.type("\x1b")
            time.sleep(0.3)
            shown = screen.read()
        log = tmp_path / "state" / "canarytui" / "console.log"
        logged = log.read_text() if log.exists() else ""
        assert "Traceback" not in logged, logged
        assert screen.process.poll() is None, shown
        screen.wait_for("cart", 20, new=False)
        assert "Traceback" not in screen.read()
        screen.type("\x03")
        assert screen.wait_end(20) == 0
    assert sandbox.get("-n test canary cart")["spec"] == before

"""``canarytui demo`` in a real terminal: what a person sees, and what is left when they go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sandbox_process import alive
from terminal import Terminal

pytestmark = pytest.mark.e2e


@contextmanager
def terminal(tmp_path: Path, *arguments: str) -> Iterator[Terminal]:
    env = {**os.environ, "TERM": "xterm-256color", "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    env.pop("KUBECONFIG", None)
    opened = Terminal(sys.executable, "-m", "canarytui", *arguments, env=env)
    pids: list[int] = []
    try:
        yield opened
        pids = opened.descendants()
    finally:
        if opened.process.poll() is None:
            opened.process.kill()
        for pid in pids:
            if alive(pid) and pid != opened.process.pid:
                os.kill(pid, signal.SIGKILL)


def assert_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 25
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < deadline, f"left behind: {left}"
        time.sleep(0.1)


def test_demo_initialises_takes_a_new_image_and_leaves_nothing(tmp_path: Path) -> None:
    with terminal(tmp_path, "demo") as screen:
        shown = screen.wait_for("Initialized", 90)
        assert "SANDBOX" in shown
        assert "podinfo" in shown
        screen.type("t")
        screen.wait_for("choose the new image", 10)
        screen.type("4.0.6\r")
        screen.wait_for("stefanprodan/podinfo:4.0.6", 10)
        screen.type("y")
        screen.wait_for("Progressing", 30)
        screen.wait_for("canary weight 5", 60)
        pids = screen.descendants()
        assert len(pids) >= 5, "console, sandbox, data plane, prometheus, controller"
        screen.type("q")
        assert screen.wait_end(40) == 0
        assert_gone(pids)
        audit = (tmp_path / "state" / "canarytui" / "audit.jsonl").read_text()
        assert "4.0.6" in audit


@pytest.mark.parametrize("end", ["hang-up", "ctrl-c", "kill"])
def test_no_process_outlives_the_demo(end: str, tmp_path: Path) -> None:
    with terminal(tmp_path, "demo") as screen:
        screen.wait_for("podinfo", 60)
        pids = screen.descendants()
        if end == "hang-up":
            screen.close()
            screen.process.wait(40)
        elif end == "ctrl-c":
            screen.type("\x03")
            screen.wait_end(40)
        else:
            screen.process.kill()
            screen.process.wait(40)
        assert_gone(pids)


def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "canarytui", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)


def test_bad_input_on_the_command_line_is_one_sentence(tmp_path: Path) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    env.pop("KUBECONFIG", None)
    env.pop("KUBERNETES_SERVICE_HOST", None)
    nobody = tmp_path / "nobody"
    nobody.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: u, user: {token: t}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
    )
    for arguments, words in (
        ([], "kubeconfig"),
        (["--kubeconfig", str(tmp_path / "none")], str(tmp_path / "none")),
        (["--kubeconfig", str(nobody)], "terminal"),
        (["demo"], "terminal"),
        (["unheard-of"], "unheard-of"),
        (["controller", "-threadiness=0"], "threadiness"),
        (["controller", "-port=0", "-kubeconfig", str(tmp_path / "none")], str(tmp_path / "none")),
    ):
        done = run(*arguments, env=env)
        assert done.returncode != 0, arguments
        assert words in done.stderr, (arguments, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1, (arguments, done.stderr)
        assert "Traceback" not in done.stderr


def test_an_unreachable_server_ends_the_console_with_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: u, user: {token: t}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
    )
    with terminal(tmp_path, "--kubeconfig", str(config)) as screen:
        deadline = time.monotonic() + 40
        while screen.process.poll() is None:
            screen.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        shown = screen.read()
        assert screen.process.returncode == 1
        assert "127.0.0.1:1" in shown
        assert "Traceback" not in shown

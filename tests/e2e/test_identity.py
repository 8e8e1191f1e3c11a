"""Whom we act as, and credential plugins beside the console, against a whole sandbox."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
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
  analysis: {interval: 1s, threshold: 5, maxWeight: 50, stepWeight: 10}
"""
ASKING = r"""#!/bin/sh
cd "$(dirname "$0")"
echo "$KUBERNETES_EXEC_INFO" >> told
if [ -f asked ]; then
  (printf 'One-time code: ' > /dev/tty) 2>/dev/null && echo "has a terminal" >> log
  read -r code && echo "got <$code>" >> log
  echo done >> log
fi
touch asked
[ -f hang ] && { sleep 1000 & echo $! > child; wait; }
cat answer
"""


class Person:
    """Somebody with a kubeconfig of their own for the sandbox."""

    def __init__(self, sandbox: SandboxProcess, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self._view = yaml.safe_load(sandbox.kubeconfig.read_text())
        context = next(each for each in self._view["contexts"] if each["name"] == self._view["current-context"])
        self._user = next(each for each in self._view["users"] if each["name"] == context["context"]["user"])
        self.user_name = self._user["name"]
        self.token = self._user["user"]["token"]
        self.kubeconfig = folder / "config"
        self.env = {
            **os.environ, "TERM": "xterm-256color", "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "settings"), "KUBECONFIG": str(self.kubeconfig),
        }  # fmt: skip

    def is_user(self, **user: Any) -> None:
        """Write the kubeconfig with these fields for the current user."""
        self._user["user"] = user
        self.kubeconfig.write_text(yaml.safe_dump(self._view))

    def has_plugin(self, *, lasts_s: float) -> None:
        """A plugin that asks for a code from its second call on; what it answers expires."""
        (self.folder / "plugin.sh").write_text(ASKING)
        (self.folder / "plugin.sh").chmod(0o755)
        expires = datetime.now(UTC) + timedelta(seconds=lasts_s)
        version = "client.authentication.k8s.io/v1"
        status = {"token": self.token, "expirationTimestamp": expires.isoformat()}
        answer = {"apiVersion": version, "kind": "ExecCredential", "status": status}
        (self.folder / "answer").write_text(json.dumps(answer))
        self.is_user(exec={"apiVersion": version, "command": "./plugin.sh", "interactiveMode": "IfAvailable"})

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "canarytui", *arguments]
        return subprocess.run(
            command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )

    def console(self) -> Terminal:
        return Terminal(sys.executable, "-m", "canarytui", env=self.env)

    def audit(self) -> list[dict[str, Any]]:
        path = self.folder / "state" / "canarytui" / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    made = SandboxProcess(tmp_path_factory.mktemp("identity"))
    made.run("kubectl create ns test")
    made.run(f"kubectl apply -f - <<'END'\n{CANARY}\nEND")
    yield made
    made.stop()


@pytest.fixture
def person(sandbox: SandboxProcess, tmp_path: Path) -> Person:
    return Person(sandbox, tmp_path)


def until(condition: Any, timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        return not re.search(r"^State:\s+Z", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except FileNotFoundError:
        return False


def suspended(sandbox: SandboxProcess) -> bool:
    return bool(sandbox.get("-n test canary/cart")["spec"].get("suspend"))


def test_a_context_that_impersonates_a_viewer_writes_nothing(person: Person) -> None:
    person.is_user(token=person.token, **{"as": "viewer", "as-groups": ["system:authenticated"]})
    assert "cart" in person.run("get", "-A").stdout
    refused = person.run("pause", "test/cart", "--yes")
    assert refused.returncode == 5, refused
    assert not suspended(person.sandbox)


def test_the_audit_names_whom_we_act_as_and_by_whom(person: Person) -> None:
    person.is_user(token=person.token, **{"as": "alice", "as-groups": ["system:masters"]})
    done = person.run("pause", "test/cart", "--yes")
    try:
        assert done.returncode == 0, done
        assert suspended(person.sandbox)
        users = {entry["user"] for entry in person.audit() if "user" in entry}
        assert users == {f"alice (impersonated by {person.user_name})"}
    finally:
        person.sandbox.run('kubectl -n test patch canary cart --type merge -p \'{"spec":{"suspend":null}}\'')


def test_the_first_file_with_a_current_context_is_asked(person: Person, tmp_path: Path) -> None:
    person.is_user(token=person.token)
    nowhere = yaml.safe_dump({
        "current-context": "second",
        "clusters": [{"name": "second", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "second", "user": {"token": "x"}}],
        "contexts": [{"name": "second", "context": {"cluster": "second", "user": "second"}}],
    })  # fmt: skip
    (tmp_path / "second").write_text(nowhere)
    (tmp_path / "empty").write_text("")
    person.env["KUBECONFIG"] = f"{tmp_path}/empty:{tmp_path}/none:{person.kubeconfig}:{tmp_path}/second"
    assert "cart" in person.run("get", "-A").stdout
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(person.kubeconfig.read_text())
    person.env["KUBECONFIG"] = ""
    assert "cart" in person.run("get", "-A").stdout


def test_a_kubeconfig_in_a_pipe_is_read_once(person: Person) -> None:
    person.is_user(token=person.token)
    command = f"exec {sys.executable} -m canarytui get -A --kubeconfig <(cat {person.kubeconfig})"
    done = subprocess.run(
        ["bash", "-c", command], env=person.env, capture_output=True, text=True, timeout=60, check=False
    )
    assert "cart" in done.stdout, done


def test_a_plugin_beside_the_console_sees_no_terminal_and_takes_no_keys(person: Person) -> None:
    person.has_plugin(lasts_s=3)
    console = person.console()
    try:
        console.wait_for("cart", 30)
        until(lambda: "done" in person.log())
        console.type("/zzz")
        shown = console.wait_for("zzz", 10)
        console.type("\x1b")
        until(lambda: "zzz" not in console.read())
        assert "One-time code" not in shown
        assert person.log().splitlines()[0] == "done", "it neither had a terminal nor got a line"
        told = {json.loads(line)["spec"]["interactive"] for line in (person.folder / "told").read_text().splitlines()}
        assert told == {False}
        (person.folder / "hang").touch()
        until(lambda: (person.folder / "child").exists() and (person.folder / "child").read_text().endswith("\n"))
        child = int((person.folder / "child").read_text())
        assert lives(child)
        console.type("q")
        assert console.wait_end(20) == 0
        until(lambda: not lives(child), 5)
    finally:
        console.process.kill()
        console.process.wait()
        console.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_plugin_that_hangs_ends_with_a_command_that_is_told_to_end(person: Person, number: signal.Signals) -> None:
    person.has_plugin(lasts_s=600)
    (person.folder / "hang").touch()
    command = [sys.executable, "-m", "canarytui", "get", "-A"]
    process = subprocess.Popen(command, env=person.env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: (person.folder / "child").exists() and (person.folder / "child").read_text().endswith("\n"))
        child = int((person.folder / "child").read_text())
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
        assert "Traceback" not in said
        until(lambda: not lives(child), 5)
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("how", ["SIGTERM", "the terminal is closed"])
def test_a_plugin_that_hangs_ends_with_a_console_that_is_ended(person: Person, how: str) -> None:
    person.has_plugin(lasts_s=600)
    (person.folder / "hang").touch()
    console = person.console()
    closed = False
    try:
        until(lambda: (person.folder / "child").exists() and (person.folder / "child").read_text().endswith("\n"), 40)
        child = int((person.folder / "child").read_text())
        if how == "SIGTERM":
            console.process.send_signal(signal.SIGTERM)
        else:
            console.close()
            closed = True
        until(lambda: console.process.poll() is not None)
        until(lambda: not lives(child), 5)
    finally:
        console.process.kill()
        console.process.wait()
        if not closed:
            console.close()


def test_on_the_plain_command_line_a_plugin_may_ask(person: Person) -> None:
    person.has_plugin(lasts_s=600)
    (person.folder / "asked").touch()
    terminal = Terminal(sys.executable, "-m", "canarytui", "get", "-A", env=person.env)
    try:
        terminal.wait_for("One-time code", 20)
        terminal.type("4711\n")
        assert terminal.wait_end(20) == 0
        assert "cart" in terminal.read()
        assert "got <4711>" in person.log()
    finally:
        terminal.process.kill()
        terminal.process.wait()
        terminal.close()

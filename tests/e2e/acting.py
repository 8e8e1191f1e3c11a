"""A sandbox to act on: the console and the command line in front of a proxy that notes every request."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from recording_proxy import RecordingProxy, Request
from sandbox_process import SandboxProcess
from terminal import Terminal

CANARY_PATH = "/apis/flagger.app/v1beta1/namespaces/test/canaries"


class Stage:
    """`kubeconfig` leads through the proxy; `context` is what the sandbox's own is called there."""

    def __init__(
        self,
        sandbox: SandboxProcess,
        folder: Path,
        *,
        context: str = "",
        proxy: type[RecordingProxy] = RecordingProxy,
    ) -> None:
        self.sandbox = sandbox
        self.folder = folder / "person"
        self.folder.mkdir()
        view = yaml.safe_load(sandbox.kubeconfig.read_text())
        cluster = view["clusters"][0]["cluster"]
        ca_pem = base64.b64decode(cluster.pop("certificate-authority-data")).decode()
        self.proxy = proxy(cluster["server"], ca_pem)
        cluster["server"] = self.proxy.url
        for each in view["contexts"]:
            if context and each["name"] == view["current-context"]:
                each["name"] = view["current-context"] = context
        self.kubeconfig = self.folder / "kubeconfig"
        self.kubeconfig.write_text(yaml.safe_dump(view))
        self.state = self.folder / "state"
        self.config = self.folder / "config"

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ, "TERM": "xterm-256color", "HOME": str(self.folder), "XDG_STATE_HOME": str(self.state),
            "XDG_CONFIG_HOME": str(self.config), "SSH_CONNECTION": "192.0.2.7 5000 192.0.2.1 22",
        }  # fmt: skip

    @contextmanager
    def console(self, *arguments: str, shows: str = "NAMESPACE") -> Iterator[Terminal]:
        """A console until the end of the block, after its first list."""
        screen = Terminal(
            sys.executable, "-m", "canarytui", "--kubeconfig", str(self.kubeconfig), *arguments, env=self.env
        )
        try:
            screen.wait_for(shows, 30)
            yield screen
        finally:
            screen.process.kill()
            screen.process.wait()
            screen.close()

    def cli(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """``canarytui …`` without a terminal."""
        verb, *rest = arguments
        command = [sys.executable, "-m", "canarytui", verb, "--kubeconfig", str(self.kubeconfig), *rest]
        return subprocess.run(command, env=self.env, input=stdin or "", capture_output=True, text=True, timeout=120)

    def writes(self) -> list[tuple[str, dict[str, Any]]]:
        """(path, body without metadata) of every PATCH so far that was accepted: the controller writes in between, and
        what it was too quick for is tried again."""
        patches = (each for each in self.proxy.requests if each.verb == "patch" and each.code < 300)
        return [(each.path.partition("?")[0], _change(each)) for each in patches]

    def tried(self) -> list[str]:
        """Paths of every PATCH so far, whatever the answer was."""
        return [each.path for each in self.proxy.requests if each.verb == "patch"]

    def sent(self) -> list[str]:
        """Paths of everything that was sent through the service proxy with POST."""
        return [
            each.path for each in self.proxy.requests if each.resource == "services/proxy" and each.verb == "create"
        ]

    def audit(self) -> list[dict[str, Any]]:
        """The audit log's lines."""
        path = self.state / "canarytui" / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def journal(self) -> list[Path]:
        """Temporary writes that are not put back."""
        return sorted((self.state / "canarytui" / "journal").glob("*.json"))

    def answer(self, intent: str, after: int, timeout_s: float = 60) -> str:
        """The controller's answer to an action, as the audit log has it, in its lines from `after` on."""
        found: list[str] = []

        def told() -> bool:
            found[:] = [
                line["answer"]
                for line in self.audit()[after:]
                if line["stage"] == "answer" and line["intent"] == intent
            ]
            return bool(found)

        wait(f"an answer to {intent}", told, timeout_s, lambda: str(self.audit()[after:]))
        return found[0]


def wait(what: str, holds: Callable[[], bool], timeout_s: float = 30, state: Callable[[], str] = lambda: "") -> None:
    """Until something holds."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {timeout_s:.0f} s\n{state()}"
        time.sleep(0.1)


def confirm(screen: Terminal, keys: str, *shown: str) -> str:
    """Press `keys`, look for every text of `shown` in the plan, and say yes."""
    screen.type(keys)
    for text in shown:
        screen.wait_for(text, 15)
    plan = screen.read()
    screen.type("y")
    return plan


def _change(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(request.body)
    assert body["metadata"]["resourceVersion"], "every write has its precondition"
    body["metadata"].pop("resourceVersion")
    return {key: value for key, value in body.items() if value}

"""A sandbox as a process of its own, driven with the real kubectl, hey and curl."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class SandboxProcess:
    """``canarytui sandbox up`` with random ports; end it with :meth:`stop`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        assert shutil.which("kubectl"), "kubectl is not on PATH: .ci/run installs it"
        self.kubeconfig = folder / "kubeconfig"
        self._errors = folder / "sandbox.err"
        command = [sys.executable, "-m", "canarytui", "sandbox", "up", "--json", "--exit-with-parent"]
        command += ["--kubeconfig", str(self.kubeconfig), *arguments]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors.open("wb"),
            start_new_session=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the sandbox did not start: {self._errors.read_text()}"
        self.addresses: dict[str, str] = json.loads(line)
        shims = Path(self.addresses["env_file"]).parent / "dataplane" / "shims"
        self.env = {
            **os.environ,
            "KUBECONFIG": str(self.kubeconfig),
            "PATH": f"{shims}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
        }

    def run(self, command: str, *, timeout_s: float = 60, check: bool = True) -> str:
        """A command line in a shell; its standard output. Fails the test when it fails."""
        done = self.attempt(command, timeout_s=timeout_s)
        if check:
            assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def attempt(self, command: str, *, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """The same, whatever becomes of it."""
        return subprocess.run(
            ["bash", "-c", command], env=self.env, capture_output=True, text=True, timeout=timeout_s, check=False
        )

    def get(self, what: str) -> dict[str, Any]:
        """``kubectl get … -o json``."""
        found: dict[str, Any] = json.loads(self.run(f"kubectl get {what} -o json"))
        return found

    def events(self, name: str = "podinfo", namespace: str = "test") -> list[str]:
        """Messages of ``kubectl describe canary``, in its order."""
        text = self.run(f"kubectl -n {namespace} describe canary/{name}")
        lines = text.partition("\nEvents:")[2].splitlines()[3:]
        return [line.split("flagger", 1)[1].strip() for line in lines if "flagger" in line]

    def wait(self, what: str, holds: Callable[[], bool], timeout_s: float) -> None:
        """Until something holds; fails the test with the events so far when it does not in time."""
        deadline = time.monotonic() + timeout_s
        while not holds():
            assert time.monotonic() < deadline, f"{what}: not within {timeout_s:.0f} s\n{self._state()}"
            time.sleep(0.3)

    def phase(self) -> str:
        """Phase of the seed's canary."""
        status = self.get("-n test canary/podinfo").get("status") or {}
        return str(status.get("phase", ""))

    def weight(self) -> int:
        """Weight of the seed's canary."""
        status = self.get("-n test canary/podinfo").get("status") or {}
        return int(status.get("canaryWeight", 0))

    def pids(self) -> list[int]:
        """The sandbox's process and everything below it."""
        found = [self.process.pid]
        for pid in found:
            tasks = Path(f"/proc/{pid}/task/{pid}/children")
            if tasks.exists():
                found += [int(child) for child in tasks.read_text().split()]
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def _state(self) -> str:
        shown = self.attempt("kubectl -n test describe canary podinfo | tail -40; kubectl get pods -A")
        return f"{shown.stdout}\n{shown.stderr}\n{self._errors.read_text()}"


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"

"""Pager, editor and shell on a real terminal: it is handed over, and comes back as it was."""

from __future__ import annotations

import signal
import sys
import termios
from pathlib import Path

import pytest
from acting import Stage
from sandbox_process import SandboxProcess

pytestmark = pytest.mark.e2e

OBJECTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: test}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      containers:
        - {name: cart, image: "busybox:1", command: [sh, -c, "echo up; sleep 600"]}
---
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: cart, namespace: test}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: cart}
  service: {port: 80}
  analysis: {interval: 1s, threshold: 5, maxWeight: 50, stepWeight: 10}
"""
STATUS = '{"status":{"phase":"Progressing","canaryWeight":20,"failedChecks":0,"iterations":0}}'

PAGER = """import sys
print("\\n\\nPAGER HAS", sys.argv[1:], len(sys.stdin.read().splitlines()) > 5, flush=True)
try:
    open("/dev/tty").readline()
except KeyboardInterrupt:
    print("pager interrupted", flush=True)
"""
EDITOR = """import pathlib, sys
path = pathlib.Path(sys.argv[1])
assert path.stat().st_mode & 0o077 == 0
path.write_text(path.read_text().replace("threshold: 5", "threshold: 7"))
"""


def test_pager_editor_and_shell_have_the_terminal_and_give_it_back(tmp_path: Path) -> None:
    sandbox = SandboxProcess(tmp_path)
    try:
        sandbox.run("kubectl create ns test")
        sandbox.run(f"kubectl apply -f - <<'END'\n{OBJECTS}\nEND")
        sandbox.run(f"kubectl -n test patch canary cart --subresource status --type merge -p '{STATUS}'")
        sandbox.run("kubectl -n test wait deploy/cart --for=condition=Available --timeout=30s")
        used_as_a_person_does(Stage(sandbox, tmp_path), tmp_path)
    finally:
        sandbox.stop()


def used_as_a_person_does(stage: Stage, folder: Path) -> None:
    for name, program in (("pager", PAGER), ("edit", EDITOR)):
        (folder / f"{name}.py").write_text(program)
    environment = pytest.MonkeyPatch()
    environment.setenv("PAGER", f"{sys.executable} {folder}/pager.py 'two words'")
    environment.setenv("EDITOR", f"{sys.executable} {folder}/edit.py")
    environment.delenv("KUBE_EDITOR", raising=False)
    environment.delenv("VISUAL", raising=False)
    plugins = stage.config / "canarytui" / "plugins.yaml"
    plugins.parent.mkdir(parents=True)
    plugins.write_text("- {name: gone, key: ctrl+g, command: /nonexistent, writes: false}")
    try:
        stage.kubeconfig = stage.sandbox.kubeconfig  # no proxy between: exec needs a connection of its own kind
        with stage.console() as screen:
            screen.wait_for("cart", 20)
            before = termios.tcgetattr(screen.master)
            screen.type("y")
            screen.wait_for("▶6 yaml", 20)
            screen.wait_for("maxWeight", 20)

            screen.type("|")
            screen.wait_for("PAGER HAS ['two words'] True", 20)
            screen.type("\x03")  # for the pager, not for us
            stage.sandbox.wait("the console again", lambda: "PAGER HAS" not in screen.read(), 20)
            screen.wait_for("1 overview", 20, new=False)
            assert termios.tcgetattr(screen.master) == before

            screen.type("E")
            shown = screen.wait_for("Yes, apply", 20)
            assert "spec.analysis.threshold 5 → 7" in shown
            screen.type("y")
            stage.sandbox.wait("the edit", lambda: threshold(stage) == 7, 20)
            edits = stage.state / "canarytui" / "edits"
            stage.sandbox.wait("no text is left behind", lambda: not list(edits.iterdir()), 20)

            screen.type("S")
            screen.wait_for("Yes, open", 20)
            screen.type("y")
            stage.sandbox.wait("the audit log's first line", lambda: stage.audit()[-1]["stage"] == "start", 20)
            # What is typed before the shell has the terminal is the console's, which drops it.
            stage.sandbox.wait("the shell's prompt", lambda: {"#", "$"} & set(screen.read()), 20)
            screen.type("echo in-$((40+2))\n")
            screen.wait_for("in-42", 20)
            screen.type("exit 3\n")
            screen.wait_for("exit code 3", 20)
            assert termios.tcgetattr(screen.master) == before

            screen.type("\x07")
            screen.wait_for("/nonexistent cannot be started", 20)
            screen.type("|")
            screen.wait_for("PAGER HAS", 20)
            below = screen.descendants()
            screen.process.terminate()
            assert screen.wait_end(20) == 128 + signal.SIGTERM
            assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]
    finally:
        environment.undo()
    lines = [(line["intent"], line["stage"], line.get("found", "")) for line in stage.audit()]
    assert ("edit", "dry run", "") in lines
    assert [line[1] for line in lines if line[0] == "edit"][-2:] == ["write", "done"]
    assert lines[-2:] == [("shell", "start", ""), ("shell", "done", "exit code 3")]


def threshold(stage: Stage) -> int:
    return int(stage.sandbox.get("-n test canary cart")["spec"]["analysis"]["threshold"])

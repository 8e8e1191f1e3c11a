"""What an action is refused for, two people at once, and a console that is killed between a write and its undoing.

No controller runs: the canary's status is what the test says, so that every race is the same each time.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from acting import CANARY_PATH, Stage, confirm, wait
from faulty_proxy import FaultyProxy
from sandbox_process import SandboxProcess
from terminal import COLUMNS, Terminal

pytestmark = pytest.mark.e2e

CART = f"{CANARY_PATH}/cart"
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


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    made = SandboxProcess(tmp_path_factory.mktemp("refused"))
    made.run("kubectl create ns test")
    yield made
    made.stop()


@pytest.fixture
def stage(sandbox: SandboxProcess, tmp_path: Path) -> Iterator[Stage]:
    """A fresh canary at weight 20 of its analysis."""
    sandbox.run("kubectl -n test delete canary cart --ignore-not-found")
    sandbox.run(f"kubectl apply -f - <<'END'\n{CANARY}\nEND")
    made = Stage(sandbox, tmp_path)
    set_status(made, phase="Progressing", canaryWeight=20, failedChecks=0, iterations=0)
    yield made
    made.proxy.stop()


def set_status(stage: Stage, **status: object) -> None:
    words = ",".join(f'"{key}":{value if isinstance(value, int) else chr(34) + str(value) + chr(34)}'
                     for key, value in status.items())  # fmt: skip
    stage.sandbox.run(
        f"kubectl -n test patch canary cart --subresource status --type merge -p '{{\"status\":{{{words}}}}}'"
    )


def patch(stage: Stage, spec: str) -> None:
    stage.sandbox.run(f"kubectl -n test patch canary cart --type merge -p '{{\"spec\":{{{spec}}}}}'")


def spec(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.sandbox.get("-n test canary cart")["spec"]
    return found


def shown(screen: Terminal) -> str:
    """The screen's words, and once more those of its right half: a notice lies over it, wrapped."""
    lines = screen.read().split("\n")
    halves = [*lines, *(line[COLUMNS // 2 :] for line in lines)]
    return " ".join(" ".join(halves).replace("│", " ").replace("▌", " ").replace("▐", " ").split())


def lines(screen: Terminal) -> str:
    """The screen without gaps within its lines."""
    return "\n".join(" ".join(line.split()) + " " for line in screen.read().split("\n"))


def told(screen: Terminal, *words: str) -> None:
    """Until a notice says all of `words`."""
    wait(str(words), lambda: all(word in shown(screen) for word in words), 20, screen.read)


def test_a_viewer_is_told_before_any_question_is_asked(stage: Stage) -> None:
    with stage.console("--context", "canarytui-sandbox-viewer", shows="cart") as screen:
        screen.type("R")
        told(screen, "you may not patch canaries/status in namespace", "test")
        wait("the hint goes", lambda: "R roll back" not in shown(screen), 15, screen.read)
    assert stage.tried() == []


def test_a_phase_that_does_not_fit_is_told(stage: Stage) -> None:
    set_status(stage, phase="Succeeded", canaryWeight=0)
    with stage.console(shows="Succeeded") as screen:
        screen.type("P")
        told(screen, "it is Succeeded: nothing to promote, no analysis in progress")
        screen.type("T")
        told(screen, "does not exist")
        screen.type("?")
        told(screen, "not now: it is Succeeded: nothing to promote, no analysis in progress")
    assert stage.tried() == []


def test_read_only_by_option_and_by_configuration(stage: Stage) -> None:
    with stage.console("--read-only", shows="cart") as screen:
        screen.type("p")
        told(screen, "read-only")
    folder = stage.config / "canarytui"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text('contexts: {"canarytui-*": {forbid: [promote]}}')
    with stage.console(shows="cart") as screen:
        screen.type("P")
        told(screen, "your configuration forbids promote in context")
    done = stage.cli("promote", "cart", "--yes")
    assert (done.returncode, "your configuration forbids promote" in done.stderr) == (5, True)
    assert stage.tried() == []


def test_where_it_looks_like_production_the_name_is_typed(
    sandbox: SandboxProcess, stage: Stage, tmp_path: Path
) -> None:
    guarded = Stage(sandbox, tmp_path / "person", context="eu-prod-1")
    try:
        with guarded.console(shows="cart") as screen:
            screen.type("p")
            screen.wait_for("context eu-prod-1 looks like production: type cart to continue", 15)
            screen.type("y\r")
            wait("y is typed", lambda: "│ y " in lines(screen), 15, screen.read)
            assert guarded.tried() == []
            screen.type("\x7f")
            wait("y is gone", lambda: "│ y " not in lines(screen), 15, screen.read)
            screen.type("cart\r")
            wait("it is written", lambda: spec(guarded).get("suspend") is True, 15, screen.read)
    finally:
        guarded.proxy.stop()


def test_somebody_else_was_quicker(stage: Stage) -> None:
    with stage.console(shows="cart") as screen:
        screen.type("p")
        screen.wait_for("Yes, apply", 15)
        patch(stage, '"analysis":{"threshold":7}')
        screen.type("y")
        told(screen, "Nothing was written: kubectl-patch", "changed spec.analysis.threshold 5 → 7")
    assert "suspend" not in spec(stage)
    assert [line["stage"] for line in stage.audit()] == ["write", "refused"]


def test_the_controllers_bookkeeping_is_no_conflict(stage: Stage) -> None:
    with stage.console(shows="cart") as screen:
        screen.type("p")
        screen.wait_for("Yes, apply", 15)
        set_status(stage, canaryWeight=30, failedChecks=1)
        screen.type("y")
        wait("it is written", lambda: spec(stage).get("suspend") is True, 15, screen.read)
    status = stage.sandbox.get("-n test canary cart")["status"]
    assert (status["canaryWeight"], status["failedChecks"]) == (30, 1)


def test_nobody_reconciles(stage: Stage) -> None:
    with stage.console(shows="cart") as screen:
        confirm(screen, "R", '"failedChecks": 5')
        told(screen, "no answer to “roll back” in", "its controller is scaled to zero")
    assert stage.writes() == [(f"{CART}/status", {"status": {"failedChecks": 5}})]


def test_a_running_tick_that_overwrites_the_count_is_answered_with_another(stage: Stage) -> None:
    with stage.console(shows="cart") as screen:
        confirm(screen, "R", '"failedChecks": 5')
        wait("it is written", lambda: len(stage.writes()) == 1, 15)
        set_status(stage, failedChecks=1)
        wait("it is written again", lambda: len(stage.writes()) == 2, 15, screen.read)
        set_status(stage, phase="Failed", canaryWeight=0, failedChecks=0)
        assert "rolled back" in stage.answer("roll back", 4)
    assert len(stage.writes()) == 2


def test_of_two_consoles_one_wins_and_the_other_is_told(stage: Stage) -> None:
    with stage.console(shows="cart") as one, stage.console(shows="cart") as other:
        one.type("P")
        other.type("R")
        one.wait_for("Yes, apply", 15)
        other.wait_for("Yes, apply", 15)
        one.type("y")
        other.type("y")
        wait("both are done", lambda: [line["stage"] for line in stage.audit()].count("refused") == 1, 20)
        lost = next(line for line in stage.audit() if line["stage"] == "refused")
        won = {"promote": "roll back", "roll back": "promote"}[lost["intent"]]
        told(other if lost["intent"] == "roll back" else one, "Nothing was written", "changed")
    status = stage.sandbox.get("-n test canary cart")["status"]
    done = [line["intent"] for line in stage.audit() if line["stage"] == "done"]
    assert done == [won]
    assert (spec(stage).get("skipAnalysis"), status["failedChecks"]) == ((True, 0) if won == "promote" else (None, 5))


def test_a_lost_answer_is_told_by_what_the_canary_shows(sandbox: SandboxProcess, stage: Stage, tmp_path: Path) -> None:
    other = Stage(sandbox, tmp_path / "person", proxy=FaultyProxy)
    proxy = other.proxy
    assert isinstance(proxy, FaultyProxy)
    try:
        with other.console(shows="cart") as screen:
            proxy.fault = "unsent"
            confirm(screen, "p", '"suspend": true')
            told(screen, "Not done: there was no usable answer", "it is unchanged (resourceVersion")
            assert "suspend" not in spec(other)
            proxy.fault = "lost"
            confirm(screen, "p", '"suspend": true')
            told(screen, "done, although there was no usable answer", "its managedFields list canarytui-")
            assert spec(other)["suspend"] is True
            screen.wait_for("Suspended", 15)
            proxy.unreadable = True
            confirm(screen, "p", '"suspend": false')
            told(screen, "Outcome unknown: test/cart", "HTTP 502, no Status", "--show-managed-fields")
            proxy.fault, proxy.unreadable = "", False
            wait("it is found out", lambda: other.audit()[-1]["stage"] == "done", 45, screen.read)
            told(screen, "was open; it was done: its managedFields list canarytui-")
    finally:
        proxy.stop()
    stages = [line["stage"] for line in other.audit()]
    assert stages == ["write", "not done", "write", "done", "write", "unknown", "done"]


def killed_in_the_middle_of_a_promotion(stage: Stage) -> None:
    with stage.console(shows="cart") as screen:
        confirm(screen, "P", '"skipAnalysis": true')
        wait("it is written", lambda: spec(stage).get("skipAnalysis") is True, 15)
        os.kill(screen.process.pid, signal.SIGKILL)
        screen.process.wait()
    assert len(stage.journal()) == 1


def test_what_a_killed_console_left_is_put_back_once_with_a_word(stage: Stage) -> None:
    killed_in_the_middle_of_a_promotion(stage)
    with stage.console(shows="cart") as screen:
        told(screen, "spec.skipAnalysis was set for", "ended before putting it back")
        assert spec(stage)["skipAnalysis"] is True, "the controller has not answered yet"
        set_status(stage, phase="Succeeded", canaryWeight=0)
        told(screen, "spec.skipAnalysis put back to absent")
        assert "skipAnalysis" not in spec(stage)
        patch(stage, '"skipAnalysis":true')
    assert stage.journal() == []
    begun = len(stage.writes())
    with stage.console(shows="Succeeded") as screen:
        told(screen, "Succeeded")
        stage.cli("resume", "cart", "--yes")
    assert len(stage.writes()) == begun
    assert spec(stage)["skipAnalysis"] is True, "what somebody else has set since stays"


def test_what_somebody_else_set_meanwhile_is_left_with_a_word(stage: Stage) -> None:
    killed_in_the_middle_of_a_promotion(stage)
    patch(stage, '"skipAnalysis":false')
    patch(stage, '"skipAnalysis":true')
    set_status(stage, phase="Succeeded", canaryWeight=0)
    with stage.console(shows="Succeeded") as screen:
        told(screen, "spec.skipAnalysis is true and stays so: kubectl-patch")
    assert (spec(stage)["skipAnalysis"], stage.journal()) == (True, [])


def test_the_command_line_asks_shows_and_says_by_its_exit_code(stage: Stage) -> None:
    unasked = stage.cli("pause", "cart")
    assert (unasked.returncode, "no terminal to ask on" in unasked.stderr) == (7, True)
    dry = stage.cli("pause", "test/cart", "--dry-run")
    assert (dry.returncode, '"suspend": true' in dry.stdout, "suspend" in spec(stage)) == (0, True, False)
    assert next(each.path for each in stage.proxy.requests if each.verb == "patch").endswith("dryRun=All")
    missing = stage.cli("pause", "nobody", "--yes")
    assert missing.returncode == 2
    viewer = stage.cli("pause", "cart", "--yes", "--context", "canarytui-sandbox-viewer")
    assert (viewer.returncode, "you may not patch canaries" in viewer.stderr) == (5, True)
    unanswered = stage.cli("promote", "cart", "--yes")
    assert (unanswered.returncode, "no answer to" in unanswered.stdout) == (3, True), unanswered
    assert "skipAnalysis" not in spec(stage), "what nobody answers to is withdrawn"
    screen = Terminal(
        sys.executable, "-m", "canarytui", "pause", "cart", "--kubeconfig", str(stage.kubeconfig), env=stage.env
    )
    screen.wait_for("Go on? [y/N]", 20)
    assert '"suspend": true' in screen.read()
    screen.type("y\n")
    assert screen.wait_end(20) == 0
    screen.close()
    assert spec(stage)["suspend"] is True

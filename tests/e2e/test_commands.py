"""``canarytui get|describe|events|status`` as processes, beside the real kubectl, against a sandbox.

The canary ticks every two seconds and has two steps, so that whole rollouts fit into a test.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sandbox_process import SandboxProcess

pytestmark = pytest.mark.e2e
Start = Callable[..., SandboxProcess]

CANARYTUI = f"{sys.executable} -m canarytui"
ANALYSIS = {"interval": "2s", "threshold": 6, "maxWeight": 40, "stepWeight": 20}


def start(start_sandbox: Start) -> SandboxProcess:
    """The seed's canary, initialised and quick; whether its checks pass is for the test to say."""
    sandbox = start_sandbox("--controller", "--scenario", "seed")
    change(sandbox, {"analysis": ANALYSIS})
    sandbox.wait("the canary is initialised", lambda: sandbox.phase() == "Initialized", 90)
    return sandbox


def change(sandbox: SandboxProcess, spec: dict[str, Any]) -> None:
    sandbox.run(f"kubectl -n test patch canary podinfo --type merge -p '{json.dumps({'spec': spec})}'")


def release(sandbox: SandboxProcess, tag: str) -> None:
    sandbox.run(f"kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:{tag}")


def say(sandbox: SandboxProcess, arguments: str, *, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    return sandbox.attempt(f"{CANARYTUI} {arguments}", timeout_s=timeout_s)


@contextmanager
def running(sandbox: SandboxProcess, arguments: str, into: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command whose output goes to a file; ended with the block."""
    with into.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "canarytui", *arguments.split()],
            env=sandbox.env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def test_objects_are_kubectls(start_sandbox: Start) -> None:
    sandbox = start(start_sandbox)
    sandbox.run("kubectl -n test get canary podinfo -o json | jq '.metadata = {name: \"second\", namespace: \"test\"}' "
                "| jq '.spec.suspend = true | .spec.targetRef.name = \"absent\"' | kubectl apply -f -")  # fmt: skip
    sandbox.run("kubectl -n test label canary podinfo app=web")
    for ours, theirs in (
        ("get -o json", "kubectl get canaries -A -o json"),
        ("get -n test -o json", "kubectl get canaries -n test -o json"),
        ("get podinfo -n test -o json", "kubectl get canary podinfo -n test -o json"),
        ("get podinfo second -n test -o json", "kubectl get canary podinfo second -n test -o json"),
        ("get -o json -l app=web", "kubectl get canaries -A -o json -l app=web"),
        ("get -o json -l app=other", "kubectl get canaries -A -o json -l app=other"),
    ):
        mine, real = say(sandbox, ours), sandbox.run(theirs)
        assert json.loads(mine.stdout) == json.loads(real), ours
    assert say(sandbox, "get test/podinfo -o yaml").stdout == sandbox.run("kubectl -n test get canary podinfo -o yaml")
    assert yaml.safe_load(say(sandbox, "get -o yaml").stdout)["kind"] == "List"
    assert say(sandbox, "get -o name").stdout == sandbox.run("kubectl get canaries -A -o name")
    ours, theirs = (text.splitlines() for text in (say(sandbox, "get").stdout, sandbox.run("kubectl get canaries -A")))
    for mine, real in zip(ours, theirs, strict=True):
        cells, columns = mine.split(), real.split()
        assert [*cells[:3], cells[-1]] == [*columns[:3], columns[-1]] or "second" in mine
    missing = say(sandbox, "get nix podinfo")
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
    assert "There is no canary nix" in missing.stderr
    assert "podinfo" in missing.stdout
    viewed = say(sandbox, "get --context canarytui-sandbox-viewer --no-headers -n test podinfo")
    assert viewed.stdout.split()[0] == "podinfo"
    assert set(say(sandbox, "__complete get ''").stdout.split()) >= {"podinfo", "test/podinfo", "second"}


def test_a_rollout_is_told_and_ends_with_its_exit_code(start_sandbox: Start, tmp_path: Path) -> None:
    sandbox = start(start_sandbox)
    change(sandbox, {"analysis": {"metrics": None}})
    rows, lines, objects = (tmp_path / name for name in ("rows", "lines", "objects"))
    with (
        running(sandbox, "get -n test --watch", rows),
        running(sandbox, "events podinfo --follow --since 1s", lines),
        running(sandbox, "events podinfo -f -o json", objects),
    ):
        sandbox.wait("the list is there", lambda: "Initialized" in rows.read_text(), 20)
        released = datetime.now(UTC).isoformat()
        release(sandbox, "4.0.6")
        before = say(sandbox, "status podinfo")
        promoted = say(sandbox, "status podinfo --watch --revision-of-now --timeout 3m", timeout_s=200)
        sandbox.wait("the end was told", lambda: "Promotion completed!" in lines.read_text(), 10)
    assert before.returncode == 5
    assert promoted.returncode == 0, promoted.stdout + promoted.stderr
    assert promoted.stdout.splitlines()[-1].endswith("podinfo was promoted: 4.0.6 serves all traffic")
    told = [row.split() for row in rows.read_text().splitlines()]
    weights = [int(row[2]) for row in told[1:]]
    assert told[1][1] == "Initialized"
    assert told[-1][1] == "Succeeded"
    assert {0, 20, 40} <= set(weights)
    texts = lines.read_text().splitlines()
    for message in (
        "New revision detected!",
        "canary weight 20",
        "canary weight 40",
        "Copying",
        "Promotion completed!",
    ):
        assert sum(message in text for text in texts) == 1, (message, texts)
    facts = [json.loads(line) for line in objects.read_text().splitlines()]
    times = [fact["time"] for fact in facts if fact["time"] >= released]
    assert len(times) >= 5
    assert times == sorted(times)
    described = sandbox.run(f"{CANARYTUI} describe podinfo")
    assert "canary, weights: 20 40" in described
    assert "Promotion completed!" in described

    # A rollback's end is told as such, and is not taken for the next rollout's.
    change(sandbox, {"analysis": {**ANALYSIS, "threshold": 1, "metrics": [never_passing()]}})
    release(sandbox, "4.0.7")
    failed = say(sandbox, "status podinfo --watch --timeout 3m", timeout_s=200)
    assert failed.returncode == 1, failed.stdout
    assert "was rolled back" in failed.stdout.splitlines()[-1]
    assert say(sandbox, "status podinfo --for finished").returncode == 0
    change(sandbox, {"analysis": {**ANALYSIS, "metrics": None}})
    release(sandbox, "4.0.8")
    again = say(sandbox, "status podinfo -o json --watch --revision-of-now --timeout 3m", timeout_s=200)
    assert again.returncode == 0, again.stdout
    stages = [json.loads(line)["stage"] for line in again.stdout.splitlines()]
    assert stages[-1] == "promoted"
    assert "failed" not in stages


def never_passing() -> dict[str, Any]:
    return {"name": "never", "interval": "10s", "thresholdRange": {"min": 1}, "query": "vector(0)"}


def test_what_keeps_a_rollout_from_ending_has_a_code_of_its_own(start_sandbox: Start, tmp_path: Path) -> None:
    sandbox = start(start_sandbox)
    change(sandbox, {"suspend": True})
    release(sandbox, "4.0.6")
    late = say(sandbox, "status podinfo --watch --timeout 10s")
    assert late.returncode == 3
    assert "the canary is paused" in late.stdout
    assert say(sandbox, "status nix").returncode == 2
    assert say(sandbox, "status podinfo --timeout soon --watch").returncode == 2
    heard = tmp_path / "heard"
    with (
        running(sandbox, "get --watch", heard),
        running(sandbox, "status podinfo -w --timeout 25s", tmp_path / "s") as status,
    ):
        sandbox.wait("the list is there", lambda: "podinfo" in heard.read_text(), 20)
        for pid in sandbox.pids():
            os.kill(pid, signal.SIGSTOP)
        try:
            wait_for("# stale since", heard, 20)
            assert status.wait(40) == 4
        finally:
            for pid in sandbox.pids():
                os.kill(pid, signal.SIGCONT)
        wait_for("# back at", heard, 30)
    assert heard.read_text().count("# stale since") == heard.read_text().count("# back at") == 1
    with running(sandbox, "status podinfo --watch --timeout 1m", tmp_path / "deleted") as status:
        wait_for("the canary is paused", tmp_path / "deleted", 20)
        sandbox.run("kubectl -n test delete canary podinfo --wait=false")
        assert status.wait(30) == 2
    assert "was deleted" in (tmp_path / "deleted").read_text()


def test_a_reader_that_goes_away_ends_what_follows(start_sandbox: Start) -> None:
    sandbox = start(start_sandbox)
    for command in ("get --watch", "events --follow"):
        done = sandbox.attempt(f"{CANARYTUI} {command} 2>&1 | head -n 1", timeout_s=20)
        assert done.stdout.count("\n") == 1
        assert "Traceback" not in done.stdout
    interrupted = subprocess.Popen(
        [sys.executable, "-m", "canarytui", "status", "podinfo", "--watch", "--for", "finished"],
        env=sandbox.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert interrupted.wait(30) == 0, "an initialised canary has nothing to wait for"


def wait_for(text: str, path: Path, limit_s: float) -> None:
    ends = time.monotonic() + limit_s
    while text not in path.read_text():
        assert time.monotonic() < ends, f"{text!r} did not come: {path.read_text()[-500:]}"
        time.sleep(0.1)

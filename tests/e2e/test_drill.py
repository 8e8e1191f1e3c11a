"""``canarytui drill`` against a real sandbox with our controller: the seed's rollback, rehearsed and reported, and
drills whose sender is killed, hung up or cut off. One sandbox, whose canary is rolled out again and again."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from faulty_proxy import FaultyProxy
from sandbox_process import SandboxProcess

pytestmark = pytest.mark.e2e

DRILL = f"{sys.executable} -m canarytui drill"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    up = SandboxProcess(tmp_path_factory.mktemp("sandbox"), "--controller", "--scenario", "seed")
    up.env["XDG_STATE_HOME"] = up.env["XDG_CONFIG_HOME"] = up.env["HOME"]
    up.wait("the canary is initialised", lambda: up.phase() == "Initialized", 90)
    yield up
    up.stop()


def tick(sandbox: SandboxProcess, interval: str) -> None:
    sandbox.run("kubectl -n test patch canary podinfo --type=merge -p "
                f"'{{\"spec\":{{\"analysis\":{{\"interval\":\"{interval}\"}}}}}}'")  # fmt: skip


def senders(identity: str) -> list[int]:
    """Processes that send a drill's requests: hey, or the shell that runs it."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state != "Z" and any(f"X-Canarytui-Drill:{identity}/".encode() in word for word in words):
                found.append(int(folder.name))
    return found


def rollout(sandbox: SandboxProcess) -> None:
    """A new rollout, of three seconds a tick, whose canary gets traffic."""
    tick(sandbox, "3s")
    sandbox.wait("it is at rest", lambda: sandbox.phase() in ("Initialized", "Failed", "Succeeded"), 200)
    sandbox.run("kubectl -n test rollout restart deployment/podinfo")
    sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= 5, 90)


class Drilling:
    """``drill start`` under way."""

    def __init__(self, sandbox: SandboxProcess, *arguments: str) -> None:
        command = [
            sys.executable,
            "-m",
            "canarytui",
            "drill",
            "start",
            "test/podinfo",
            "--fault",
            "errors-500",
            "--yes",
        ]
        self.process = subprocess.Popen(
            [*command, *arguments], env=sandbox.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        self.lines: list[str] = []
        for line in self.process.stdout:
            self.lines.append(line)
            found = re.search(r"X-Canarytui-Drill:([a-z0-9-]+)/1", line)
            if found:
                self.identity = found[1]
            if " begins: " in line:
                break
        assert self.lines, "nothing was said"
        assert " begins: " in self.lines[-1], "".join(self.lines)

    def sending(self) -> None:
        """Until its requests are on their way."""
        deadline = time.monotonic() + 10
        while not senders(self.identity):
            assert time.monotonic() < deadline, "".join(self.lines)
            time.sleep(0.02)

    def gone_within(self, seconds: float) -> None:
        """Nobody sends any more in time, and nobody begins again."""
        deadline = time.monotonic() + seconds
        while senders(self.identity):
            assert time.monotonic() < deadline, f"still sending: {senders(self.identity)}"
            time.sleep(0.02)
        # A slice that was yet to come would have come by now.
        ends = time.monotonic() + 1
        while time.monotonic() < ends:
            assert not senders(self.identity)
            time.sleep(0.05)

    def rest(self) -> str:
        """What it says until its end."""
        said, _ = self.process.communicate(timeout=30)
        return "".join(self.lines) + said


def test_refused_while_nothing_is_analysed(sandbox: SandboxProcess) -> None:
    done = sandbox.attempt(f"{DRILL} start podinfo --fault errors-500 --yes")
    assert done.returncode == 1
    assert "refused    it is Initialized: drills only work during an analysis" in done.stdout
    done = sandbox.attempt(f"{DRILL} predict podinfo --fault errors-500 --host shop.example.com")
    assert "shop.example.com does not lead to canary test/podinfo: its hosts are app.example.com." in done.stderr
    done = sandbox.attempt(f"{DRILL} start podinfo --fault errors-500 --yes --gateway 'a;id'")
    assert (done.returncode, "write HOST:PORT" in done.stderr) == (2, True)
    assert sandbox.attempt(f"{DRILL} start podinfo --fault errors-500 </dev/null").returncode == 2


def test_the_seeds_rollback_is_rehearsed(sandbox: SandboxProcess, tmp_path: Path) -> None:
    tick(sandbox, "10s")
    junit, report = tmp_path / "junit.xml", tmp_path / "report.md"
    done = sandbox.attempt(f"{DRILL} run seed-rollback --junit {junit} --report {report}", timeout_s=420)
    print(done.stdout, done.stderr, report.read_text(), sep="\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("ok: 7 of 7 steps\n")
    # Prediction within one tick of the outcome: the step asks for it, the report says it.
    found = re.search(r"predicted at tick (\d+), decided at tick (\d+)", done.stdout)
    assert found is not None
    assert abs(int(found[1]) - int(found[2])) <= 1
    text = report.read_text()
    assert "HTTP 500s: rolled back at tick " in text
    assert "the prediction held" in text
    assert re.search(r"HTTP 500 +\d{3,}  #{30}", text)
    suite = ET.parse(junit).getroot()
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("7", "0")
    assert sandbox.events()[-2:] == [
        "Rolling back podinfo.test failed checks threshold reached 10",
        "Canary failed! Scaling down podinfo.test",
    ]
    log = Path(sandbox.env["HOME"]) / "canarytui" / "audit.jsonl"
    drills = [json.loads(line) for line in log.read_text().splitlines() if '"drill"' in line]
    assert [drills[0]["stage"], drills[-1]["stage"]] == ["start", "end"]
    assert {entry["stage"] for entry in drills[1:-1]} == {"slice"}
    assert {entry["host"] for entry in drills} == {"app.example.com"}


@pytest.mark.parametrize("origin", ["here", "cluster"])
def test_killed_it_leaves_no_load(sandbox: SandboxProcess, origin: str) -> None:
    rollout(sandbox)
    drilling = Drilling(sandbox, "--from", origin)
    drilling.sending()
    drilling.process.send_signal(signal.SIGKILL)
    drilling.gone_within(2.0)
    drilling.process.wait()
    # The same rollout, hung up and ended from here: both end hey themselves.
    for number in (signal.SIGHUP, signal.SIGINT):
        drilling = Drilling(sandbox, "--from", origin)
        left = "did not end by itself: the process that ran it is gone"
        assert any(left in line for line in drilling.lines) is (number == signal.SIGHUP), "told once, at the next start"
        drilling.sending()
        drilling.process.send_signal(number)
        drilling.gone_within(2.5)
        assert drilling.process.wait(10) == 130
        assert "Aborted by the end of this session" in drilling.rest()
    sandbox.run("kubectl -n test patch canary podinfo --type=merge --subresource=status -p "
                "'{\"status\":{\"failedChecks\":10}}'")  # fmt: skip


TESTER = "/api/v1/namespaces/test/services/flagger-loadtester:80/proxy"
APPROVE = {"name": "approve", "type": "confirm-promotion", "url": "http://flagger-loadtester.test/gate/check"}
DAY = """\
name: for a while
canary: test/podinfo
steps:
- gate: open
- pause: true
- sleep: 60s
- resume: true
- gate: close
"""


def gate_is_open(sandbox: SandboxProcess) -> bool:
    asked = {"name": "podinfo", "namespace": "test"}
    check = f"kubectl create --raw {TESTER}/gate/check -f -"
    return sandbox.attempt(f"echo '{json.dumps(asked)}' | {check}").returncode == 0


def test_what_a_killed_game_day_wrote_for_a_while_is_taken_back_at_the_next_start(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    rollout(sandbox)
    hook = json.dumps([{"op": "add", "path": "/spec/analysis/webhooks/0", "value": APPROVE}])
    sandbox.run(f"kubectl -n test patch canary podinfo --type=json -p '{hook}'")
    assert not gate_is_open(sandbox)
    day = tmp_path / "day.yaml"
    day.write_text(DAY)
    command = [sys.executable, "-m", "canarytui", "drill", "run", str(day)]
    playing = subprocess.Popen(command, env=sandbox.env, stdout=subprocess.DEVNULL)

    def suspended() -> bool:
        return sandbox.get("-n test canary podinfo")["spec"].get("suspend") is True

    try:
        sandbox.wait("it is paused", suspended, 30)
        assert gate_is_open(sandbox)
    finally:
        playing.kill()
        playing.wait()
    said = sandbox.attempt(f"{DRILL} predict podinfo --fault errors-500").stdout
    assert "test/podinfo: spec.suspend put back to absent" in said
    assert "test/podinfo: its gate closed again (Open the gate of test/podinfo)" in said
    assert not suspended()
    assert not gate_is_open(sandbox)
    hook = json.dumps([{"op": "remove", "path": "/spec/analysis/webhooks/0"}])
    sandbox.run(f"kubectl -n test patch canary podinfo --type=json -p '{hook}'")
    sandbox.run("kubectl -n test patch canary podinfo --type=merge --subresource=status -p "
                "'{\"status\":{\"failedChecks\":10}}'")  # fmt: skip


def test_cut_off_it_sends_no_more(sandbox: SandboxProcess, tmp_path: Path) -> None:
    config = yaml.safe_load(sandbox.kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    proxy = FaultyProxy(cluster["server"], base64.b64decode(cluster.pop("certificate-authority-data")).decode())
    cluster["server"] = proxy.url
    through = tmp_path / "through-proxy"
    through.write_text(yaml.safe_dump(config))
    try:
        rollout(sandbox)
        for origin in ("here", "cluster"):
            drilling = Drilling(sandbox, "--from", origin, "--kubeconfig", str(through))
            drilling.sending()
            proxy.fault = "silent"
            proxy.cut()
            drilling.gone_within(2.5)
            assert drilling.process.wait(20) == 1
            said = drilling.rest()
            assert "Aborted by the guards: the cluster cannot be seen" in said or "load could not be sent" in said
            proxy.fault = ""
    finally:
        proxy.stop()

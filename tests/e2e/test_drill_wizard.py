"""The console's drill wizard on a real sandbox with our controller: the seed's rollback in three keypresses, and no
load left by a console that is killed, hung up or left. One sandbox, whose canary is rolled out again and again."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from faulty_proxy import FaultyProxy
from sandbox_process import SandboxProcess
from terminal import Terminal

pytestmark = pytest.mark.e2e

HOST = "app.example.com"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    up = SandboxProcess(tmp_path_factory.mktemp("sandbox"), "--controller", "--scenario", "seed")
    up.env["XDG_STATE_HOME"] = up.env["XDG_CONFIG_HOME"] = up.env["HOME"]
    up.wait("the canary is initialised", lambda: up.phase() == "Initialized", 90)
    yield up
    up.stop()


@pytest.fixture
def interval() -> str:
    """Between two ticks. The seed's is 10s."""
    return "3s"


@pytest.fixture
def network(sandbox: SandboxProcess, tmp_path: Path) -> Iterator[tuple[FaultyProxy, Path]]:
    """What lies between the console and the cluster, and a kubeconfig that leads through it."""
    config = yaml.safe_load(sandbox.kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    proxy = FaultyProxy(cluster["server"], base64.b64decode(cluster.pop("certificate-authority-data")).decode())
    cluster["server"] = proxy.url
    kubeconfig = tmp_path / "through-proxy"
    kubeconfig.write_text(yaml.safe_dump(config))
    yield proxy, kubeconfig
    proxy.stop()


@pytest.fixture
def console(sandbox: SandboxProcess, network: tuple[FaultyProxy, Path], interval: str) -> Iterator[Terminal]:
    """The console on its list, the canary under analysis and selected."""
    sandbox.wait("it is at rest", lambda: sandbox.phase() in ("Initialized", "Failed", "Succeeded"), 200)
    sandbox.run("kubectl -n test patch canary podinfo --type=merge -p "
                f"'{{\"spec\":{{\"analysis\":{{\"interval\":\"{interval}\"}}}}}}'")  # fmt: skip
    sandbox.run("kubectl -n test rollout restart deployment/podinfo")
    # A short one begins with what the drill before it left in the metrics, and is halted at its first weight.
    least = 10 if interval == "10s" else 5
    sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= least, 120)
    env = {
        **sandbox.env,
        "KUBECONFIG": str(network[1]),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }
    terminal = Terminal(sys.executable, "-m", "canarytui", env=env)
    terminal.wait_for("podinfo", 30)
    yield terminal
    if terminal.process.poll() is None:
        terminal.process.kill()
        terminal.process.wait()
    # The next rollout need not wait for this one's analysis.
    sandbox.run("kubectl -n test patch canary podinfo --type=merge --subresource=status -p "
                "'{\"status\":{\"failedChecks\":10}}'")  # fmt: skip


def pressed(terminal: Terminal, keys: str, until: str, timeout_s: float = 20) -> str:
    terminal.type(keys)
    return terminal.wait_for(until, timeout_s)


def command_lines() -> dict[int, list[str]]:
    """The words of every living process."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state != "Z":
                found[int(folder.name)] = words
    return found


def senders(sandbox: SandboxProcess, identity: str) -> list[int]:
    """The drill's hey, or the shell that runs it: by the mark of its requests, and by its host below this sandbox."""
    below = set(sandbox.pids())
    found = []
    for pid, words in command_lines().items():
        line = " ".join(words)
        marked = f"X-Canarytui-Drill:{identity}/" in line
        ours = pid in below and "X-Canarytui-Drill:" in line and HOST in line
        if marked or ours:
            found.append(pid)
    return found


def identity_of(shown: str) -> str:
    """The mark that the confirmation shows."""
    words = "".join(line.strip(" │") for line in shown.splitlines())
    found = re.search(r"X-Canarytui-Drill:\s*([a-z0-9-]+)/1", words)
    assert found is not None, shown
    return found[1]


def sending(sandbox: SandboxProcess, console: Terminal, identity: str) -> None:
    """Until its requests are on their way; a terminal that nobody reads would hold the console up."""
    deadline = time.monotonic() + 15
    while not senders(sandbox, identity):
        assert time.monotonic() < deadline, console.read()
        console.read()
        time.sleep(0.02)


def gone_within(sandbox: SandboxProcess, identity: str, seconds: float) -> float:
    """Nobody sends any more in time, and nobody begins again; after how many seconds."""
    began = time.monotonic()
    while senders(sandbox, identity):
        assert time.monotonic() - began < seconds, f"still sending: {senders(sandbox, identity)}"
        time.sleep(0.02)
    took_s = time.monotonic() - began
    ends = time.monotonic() + 2.2  # a slice that was yet to come would have come by then
    while time.monotonic() < ends:
        assert not senders(sandbox, identity)
        time.sleep(0.05)
    return took_s


def begun(sandbox: SandboxProcess, console: Terminal, origin: str) -> str:
    """A drill under way, sent from `origin`; the mark of its requests."""
    pressed(console, "f", f"TO      {HOST}")
    if origin == "here":
        pressed(console, "\t\t ", "FROM    here")  # from the faults past the host to where it runs
    shown = pressed(console, "\r", "Yes, send it (y)")
    identity = identity_of(shown)
    assert not senders(sandbox, identity), "nothing is sent before the yes"
    pressed(console, "y", "a abort")
    sending(sandbox, console, identity)
    return identity


@pytest.mark.parametrize("interval", ["10s"])
def test_the_seeds_rollback_takes_three_keypresses(sandbox: SandboxProcess, console: Terminal) -> None:
    keys = ["f", "\r", "y"]
    form = pressed(console, keys[0], "THEN    rolled back at tick")
    assert "▶ HTTP 500s" in form
    ask = pressed(console, keys[1], "Yes, send it (y)")
    identity = identity_of(ask)
    assert f"TO      {HOST} (IngressRoute podinfo) and no other host" in ask
    assert not senders(sandbox, identity)
    live = pressed(console, keys[2], "sending")
    assert len(keys) == 3
    print(form, ask, live, sep="\n\n")

    # Left, it goes on, and every title bar says so.
    console.wait_for("HTTP 500  ", 20)
    pressed(console, "\x1b", "Leave it running")
    pressed(console, "l", "NAMESPACE")
    console.wait_for("⚠ DRILL on test/podinfo", 5)
    print(pressed(console, "f", "failed checks 4/10", 90))
    end = console.wait_for("REPORT", 150)
    print(end)
    assert "the prediction held" in end
    assert sandbox.phase() == "Failed"

    reports = sorted((Path(sandbox.env["HOME"]) / "canarytui" / "drills").glob(f"*-{identity}.*"))
    assert [path.suffix for path in reports] == [".json", ".md"]
    print(reports[1].read_text())
    report = json.loads(reports[0].read_text())
    assert report["ending"] == "rolled back"
    assert abs(report["prediction"]["atTick"] - report["outcome"]["ticks"]) <= 1
    assert report["outcome"]["withinPrediction"] is True
    assert report["answers"]["byCode"].keys() == {"500"}
    gone_within(sandbox, identity, 2.0)
    pressed(console, "\x1b", "NAMESPACE")
    console.type("q")
    assert console.wait_end(15) == 0


@pytest.mark.parametrize("origin", ["here", "cluster"])
def test_killed_it_leaves_no_load(sandbox: SandboxProcess, console: Terminal, origin: str) -> None:
    identity = begun(sandbox, console, origin)
    children = [pid for pid in console.descendants() if pid != console.process.pid]
    if origin == "here":
        assert set(children) & set(senders(sandbox, identity)), "hey is a child of the console"
    console.process.send_signal(signal.SIGKILL)
    took_s = gone_within(sandbox, identity, 2.0)
    print(f"killed, sent from {origin}: no load after {took_s:.2f} s")
    living = command_lines()
    assert not [pid for pid in children if pid in living and "hey" in Path(living[pid][0]).name]


@pytest.mark.parametrize("origin", ["here", "cluster"])
def test_hung_up_it_leaves_no_load(sandbox: SandboxProcess, console: Terminal, origin: str) -> None:
    identity = begun(sandbox, console, origin)
    console.close()
    took_s = gone_within(sandbox, identity, 2.0)
    print(f"hung up, sent from {origin}: no load after {took_s:.2f} s")
    console.process.wait(15)


@pytest.mark.parametrize("origin", ["here", "cluster"])
def test_cut_off_it_sends_no_more_and_says_so(
    sandbox: SandboxProcess, network: tuple[FaultyProxy, Path], console: Terminal, origin: str
) -> None:
    identity = begun(sandbox, console, origin)
    proxy = network[0]
    proxy.fault = "silent"
    proxy.cut()
    took_s = gone_within(sandbox, identity, 2.0)
    print(f"cut off, sent from {origin}: no load after {took_s:.2f} s")
    shown = console.wait_for("aborted by the guards", 10)
    assert "STALE since" in shown
    proxy.fault = ""
    wait_gone(console, "STALE since", 20)


def wait_gone(console: Terminal, text: str, timeout_s: float) -> None:
    """Until the screen does not show `text` any more."""
    deadline = time.monotonic() + timeout_s
    while text in (shown := console.read()):
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)


def test_left_for_good_it_ends_the_load_first(sandbox: SandboxProcess, console: Terminal) -> None:
    identity = begun(sandbox, console, "here")
    console.type("\x03")
    assert console.wait_end(15) == 0
    gone_within(sandbox, identity, 0.5)
    report = next((Path(sandbox.env["HOME"]) / "canarytui" / "drills").glob(f"*-{identity}.json"))
    assert json.loads(report.read_text())["why"] == "the console was closed"


def test_the_abort_key_ends_the_load_at_once(sandbox: SandboxProcess, console: Terminal) -> None:
    identity = begun(sandbox, console, "here")
    pressed(console, "a", "aborted by the abort key")
    gone_within(sandbox, identity, 0.5)

"""What the engine costs the API server, and how late it is with many canaries: ``canarytui controller`` as a process
pinned to one core, against the sandbox's API server and a stub metric server, each a process of its own.

    python tests/bench/bench_engine_economy.py [CANARIES [SECONDS [CONTROLLER FLAGS…]]]

Three measurements of SECONDS (default 30) with CANARIES (default 1000) at ``interval: 10s``: all idle, a tenth of them
in a rollout, and, with the bound on requests lifted (-kubeconfig-qps=0: a thousand rollouts need 300 a second), all
in a rollout. Requests are counted by the API server; ticks, and how late they began, by the
controller's own histograms (``/metrics``), so lateness is known to within their buckets. For comparison: Flagger 1.44
as measured (12 requests an idle tick, 19 a progressing one; with 300 idle canaries 24 s between ticks of 10 s).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FLAGGER_IDLE, FLAGGER_PROGRESSING = 12.0, 19.0
SETTLES_S = 25.0
"""From a new revision to the first step of the weight: two ticks."""
_KINDS = ("read", "router", "status", "event", "other write")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Reading:
    """What is known at one moment; counters only grow."""

    counts: dict[str, int]
    metrics: str
    cpu_s: float
    at: float

    def total(self, name: str, labels: str = "") -> float:
        """Sum of all series of a metric whose labels contain a text."""
        lines = re.findall(rf"^{name}(?:{{([^}}]*)}})? (\S+)$", self.metrics, re.MULTILINE)
        return sum(float(value) for shown, value in lines if labels in shown)

    def buckets(self) -> dict[float, float]:
        """Lateness: how many ticks began at most so many seconds late."""
        found = re.findall(r'^canarytui_tick_lateness_seconds_bucket{le="([^"]+)"} (\S+)$', self.metrics, re.MULTILINE)
        return {float(bound.replace("+Inf", "inf")): float(count) for bound, count in found}


class Bench:
    """The three processes."""

    def __init__(self, folder: Path, canaries: int, flags: list[str], stack: contextlib.ExitStack, tree: Path) -> None:
        self.canaries = canaries
        cores = sorted(os.sched_getaffinity(0))
        stub = self._start(stack, "stub", cores=cores[1:] or cores)
        self.stub_url = _first_line(stub)["url"]
        kubeconfig = folder / "kubeconfig"
        began = time.monotonic()
        server = self._start(
            stack, "server", str(canaries), f"{self.stub_url}/hook", str(kubeconfig), cores=cores[1:] or cores
        )
        self.server_url = _first_line(server)["url"]
        print(f"{canaries} canaries initialised in {time.monotonic() - began:.0f} s", flush=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._command = [sys.executable, "-m", "canarytui", "controller", f"-kubeconfig={kubeconfig}",
                         f"-port={self._port}", f"-metrics-server={self.stub_url}", *flags]  # fmt: skip
        self._tree = tree
        self._core = cores[:1]
        self._log = stack.enter_context((folder / "controller.log").open("w+b"))
        self.start_controller()
        stack.callback(self.end_controller)

    def start_controller(self, *flags: str) -> None:
        """With these flags besides those of the command line."""
        self._log.seek(0)
        self._log.truncate()
        self.controller = subprocess.Popen(
            [*self._command, *flags],
            cwd=self._tree,
            stderr=self._log,
            preexec_fn=lambda: os.sched_setaffinity(0, self._core),
        )

    def _start(self, stack: contextlib.ExitStack, *arguments: str, cores: list[int]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "economy_cluster.py"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )

        def end() -> None:
            process.kill()
            process.wait()

        stack.callback(end)
        return process

    def end_controller(self) -> None:
        """By SIGTERM; prints what it logged."""
        self.controller.send_signal(signal.SIGTERM)
        try:
            self.controller.wait(30)
        except subprocess.TimeoutExpired:
            self.controller.kill()
            self.controller.wait()
        self._log.seek(0)
        lines = [json.loads(line) for line in self._log if line.startswith(b"{")]
        wrong = [line["msg"] for line in lines if line["level"] == "error"]
        print(f"\nthe controller ended with {self.controller.returncode} and logged {len(lines)} lines, "
              f"{len(wrong)} errors", *wrong[:5], sep="\n  ")  # fmt: skip

    def read(self) -> Reading:
        """Ask everybody."""
        counts = {**_get(f"{self.server_url}/bench/counts"), **_get(f"{self.stub_url}/bench/counts")}
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=30) as answer:
            metrics = answer.read().decode()
        fields = Path(f"/proc/{self.controller.pid}/stat").read_text().rpartition(")")[2].split()
        return Reading(counts, metrics, (int(fields[11]) + int(fields[12])) / _TICKS, time.monotonic())

    def memory_mib(self) -> float:
        """Resident memory of the controller."""
        text = Path(f"/proc/{self.controller.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", text)
        return int(found[1]) / 1024 if found else 0.0

    def wait_for_all(self) -> None:
        """Until every canary has been looked at."""
        deadline = time.monotonic() + 120
        while True:
            with contextlib.suppress(OSError):
                if self.read().total("canarytui_tick_lateness_seconds_count") >= self.canaries:
                    return
            assert self.controller.poll() is None, "the controller ended: see its log"
            assert time.monotonic() < deadline, "not every canary was looked at"
            time.sleep(0.5)

    def roll(self, first: int, last: int) -> None:
        """Give canaries a new revision, and wait until their weights move."""
        _get(f"{self.server_url}/bench/roll?from={first}&to={last}")
        time.sleep(SETTLES_S)


def _first_line(process: subprocess.Popen[bytes]) -> Any:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "a process of the benchmark did not start"
    return json.loads(line)


def _get(url: str) -> Any:
    trusting = ssl._create_unverified_context()
    with urllib.request.urlopen(url, timeout=60, context=trusting if url.startswith("https") else None) as answer:
        return json.load(answer)


def lateness_s(before: Reading, after: Reading, share: float) -> float:
    """Upper bound of the bucket of lateness in which so many of the ticks are, in seconds."""
    earlier = before.buckets()
    counts = {bound: count - earlier.get(bound, 0) for bound, count in after.buckets().items()}
    most = max(counts.values(), default=0)
    return next((bound for bound, count in sorted(counts.items()) if most and count >= share * most), float("inf"))


def measure(bench: Bench, seconds: float, what: str, progressing: int) -> dict[str, float]:
    """Print one row of the table; its figures."""
    before = bench.read()
    time.sleep(seconds)
    after = bench.read()
    passed = after.at - before.at

    def grown(name: str) -> float:
        return after.total(name) - before.total(name)

    counts = {kind: after.counts.get(kind, 0) - before.counts.get(kind, 0) for kind in after.counts}
    ticks = grown("canarytui_tick_lateness_seconds_count")
    analysed = grown("flagger_canary_duration_seconds_count")
    requests = sum(counts.get(kind, 0) for kind in _KINDS)
    print(f"\n{what}: {ticks:.0f} ticks in {passed:.0f} s ({analysed:.0f} of an analysis); due: "
          f"{bench.canaries * passed / 10:.0f}")  # fmt: skip
    print("  requests to the API server   " + ", ".join(f"{kind} {counts.get(kind, 0)}" for kind in _KINDS)
          + "".join(f", {kind} {count}" for kind, count in counts.items() if kind.startswith("refused")))  # fmt: skip
    if progressing:
        each = requests / max(analysed, 1)
        print(f"  a progressing tick           {each:.2f} requests; Flagger {FLAGGER_PROGRESSING:.0f}; "
              f"ratio {each / FLAGGER_PROGRESSING:.3f}")  # fmt: skip
        queries, asked = counts.get("metric queries", 0), counts.get("metric requests", 0)
        print(f"  metric server                {queries} queries in {asked} requests "
              f"({queries / max(asked, 1):.1f} each), {counts.get('webhooks', 0)} webhooks")  # fmt: skip
    else:
        each = requests / max(ticks, 1)
        print(f"  an idle tick                 {each:.3f} requests; Flagger {FLAGGER_IDLE:.0f}; "
              f"ratio {each / FLAGGER_IDLE:.3f}")  # fmt: skip
    theirs = (progressing * FLAGGER_PROGRESSING + (bench.canaries - progressing) * FLAGGER_IDLE) / 10
    print(f"  requests a second            {requests / passed:.1f}; Flagger would need {theirs:.0f}")
    p50, p99, most = (lateness_s(before, after, share) for share in (0.5, 0.99, 1.0))
    print(f"  lateness of ticks            p50 <= {p50:g} s, p99 <= {p99:g} s, max <= {most:g} s; "
          "Flagger's with 300 idle canaries: 14 s (median)")  # fmt: skip
    print(f"  the controller               {(after.cpu_s - before.cpu_s) / passed:.0%} of a core, "
          f"{bench.memory_mib():.0f} MiB", flush=True)  # fmt: skip
    return {
        "requests a progressing tick": requests / max(analysed, 1),
        "requests a second": requests / passed,
        "ticks": ticks,
        "lateness p50 s, at most": p50,
        "lateness p99 s, at most": p99,
        "controller CPU %": (after.cpu_s - before.cpu_s) / passed * 100,
        "controller RSS MiB": bench.memory_mib(),
    }


@contextlib.contextmanager
def started(canaries: int, flags: list[str], tree: Path = HERE.parents[1]) -> Iterator[Bench]:
    """The processes, the controller of the checkout `tree`; all end with the block."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        yield Bench(Path(folder), canaries, flags, stack, tree)


def main() -> None:
    """Run and print."""
    canaries = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    with started(canaries, sys.argv[3:]) as bench:
        bench.wait_for_all()
        time.sleep(1)
        measure(bench, seconds, f"{canaries} idle canaries", 0)
        tenth = max(1, canaries // 10)
        bench.roll(0, tenth)
        measure(bench, seconds, f"{canaries} canaries, {tenth} of them in a rollout", tenth)
        bench.end_controller()
        bench.start_controller("-kubeconfig-qps=0")
        bench.wait_for_all()
        bench.roll(tenth, canaries)
        measure(bench, seconds, f"{canaries} canaries, all of them in a rollout", canaries)


if __name__ == "__main__":
    main()

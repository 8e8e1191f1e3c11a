"""Time from start to the first list of canaries, and bytes to the terminal while nothing happens: canarytui beside
``watch kubectl get canaries -A``, in the same run against the same sandbox.

    python tests/bench/bench_first_list.py [RUNS]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from sandbox_process import SandboxProcess
from terminal import Terminal

STEADY_S = 20.0


def measure(command: tuple[str, ...], env: dict[str, str]) -> tuple[float, float]:
    """(seconds to the first list, bytes a minute afterwards)."""
    began = time.perf_counter()
    screen = Terminal(*command, env=env)
    try:
        screen.wait_for("podinfo", 30)
        first_s = time.perf_counter() - began
        time.sleep(2)
        screen.read()
        before = screen.received
        end = time.monotonic() + STEADY_S
        while time.monotonic() < end:
            screen.read()
            time.sleep(0.1)
        return first_s, (screen.received - before) / STEADY_S * 60
    finally:
        screen.process.kill()
        screen.process.wait()
        screen.close()


def main() -> None:
    """Run both sides in turn and print medians and ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        sandbox = SandboxProcess(Path(folder), "--controller", "--scenario", "seed")
        try:
            sandbox.wait("the canary is initialised", lambda: sandbox.phase() == "Initialized", 90)
            env = {**os.environ, **sandbox.env, "TERM": "xterm-256color"}
            sides = {
                "canarytui": (sys.executable, "-m", "canarytui"),
                "watch kubectl": ("watch", "-n", "2", "kubectl", "get", "canaries", "-A"),
            }
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
            for _ in range(runs):
                for name, command in sides.items():
                    found[name].append(measure(command, env))
            medians = {
                name: tuple(statistics.median(values) for values in zip(*pairs, strict=True))
                for name, pairs in found.items()
            }
        finally:
            sandbox.stop()
    for name, (first_s, per_minute) in medians.items():
        print(f"{name:15} first list {first_s:.2f} s   steady {per_minute:.0f} bytes/min")
    ours, theirs = medians["canarytui"], medians["watch kubectl"]
    print(f"ratio           first list {ours[0] / theirs[0]:.2f}      steady {ours[1] / max(theirs[1], 1):.2f}")


if __name__ == "__main__":
    main()

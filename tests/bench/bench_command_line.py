"""How long one answer takes: ``canarytui get`` beside ``kubectl get canaries -A``, and the commands that have no
counterpart, in the same run against the same sandbox.

    python tests/bench/bench_command_line.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from sandbox_process import SandboxProcess

CANARYTUI = (sys.executable, "-m", "canarytui")
SIDES: dict[str, tuple[str, ...]] = {
    "kubectl get canaries -A": ("kubectl", "get", "canaries", "-A"),
    "canarytui get": (*CANARYTUI, "get"),
    "kubectl get canaries -A -o json": ("kubectl", "get", "canaries", "-A", "-o", "json"),
    "canarytui get -o json": (*CANARYTUI, "get", "-o", "json"),
    "kubectl describe canary": ("kubectl", "-n", "test", "describe", "canary", "podinfo"),
    "canarytui describe": (*CANARYTUI, "describe", "podinfo"),
    "canarytui events": (*CANARYTUI, "events"),
    "canarytui status": (*CANARYTUI, "status", "podinfo"),
    "canarytui __complete (names)": (*CANARYTUI, "__complete", "get", ""),
}
PAIRS = (
    ("canarytui get", "kubectl get canaries -A"),
    ("canarytui get -o json", "kubectl get canaries -A -o json"),
    ("canarytui describe", "kubectl describe canary"),
)


def measure(command: tuple[str, ...], env: dict[str, str]) -> float:
    """Seconds from start to end of one command that must answer."""
    began = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, timeout=60, check=False)
    taken_s = time.perf_counter() - began
    assert b"podinfo" in done.stdout, (command, done.stdout, done.stderr)
    return taken_s


def main() -> None:
    """Run all in turn and print medians and ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        sandbox = SandboxProcess(Path(folder), "--controller", "--scenario", "seed")
        try:
            sandbox.wait("the canary is initialised", lambda: sandbox.phase() == "Initialized", 90)
            found: dict[str, list[float]] = {name: [] for name in SIDES}
            for _ in range(runs):
                for name, command in SIDES.items():
                    found[name].append(measure(command, sandbox.env))
        finally:
            sandbox.stop()
    medians = {name: statistics.median(values) for name, values in found.items()}
    for name, taken_s in medians.items():
        print(f"{name:32} {taken_s:.2f} s")
    for ours, theirs in PAIRS:
        print(f"ratio {ours} / {theirs}: {medians[ours] / medians[theirs]:.1f}")


if __name__ == "__main__":
    main()

"""The console and the controller of this tree beside those of another commit: both sides in turn, in one run, against
the same API server.

    python tests/bench/bench_against.py REVISION [--canaries 1000] [--rate 50] [--seconds 60] [--runs 9]

Prints seconds and CPU seconds to the first list, bytes a minute, CPU, memory and the delay from a change in the API to
the screen; then the controller's requests, CPU, memory and lateness with a tenth of the canaries in a rollout. Each
with the ratio of this tree to REVISION.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from bench_console_load import Figures, first_list, steady
from bench_engine_economy import measure, started
from canary_load import CanaryLoad
from sandbox_process import SandboxProcess

TREE = Path(__file__).parents[2]


def console_of(tree: Path) -> tuple[str, ...]:
    """The console as `tree` has it: ``python -m`` looks in the working directory first."""
    return ("env", "-C", str(tree), sys.executable, "-m", "canarytui")


def cpu_to_first_list(command: tuple[str, ...], env: dict[str, str]) -> float:
    """CPU seconds, user and system, of ``canarytui get``: what is paid before the first list without a screen."""
    before = os.times()
    subprocess.run([*command, "get", "-A"], env=env, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


async def consoles(options: argparse.Namespace, trees: dict[str, Path], folder: Path) -> dict[str, Figures]:
    """Figures of both consoles against one sandbox."""
    sandbox = SandboxProcess(folder)
    try:
        env = {**os.environ, "TERM": "xterm-256color", "KUBECONFIG": str(sandbox.kubeconfig)}
        env.pop("COLORTERM", None)
        load = await CanaryLoad.open(sandbox.kubeconfig)
        try:
            await load.fill(options.canaries)
            starts: dict[str, list[float]] = {name: [] for name in trees}
            cpu: dict[str, list[float]] = {name: [] for name in trees}
            found: dict[str, Figures] = {}
            for number in range(options.runs + 1):
                for name, tree in trees.items():
                    own = env | {"XDG_STATE_HOME": str(folder / name)}
                    seen = await first_list(console_of(tree), own)
                    used = await asyncio.to_thread(cpu_to_first_list, console_of(tree), own)
                    if number and seen:  # the first run compiles and fills caches
                        starts[name].append(seen["first list s"])
                        cpu[name].append(used)
            for name, tree in trees.items():
                own = env | {"XDG_STATE_HOME": str(folder / name)}
                figures = {"first list s": statistics.median(starts[name]), "get CPU s": statistics.median(cpu[name])}
                found[name] = figures | await steady(
                    console_of(tree), own, load, options.rate, options.seconds, options.pokes
                )
            return found
        finally:
            await load.close()
    finally:
        sandbox.stop()


def controller(tree: Path, canaries: int, seconds: float) -> Figures:
    """Figures of the controller of `tree` with a tenth of the canaries in a rollout."""
    rolling = max(1, canaries // 10)
    with started(canaries, [], tree) as bench:
        bench.wait_for_all()
        bench.roll(0, rolling)
        return measure(bench, seconds, f"{canaries} canaries, {rolling} of them in a rollout", rolling)


def report(ours: Figures, theirs: Figures) -> None:
    """Both sides and their ratio, line by line."""
    print(f"{'':34}{'this tree':>12}{'before':>12}{'ratio':>8}")
    for name, value in ours.items():
        other = theirs.get(name, float("nan"))
        print(f"{name:34}{value:12.2f}{other:12.2f}{value / other if other else float('nan'):8.2f}", flush=True)


def main() -> None:
    """Check REVISION out beside this tree and measure both."""
    made = argparse.ArgumentParser()
    made.add_argument("revision")
    made.add_argument("--canaries", type=int, default=1000)
    made.add_argument("--rate", type=float, default=50)
    made.add_argument("--seconds", type=float, default=60)
    made.add_argument("--runs", type=int, default=9)
    made.add_argument("--pokes", type=int, default=100)
    options = made.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "tree"
        subprocess.run(
            ["git", "-C", str(TREE), "worktree", "add", "-q", "--detach", str(before), options.revision], check=True
        )
        try:
            trees = {"now": TREE, "before": before}
            began = time.monotonic()
            found = asyncio.run(consoles(options, trees, Path(folder)))
            print(f"console: {options.canaries} canaries, {options.rate:g} changes/s, {options.seconds:g} s")
            report(found["now"], found["before"])
            engines = {name: controller(tree, options.canaries, options.seconds) for name, tree in trees.items()}
            print(f"controller: {options.canaries} canaries, a tenth in a rollout, {options.seconds:g} s")
            report(engines["now"], engines["before"])
            print(f"measured in {time.monotonic() - began:.0f} s")
        finally:
            subprocess.run(["git", "-C", str(TREE), "worktree", "remove", "--force", str(before)], check=True)


if __name__ == "__main__":
    main()

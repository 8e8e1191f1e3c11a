"""Time from start to the first list of canaries, CPU until then and memory: canarytui beside
``watch kubectl get canaries -A``, and beside k9s where it is on PATH, in turn, in one run, against the same sandbox.

    python tests/bench/bench_first_list.py [--runs 9] [--counts 1000,10000] [--other FOLDER]

Prints medians and their ratio to ``watch kubectl``. `--other` adds a second canarytui, of another checkout, so that two
versions can be compared on a machine that is not quiet.
"""

from __future__ import annotations

import argparse
import asyncio
import compileall
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from canary_load import CanaryLoad
from pty_meter import Metered
from sandbox_process import SandboxProcess

HERE = Path(__file__).parents[2]
WATCH = "watch kubectl"
SETTLE_S = 6.0
"""After the first list, until its other pages are there and garbage is collected."""
_ROW = re.compile(r"team-\d\d .*service-\d{5} ")


def sides(other: Path | None) -> dict[str, tuple[tuple[str, ...], Path]]:
    """Commands and the folders to run them in."""
    console = (sys.executable, "-m", "canarytui", "-A")
    found = {"canarytui": (console, HERE)}
    if other is not None:
        found["other canarytui"] = (console, other)
    found[WATCH] = (("watch", "-n", "2", "kubectl", "get", "canaries", "-A"), HERE)
    if shutil.which("k9s"):
        found["k9s"] = (("k9s", "-A", "-c", "canaries"), HERE)
    else:
        print("k9s is not on PATH: it is not measured")
    return found


def listed(lines: list[str]) -> bool:
    """Whether there are canaries on the screen."""
    return sum(_ROW.search(line) is not None for line in lines) > 5


def measure(command: tuple[str, ...], folder: Path, env: dict[str, str]) -> tuple[float, float, float]:
    """(seconds to the first list, CPU seconds until then, resident MiB later)."""
    os.chdir(folder)
    screen = Metered(command, {**env, "PYTHONPATH": str(folder)})
    try:
        began = time.monotonic()
        took_s = screen.until(listed, 120)
        if took_s is None:
            raise SystemExit(f"{command[0]} showed no list")
        cpu_s = screen.use().cpu_s
        _, after = screen.watch_for(SETTLE_S)
        return began - screen.began + took_s, cpu_s, after.rss_mib
    finally:
        screen.close()


def compare(runs: int, count: int, env: dict[str, str], other: Path | None) -> None:
    """All sides in turn, `runs` times; prints medians."""
    all_sides = sides(other)
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in all_sides}
    for _ in range(runs):
        for name, (command, folder) in all_sides.items():
            found[name].append(measure(command, folder, env))
    medians = {name: [statistics.median(part) for part in zip(*each, strict=True)] for name, each in found.items()}
    print(f"{count:,} canaries, median of {runs}")
    for name, (first_s, cpu_s, rss_mib) in medians.items():
        ratio = first_s / medians[WATCH][0]
        print(f"  {name:16} first list {first_s:6.2f} s  ratio {ratio:5.2f}  ", end="")
        print(f"CPU {cpu_s:5.2f} s  RSS {rss_mib:6.1f} MiB", flush=True)


async def fill(kubeconfig: Path, count: int) -> None:
    """Have `count` canaries; the first thousand have targets."""
    load = await CanaryLoad.open(kubeconfig)
    try:
        await load.fill(min(count, 1000))
        await load.fill(count, workloads=False)
    finally:
        await load.close()


def main() -> None:
    """Fill a sandbox step by step, and measure at each."""
    made = argparse.ArgumentParser()
    made.add_argument("--runs", type=int, default=9)
    made.add_argument("--counts", default="1000,10000")
    made.add_argument("--other", type=Path)
    options = made.parse_args()
    other = options.other.absolute() if options.other else None
    for folder in filter(None, (HERE, other)):
        compileall.compile_dir(str(folder / "canarytui"), quiet=1)  # as pip leaves it
    with tempfile.TemporaryDirectory() as folder:
        sandbox = SandboxProcess(Path(folder))
        try:
            env = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": folder}
            env["KUBECONFIG"] = str(sandbox.kubeconfig)
            for count in map(int, options.counts.split(",")):
                asyncio.run(fill(sandbox.kubeconfig, count))
                compare(options.runs, count, env, other)
        finally:
            sandbox.stop()


if __name__ == "__main__":
    main()

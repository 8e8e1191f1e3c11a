"""How the memory of the console and of the wall goes on growing, or does not: both at once, beside each other, against
the same sandbox, for as long as is asked for.

    python tests/bench/bench_console_memory.py [--canaries 1000] [--rate 50] [--minutes 60] [--every 120]

Prints resident MiB of each every so many seconds, then what each grew by in the first half and in the second, in MiB
an hour. Changes are statuses of canaries, as a controller writes them; a higher rate fills the bounds sooner.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from canary_load import CanaryLoad
from pty_meter import Metered
from sandbox_process import SandboxProcess

PROGRAM = (sys.executable, "-m", "canarytui")
SIDES = {"console": PROGRAM, "wall": (*PROGRAM, "watch")}
_SETTLE_S = 30.0
Line = tuple[float, float]
"""(seconds since the first, resident MiB)."""


def growth(line: list[Line]) -> float:
    """MiB an hour, by the straight line that fits best."""
    mean_at = sum(at for at, _ in line) / len(line)
    mean = sum(mib for _, mib in line) / len(line)
    spread = sum((at - mean_at) ** 2 for at, _ in line)
    return sum((at - mean_at) * (mib - mean) for at, mib in line) / spread * 3600 if spread else float("nan")


async def measure(screens: dict[str, Metered], minutes: float, every_s: float) -> dict[str, list[Line]]:
    """Let them run; their screens are read all the while, so that none waits for its terminal."""
    await asyncio.gather(*(asyncio.to_thread(screen.watch_for, _SETTLE_S) for screen in screens.values()))
    began = time.monotonic()
    lines: dict[str, list[Line]] = {name: [] for name in screens}
    print("minute " + " ".join(f"{name:>9}" for name in screens), flush=True)
    while True:
        at = time.monotonic() - began
        for name, screen in screens.items():
            lines[name].append((at, screen.use().rss_mib))
        print(f"{at / 60:6.1f} " + " ".join(f"{line[-1][1]:9.2f}" for line in lines.values()), flush=True)
        left_s = minutes * 60 - at
        if left_s <= 0.5:
            return lines
        pause_s = min(every_s, left_s)
        await asyncio.gather(*(asyncio.to_thread(screen.watch_for, pause_s) for screen in screens.values()))


async def run(options: argparse.Namespace, kubeconfig: Path, env: dict[str, str]) -> None:
    """Fill, start both, change, and say what they took."""
    load = await CanaryLoad.open(kubeconfig)
    changing: asyncio.Task[int] | None = None
    screens: dict[str, Metered] = {}
    try:
        await load.fill(options.canaries)
        screens = {name: Metered(command, env) for name, command in SIDES.items() if name in options.sides.split(",")}
        changing = asyncio.create_task(load.change(options.rate, options.minutes * 60 + 2 * _SETTLE_S))
        lines = await measure(screens, options.minutes, options.every)
        for name, line in lines.items():
            half = len(line) // 2
            early, late = growth(line[: half + 1]), growth(line[half:])
            print(f"{name}: {early:.2f} MiB/h in the first half, {late:.2f} in the second")
    finally:
        for screen in screens.values():
            screen.close()
        if changing is not None:
            changing.cancel()
            await asyncio.gather(changing, return_exceptions=True)
        await load.close()


def main() -> None:
    """Start a sandbox, unless one is named, and measure."""
    made = argparse.ArgumentParser()
    made.add_argument("--canaries", type=int, default=1000)
    made.add_argument("--rate", type=float, default=50)
    made.add_argument("--minutes", type=float, default=60)
    made.add_argument("--every", type=float, default=120, help="seconds between two lines")
    made.add_argument("--sides", default="console,wall")
    made.add_argument("--kubeconfig", type=Path, help="measure against this sandbox")
    options = made.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": folder}
        env.pop("COLORTERM", None)
        if options.kubeconfig:
            asyncio.run(run(options, options.kubeconfig, env | {"KUBECONFIG": str(options.kubeconfig)}))
            return
        sandbox = SandboxProcess(Path(folder))
        try:
            asyncio.run(run(options, sandbox.kubeconfig, env | {"KUBECONFIG": str(sandbox.kubeconfig)}))
        finally:
            sandbox.stop()


if __name__ == "__main__":
    main()

"""The console under load beside ``watch kubectl get canaries -A``: both sides in turn, in one run, against the same
sandbox, in a terminal of 120x40.

    python tests/bench/bench_console_load.py [--canaries 1000] [--rate 50] [--seconds 60] [--many 10000] [--bare]
        [--without-comparisons]

Prints seconds to the first list, from a change in the API to the screen, from a key to the screen, bytes a minute, CPU
and memory, with the ratio of the two sides. With ``--without-comparisons`` the other side is the console itself, which
compares no canary of the list with its primary.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from canary_load import CanaryLoad, status
from pty_meter import Metered, percentile
from sandbox_process import SandboxProcess

CONSOLE = (sys.executable, "-m", "canarytui")
NOT_COMPARING = (sys.executable, str(Path(__file__).with_name("console_without_comparisons.py")))
WATCH = ("watch", "-n", "2", "kubectl", "get", "canaries", "-A")
_ROW = re.compile(r"(team-\d\d) +(service-\d{5}) ")
_TIMEOUT_S = 8.0
Figures = dict[str, float]


def rows(lines: list[str]) -> dict[tuple[str, str], str]:
    """Canaries in view and their lines; lines of the timeline have their canary elsewhere."""
    found = {}
    for line in lines:
        match = _ROW.search(line[:60])
        if match and not line[:9].strip(" ").startswith(("1", "2", "0")):
            found[match.group(1), match.group(2)] = line
    return found


async def until(screen: Metered, holds: Callable[[list[str]], bool], timeout_s: float) -> float | None:
    """:meth:`Metered.until` beside other work in the event loop."""
    return await asyncio.to_thread(screen.until, holds, timeout_s)


async def first_list(command: tuple[str, ...], env: dict[str, str]) -> Figures:
    """Start it and wait for a canary; the bytes of the start are not counted."""
    screen = Metered(command, env)
    try:
        seen = await until(screen, lambda lines: len(rows(lines)) > 5, 60)
        return {} if seen is None else {"first list s": time.monotonic() - screen.began}
    finally:
        screen.close()


async def steady(command: tuple[str, ...], env: dict[str, str], load: CanaryLoad, rate: float, seconds: float,
                 pokes: int) -> Figures:  # fmt: skip
    """Use of the line, CPU and memory under load, then delays of changes of rows in view, still under load."""
    screen = Metered(command, env)
    changing = asyncio.create_task(load.change(rate, 8 + seconds + pokes * (_TIMEOUT_S if command == WATCH else 2.0)))
    try:
        await until(screen, lambda lines: len(rows(lines)) > 5, 60)
        await asyncio.to_thread(screen.watch_for, 8)
        before, after = await asyncio.to_thread(screen.watch_for, seconds)
        took_s = after.at - before.at
        delays = [delay for _ in range(pokes) if (delay := await _poke(screen, load)) is not None]
        return {
            "bytes/min": (after.received - before.received) / took_s * 60,
            "CPU %": (after.cpu_s - before.cpu_s) / took_s * 100,
            "RSS MiB": after.rss_mib,
            "change p50 ms": percentile(delays, 0.5) * 1000 if delays else float("nan"),
            "change p99 ms": percentile(delays, 0.99) * 1000 if delays else float("nan"),
            "changes seen": len(delays),
        }
    finally:
        screen.close()
        changing.cancel()
        await asyncio.gather(changing, return_exceptions=True)


async def _poke(screen: Metered, load: CanaryLoad) -> float | None:
    """Change a canary in view to a weight that no other change writes; seconds until its line shows it."""
    shown = rows(screen.lines)
    if not shown:
        return None
    key = random.choice(list(shown))
    weight = random.choice([number for number in range(51, 99) if f" {number} " not in shown[key]])
    await load.patch(key, status(weight, 0))
    began = time.monotonic()  # the server has answered: from here on the change is the console's to show
    seen = await until(
        screen, lambda lines: re.search(rf"\b{weight}\b", rows(lines).get(key, "")) is not None, _TIMEOUT_S
    )
    return None if seen is None else max(time.monotonic() - began if seen > _TIMEOUT_S else seen, 0.0)


async def keys(env: dict[str, str], presses: int) -> Figures:
    """Delay of a key that moves the cursor, up and down and by pages, with nothing else going on."""
    screen = Metered(CONSOLE, env)
    try:
        await until(screen, lambda lines: len(rows(lines)) > 5, 60)
        await asyncio.to_thread(screen.watch_for, 5)
        delays = []
        for number in range(presses):
            before = cursor(screen.lines)
            screen.press(("j", "\x1b[6~", "j", "\x1b[5~")[number % 4])
            delay = await until(screen, lambda lines, before=before: cursor(lines) not in (before, ""), 2)
            if delay is not None:
                delays.append(delay)
            await asyncio.to_thread(screen.watch_for, 0.05)
        return {
            "key p50 ms": percentile(delays, 0.5) * 1000,
            "key p99 ms": percentile(delays, 0.99) * 1000,
            "keys seen": len(delays),
            "RSS MiB": screen.use().rss_mib,
        }
    finally:
        screen.close()


def cursor(lines: list[str]) -> str:
    """The canary under the cursor, "" while its line is being painted."""
    for line in lines:
        if line.lstrip().startswith("▶"):
            match = _ROW.search(line)
            return match.group(0) if match else ""
    return ""


def report(ours: Figures, theirs: Figures, other_side: str = "watch kubectl") -> None:
    """Both sides and their ratio, line by line."""
    print(f"{'':16}{'canarytui':>12}{other_side:>16}{'ratio':>8}")
    for name, value in ours.items():
        other = theirs.get(name)
        ratio = f"{value / other:8.2f}" if other else ""
        print(f"{name:16}{value:12.2f}{'' if other is None else f'{other:16.2f}':>16}{ratio}", flush=True)


async def run(options: argparse.Namespace, kubeconfig: Path, env: dict[str, str]) -> None:
    """All measurements, the cheap ones first."""
    load = await CanaryLoad.open(kubeconfig)
    try:
        await load.fill(options.canaries, workloads=not options.bare)
        await load.change(options.rate, 5)
        other = NOT_COMPARING if options.without_comparisons else WATCH
        sides: dict[tuple[str, ...], Figures] = {CONSOLE: {}, other: {}}
        starts = {command: [await first_list(command, env) for _ in range(options.runs)] for command in sides}
        for command, figures in sides.items():
            found = [start["first list s"] for start in starts[command] if start]
            figures["first list s"] = percentile(found, 0.5) if found else float("nan")
            pokes = min(options.pokes, 10) if command == WATCH else options.pokes
            figures |= await steady(command, env, load, options.rate, options.seconds, pokes)
        print(f"{options.canaries} canaries, {options.rate:g} changes/s, {options.seconds:g} s")
        report(sides[CONSOLE], sides[other], "watch kubectl" if other == WATCH else "not comparing")
        if options.many:
            await load.fill(options.many, workloads=False)
            print(f"{options.many} canaries at rest")
            report(await keys(env, options.presses), {})
    finally:
        await load.close()


def main() -> None:
    """Start a sandbox, unless one is named, and measure."""
    made = argparse.ArgumentParser()
    made.add_argument("--canaries", type=int, default=1000)
    made.add_argument("--rate", type=float, default=50)
    made.add_argument("--seconds", type=float, default=60)
    made.add_argument("--runs", type=int, default=3)
    made.add_argument("--pokes", type=int, default=100)
    made.add_argument("--presses", type=int, default=200)
    made.add_argument("--many", type=int, default=0, help="also measure keys with so many canaries")
    made.add_argument("--bare", action="store_true", help="canaries without targets")
    made.add_argument("--without-comparisons", action="store_true", help="beside the console that compares nothing")
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

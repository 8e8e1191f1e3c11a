"""What bad neighbours cost: how late the ticks are of canaries of which some ask hostile webhooks and metrics servers.

    python tests/bench/bench_engine_neighbours.py [CANARIES [HOSTILE [SECONDS]]]

CANARIES (default 300) at ``interval: 10s``, all in a rollout, measured for SECONDS (default 60) before and after
HOSTILE (default 10) of them are turned: webhooks that hang for an hour, bombs, endless answers, metrics servers that
drip or answer with deep JSON, an object of more than a megabyte. Lateness is that of all ticks, also the hostile ones.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "engine" / "controller"))

from bench_engine_economy import Bench, _get, measure, started
from hostile_server import MODES, Hostile

HOOKS = ("silence", "gzip bomb", "a gigabyte", "silence", "tiny chunks", "endless headers")
SERVERS = ("slow drip", "deep JSON", "brackets", "silence", "gzip bomb")


def serve(hostile: Hostile) -> str:
    """Run the hostile server in a thread of its own; its URL."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return asyncio.run_coroutine_threadsafe(hostile.start(), loop).result(10)


def turned(number: int, url: str) -> dict[str, Any]:
    """A change to a canary's spec: every other one gets a hostile webhook, the rest a hostile metrics server."""

    def place(mode: str) -> str:
        return f"{url}/mode/{MODES.index(mode)}/"

    if number % 2 == 0:
        hook = {"name": "hostile", "type": "rollout", "url": place(HOOKS[number // 2 % len(HOOKS)]), "timeout": "60m"}
        return {"analysis": {"threshold": 1000, "webhooks": [hook]}}
    return {"analysis": {"threshold": 1000}, "metricsServer": place(SERVERS[number // 2 % len(SERVERS)])}


def turn(bench: Bench, hostile: int, url: str) -> None:
    """Make canaries hostile."""
    for number in range(hostile):
        spec = {**turned(number, url), "filler": number % 10 == 8}
        query = {"number": number, "patch": json.dumps({"spec": spec})}
        _get(f"{bench.server_url}/bench/spec?{urllib.parse.urlencode(query)}")


def main() -> None:
    """Run and print."""
    canaries = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    hostile = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60.0
    made = Hostile()
    url = serve(made)
    with started(canaries, ["-kubeconfig-qps=0"]) as bench:
        bench.wait_for_all()
        bench.roll(0, canaries)
        measure(bench, seconds, f"{canaries} canaries in a rollout", canaries)
        turn(bench, hostile, url)
        time.sleep(15)
        measure(bench, seconds, f"{hostile} of them hostile", canaries - hostile)
        print("  hostile answers              " + ", ".join(
            f"{mode} {count}" for mode, count in sorted(_by_mode(made).items())))  # fmt: skip


def _by_mode(made: Hostile) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (mode, _), count in made.begun.items():
        counts[mode] = counts.get(mode, 0) + count
    return counts


if __name__ == "__main__":
    main()

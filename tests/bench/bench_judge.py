"""False alarms and power of the verdict over 10,000 simulated rollouts, and how long one verdict takes.

.venv/bin/python tests/bench/bench_judge.py [ROLLOUTS]
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "domain" / "statistics"))

from simulated_rollouts import SimulatedSide, alarms, looks

from canarytui.domain.statistics.comparison import JudgeSettings, compare

TICKS = 20
SETTINGS = JudgeSettings()
NULLS = ((50, 950, 0.01), (200, 200, 0.002), (20, 380, 0.3), (50, 150, 0.0))
POWERS = ((800, 19), (1200, 19), (1600, 19), (2000, 19), (2800, 1))


def main() -> None:
    """Print a table."""
    rollouts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"false alarms of {rollouts} rollouts, {TICKS} looks each (errors and three bounds of response times)")
    for seed, (canary, primary, failing) in enumerate(NULLS):
        each = rollouts // len(NULLS)
        found = alarms(seed, each, SimulatedSide(canary, failing), SimulatedSide(primary, failing), TICKS, SETTINGS)
        print(f"  {canary:4} and {primary:4} requests a look, both {failing:.1%} errors: {len(found)} of {each}")
    print("power, 1 to 3 % of errors")
    each = max(rollouts // 20, 1)
    for seed, (requests, ratio) in enumerate(POWERS, 100):
        per_tick = requests // TICKS
        canary, primary = SimulatedSide(per_tick, 0.03), SimulatedSide(per_tick * ratio, 0.01)
        found = alarms(seed, each, canary, primary, TICKS, SETTINGS)
        print(f"  {requests} requests of the canary, {requests * ratio} of the primary: {len(found) / each:.0%}")
    random_ = random.Random(0)
    pairs = list(
        zip(looks(random_, SimulatedSide(50, 0.01), 200), looks(random_, SimulatedSide(950, 0.01), 200), strict=True)
    )
    began = time.perf_counter()
    for one, other in pairs:
        compare(one, other, SETTINGS, canary_per_s=1, primary_per_s=19)
    print(f"one verdict with its projection: {(time.perf_counter() - began) / len(pairs) * 1000:.2f} ms")


if __name__ == "__main__":
    main()

"""What a backtest costs beside its queries: replay, advice and table of many past rollouts.

    python tests/bench/bench_backtest.py [ROLLOUTS]

ROLLOUTS (default 1000) of 20 steps and three checks, with random values, one in ten of them bad. The aim is 30 s for a
thousand. Prints the seconds of each part.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta

from canarytui.backtest.advice import advice
from canarytui.backtest.checks import threshold_changes, with_thresholds
from canarytui.backtest.judged import ControllerTraits, judge_rollouts
from canarytui.backtest.outcome_text import BacktestOutcome, backtest_lines, backtest_object
from canarytui.backtest.past_rollout import PastRollout, past_values, with_values
from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt
from canarytui.domain.spec.canary import Canary

INTERVAL_S = 10.0
TICKS = 30
BEGIN = datetime(2026, 10, 26, tzinfo=UTC)
CANARY = {
    "metadata": {"name": "cart", "namespace": "shop"},
    "spec": {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
        "service": {"port": 80},
        "analysis": {
            "interval": "10s",
            "threshold": 5,
            "stepWeight": 5,
            "maxWeight": 100,
            "metrics": [
                {"name": "request-success-rate", "thresholdRange": {"min": 99}},
                {"name": "request-duration", "thresholdRange": {"max": 500}},
                {"name": "queue", "query": "x", "thresholdRange": {"min": 0, "max": 50}},
            ],
        },
    },
}


def past(number: int, dice: random.Random) -> PastRollout:
    began = BEGIN + timedelta(minutes=40 * number)
    is_bad = number % 10 == 0
    until = began + timedelta(seconds=INTERVAL_S * (TICKS - 1))
    outcome = AttemptOutcome.ROLLED_BACK if is_bad else AttemptOutcome.PROMOTED
    attempt = RolloutAttempt(began, began, until, outcome, revision=f"4.0.{number}")
    means = (97.0 if is_bad else 99.6, 350.0, 20.0)
    spreads = (1.0, 90.0, 15.0)
    series = [
        past_values(
            [(began.timestamp() + INTERVAL_S * tick, dice.gauss(mean, spread)) for tick in range(TICKS)],
            began.timestamp(),
            INTERVAL_S,
            evaluated=True,
        )
        for mean, spread in zip(means, spreads, strict=True)
    ]
    return with_values(attempt, series, INTERVAL_S)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    dice = random.Random(1)
    analysis = Canary.parse(CANARY).spec.analysis
    clock = time.perf_counter
    began = clock()
    rollouts = [past(number, dice) for number in range(count)]
    joined = clock()
    changes = threshold_changes(["request-success-rate=98.5", "request-duration=450"], analysis)
    tried = with_thresholds(analysis, changes)
    traits = ControllerTraits()
    judged = judge_rollouts(rollouts, analysis, tried, traits, ())
    replayed = clock()
    suggested = advice(judged, analysis, traits, one_in=20)
    advised = clock()
    outcome = BacktestOutcome(
        "shop/cart", analysis, tried, changes, INTERVAL_S, judged, suggested, one_in=20, traits=traits
    )
    lines = list(backtest_lines(outcome, UTC))
    text = json.dumps(backtest_object(outcome))
    ended = clock()
    shape = f"{count} rollouts of {TICKS} ticks, {len(analysis.metrics)} checks"
    print(f"{shape}: {ended - began:.2f} s beside the queries")
    print(f"  values to ticks            {joined - began:6.2f} s")
    print(f"  replay by two analyses     {replayed - joined:6.2f} s")
    print(f"  advice for {len(suggested)} limits        {advised - replayed:6.2f} s")
    print(f"  table, plots and JSON      {ended - advised:6.2f} s ({len(lines)} lines, {len(text) // 1024} KiB)")


if __name__ == "__main__":
    main()

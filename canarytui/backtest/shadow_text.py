"""What a backtest says of shadow checks, as text and for JSON. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from canarytui.backtest.shadow import ShadowOutcome
from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.judgement import limit_text
from canarytui.domain.rollout.shadow_count import ShadowCount
from canarytui.domain.rollout.simulation import SimulatedOutcome
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import backtest as words
from canarytui.domain.text.plain import clean
from canarytui.report.table import Table

_TITLES = ("STARTED", "REVISION", "HAPPENED", "ALONE", "FAILED", "WORST")
_NAME_CHARS_MOST = 60


def shadow_lines(shadow: ShadowOutcome, zone: tzinfo | None) -> Iterator[str]:
    """What the check would have done, then a line for each rollout."""
    undecided = sum(judged.ends(SimulatedOutcome.UNDECIDED) for judged, _ in shadow.rollouts)
    yield words.SHADOW.text(
        check=clean(shadow.check, _NAME_CHARS_MOST),
        bad=words.BAD_STOPPED.say(count=shadow.bad_stopped, all=shadow.bad) if shadow.bad else NOTHING,
        undecided=words.SHADOW_UNDECIDED.say(count=undecided) if undecided else NOTHING,
        good=shadow.good_rolled_back,
        all=shadow.good,
    )
    rows = []
    for judged, count in shadow.rollouts:
        attempt, alone = judged.attempt, judged.tried
        rows.append(
            (
                f"{attempt.began.astimezone(zone):%Y-%m-%d %H:%M}",
                clean(attempt.revision, 40),
                attempt.outcome.value,
                alone.outcome.value if alone else "",
                words.SHADOW_FAILED.text(failing=count.failing, values=count.values),
                worst_text(count),
            )
        )
    if rows:
        yield from ("  " + line for line in Table(_TITLES).lines(rows))


def worst_text(count: ShadowCount) -> str:
    """``2.4 (≤ 2)``; ``no value`` where there is none."""
    if count.worst is None:
        return words.NO_VALUE.text()
    return f"{number_text(count.worst)} ({limit_text(count.limits)})"


def shadow_object(shadow: ShadowOutcome) -> dict[str, Any]:
    """The same for ``-o json``."""
    return {
        "check": shadow.check,
        "good": {"known": shadow.good, "rolledBack": shadow.good_rolled_back},
        "bad": {"known": shadow.bad, "stopped": shadow.bad_stopped},
        "rollouts": [
            {
                "started": judged.attempt.began.isoformat(),
                "revision": judged.attempt.revision,
                "happened": judged.attempt.outcome.value,
                "alone": judged.tried.outcome.value if judged.tried else None,
                "values": count.values,
                "failed": count.failing,
                "worst": count.worst if count.worst is not None and math.isfinite(count.worst) else None,
            }
            for judged, count in shadow.rollouts
        ],
    }

"""A backtest from beginning to end: the attempts, their values, the replay, the advice."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from canarytui.backtest.advice import advice
from canarytui.backtest.attempt_sources import past_attempts, revisions_created
from canarytui.backtest.checks import ThresholdChange, threshold_changes, with_thresholds
from canarytui.backtest.judged import ControllerTraits, judge_rollouts
from canarytui.backtest.outcome_text import BacktestOutcome
from canarytui.backtest.past_rollout import (
    TICKS_MOST,
    PastRollout,
    from_first_value,
    is_measured,
    measured_places,
    split_window,
    with_revisions,
)
from canarytui.backtest.past_values import PastValueReader, Progress
from canarytui.backtest.shadow import shadow_outcomes, without_checks
from canarytui.cluster.client import Cluster
from canarytui.domain.rollout.attempts import RolloutAttempt
from canarytui.domain.sentences import backtest as words
from canarytui.domain.spec.analysis import Analysis
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import shadow_metrics
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import provider_of
from canarytui.errors import CanarytuiError, UsageError
from canarytui.metrics.check_queries import evaluation_order
from canarytui.session.state import ClusterState

_GAP_TICKS = 2
"""Ticks without any value that separate two rollouts in a window."""
_REASONS_MOST = 3


class BacktestRequest(Struct, frozen=True):
    """What is asked for. Without a `window` the attempts that began after `since` are replayed."""

    since: datetime
    window: tuple[datetime, datetime] | None = None
    thresholds: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    one_in: int = 20
    prometheus: str = ""
    needed: str = ""
    """A check without whose past nothing is worth reading."""
    on_screen: bool = False
    """Whether a screen asks: it has none of the command's options, so no remedy may be one."""


@dataclass(slots=True)
class BacktestSubject:
    """A canary, the cluster that its values come from, and what is known of that. `reachable`: its API answers.
    `knows_history`: what this machine has kept of the canary is in the state already."""

    cluster: Cluster
    cluster_state: ClusterState
    canary: Canary
    reachable: bool = True
    knows_history: bool = False
    title: str = field(init=False)

    def __post_init__(self) -> None:
        self.title = clean(f"{self.canary.namespace}/{self.canary.name}", 320)


async def run_backtest(subject: BacktestSubject, request: BacktestRequest, progress: Progress) -> BacktestOutcome:
    """Read the past values and judge by them.

    Raises:
        UsageError: a threshold or a window that makes no sense.
        CanarytuiError: there is no rollout to replay, or no check whose values can be had.
    """
    canary, state = subject.canary, subject.cluster_state
    interval_s = state.interval_s(canary)
    shadow, real = shadow_metrics(canary), canary.spec.analysis
    every, names = replace(real, metrics=real.metrics + shadow), frozenset(metric.name for metric in shadow)
    changes = threshold_changes(request.thresholds, every)
    attempts, is_under_way = await _attempts(subject, request, interval_s)
    zone = state.now().tzinfo
    attempts = [replace(attempt, began=attempt.began.astimezone(zone)) for attempt in attempts]
    if not attempts:
        since = f"{request.since:%Y-%m-%d %H:%M}"
        sentence = words.UNDER_WAY if is_under_way else words.NOTHING_TO_REPLAY
        window = words.RUN_WITH_A_WINDOW if request.on_screen else words.GIVE_A_WINDOW
        remedy = window.say(canary=subject.title)
        raise CanarytuiError(sentence.text(canary=subject.title, since=since, window=remedy))
    reader = PastValueReader(subject.cluster, state, canary, request.prometheus)
    analysis, left_out = await reader.prepare(every)
    _require_needed(request, left_out)
    _require_checks(subject, analysis, names, left_out)
    read = await reader.read(attempts, interval_s, progress)
    known = request.window is not None and subject.reachable
    created = await revisions_created(subject.cluster, canary) if known else {}
    replay = partial(_replayed, subject, request, changes, analysis, read, created, names, left_out)
    return await asyncio.to_thread(replay)  # many rollouts take seconds: a screen above must not stand still


def _replayed(
    subject: BacktestSubject,
    request: BacktestRequest,
    changes: tuple[ThresholdChange, ...],
    analysis: Analysis,
    rollouts: list[PastRollout],
    created: Mapping[str, datetime],
    names: frozenset[str],
    left_out: dict[str, str],
) -> BacktestOutcome:
    """All that needs nothing but what has been read."""
    interval_s = subject.cluster_state.interval_s(subject.canary)
    analysis, rollouts, silent = _without_silent(analysis, rollouts)
    left_out |= silent
    _require_needed(request, left_out)
    _require_checks(subject, analysis, names, left_out)
    rollouts = _trimmed(rollouts, interval_s, created)
    traits = controller_traits(subject.cluster_state, subject.canary)
    shadows = shadow_outcomes(rollouts, with_thresholds(analysis, changes), names, traits, request.bad)
    analysis, rollouts = without_checks(analysis, rollouts, names)
    tried = with_thresholds(analysis, changes)
    judged = judge_rollouts(rollouts, analysis, tried, traits, request.bad)
    return BacktestOutcome(
        canary=subject.title,
        analysis=analysis,
        tried=tried,
        changes=changes,
        interval_s=interval_s,
        judged=judged,
        advice=advice(judged, analysis, traits, one_in=request.one_in),
        one_in=request.one_in,
        traits=traits,
        shadows=shadows,
        left_out=tuple(left_out.items()),
    )


def _require_needed(request: BacktestRequest, left_out: Mapping[str, str]) -> None:
    """Raises CanarytuiError: the check that another threshold is tried on is left out."""
    if request.needed in left_out:
        why = words.LEFT_OUT.text(check=clean(request.needed, 60), why=clean(left_out[request.needed], 200))
        raise CanarytuiError(words.CANNOT_BE_TRIED.text(why=why))


def _require_checks(
    subject: BacktestSubject, analysis: Analysis, shadow: Collection[str], left_out: Mapping[str, str]
) -> None:
    """Raises CanarytuiError: no real check is left."""
    if all(metric.name in shadow for metric in analysis.metrics):
        reasons = [f"{clean(name, 60)}: {clean(why, 200)}" for name, why in left_out.items()][:_REASONS_MOST]
        why = "; ".join(reasons) or words.NO_CHECKS_AT_ALL.text()
        raise CanarytuiError(words.NO_CHECK_LEFT.text(canary=subject.title, why=why))


async def _attempts(
    subject: BacktestSubject, request: BacktestRequest, interval_s: float
) -> tuple[list[RolloutAttempt], bool]:
    if request.window is None:
        return await past_attempts(
            subject.cluster,
            subject.cluster_state,
            subject.canary,
            since=request.since,
            interval_s=interval_s,
            knows_history=subject.knows_history,
        )
    start, end = request.window
    ticks = int((end - start).total_seconds() / interval_s) + 1
    if ticks > TICKS_MOST:
        shown = {"start": f"{start:%Y-%m-%d %H:%M}", "end": f"{end:%Y-%m-%d %H:%M}", "interval": f"{interval_s:g} s"}
        raise UsageError(words.WINDOW_TOO_LONG.text(**shown, ticks=ticks, most=TICKS_MOST))
    return [RolloutAttempt(start, start, end, source="window")], False


def _without_silent(
    analysis: Analysis, rollouts: list[PastRollout]
) -> tuple[Analysis, list[PastRollout], dict[str, str]]:
    """Without the checks that had no value in any rollout, unless none had: those that fail for that each time would
    hide what the others say. The last are these checks and why they are left out."""
    measured = measured_places(rollouts)
    order = list(evaluation_order(analysis.metrics))
    silent = {metric.name for number, (metric, _) in enumerate(order) if number not in measured}
    if not measured or not silent:
        return analysis, rollouts, {}
    return *without_checks(analysis, rollouts, silent), dict.fromkeys(sorted(silent), words.NEVER_MEASURED.text())


def _trimmed(rollouts: Sequence[PastRollout], interval_s: float, created: Mapping[str, datetime]) -> list[PastRollout]:
    """Those of which only rough times are known, by when they have values; `created` are the revisions of a window."""
    found: list[PastRollout] = []
    for rollout in rollouts:
        if rollout.problem or not is_measured(rollout) or rollout.attempt.source == "history":
            found.append(rollout if rollout.problem or is_measured(rollout) else PastRollout(rollout.attempt))
        elif rollout.attempt.source == "window":
            found += _named(split_window(rollout, interval_s, _GAP_TICKS, created.values()), created)
        else:
            found.append(from_first_value(rollout, interval_s))
    return found


def _named(rollouts: Sequence[PastRollout], created: Mapping[str, datetime]) -> list[PastRollout]:
    named = with_revisions([rollout.attempt for rollout in rollouts], created)
    return [replace(rollout, attempt=attempt) for rollout, attempt in zip(rollouts, named, strict=True)]


def controller_traits(cluster_state: ClusterState, canary: Canary) -> ControllerTraits:
    """What the canary's controller and traffic provider can do; an unknown controller is taken for Flagger."""
    strict = cluster_state.engine is None or not cluster_state.engine.deviates
    provider = provider_of(canary, cluster_state.mesh_provider, strict=strict)
    record = registry.named(provider)
    return ControllerTraits(
        splits=registry.splits(provider), mirrors=strict or record is None or record.mirrors, strict=strict
    )

"""What the steps of an analysis can notice, as text and as an object for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from canarytui.domain.rollout.step_planner import (
    NoProposal,
    PlannedStep,
    PlannedSteps,
    PlannerInput,
    StepProposal,
    growth_most,
)
from canarytui.domain.sentences import command_plan as words
from canarytui.domain.sentences.judge import number, points
from canarytui.domain.text.durations import format_duration
from canarytui.report.table import Table

_TITLES = ("STEP", "WEIGHT", "AT", "REQUESTS", "IN ALL", "NOTICES")
_ITERATION = "-"


class StepPlanReport(Struct, frozen=True):
    """`measured_over` is the window over which Prometheus measured, "" where it was not asked; `assumed` says that the
    primary's rate of failures is neither measured nor given. `weighted`: stops are weights, not iterations. `notice`:
    what a proposal has to notice, None for as much as now."""

    canary: str
    given: PlannerInput
    present: PlannedSteps
    proposal: StepProposal
    window_s: float
    weighted: bool = True
    measured_over: str = ""
    assumed: bool = False
    notice: float | None = None


def step_plan_lines(report: StepPlanReport) -> Iterator[str]:
    """The steps as a table, warnings, and the proposal."""
    present, given = report.present, report.given
    source = words.MEASURED.text(window=report.measured_over) if report.measured_over else ""
    yield words.BASIS.text(
        canary=report.canary,
        rate=number(given.requests_per_second),
        failing=number(given.failing * 100),
        source=words.ASSUMED.text() if report.assumed else source,
        interval=_time(present.interval_s),
    )
    yield from Table(_TITLES).lines(
        (
            str(index),
            f"{step.stop} %" if report.weighted else _ITERATION,
            _time(present.interval_s * index),
            _requests(step.requests),
            _requests(step.total),
            _noticed(step.noticeable),
        )
        for index, step in enumerate(present.steps, 1)
    )
    for index, step in enumerate(present.steps, 1):
        if step.sees_nothing:
            yield words.BLIND.text(step=index, why=_why_blind(step, report.window_s))
    yield words.BY_THE_END.text(time=_time(present.duration_s), noticed=_noticed(present.noticeable))
    proposed = report.proposal.steps
    if proposed is not None:
        yield words.FASTER.text(
            noticed=_noticed(proposed.noticeable),
            time=_time(proposed.duration_s),
            present=_time(present.duration_s),
            weights=", ".join(map(str, proposed.stops)),
            interval=_time(proposed.interval_s),
        )
    else:
        yield _why_none(report)
    yield words.CAVEAT.text()


def step_plan_object(report: StepPlanReport) -> dict[str, Any]:
    """The same for programs; regressions are rates, 0 to 1."""
    proposal = report.proposal
    return {
        "canary": report.canary,
        "requestsPerSecond": report.given.requests_per_second,
        "primaryFailing": report.given.failing,
        "measuredOver": report.measured_over or None,
        "present": _steps_object(report.present),
        "proposed": _steps_object(proposal.steps) if proposal.steps is not None else None,
        "whyNone": None
        if proposal.why_none is None
        else {"reason": proposal.why_none.value, "sentence": _why_none(report), "quickestSeconds": proposal.quickest_s},
    }


def _steps_object(steps: PlannedSteps) -> dict[str, Any]:
    return {
        "intervalSeconds": steps.interval_s,
        "durationSeconds": steps.duration_s,
        "noticeable": steps.noticeable,
        "steps": [
            {
                "stop": step.stop,
                "requests": step.requests,
                "requestsInWindow": step.in_window,
                "requestsInAll": step.total,
                "noticeable": step.noticeable,
                "seesNothing": step.sees_nothing,
            }
            for step in steps.steps
        ],
    }


def _why_none(report: StepPlanReport) -> str:
    present, quickest_s = report.present, report.proposal.quickest_s
    first, last, time = present.stops[0], present.stops[-1], _time(present.duration_s)
    goal = words.AS_MUCH.text() if report.notice is None else _noticed(report.notice)
    match report.proposal.why_none:
        case NoProposal.NO_WEIGHTS:
            return words.NO_WEIGHTS.text()
        case NoProposal.ONE_STEP:
            return words.ONE_STEP.text(last=last)
        case NoProposal.NOTICES_NOTHING:
            return words.NOTICES_NOTHING.text()
        case NoProposal.HARDLY_FASTER if quickest_s is not None:
            return words.HARDLY_FASTER.text(first=first, last=last, goal=goal, quickest=_time(quickest_s), time=time)
    interval = _time(min(report.window_s, present.interval_s))
    return words.NONE_AS_FAST.text(
        first=first, last=last, goal=goal, time=time, interval=interval, growth=number(growth_most(present.stops))
    )


def _why_blind(step: PlannedStep, window_s: float) -> str:
    if step.in_window < 1:
        return words.NO_REQUEST.text(requests=number(step.in_window), window=_time(window_s))
    return words.TOO_FEW.text(requests=_requests(step.total))


def _noticed(noticeable: float | None) -> str:
    return words.NOTHING.text() if noticeable is None else words.NOTICED.text(points=points(noticeable))


def _requests(count: float) -> str:
    return f"{count:.0f}" if count >= 10 else f"{math.floor(count * 10) / 10:g}"


def _time(seconds: float) -> str:
    """``1m``, ``1m30s``, ``2h``: as a person writes it into a canary."""
    text = format_duration(seconds)
    for empty in ("0s", "0m"):
        if text.endswith(empty) and len(text) > len(empty) and not text[-len(empty) - 1].isdigit():
            text = text.removesuffix(empty)
    return text

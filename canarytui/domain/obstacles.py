"""What is in a rollout's way, one phrase each: pods that are not ready, checks that fail, webhooks that refuse.

Pure; :mod:`canarytui.domain.explain` chooses among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from canarytui.domain.checks import Check, Verdict, number_text
from canarytui.domain.situation import Situation
from canarytui.domain.workload import Workload

_NAMES = {"request-success-rate": "success rate", "request-duration": "request duration"}
_REFUSED = re.compile(r"(?:external check|Pre-rollout check|Confirm-\S+ check) (\S+) failed (.*)", re.DOTALL)
_UNANSWERED = re.compile(r"(?:Prometheus query|Metric query) failed(?: for (\S+?))?: (.*)", re.DOTALL)
_NO_TRAFFIC = re.compile(r"(?:Halt advancement )?no values found for \S+ metric (\S+) probably", re.DOTALL)


def unready(workload: Workload, trouble: str) -> str:
    """``podinfo: 1 of 2 new pods ready (podinfod CrashLoopBackOff after exit code 1)``.

    `trouble` is what the pods say; without it the workload's own condition has the word.
    """
    why = f" ({trouble or workload.problem})" if trouble or workload.problem else ""
    if not workload.caught_up:
        return f"the rollout of {workload.name} to begin{why}"
    ready = min(workload.updated, workload.available)
    return f"{workload.name}: {ready} of {workload.desired} new pods ready{why}"


def complaint(check: Check) -> str:
    """``success rate 53.4 % is below 99 %`` for a check that fails."""
    value = check.value if check.value is not None else 0.0
    unit = f" {check.unit}" if check.unit else ""
    if check.minimum is not None and value < check.minimum:
        return f"{title(check)} {number_text(value)}{unit} is below {number_text(check.minimum)}{unit}"
    return f"{title(check)} {number_text(value)}{unit} is above {number_text(check.maximum or 0.0)}{unit}"


def unanswered(check: Check) -> str:
    """``success rate has no value, probably because no traffic reaches the canary``."""
    if check.name in _NAMES:
        return f"{title(check)} has no value, probably because no traffic reaches the canary"
    return f"{title(check)} has no value: its query answers nothing for this canary"


def tightest(checks: Iterable[Check]) -> str:
    """The passing check that is nearest to its bound, when it is near: `` (success rate 99.2 %, 0.2 % above its
    bound)``; "" when none is within a twentieth of it."""
    near: list[tuple[float, Check, float]] = []
    for check in checks:
        margin = check.margin
        if check.verdict is not Verdict.PASSES or margin is None or check.value is None:
            continue
        # A percentage has all its room between the bound and 100, not between the bound and 0.
        room = 100.0 - check.minimum if check.unit == "%" and check.minimum is not None else abs(check.value)
        if room and margin / room < 0.25:
            near.append((margin / room, check, margin))
    if not near:
        return ""
    _, check, margin = min(near, key=lambda each: each[0])
    unit = f" {check.unit}" if check.unit else ""
    return f" ({title(check)} {check.value_text()}, only {number_text(margin)}{unit} within its bound)"


def reason(situation: Situation) -> str:
    """Why the last tick halted, in plain words made of the controller's; "" when it gave none."""
    said = situation.last_warning
    if _NO_TRAFFIC.match(said):
        name = _NO_TRAFFIC.match(said)
        assert name is not None
        return f"{_NAMES.get(name[1], name[1])} has no value, probably because no traffic reaches the canary"
    refused = _REFUSED.search(said)
    if refused:
        answer = refused[2].strip() or "an error"
        return f"webhook {refused[1]} refuses: {answer}"
    failed = _UNANSWERED.search(said)
    if failed:
        which = f" for {failed[1]}" if failed[1] else ""
        return f"the metrics provider cannot be asked{which}: {failed[2].removeprefix('running query failed: ')}"
    return said


def title(check: Check) -> str:
    """What people call the check."""
    return _NAMES.get(check.name, check.name)


def unreachable(checks: Iterable[Check]) -> str:
    """Why the console itself cannot ask for some check; "" when it can, or has not tried."""
    return next((check.problem for check in checks if check.verdict is Verdict.UNKNOWN and check.problem), "")

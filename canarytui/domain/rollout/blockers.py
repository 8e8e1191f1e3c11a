"""What blocks a rollout, one phrase each: pods that are not ready, checks that fail or have no value.

Pure; :mod:`canarytui.domain.rollout.explain` chooses among them. Why the controller halted or rolled back is in
:mod:`canarytui.domain.rollout.halt_causes`: what we see now need not be what the controller saw then.
"""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.domain.rollout.checks import Check, CheckVerdict, number_text
from canarytui.domain.sentences import NOTHING, Phrase
from canarytui.domain.sentences import checks as check_words
from canarytui.domain.sentences import pods as pod_words
from canarytui.domain.workloads.workload import WorkloadStatus

_NAMES = {"request-success-rate": "success rate", "request-duration": "request duration"}


def unready(workload: WorkloadStatus, trouble: str) -> Phrase:
    """``podinfo: 1 of 2 ready (podinfod CrashLoopBackOff after exit code 1)``.

    `trouble` is what the pods report; without it the workload's own condition is used.
    """
    why = trouble or workload.problem
    return pod_words.NEW_PODS.say(
        name=workload.name,
        done=pods_done(workload),
        trouble=pod_words.TROUBLE.say(trouble=why) if why else NOTHING,
    )


def pods_done(workload: WorkloadStatus) -> Phrase:
    """How many pods of the current template are ready, or at least exist."""
    if not workload.caught_up:
        return pod_words.NOT_OBSERVED.say()
    ready = workload.new_available
    if ready is None:
        return pod_words.UPDATED.say(updated=workload.updated, desired=workload.desired)
    return pod_words.READY.say(ready=ready, desired=workload.desired)


def complaint(check: Check) -> Phrase:
    """``success rate 53.4 % is below 99 %`` for a check that fails, ``… has no value`` for one without an answer,
    and why where that is known."""
    value = check.value
    if check.verdict is CheckVerdict.NO_VALUE or value is None:
        if check.why:
            return check_words.NO_VALUE_BECAUSE.say(check=title(check), why=check.why)
        return check_words.NO_VALUE.say(check=title(check))
    unit = f" {check.unit}" if check.unit else ""
    below = check.minimum is not None and value < check.minimum
    bound = check.minimum if below else check.maximum
    sentence = check_words.BELOW if below else check_words.ABOVE
    return sentence.say(
        check=title(check), value=f"{number_text(value)}{unit}", bound=f"{number_text(bound or 0.0)}{unit}"
    )


def failing(checks: Iterable[Check]) -> Check | None:
    """The first failing check, by the console's own query; else the first without a value; None when all pass."""
    found = [check for check in checks if check.verdict in (CheckVerdict.FAILS, CheckVerdict.NO_VALUE)]
    return min(found, key=lambda check: check.verdict is CheckVerdict.NO_VALUE, default=None)


def tightest(checks: Iterable[Check]) -> Phrase:
    """The passing check closest to its threshold: `` (success rate 99.2 %, 0.2 % from failing)``; nothing when every
    check has more than a quarter of its margin left."""
    near: list[tuple[float, Check, float]] = []
    for check in checks:
        margin = check.margin
        if check.verdict is not CheckVerdict.PASSES or margin is None or check.value is None:
            continue
        # The margin of a percentage lies between the threshold and 100, not between the threshold and 0.
        room = 100.0 - check.minimum if check.unit == "%" and check.minimum is not None else abs(check.value)
        if room and margin / room < 0.25:
            near.append((margin / room, check, margin))
    if not near:
        return NOTHING
    _, check, margin = min(near, key=lambda each: each[0])
    unit = f" {check.unit}" if check.unit else ""
    return check_words.MARGIN.say(check=title(check), value=check.value_text(), margin=f"{number_text(margin)}{unit}")


def title(check: Check) -> str:
    """The check's name for people."""
    return called(check.name)


def called(name: str) -> str:
    """The name for people of the check `name`."""
    return _NAMES.get(name, name)


def unreachable(checks: Iterable[Check]) -> str:
    """Why the console itself cannot query a check; "" when it can, or has not tried."""
    return next((check.problem for check in checks if check.verdict is CheckVerdict.UNKNOWN and check.problem), "")

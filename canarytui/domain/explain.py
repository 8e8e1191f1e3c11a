"""The reason, in one sentence: what a rollout is doing, why it does not advance, and what comes when.

Pure; the console shows it for the selected canary and later commands print it. One function per phase,
chosen by :func:`explain`; sentences begin in lower case because the canary's name comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from canarytui.domain.checks import Check, Verdict, number_text
from canarytui.domain.plaintext import clean
from canarytui.domain.situation import ACTIVE_PHASES, Situation
from canarytui.domain.steps import Strategy, step_plan
from canarytui.domain.ticks import short_duration
from canarytui.domain.workload import Workload, image_tag

SILENT_TICKS = 3
"""So many intervals without a sign of the controller, and somebody should look after it."""


class Tone(StrEnum):
    """How urgent a state is: the order in which the list sorts."""

    BAD = "bad"
    WAITING = "waiting"
    ACTIVE = "active"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Explanation:
    """`sentence` begins with the canary's name and ends without a full stop."""

    sentence: str
    tone: Tone


def explain(situation: Situation) -> Explanation:
    """The sentence for `situation`. Total: every phase, known or not, has one."""
    canary = situation.canary
    if canary.spec.suspend:
        said = _suspended(situation)
    elif situation.workloads_known and situation.target is None and canary.spec.target.kind != "Service":
        said = _target_missing(situation)
    elif _is_orphaned(situation):
        said = _orphaned(situation)
    else:
        said = _PHASES.get(situation.phase, _unknown_phase)(situation)
    sentence, tone = said
    return Explanation(clean(f"{canary.name} {sentence}", 600), tone)


Said = tuple[str, Tone]


def _suspended(situation: Situation) -> Said:
    if situation.weight and situation.phase in ACTIVE_PHASES:
        return (
            f"is suspended at weight {situation.weight}: traffic stays split, and nothing advances, checks "
            "or rolls back until it is resumed (p)",
            Tone.WAITING,
        )
    return "is suspended: its controller leaves it alone until it is resumed (p)", Tone.WAITING


def _target_missing(situation: Situation) -> Said:
    target = situation.canary.spec.target
    return (
        f"cannot run: its target {target.kind} {situation.canary.namespace}/{target.name} does not exist; "
        "create it or correct spec.targetRef",
        Tone.BAD,
    )


def _is_orphaned(situation: Situation) -> bool:
    if situation.phase in ("Waiting", "WaitingPromotion"):
        return not situation.engine_running  # a waiting canary is silent by nature
    return situation.phase in ACTIVE_PHASES and situation.silent_ticks >= SILENT_TICKS


def _orphaned(situation: Situation) -> Said:
    unready = _not_ready(situation)
    if unready and situation.engine_running:
        return unready, Tone.WAITING
    silence_s = (situation.now - situation.last_tick).total_seconds() if situation.last_tick else 0.0
    since = f"for {short_duration(silence_s)} ({situation.silent_ticks} ticks)" if silence_s else "yet"
    return (
        f"is {situation.phase} at weight {situation.weight}, but no controller has touched it {since}: "
        "is Flagger running and watching this namespace?",
        Tone.BAD,
    )


def _new(situation: Situation) -> Said:
    return (
        "has no status yet: no controller has taken it up (is Flagger running and watching this namespace, "
        "and is the spec valid?)",
        Tone.WAITING,
    )


def _initializing(situation: Situation) -> Said:
    primary = situation.primary
    if primary is not None and not primary.is_ready:
        return f"is being initialised: waits for {_readiness(primary)}", Tone.ACTIVE
    return "is being initialised: its primary, services and routes are being made", Tone.ACTIVE


def _serving(situation: Situation) -> str:
    images = situation.primary.containers if situation.primary else ()
    return f"{image_tag(images[0].image)} " if images else "the primary "


def _initialized(situation: Situation) -> Said:
    return (
        f"is ready: {_serving(situation)}serves all traffic; the next change of its pods starts a rollout",
        Tone.QUIET,
    )


def _succeeded(situation: Situation) -> Said:
    return f"was promoted: {_serving(situation)}serves all traffic", Tone.QUIET


def _failed(situation: Situation) -> Said:
    if situation.weight == 100:
        return (
            "failed while promoting: the primary did not become ready, so the canary serves all traffic; "
            "fix forward with spec.skipAnalysis true, anything else sends traffic to the broken primary",
            Tone.BAD,
        )
    reason = situation.last_warning
    because = f" ({reason})" if reason else ""
    return (
        f"was rolled back{because}: {_serving(situation)}serves all traffic; the same pods are not tried again "
        "until something in them changes (T retries)",
        Tone.BAD,
    )


def _waiting(situation: Situation) -> Said:
    return (
        f"waits for approval before it starts{_gates(situation, 'confirm-rollout')}; asked again {_when(situation)}",
        Tone.WAITING,
    )


def _waiting_promotion(situation: Situation) -> Said:
    failing = [check for check in situation.checks if check.verdict is Verdict.FAILS]
    but = f", while {_complaint(failing[0])}" if failing else ""
    return (
        f"passed its analysis and waits for approval to promote{_gates(situation, 'confirm-promotion')}{but}; "
        f"asked again {_when(situation)}",
        Tone.BAD if failing else Tone.WAITING,
    )


def _progressing(situation: Situation) -> Said:
    if situation.canary.spec.skip_analysis:
        return f"is being promoted without analysis: all traffic to the new version {_when(situation)}", Tone.ACTIVE
    unready = _not_ready(situation)
    if unready:
        return unready, Tone.WAITING
    if situation.failures_left == 0:
        return (
            f"has reached its {situation.canary.spec.analysis.threshold} failed checks and rolls back "
            f"{_when(situation)}",
            Tone.BAD,
        )
    silent = [check for check in situation.checks if check.verdict is Verdict.NO_VALUE]
    failing = [check for check in situation.checks if check.verdict is Verdict.FAILS]
    # Before the first step nobody sends the canary anything, so it can have no values and needs none.
    measured = situation.weight > 0 or situation.canary.status.iterations > 0
    if measured and failing:
        return f"is halted: {_complaint(failing[0])} ({_rollback_outlook(situation)})", Tone.BAD
    if measured and silent:
        return (
            f"is halted: {silent[0].name} has no value, probably because no traffic reaches the canary "
            f"({_rollback_outlook(situation)})",
            Tone.BAD,
        )
    if situation.halted:
        reason = situation.last_warning or "a check failed"
        return f"is halted: {reason} ({_rollback_outlook(situation)})", Tone.BAD
    return _advancing(situation), Tone.ACTIVE


def _promoting(situation: Situation) -> Said:
    primary = situation.primary
    if primary is not None and not primary.is_ready:
        return f"is being promoted: waits for {_readiness(primary)}, then all traffic goes to it", Tone.ACTIVE
    return f"is being promoted: all traffic goes to the new primary {_when(situation)}", Tone.ACTIVE


def _finalising(situation: Situation) -> Said:
    return (
        f"is promoted and serves all traffic from its primary; the canary's pods are scaled down {_when(situation)}",
        Tone.ACTIVE,
    )


def _terminating(situation: Situation) -> Said:
    return "is being deleted: its target is given back the traffic first", Tone.WAITING


def _unknown_phase(situation: Situation) -> Said:
    return f"is in phase {situation.phase}, which this console does not know", Tone.WAITING


_PHASES: dict[str, Callable[[Situation], Said]] = {
    "": _new,
    "Initializing": _initializing,
    "Initialized": _initialized,
    "Waiting": _waiting,
    "Progressing": _progressing,
    "WaitingPromotion": _waiting_promotion,
    "Promoting": _promoting,
    "Finalising": _finalising,
    "Succeeded": _succeeded,
    "Failed": _failed,
    "Terminating": _terminating,
    "Terminated": _terminating,
}


def _not_ready(situation: Situation) -> str:
    target = situation.target
    if target is None or target.is_ready or situation.phase not in ("Progressing", "WaitingPromotion"):
        return ""
    deadline_s = situation.canary.spec.progress_deadline_s
    limit = f"; it rolls back if they are not within {short_duration(deadline_s)}" if deadline_s else ""
    return f"waits for {_readiness(target)}{limit}"


def _readiness(workload: Workload) -> str:
    why = f" ({workload.problem})" if workload.problem else ""
    if not workload.caught_up:
        return f"the rollout of {workload.name} to begin{why}"
    ready = min(workload.updated, workload.available)
    return f"{workload.name}: {ready} of {workload.desired} new pods ready{why}"


def _complaint(check: Check) -> str:
    name = {"request-success-rate": "success rate", "request-duration": "request duration"}.get(check.name, check.name)
    value = check.value if check.value is not None else 0.0
    unit = f" {check.unit}" if check.unit else ""
    if check.minimum is not None and value < check.minimum:
        return f"{name} {number_text(value)}{unit} is below {number_text(check.minimum)}{unit}"
    return f"{name} {number_text(value)}{unit} is above {number_text(check.maximum or 0.0)}{unit}"


def _rollback_outlook(situation: Situation) -> str:
    left = situation.failures_left
    more = f"{left} more failed check{'s' if left != 1 else ''} and it rolls back"
    tick = situation.next_tick
    if tick is None:
        return more
    # The failure that reaches the threshold is counted at one tick and acted upon at the following one.
    at = tick + timedelta(seconds=left * situation.interval_s)
    return f"{more}, at {_clock(at, situation.now)} if it stays so"


def _advancing(situation: Situation) -> str:
    plan = step_plan(situation.canary)
    reached = plan.reached(situation.weight, situation.canary.status.iterations)
    after = plan.stops[reached : reached + 1]
    if not after:
        return f"has passed its last step and is promoted {_when(situation)} if its checks pass"
    unit = "weight" if plan.strategy is Strategy.CANARY else "iteration"
    tick = situation.next_tick
    eta = ""
    if tick is not None:
        end = tick + timedelta(seconds=(plan.total - reached) * situation.interval_s)
        eta = f"; if all stays well it is promoted at {_clock(end, situation.now)}"
    return f"advances to {unit} {after[0]} {_when(situation)} if its checks pass{eta}"


def _gates(situation: Situation, kind: str) -> str:
    names = [hook.name for hook in situation.canary.spec.analysis.webhooks if hook.type == kind]
    return f" by {', '.join(names)}" if names else ""


def _when(situation: Situation) -> str:
    tick = situation.next_tick
    if tick is None:
        return "at the next tick"
    return f"in {max((tick - situation.now).total_seconds(), 0):.0f} s"


def _clock(at: datetime, now: datetime) -> str:
    """Wall clock time in the zone of `now`."""
    return at.astimezone(now.tzinfo).strftime("%H:%M:%S")

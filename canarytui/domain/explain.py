"""The reason, in one sentence: what a rollout is doing, why it does not advance, and what comes when.

Pure; the console shows it for the selected canary and later commands print it. One function per phase,
chosen by :func:`explain`; sentences begin in lower case because the canary's name comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from canarytui.domain.checks import Verdict
from canarytui.domain.obstacles import complaint, reason, tightest, unanswered, unreachable, unready
from canarytui.domain.outlook import advance_outlook, deadline_outlook, rollback_outlook, when
from canarytui.domain.plaintext import clean
from canarytui.domain.situation import ACTIVE_PHASES, Situation
from canarytui.domain.ticks import short_duration
from canarytui.domain.workload import image_tag

SILENT_TICKS = 3
"""So many intervals without a sign of the controller, and somebody should look after it."""


class Tone(StrEnum):
    """How urgent a state is: the order in which the list sorts."""

    BAD = "bad"
    WAITING = "waiting"
    ACTIVE = "active"
    QUIET = "quiet"


Words = str | Callable[[], str]
"""What is said, or who says it when it is read: a list wants the tone of a thousand canaries and the words of one."""
Said = tuple[Words, Tone]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How it stands with a canary called `name`, and why."""

    name: str
    words: Words
    tone: Tone

    @property
    def sentence(self) -> str:
        """Begins with the canary's name and ends without a full stop."""
        words = self.words if isinstance(self.words, str) else self.words()
        return clean(f"{self.name} {words}", 600)


def explain(situation: Situation) -> Explanation:
    """The sentence for `situation`. Total: every phase, known or not, has one."""
    canary = situation.canary
    if canary.spec.suspend:
        said = _suspended(situation)
    elif situation.workloads_known and situation.target is None and canary.spec.target.kind != "Service":
        said = _target_missing(situation)
    elif is_orphaned(situation):
        said = _orphaned(situation)
    else:
        said = _PHASES.get(situation.phase, _unknown_phase)(situation)
    return Explanation(canary.name, *said)


def _suspended(situation: Situation) -> Said:
    if situation.weight and situation.phase in ACTIVE_PHASES:
        return (
            f"is suspended at weight {situation.weight}: traffic stays split, and nothing advances, checks "
            "or rolls back until it is resumed",
            Tone.WAITING,
        )
    return "is suspended: its controller leaves it alone until it is resumed", Tone.WAITING


def _target_missing(situation: Situation) -> Said:
    target = situation.canary.spec.target
    return (
        f"cannot run: its target {target.kind} {situation.canary.namespace}/{target.name} does not exist; "
        "create it or correct spec.targetRef",
        Tone.BAD,
    )


def is_orphaned(situation: Situation) -> bool:
    """Whether the controller should have shown itself by now, and has not."""
    if situation.phase in ("Waiting", "WaitingPromotion"):
        return not situation.engine_running  # a waiting canary is silent by nature
    return situation.phase in ACTIVE_PHASES and situation.silent_ticks >= SILENT_TICKS


def _orphaned(situation: Situation) -> Said:
    waiting = _not_ready(situation)
    if waiting and situation.engine_running:
        return waiting, Tone.WAITING
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
        trouble = situation.primary_trouble
        tone = Tone.WAITING if trouble else Tone.ACTIVE
        return f"is being initialised: waits for {unready(primary, trouble)}", tone
    said = situation.last_warning
    if said:
        return f"is being initialised, and its controller says: {said}", Tone.WAITING
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
    said = reason(situation)
    because = f" ({said})" if said else ""
    return (
        f"was rolled back{because}: {_serving(situation)}serves all traffic; the same pods are not tried again "
        "until something in them changes or it is retried",
        Tone.BAD,
    )


def _waiting(situation: Situation) -> Said:
    return (
        f"waits for approval before it starts{_gates(situation, 'confirm-rollout')}; asked again {when(situation)}",
        Tone.WAITING,
    )


def _waiting_promotion(situation: Situation) -> Said:
    failing = [check for check in situation.checks if check.verdict is Verdict.FAILS]
    but = f", while {complaint(failing[0])}" if failing else ""
    return (
        f"passed its analysis and waits for approval to promote{_gates(situation, 'confirm-promotion')}{but}; "
        f"asked again {when(situation)}",
        Tone.BAD if failing else Tone.WAITING,
    )


def _progressing(situation: Situation) -> Said:
    if situation.canary.spec.skip_analysis:
        return f"is being promoted without analysis: all traffic to the new version {when(situation)}", Tone.ACTIVE
    waiting = _not_ready(situation) or _traffic_gate(situation)
    if waiting:
        return waiting, Tone.WAITING
    if situation.failures_left == 0:
        return (
            f"has reached its {situation.canary.spec.analysis.threshold} failed checks and rolls back "
            f"{when(situation)}",
            Tone.BAD,
        )
    silent = [check for check in situation.checks if check.verdict is Verdict.NO_VALUE]
    failing = [check for check in situation.checks if check.verdict is Verdict.FAILS]
    # Before the first step nobody sends the canary anything, so it can have no values and needs none.
    measured = situation.weight > 0 or situation.canary.status.iterations > 0
    if measured and (failing or silent):
        what = complaint(failing[0]) if failing else unanswered(silent[0])
        # Until the controller has counted it, it is a warning: a first step has no values before its first requests.
        return partial(_halts, situation, what), Tone.BAD if situation.halted else Tone.WAITING
    if situation.halted:
        return partial(_halts, situation, reason(situation) or "a check failed"), Tone.BAD
    return partial(_advances, situation), Tone.ACTIVE


def _halts(situation: Situation, what: str) -> str:
    how = "is halted" if situation.halted else f"halts {when(situation)} unless it recovers"
    return f"{how}: {what} ({rollback_outlook(situation)})"


def _advances(situation: Situation) -> str:
    return f"{advance_outlook(situation)}{tightest(situation.checks)}{_blind(situation)}"


def _promoting(situation: Situation) -> Said:
    primary = situation.primary
    if primary is not None and not primary.is_ready:
        trouble = situation.primary_trouble
        waiting = f"is being promoted: waits for {unready(primary, trouble)}, then all traffic goes to it"
        return waiting, Tone.WAITING if trouble else Tone.ACTIVE
    return f"is being promoted: all traffic goes to the new primary {when(situation)}", Tone.ACTIVE


def _finalising(situation: Situation) -> Said:
    return (
        f"is promoted and serves all traffic from its primary; the canary's pods are scaled down {when(situation)}",
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
    return f"waits for {unready(target, situation.target_trouble)}{deadline_outlook(situation)}"


def _traffic_gate(situation: Situation) -> str:
    """A closed confirm-traffic-increase gate has no phase of its own: only the last warning tells of it."""
    tick, warned = situation.last_tick, situation.warned_at
    if tick is None or warned is None or (tick - warned).total_seconds() > situation.interval_s / 2:
        return ""
    if not situation.last_warning.startswith("waiting for traffic increase approval"):
        return ""
    gates = _gates(situation, "confirm-traffic-increase")
    return f"stays at weight {situation.weight} until its increase is approved{gates}; asked again {when(situation)}"


def _gates(situation: Situation, kind: str) -> str:
    names = [hook.name for hook in situation.canary.spec.analysis.webhooks if hook.type == kind]
    return f" by {', '.join(names)}" if names else ""


def _blind(situation: Situation) -> str:
    """What the reader should know when the console cannot measure what the controller measures."""
    problem = unreachable(situation.checks)
    return f"; the console cannot see its checks: {problem}" if problem else ""

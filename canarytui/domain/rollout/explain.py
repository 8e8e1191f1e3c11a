"""The reason, in one sentence: what a rollout is doing, why it does not advance, and what comes when.

Pure; the console shows it for the selected canary and the commands print it. One function per phase, chosen by
:func:`explain`; the words are those of the catalogue (:mod:`canarytui.domain.sentences`), and begin in lower case
because the canary's name comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from msgspec import Struct

from canarytui.domain.history.controller_messages import WAITS_FOR_INCREASE
from canarytui.domain.rollout.blockers import complaint, failing, tightest, unreachable, unready
from canarytui.domain.rollout.checks import Check, CheckVerdict
from canarytui.domain.rollout.first_traffic import first_traffic, is_first_traffic, is_unmeasured, no_values_yet
from canarytui.domain.rollout.forecast import advance_forecast, deadline_forecast, rollback_forecast, when
from canarytui.domain.rollout.halt_causes import halt_cause, rollback_cause, threshold_cause
from canarytui.domain.rollout.serving import serving, traffic
from canarytui.domain.rollout.situation import ACTIVE_PHASES, Situation
from canarytui.domain.sentences import NOTHING, Phrase
from canarytui.domain.sentences import rollout as words
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import SILENT_TICKS, short_duration
from canarytui.domain.workloads.workload import WorkloadStatus


class Tone(StrEnum):
    """How urgent a state is; the list sorts by it."""

    BAD = "bad"
    WAITING = "waiting"
    ACTIVE = "active"
    QUIET = "quiet"


Words = Callable[[], Phrase]
"""Worded only when read: a list needs the tone of a thousand canaries and the words of one."""
TonedPhrase = tuple[Words, Tone]


class Explanation(Struct, frozen=True):
    """The state of the canary `name`, and why."""

    name: str
    words: Words
    tone: Tone

    @property
    def sentence(self) -> str:
        """Begins with the canary's name and ends without a full stop."""
        return clean(f"{self.name} {self.words()}", 600)

    @property
    def ids(self) -> tuple[str, ...]:
        """The catalogue's sentences that it consists of, the outer one first."""
        return self.words().ids


def explain(situation: Situation) -> Explanation:
    """The sentence for `situation`. Every phase has one, known or not."""
    canary = situation.canary
    if canary.spec.suspend:
        said: TonedPhrase = partial(_paused, situation), Tone.WAITING
    elif is_targetless(situation):
        said = partial(_target_missing, situation), Tone.BAD
    elif is_orphaned(situation):
        said = _orphaned(situation)
    else:
        said = _PHASES.get(situation.phase, _unknown_phase)(situation)
    return Explanation(canary.name, *said)


def is_targetless(situation: Situation) -> bool:
    """Whether the target is known not to exist; unknown for a Service as target."""
    return situation.workloads_known and situation.target is None and situation.canary.spec.target.kind != "Service"


def is_orphaned(situation: Situation) -> bool:
    """Whether the controller should have acted by now, and has not."""
    if situation.phase in ("Waiting", "WaitingPromotion"):
        return not situation.engine_running  # nothing happens while a canary waits
    return situation.phase in ACTIVE_PHASES and situation.silent_ticks >= SILENT_TICKS


def _paused(situation: Situation) -> Phrase:
    if situation.weight and situation.phase in ACTIVE_PHASES:
        return words.PAUSED_IN_ROLLOUT.say(phase=situation.phase, traffic=traffic(situation))
    return words.PAUSED.say()


def _target_missing(situation: Situation) -> Phrase:
    target = situation.canary.spec.target
    return words.TARGET_MISSING.say(kind=target.kind, target=f"{situation.canary.namespace}/{target.name}")


def _orphaned(situation: Situation) -> TonedPhrase:
    if not situation.engine_running:
        return partial(_scaled_to_zero, situation), Tone.BAD
    target = _unready_target(situation)
    if target is not None:
        return partial(_waiting_pods, situation, target), Tone.WAITING
    return partial(_unattended, situation), Tone.BAD


def _scaled_to_zero(situation: Situation) -> Phrase:
    return words.SCALED_TO_ZERO.say(phase=situation.phase, traffic=traffic(situation))


def _unattended(situation: Situation) -> Phrase:
    silent_s = (situation.now - (situation.last_tick or situation.now)).total_seconds()
    return words.UNATTENDED.say(
        phase=situation.phase,
        traffic=traffic(situation),
        duration=short_duration(silent_s),
        ticks=situation.silent_ticks,
    )


def _new(situation: Situation) -> TonedPhrase:
    return words.NEW.say, Tone.WAITING


def _initializing(situation: Situation) -> TonedPhrase:
    primary = situation.primary
    if primary is not None and not primary.is_ready:
        tone = Tone.WAITING if situation.primary_trouble else Tone.ACTIVE
        return lambda: words.INITIALIZING_PODS.say(pods=unready(primary, situation.primary_trouble)), tone
    said = situation.warning_now
    if said:
        return lambda: words.INITIALIZING_WARNED.say(warning=said), Tone.WAITING
    return words.INITIALIZING.say, Tone.ACTIVE


def _initialized(situation: Situation) -> TonedPhrase:
    return lambda: words.INITIALIZED.say(serving=serving(situation)), Tone.QUIET


def _succeeded(situation: Situation) -> TonedPhrase:
    return lambda: words.PROMOTED.say(serving=serving(situation)), Tone.QUIET


def _failed(situation: Situation) -> TonedPhrase:
    failed = _promotion_failed if promotion_failed(situation) else _rolled_back
    return partial(failed, situation), Tone.BAD


def promotion_failed(situation: Situation) -> bool:
    """Whether phase Failed comes from a failed promotion, which leaves users on the canary, not from a rollback."""
    return situation.phase == "Failed" and situation.canary.status.canary_weight == 100


def _rolled_back(situation: Situation) -> Phrase:
    return words.ROLLED_BACK.say(cause=rollback_cause(situation), serving=serving(situation))


def _promotion_failed(situation: Situation) -> Phrase:
    primary = situation.primary
    broken = primary is not None and not primary.is_ready
    return words.PROMOTION_FAILED.say(
        serving=serving(situation), otherwise=words.BROKEN_PRIMARY.say() if broken else NOTHING
    )


def _waiting(situation: Situation) -> TonedPhrase:
    return (
        lambda: words.WAITING_APPROVAL.say(gates=_gates(situation, "confirm-rollout"), when=when(situation)),
        Tone.WAITING,
    )


def _waiting_promotion(situation: Situation) -> TonedPhrase:
    fails = next((check for check in situation.checks if check.verdict is CheckVerdict.FAILS), None)
    return partial(_asks_promotion, situation, fails), Tone.WAITING if fails is None else Tone.BAD


def _asks_promotion(situation: Situation, fails: Check | None) -> Phrase:
    return words.WAITING_PROMOTION.say(
        gates=_gates(situation, "confirm-promotion"),
        but=NOTHING if fails is None else words.BUT.say(complaint=complaint(fails)),
        when=when(situation),
    )


def _progressing(situation: Situation) -> TonedPhrase:
    if situation.canary.spec.skip_analysis:
        return lambda: words.SKIPPING_ANALYSIS.say(when=when(situation)), Tone.ACTIVE
    target = _unready_target(situation)
    if target is not None:
        return partial(_waiting_pods, situation, target), Tone.WAITING
    if situation.warning_now.startswith(WAITS_FOR_INCREASE):
        return partial(_waiting_increase, situation), Tone.WAITING
    if situation.failures_left == 0:
        return partial(_threshold_reached, situation), Tone.BAD
    if is_first_traffic(situation):
        return partial(first_traffic, situation), Tone.WAITING
    if situation.halted:
        return partial(_halted, situation), Tone.BAD
    # Before the first step the canary gets no traffic, so its checks have no values and need none.
    measured = situation.weight > 0 or situation.canary.status.iterations > 0
    fails = failing(situation.checks) if measured else None
    if fails is not None and is_unmeasured(situation, fails):
        return partial(no_values_yet, situation), Tone.WAITING
    if fails is not None:
        # A warning until the controller has counted it.
        return partial(_will_fail, situation, fails), Tone.WAITING
    return partial(_advances, situation), Tone.ACTIVE


def _threshold_reached(situation: Situation) -> Phrase:
    return words.THRESHOLD_REACHED.say(
        failed=situation.canary.status.failed_checks,
        threshold=situation.canary.spec.analysis.threshold,
        by=threshold_cause(situation),
        when=when(situation),
    )


def _halted(situation: Situation) -> Phrase:
    return words.HALTED.say(cause=halt_cause(situation), outlook=rollback_forecast(situation))


def _will_fail(situation: Situation, fails: Check) -> Phrase:
    return words.WILL_FAIL.say(when=when(situation), complaint=complaint(fails), outlook=rollback_forecast(situation))


def _advances(situation: Situation) -> Phrase:
    return words.ADVANCING.say(
        next=advance_forecast(situation), margin=tightest(situation.checks), blind=_blind(situation)
    )


def _promoting(situation: Situation) -> TonedPhrase:
    primary = situation.primary
    if primary is not None and (primary.old or not primary.is_ready):
        tone = Tone.WAITING if situation.primary_trouble else Tone.ACTIVE
        return lambda: words.PROMOTING_PODS.say(pods=unready(primary, situation.primary_trouble)), tone
    return lambda: words.PROMOTING.say(when=when(situation)), Tone.ACTIVE


def _finalising(situation: Situation) -> TonedPhrase:
    return lambda: words.FINALISING.say(serving=serving(situation), when=when(situation)), Tone.ACTIVE


def _terminating(situation: Situation) -> TonedPhrase:
    return words.TERMINATING.say, Tone.WAITING


def _terminated(situation: Situation) -> TonedPhrase:
    return words.TERMINATED.say, Tone.WAITING


def _unknown_phase(situation: Situation) -> TonedPhrase:
    return lambda: words.UNKNOWN_PHASE.say(phase=situation.phase), Tone.WAITING


_PHASES: dict[str, Callable[[Situation], TonedPhrase]] = {
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
    "Terminated": _terminated,
}


def _unready_target(situation: Situation) -> WorkloadStatus | None:
    """The target of a rollout in analysis while the controller waits for its pods."""
    target = situation.target
    if target is None or target.is_ready or situation.phase not in ("Progressing", "WaitingPromotion"):
        return None
    return target


def _waiting_pods(situation: Situation, target: WorkloadStatus) -> Phrase:
    return words.WAITING_PODS.say(pods=unready(target, situation.target_trouble), deadline=deadline_forecast(situation))


def _waiting_increase(situation: Situation) -> Phrase:
    return words.WAITING_INCREASE.say(
        gates=_gates(situation, "confirm-traffic-increase"), traffic=traffic(situation), when=when(situation)
    )


def _gates(situation: Situation, kind: str) -> Phrase:
    names = [hook.name for hook in situation.canary.spec.analysis.webhooks if hook.type == kind]
    return words.GATES.say(names=", ".join(names)) if names else NOTHING


def _blind(situation: Situation) -> Phrase:
    """A note for the case that the console cannot query what the controller queries."""
    problem = unreachable(situation.checks)
    return words.BLIND.say(problem=problem) if problem else NOTHING

"""Groups of phases, wording about time, and refusals that several actions share."""

from __future__ import annotations

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import planning as words
from canarytui.domain.ticks import seconds_left
from canarytui.domain.traffic.retirement import retired_provider

IN_ANALYSIS = frozenset({"Progressing", "WaitingPromotion"})
AT_REST = frozenset({"Initialized", "Succeeded", "Failed"})
PROMOTING = frozenset({"Promoting", "Finalising"})

PAUSED = words.PAUSED.text()


def called(situation: Situation) -> str:
    """``namespace/name`` of the canary."""
    return f"{situation.canary.namespace}/{situation.canary.name}"


def phase_words(situation: Situation) -> str:
    """``it is Succeeded``."""
    return words.PHASE.text(phase=situation.phase) if situation.phase else words.NO_STATUS.text()


def next_tick_words(situation: Situation) -> str:
    """When the controller decides next."""
    tick = situation.next_tick
    if situation.stale is not None:
        return words.WHEN_STALE.text()
    if tick is None:
        return words.WITHIN.text(interval_s=situation.interval_s)
    return words.NEXT_TICK.text(seconds=seconds_left(tick, situation.now))


def risk_words(situation: Situation, risk: str) -> str:
    """The risk of a rollout that starts, and whether upstream has retired what splits its traffic; "" if none does."""
    retired = retired_provider(situation.canary, situation.mesh_provider)
    if not risk or retired is None:
        return risk
    return words.RISK_WITH_RETIRED.text(risk=risk, title=retired.title, evidence=retired.upstream.evidence)


def no_target(situation: Situation) -> str:
    """Why the target cannot be changed; "" when it is there."""
    spec = situation.canary.spec.target
    if situation.target is not None:
        return ""
    if not situation.workloads_known:
        return words.TARGET_NOT_READ.text(kind=spec.kind, namespace=situation.canary.namespace, name=spec.name)
    return words.NO_TARGET.text(kind=spec.kind, namespace=situation.canary.namespace, name=spec.name)


def is_ready(situation: Situation) -> bool:
    """Whether Flagger takes the canary's pods for ready: enough of the updated ones are available. Unknown counts as
    ready: the write does no harm when they are not."""
    target = situation.target
    if target is None or target.is_ready:
        return True
    percent = situation.canary.spec.analysis.canary_ready_threshold
    rolled = target.caught_up and 0 < target.desired <= target.updated
    return rolled and target.available * 100 >= percent * target.updated


def so_far(situation: Situation) -> str:
    """How the canary compares with the primary and what it has cost; "" where nobody has measured it."""
    return situation.compared.so_far if situation.compared is not None else ""

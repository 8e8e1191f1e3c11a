"""The cells of ``canarytui get``: kubectl's columns by their paths, and what is known beyond them.

"" is what is not known or not there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from canarytui.domain.rollout.check_verdicts import shadow_failures
from canarytui.domain.rollout.checks import DURATION_CHECK, SUCCESS_CHECK, Check, CheckVerdict, number_text
from canarytui.domain.rollout.explain import Tone, explain
from canarytui.domain.rollout.forecast import promoted_at, rolled_back_at
from canarytui.domain.rollout.progress import steps_reached
from canarytui.domain.rollout.situation import ACTIVE_PHASES, Situation
from canarytui.domain.sentences import shadow as shadow_words
from canarytui.domain.sentences.judge import LIST_ORDER, LIST_STALE, verdict_words
from canarytui.domain.spec.steps import step_plan
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import seconds_left
from canarytui.domain.workloads.containers import application_images, release_change
from canarytui.session.columns.printed_canary import PrintedCanary

Cell = Callable[[PrintedCanary], str]


def field(*path: str) -> Cell:
    """A column that kubectl has too, by the same path as the resource definition's."""

    def cell(canary: PrintedCanary) -> str:
        value = canary.part(*path)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return "[" + ",".join(clean(each, 20) for each in value[:20]) + "]"
        return clean(value, 60)

    return cell


def known(of: Callable[[Situation], str]) -> Cell:
    return lambda canary: of(canary.situation) if canary.situation is not None else ""


def success(situation: Situation) -> str:
    return _measured(situation, SUCCESS_CHECK, "%")


def duration(situation: Situation) -> str:
    return _measured(situation, DURATION_CHECK, "ms")


def _measured(situation: Situation, name: str, unit: str) -> str:
    check = next((check for check in situation.checks if check.name == name), None)
    if check is None or check.verdict not in (CheckVerdict.PASSES, CheckVerdict.FAILS) or check.value is None:
        return ""
    value = f"{number_text(check.value)}{unit}"
    return value if check.verdict is CheckVerdict.PASSES else f"{value}{_beyond(check)}"


def _beyond(check: Check) -> str:
    """``<99`` below the lower bound, ``>500`` above the upper one."""
    if check.minimum is not None and check.value is not None and check.value < check.minimum:
        return f"<{number_text(check.minimum)}"
    return f">{number_text(check.maximum)}" if check.maximum is not None else ""


def failed(situation: Situation) -> str:
    return f"{situation.canary.status.failed_checks}/{situation.canary.spec.analysis.threshold}"


def step(situation: Situation) -> str:
    """By the weight in the status, which is in the same line: the router is set a moment before it."""
    reached = steps_reached(situation, situation.canary.status.canary_weight)
    return "" if reached is None else f"{reached}/{step_plan(situation.canary).total}"


def next_check(situation: Situation) -> str:
    """Until the controller's next decision: ``7s``; ``suspended`` where there will be none."""
    if situation.canary.spec.suspend:
        return "suspended"
    tick = situation.next_tick
    if situation.phase not in ACTIVE_PHASES or tick is None:
        return ""
    return f"{seconds_left(tick, situation.now)}s"


def ending(situation: Situation) -> str:
    """``promoted@14:35:10`` if all stays well, ``rolled-back@14:31:20`` if it stays bad."""
    bad = explain(situation).tone is Tone.BAD
    at = rolled_back_at(situation) if bad else promoted_at(situation)
    if at is None:
        return ""
    return f"{'rolled-back' if bad else 'promoted'}@{at.astimezone(situation.now.tzinfo):%H:%M:%S}"


def images(situation: Situation) -> str:
    return release_change(application_images(situation.canary, situation.primary, situation.target), "->")


def owner(situation: Situation) -> str:
    return situation.canary_owner.partition(":")[0]


def verdict(situation: Situation) -> str:
    """Canary against primary: ``worse``, ``no difference > 0.2``, ``stale: worse`` where it is old; "" where nobody has
    measured it."""
    compared = situation.compared
    if situation.phase not in ACTIVE_PHASES or compared is None or compared.verdict is None:
        return ""
    said = verdict_words(compared.verdict)
    return (LIST_STALE.say(verdict=said) if compared.stale_since is not None else said).text


def shadow(situation: Situation) -> str | None:
    """``1 of 2 would fail``, ``would pass``; None without shadow checks, while no rollout is measured, and while none
    fails and one has not been asked."""
    failing, count = shadow_failures(situation)
    if failing:
        return shadow_words.COUNT.text(failing=failing, all=count)
    all_pass = count and all(check.verdict is CheckVerdict.PASSES for check in situation.shadow_checks)
    return shadow_words.ALL_PASS.text() if all_pass else None


def verdict_rank(said: str) -> int:
    """The worst first, what is not known last."""
    said = (LIST_STALE.read(said) or {"verdict": said})["verdict"]
    return next((rank for rank, each in enumerate(LIST_ORDER) if each.read(said) is not None), len(LIST_ORDER))


def success_rank(canary: PrintedCanary) -> float:
    """The lowest success rate first."""
    situation = canary.situation
    checks = situation.checks if situation is not None else ()
    values = [check.value for check in checks if check.name == SUCCESS_CHECK and check.value is not None]
    return values[0] if values else math.inf


def problem_rank(canary: PrintedCanary) -> int:
    """What needs attention most first."""
    return list(Tone).index(explain(canary.situation).tone) if canary.situation is not None else 0

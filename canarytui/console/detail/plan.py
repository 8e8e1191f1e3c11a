"""Where a rollout stands: its headline, its steps as a ruler, its failed checks."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from canarytui.console.detail.layout import line
from canarytui.console.detail.view import DetailView
from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.rollout.forecast import promoted_at
from canarytui.domain.rollout.progress import is_past_steps, steps_reached
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.spec.steps import AnalysisStrategy, StepPlan, step_plan
from canarytui.domain.text.plain import clean, cut, width
from canarytui.domain.traffic.selection import is_assumed


def headline(view: DetailView, columns: int) -> Text:
    """Name, phase, weight, strategy, provider, interval."""
    situation = view.situation
    canary, plan = situation.canary, step_plan(situation.canary)
    text = line((clean(f"{canary.namespace}/{canary.name}", 120), "strong"), f"  {view.label}  ")
    text.append(f"weight {situation.weight}  ", style="strong")
    assumed = " (assumed)" if is_assumed(canary, situation.mesh_provider) else ""
    said = f"{plan.strategy}  provider {clean(situation.provider, 30)}{assumed}  every {situation.interval_s:g} s"
    text.append(cut(said, max(columns - width(text.plain), 0)), style="quiet")
    return text


def steps(view: DetailView, columns: int) -> list[Text]:
    """The ruler, and beside or below it failed checks, step and when it ends."""
    situation = view.situation
    plan = step_plan(situation.canary)
    told = progress(situation, plan, well=view.explanation.tone is Tone.ACTIVE)
    drawn = ruler(plan, _place(situation, plan), columns)
    if width(drawn.plain) + 3 + width(told.plain) <= columns:
        return [Text("   ", end="").join([drawn, told])]
    return [drawn, told]


def progress(situation: Situation, plan: StepPlan, *, well: bool) -> Text:
    """``step 4 of 10   failed checks 3 of 10   on track to promote at 14:31:20``; the last
    only of a rollout that does (`well`): the sentence above has what else is to come."""
    status, analysis = situation.canary.status, situation.canary.spec.analysis
    text = line()
    reached = steps_reached(situation)
    if reached is not None:
        text.append(words.STEP.text(step=reached, steps=plan.total) + "   ", style="quiet")
    failed = words.FAILED_CHECKS.text(failed=status.failed_checks, threshold=number_text(analysis.threshold))
    text.append(failed, style="bad" if status.failed_checks else "quiet")
    end = promoted_at(situation) if well else None
    if end is not None:
        text.append("   " + words.ON_TRACK.text(at=end.astimezone(situation.now.tzinfo)), style="quiet")
    return text


def ruler(plan: StepPlan, reached: int, columns: int) -> Text:
    """``0 ─ 5 ─ 10 ─ ●15 ─ 20 … 50 ─ promote``: where the rollout stands on its plan, after `reached` of its stops; one
    more than there are is the promotion.

    Stops that do not fit are left out around the place where it stands.
    """
    if not plan.stops:
        return line((words.NO_STEPS.text(), "quiet"))
    unit = "" if plan.strategy is AnalysisStrategy.CANARY else "#"
    labels = ["0", *(f"{unit}{stop}" for stop in plan.stops), "promote"]
    text = line()
    previous = -1
    for index in _around(labels, reached, columns):
        if previous >= 0:
            text.append(" ─ " if index == previous + 1 else " … ", style="quiet")
        if index == reached:
            text.append(f"●{labels[index]}", style="mark")
        else:
            text.append(labels[index], style="active" if index < reached else "quiet")
        previous = index
    return text


def _place(situation: Situation, plan: StepPlan) -> int:
    if is_past_steps(situation):
        return plan.total + 1
    return steps_reached(situation) or 0


def _around(labels: Sequence[str], place: int, columns: int) -> list[int]:
    """Indexes of the labels that fit: first, last, the place, then its neighbours outward."""
    last = len(labels) - 1
    order = [place, 0, last]
    for distance in range(1, last + 1):
        order += [place + distance, place - distance]
    kept: set[int] = set()
    used = 1
    for index in order:
        if index in kept or not 0 <= index <= last:
            continue
        needed = width(labels[index]) + 3
        if used + needed > columns + 3:
            break
        kept.add(index)
        used += needed
    return sorted(kept)

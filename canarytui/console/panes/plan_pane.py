"""The pane of a rollout's plan: its steps, where it stands or broke, its failed checks and its checks."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from canarytui.console.detail.checks import checks_table
from canarytui.console.detail.plan import steps
from canarytui.console.detail.view import DetailView
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.rollout.forecast import promoted_at, rolled_back_at
from canarytui.domain.rollout.progress import steps_reached
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.spec.steps import step_plan
from canarytui.domain.text.plain import clean


def plan_pane(view: DetailView, columns: int, lines: int) -> list[Text]:
    """The steps, then the checks; what the heading says is not said again."""
    return [*steps(view, columns, brief=True), *checks_table(view, columns, brief=True)]


def plan_heading(view: DetailView) -> Sequence[str]:
    """The canary's name, its step, and how it goes on: ``podinfo ── step 4 of 10 ── on track to promote at …``."""
    situation = view.situation
    reached = steps_reached(situation)
    step = "" if reached is None else words.STEP.text(step=reached, steps=step_plan(situation.canary).total)
    return clean(situation.canary.name, 60), step or view.label, _outlook(view)


def _outlook(view: DetailView) -> str:
    situation, zone = view.situation, view.now.tzinfo
    if situation.stale is not None:
        return ""
    if view.explanation.tone is Tone.BAD:
        at = rolled_back_at(situation)
        return "" if at is None else words.ROLLS_BACK.text(at=at.astimezone(zone))
    at = promoted_at(situation) if view.explanation.tone is Tone.ACTIVE else None
    return "" if at is None else words.ON_TRACK.text(at=at.astimezone(zone))

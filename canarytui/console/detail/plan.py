"""Where a rollout stands: its headline, its steps as a ruler, its failed checks."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.detail.layout import line
from canarytui.console.detail.ruler import Break, ruler
from canarytui.console.detail.view import TONES, DetailView
from canarytui.domain.history.rollouts import RecordedRollout
from canarytui.domain.marks import budget_dots
from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.explain import Tone, promotion_failed
from canarytui.domain.rollout.forecast import promoted_at
from canarytui.domain.rollout.progress import is_past_steps, steps_reached
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.state import HALTED, mark_of
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.spec.steps import StepPlan, step_plan
from canarytui.domain.text.plain import clean, cut, width
from canarytui.domain.traffic.selection import is_assumed


def headline(view: DetailView, columns: int) -> Text:
    """Name, phase, weight, strategy, provider, interval."""
    situation = view.situation
    canary, plan = situation.canary, step_plan(situation.canary)
    text = line((clean(f"{canary.namespace}/{canary.name}", 120), "strong"), "  ")
    tone = view.explanation.tone
    text.append(f"{mark_of(view.label, tone)} {view.label}", style=TONES[tone])
    text.append("  ")
    text.append(f"weight {situation.weight}  ", style="strong")
    provider = clean(situation.provider, 30) + (" (assumed)" if is_assumed(canary, situation.mesh_provider) else "")
    said = words.HEADLINE.text(strategy=plan.strategy, provider=provider, interval=situation.interval_s)
    text.append(cut(said, max(columns - width(text.plain), 0)), style="quiet")
    return text


def steps(view: DetailView, columns: int, *, brief: bool = False) -> list[Text]:
    """The ruler, and beside or below it failed checks, step and when it ends; `brief` leaves out the latter two."""
    situation = view.situation
    plan = step_plan(situation.canary)
    told = progress(view, plan, columns, brief=brief)
    drawn = ruler(plan, place(situation, plan), columns, broken(view, plan), failing=view.label == HALTED)
    if width(drawn.plain) + 3 + width(told.plain) <= columns:
        return [Text("   ", end="").join([drawn, told])]
    return [drawn, told]


def progress(view: DetailView, plan: StepPlan, columns: int, *, brief: bool = False) -> Text:
    """``step 4 of 10   ●●●○○○○○○○ failed checks 3 of 10   on track to promote at 14:31:20``; the last only of a rollout
    that does, where there is room: the sentence above has what is to come. After a rollback the count is the last
    attempt's."""
    situation = view.situation
    well = view.explanation.tone is Tone.ACTIVE
    status, analysis = situation.canary.status, situation.canary.spec.analysis
    text = line()
    reached = steps_reached(situation)
    if reached is not None and not brief:
        text.append(words.STEP.text(step=reached, steps=plan.total) + "   ", style="quiet")
    attempt, failed_checks = view.attempt, status.failed_checks
    if attempt is not None and attempt.failed and not failed_checks:
        text.append(words.LAST_ATTEMPT.text() + " ", style="quiet")
        failed_checks = attempt.failed
    tone = "quiet" if attempt is not None or not failed_checks else "bad"
    failed = words.FAILED_CHECKS.text(failed=failed_checks, threshold=number_text(analysis.threshold))
    text.append(f"{budget_dots(failed_checks, analysis.threshold)} {failed}".lstrip(), style=tone)
    end = promoted_at(situation) if well and not brief else None
    if end is not None:
        on_track = "   " + words.ON_TRACK.text(at=end.astimezone(situation.now.tzinfo))
        text.append(on_track if width(text.plain) + width(on_track) <= columns else "", style="quiet")
    return text


def place(situation: Situation, plan: StepPlan) -> int:
    if is_past_steps(situation):
        return plan.total + 1
    return steps_reached(situation) or 0


def broken(view: DetailView, plan: StepPlan) -> Break | None:
    """Where the last attempt was rolled back, as far as that was recorded; None unless it was."""
    attempt = view.attempt
    if attempt is None or promotion_failed(view.situation):
        return None
    reached = plan.reached(attempt.weight or 0, attempt.iteration or 0)
    return Break(reached, attempt_end(view, attempt))


def attempt_end(view: DetailView, attempt: RecordedRollout) -> str:
    """``rolled back 13:33:02 (10/10)``; "" without a recorded end."""
    if attempt.ended is None:
        return ""
    threshold = view.situation.canary.spec.analysis.threshold
    count = words.OF_BUDGET.say(failed=attempt.failed, threshold=threshold) if attempt.failed else NOTHING
    return words.ROLLED_BACK_AT.text(at=attempt.ended.astimezone(view.now.tzinfo), count=count)

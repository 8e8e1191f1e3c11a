"""What is shown before a drill starts: who gets what, the command, and the prediction. Pure."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text

from canarytui.console.drill.fields import seconds_text
from canarytui.console.drill.paragraphs import Paragraphs
from canarytui.console.drill.proposal import Proposal
from canarytui.domain.actions.phases import so_far
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import drill_plan as words
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.text.plain import clean, cut, fit
from canarytui.domain.text.public_url import public_url
from canarytui.drills.drill import Drill
from canarytui.drills.drill_plan import DrillPlan, Origin
from canarytui.drills.hey_command import SLICE_S, UnsafeCommand
from canarytui.drills.predicted import Prediction

_LABEL = 8


def drill_line(drill: Drill, columns: int) -> str:
    """One line of the list: title, what it provokes, how much; custom drills are labelled."""
    own = "" if drill.source.startswith("drill ") else f"  {words.YOURS.text()}"
    amount = words.AMOUNT.text(rate=drill.rate, duration=seconds_text(drill.duration_s)) + own
    title = fit(clean(drill.title, 80), max(min(columns // 3, 24), 10))
    return cut(f"{title}  {fit(amount, 14 + len(own))}  {clean(drill.phrase(), 120)}", columns)


def proposal_text(proposal: Proposal, columns: int, now: datetime) -> Text:
    """The lower half of the form."""
    page = Paragraphs(columns, _LABEL)
    if proposal.refused:
        page.part("REFUSED", proposal.refused, "bad")
    if proposal.plan is not None:
        _plan(page, proposal.plan, proposal.situation, now)
    return page.text()


def plan_text(plan: DrillPlan, situation: Situation | None, columns: int, now: datetime) -> Text:
    """The body of the confirmation."""
    page = Paragraphs(columns, _LABEL)
    _plan(page, plan, situation, now)
    return page.text()


def _plan(page: Paragraphs, plan: DrillPlan, situation: Situation | None, now: datetime) -> None:
    predicted, drill = plan.prediction, plan.drill
    because = words.BECAUSE.text(because=clean(predicted.because, 500))
    if predicted.at is not None:
        page.part("THEN", outcome_phrase(predicted, now), "strong")
        page.part("", because)
    else:
        page.part("THEN", because, "waiting" if predicted.crossing is None else "strong")
    for caveat in predicted.caveats:
        page.part("", words.NOT_PREDICTED.text(caveat=clean(caveat, 200)), "waiting")
    page.part("SENDS", words.SENDS.text(
        provokes=clean(drill.phrase(), 200), rate=drill.rate, workers=drill.concurrency,
        duration=seconds_text(drill.duration_s), slice=SLICE_S,
    ))  # fmt: skip
    to = words.TO.text(host=clean(plan.place.host, 255), source=clean(plan.place.source, 120))
    page.part("TO", to, "strong")
    page.part("FROM", sender_phrase(plan))
    page.part("RUNS", command_text(plan), "strong")
    page.part("RISK", risk_text(plan, situation), "waiting")
    if situation is not None and so_far(situation):
        page.part("SO FAR", so_far(situation))
    page.part("STOPS", (words.STOPS if plan.watches_users else words.STOPS_UNWATCHED).text())


def outcome_phrase(predicted: Prediction, now: datetime) -> str:
    """``rolled back at tick 12, 14:32:10 (in 112 s)``."""
    if predicted.at is None:
        return predicted.outcome.value
    left_s = max((predicted.at - now).total_seconds(), 0.0)
    at = predicted.at.astimezone(now.tzinfo)
    return words.OUTCOME_AT.text(
        outcome=predicted.outcome.value, tick=predicted.at_tick, clock=f"{at:%H:%M:%S}", seconds=left_s
    )


def command_text(plan: DrillPlan) -> str:
    """The exact command of a slice; its number counts on."""
    try:
        return clean(plan.command(), 2000)
    except UnsafeCommand as error:
        return clean(str(error), 300)


def sender_phrase(plan: DrillPlan) -> str:
    """Who runs hey."""
    if plan.origin is Origin.CLUSTER:
        return words.FROM_CLUSTER.text(url=clean(public_url(plan.target.tester_url), 200))
    way = clean(plan.way.gateway or plan.way.proxy, 120)
    return words.FROM_HERE_THROUGH.text(way=way) if way else words.FROM_HERE.text()


def risk_text(plan: DrillPlan, situation: Situation | None) -> str:
    """Who else is affected."""
    if situation is None:
        return words.RISK_UNKNOWN.text()
    if step_plan(situation.canary).strategy is AnalysisStrategy.AB:
        return words.RISK_MATCHED.text()
    return words.RISK.text(percent=100 - situation.weight)

"""The result of a drill on the screen: prediction against outcome, answers, where the report is. Pure."""

from __future__ import annotations

from datetime import tzinfo

from rich.text import Text

from canarytui.console.drill.live_words import answers_text, timeline_text
from canarytui.console.drill.paragraphs import Paragraphs
from canarytui.console.drill.plan_words import command_text
from canarytui.console.drill.running_drill import RunningDrill
from canarytui.domain.sentences import drill_plan, drill_report
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.text.plain import clean
from canarytui.drills.report import comparison, happened, verdict
from canarytui.drills.run_view import DrillEnding
from canarytui.drills.shadow_report import shadow_summaries

_ALL = 1000
_LABEL = 11


def result_line(current: RunningDrill) -> str:
    """One sentence for a notification."""
    view = current.view
    name = clean("/".join(view.plan.key), 100)
    if view.began is None:
        return words.NOTHING_SENT.text(canary=name, why=clean(current.trouble, 300)).rstrip()
    return words.RESULT.text(canary=name, outcome=happened(view), comparison=comparison(view))


def report_text(current: RunningDrill, columns: int, zone: tzinfo | None) -> Text:
    """The report as it is read in the console; the files hold the plots as well."""
    view = current.view
    tone = "active" if view.within_prediction else "bad" if view.within_prediction is False else "waiting"
    page = Paragraphs(columns, _LABEL)
    on = words.ON.text(title=clean(view.plan.drill.title, 80), canary=clean("/".join(view.plan.key), 100))
    page.part("", drill_report.VERDICT.text(title=on, ending=verdict(view)), "strong")
    if current.trouble:
        page.part("", clean(current.trouble, 400), "bad")
    page.part("PREDICTED", drill_plan.BECAUSE.text(because=clean(view.plan.prediction.because, 500)))
    page.part("HAPPENED", drill_plan.BECAUSE.text(because=happened(view)))
    page.part("", drill_plan.BECAUSE.text(because=comparison(view)), tone)
    for number, each in enumerate(shadow_summaries(view) if view.began is not None else ()):
        page.part("" if number else "SHADOW", each.phrase)
    if view.ending is DrillEnding.COMPLETED:
        page.part("", words.LOAD_OVER.text(), "quiet")
    if current.saved is not None:
        page.part("REPORT", str(current.saved.markdown), "mark")
        page.part("", str(current.saved.json), "mark")
    page.part("COMMAND", command_text(view.plan))
    parts = (page.text(), answers_text(view, min(columns, 100), _ALL), timeline_text(view, columns, _ALL, zone))
    return Text("\n\n").join(parts)

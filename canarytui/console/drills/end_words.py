"""A drill that has ended, on the screen: prediction against outcome, answers, and where the report is. Pure."""

from __future__ import annotations

from datetime import tzinfo

from rich.text import Text

from canarytui.console.drills.live_words import answers_text, timeline_text
from canarytui.console.drills.paragraphs import Paragraphs
from canarytui.console.drills.plan_words import command_text
from canarytui.console.drills.under_way import UnderWay
from canarytui.domain.plaintext import clean
from canarytui.faults.report import comparison, happened, verdict
from canarytui.faults.view import Ending

_ALL = 1000
_LABEL = 11


def result_line(current: UnderWay) -> str:
    """One sentence for a notification."""
    view = current.view
    name = clean("/".join(view.plan.key), 100)
    if view.began is None:
        return f"Drill on {name}: nothing was sent. {clean(current.trouble, 300)}".rstrip()
    return f"Drill on {name}: {happened(view)}; {comparison(view).replace('**', '')}."


def report_text(current: UnderWay, columns: int, zone: tzinfo | None) -> Text:
    """The report as it is read in the console; the files hold the plots as well."""
    view = current.view
    tone = "active" if view.within_prediction else "bad" if view.within_prediction is False else "waiting"
    page = Paragraphs(columns, _LABEL)
    page.part(
        "", f"{clean(view.plan.drill.title, 80)} on {clean('/'.join(view.plan.key), 100)}: {verdict(view)}", "strong"
    )
    if current.trouble:
        page.part("", clean(current.trouble, 400), "bad")
    page.part("PREDICTED", f"{clean(view.plan.prediction.because, 500)}.")
    page.part("HAPPENED", f"{happened(view)}.")
    page.part("", f"{comparison(view).replace('**', '')}.", tone)
    if view.ending is Ending.COMPLETED:
        page.part("", "The drill's own load is over; the rollout goes on.", "quiet")
    if current.saved is not None:
        page.part("REPORT", str(current.saved.markdown), "mark")
        page.part("", str(current.saved.json), "mark")
    page.part("COMMAND", command_text(view.plan))
    parts = (page.text(), answers_text(view, min(columns, 100), _ALL), timeline_text(view, columns, _ALL, zone))
    return Text("\n\n").join(parts)

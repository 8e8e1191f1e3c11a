"""A drill that has ended, on the screen: prediction against outcome, answers, and where the report is. Pure."""

from __future__ import annotations

from datetime import tzinfo

from rich.text import Text

from canarytui.console.drills.live_words import answers_text, timeline_text
from canarytui.console.drills.plan_words import command_text
from canarytui.console.drills.under_way import UnderWay
from canarytui.domain.plaintext import clean
from canarytui.faults.report import comparison, happened, verdict
from canarytui.faults.view import Ending

_ALL = 1000


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
    text = Text()
    tone = "active" if view.within_prediction else "bad" if view.within_prediction is False else "waiting"
    text.append(f"{clean(view.plan.drill.title, 80)} on {clean('/'.join(view.plan.key), 100)}: {verdict(view)}\n",
                style="strong")  # fmt: skip
    if current.trouble:
        text.append(f"{clean(current.trouble, 400)}\n", style="bad")
    text.append("\nPREDICTED  ", style="quiet")
    text.append(f"{clean(view.plan.prediction.because, 500)}\n")
    text.append("HAPPENED   ", style="quiet")
    text.append(f"{happened(view)}\n")
    text.append("           ")
    text.append(f"{comparison(view).replace('**', '')}\n", style=tone)
    if view.ending is Ending.COMPLETED:
        text.append("           the drill's own load is over; the rollout goes on\n", style="quiet")
    for name, path in (("REPORT", "markdown"), ("", "json")):
        if current.saved is not None:
            text.append(f"{name:<11}", style="quiet")
            text.append(f"{getattr(current.saved, path)}\n", style="mark")
    text.append("COMMAND    ", style="quiet")
    text.append(f"{command_text(view.plan)}\n\n")
    text.append_text(answers_text(view, min(columns, 100), _ALL))
    text.append("\n\n")
    text.append_text(timeline_text(view, columns, _ALL, zone))
    return text

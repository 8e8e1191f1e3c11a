"""Webhooks with their last results, and the status conditions."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from canarytui.console.detail.layout import folded, line
from canarytui.console.detail.view import DetailView
from canarytui.console.status_lines import clock
from canarytui.domain.rollout.hook_results import last_answer
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import clean, cut, fit, width
from canarytui.domain.text.public_url import public_url

_MOST_CONDITIONS = 8
_TYPE = 25


def webhooks(view: DetailView, columns: int) -> list[Text]:
    """Two lines per webhook: type, name and URL; the last result."""
    status = view.situation.canary.status
    analysing = status.phase == "Progressing" and (status.canary_weight > 0 or status.iterations > 0)
    lines = []
    for hook in view.situation.canary.spec.analysis.webhooks:
        head = line((fit(clean(hook.type, 30), min(_TYPE, columns // 3)) + " ", "quiet"), f"{clean(hook.name, 60)}  ")
        head.append(cut(clean(public_url(hook.url), 300), max(columns - width(head.plain), 8)), style="quiet")
        lines.append(head)
        answer = last_answer(hook, view.entries, analysing=analysing)
        when = f"{clock(answer.at, view.zone)} " if answer.at is not None else ""
        mark = "✗ " if answer.failed else "✓ " if answer.at is not None else "· "
        lines += folded(f"  {mark}{when}{answer.text}", columns, "bad" if answer.failed else "", 4)
    return lines or [line(("no webhooks", "quiet"))]


def conditions(view: DetailView, columns: int) -> list[Text]:
    """The status' conditions, folded."""
    lines = []
    for condition in view.situation.canary.status.conditions[:_MOST_CONDITIONS]:
        if isinstance(condition, Mapping):
            head = f"{condition.get('type')}={condition.get('status')} {condition.get('reason')}: "
            lines += folded(clean(head, 120) + " " + clean(condition.get("message"), 400), columns, "", 2)
    return lines or [line((words.NO_CONDITIONS.text(), "quiet"))]

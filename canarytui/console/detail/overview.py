"""The overview page of the detail."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.detail.checks import checks_table
from canarytui.console.detail.history import history
from canarytui.console.detail.hooks import conditions, webhooks
from canarytui.console.detail.layout import beside, faded, folded, titled
from canarytui.console.detail.objects import problem_lines, tree
from canarytui.console.detail.plan import headline, steps
from canarytui.console.detail.trends import plots
from canarytui.console.detail.versions import versions
from canarytui.console.detail.view import TONES, DetailView

_TWO_COLUMNS = 160
_GAP = 3


def top(view: DetailView, columns: int) -> list[Text]:
    """Headline and reason, shown above every part of the detail."""
    tone = TONES[view.explanation.tone]
    stale = view.situation.stale
    if stale is not None:
        said = stale.sentence(view.explanation.sentence)
        return faded([headline(view, columns), *folded(said, columns)])
    return [headline(view, columns), *folded(view.explanation.sentence, columns, tone)]


def overview(view: DetailView, columns: int, height: int) -> list[Text]:
    """Steps, checks, plots, versions, problems, webhooks, conditions, events; `height` is the screen's."""
    if columns >= _TWO_COLUMNS:
        return _wide(view, columns, height)
    return [
        *titled("STEPS", steps(view, columns)),
        *titled("CHECKS", checks_table(view, columns)),
        *titled("TREND", plots(view, columns, height)),
        *titled("VERSIONS", versions(view, columns)),
        *titled("PROBLEMS", problem_lines(view, columns)),
        *titled("WEBHOOKS", webhooks(view, columns)),
        *titled("CONDITIONS", conditions(view, columns)),
        *titled("TIMELINE", history(view, columns, 12)),
    ]


def _wide(view: DetailView, columns: int, height: int) -> list[Text]:
    """Numbers on the left, objects on the right."""
    left = columns * 3 // 5
    right = columns - left - _GAP
    numbers = [
        *titled("STEPS", steps(view, left)),
        *titled("CHECKS", checks_table(view, left)),
        *titled("TREND", plots(view, left, height)),
        *titled("TIMELINE", history(view, left, 24)),
    ]
    objects = [
        *titled("VERSIONS", versions(view, right)),
        *titled("OBJECTS", tree(view, right, in_full=False)),
        *titled("WEBHOOKS", webhooks(view, right)),
        *titled("CONDITIONS", conditions(view, right)),
    ]
    return beside(numbers, objects, left, _GAP)


def as_known(view: DetailView, lines: list[Text]) -> list[Text]:
    """`lines` about a canary, faded while its data is stale."""
    return lines if view.situation.stale is None else faded(lines)

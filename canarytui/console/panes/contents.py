"""What the panes beside the plan show: plots, canary and primary, pods."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from canarytui.console.detail.layout import line
from canarytui.console.detail.numbers_plots import numbers_plots
from canarytui.console.detail.numbers_table import numbers_table
from canarytui.console.detail.objects import node_line, refusals
from canarytui.console.detail.versions import versions
from canarytui.console.detail.view import DetailView
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.sentences import numbers as numbers_words
from canarytui.domain.workloads.tree import ObjectNode, object_tree

_LEAST_PLOT, _MOST_PLOT = 8, 40


def trends_pane(view: DetailView, columns: int, lines: int) -> list[Text]:
    """The plots in as many lines as there are."""
    return numbers_plots(view, columns, min(max(lines, _LEAST_PLOT), _MOST_PLOT))


def numbers_pane(view: DetailView, columns: int, lines: int) -> list[Text]:
    """Requests, totals and resources of canary and primary."""
    if view.numbers is None:
        return [line((numbers_words.NOT_ASKED_YET.text(), "quiet"))]
    return numbers_table(view, columns)


def versions_pane(view: DetailView, columns: int, lines: int) -> list[Text]:
    """Canary and primary side by side."""
    return versions(view, columns)


def pods_pane(view: DetailView, columns: int, lines: int) -> list[Text]:
    """The pods of canary and primary, each with its own reason."""
    unread = words.LOADING_PODS if view.situation.stale is None else words.UNREAD_PODS
    if view.holdings is None:
        return [line((unread.text(), "quiet"))]
    canary = view.situation.canary
    absent = (words.NO_PODS if "Pod" in view.holdings.known else unread).text()
    names = {canary.target_name: "canary", canary.primary_name: "primary"}
    shown: list[Text] = []
    for root in object_tree(canary, view.holdings, view.now):
        if root.kind == canary.spec.target.kind and root.name in names:
            shown.append(line((f"{names[root.name]}  ", "line")).append_text(node_line(root, "", columns - 9)))
            pods = [node_line(pod, "  ", columns) for pod in _pods(root)]
            shown += pods or [line((f"  {absent}", "quiet"))]
    return shown + refusals(view, columns)


def _pods(node: ObjectNode) -> Iterator[ObjectNode]:
    if node.kind == "Pod":
        yield node
    for child in node.children:
        yield from _pods(child)

"""The tree of objects: health mark, kind, name, state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from canarytui.console.detail.layout import fold, folded, line
from canarytui.console.detail.view import DetailView
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.sentences import legend
from canarytui.domain.text.plain import clean, cut, width
from canarytui.domain.workloads.health import Health
from canarytui.domain.workloads.tree import ObjectNode, object_tree

MARKS = {
    Health.GOOD: ("✓", "active"),
    Health.WAITING: ("~", "waiting"),
    Health.BAD: ("✗", "bad"),
    Health.UNKNOWN: ("·", "quiet"),
}
_SHORT = {
    "Deployment": "deploy",
    "DaemonSet": "ds",
    "ReplicaSet": "rs",
    "Pod": "pod",
    "Service": "svc",
    "HorizontalPodAutoscaler": "hpa",
    "ConfigMap": "cm",
}


def tree(view: DetailView, columns: int, *, in_full: bool = True) -> list[Text]:
    """All objects; without `in_full` long notes are cut instead of folded."""
    if view.holdings is None:
        return []
    roots = object_tree(view.situation.canary, view.holdings, view.now)
    lines: list[Text] = []
    for root in roots:
        _draw(root, "", "", columns, in_full, lines)
    lines += refusals(view, columns)
    if in_full:
        lines += [line(), line((legend.HEALTH.text(), "quiet"))]
    return lines


def problem_lines(view: DetailView, columns: int, most: int = 8) -> list[Text]:
    """Only unhealthy objects, without the tree, for an overview."""
    if view.holdings is None:
        return []
    found = list(_unwell(object_tree(view.situation.canary, view.holdings, view.now)))
    lines = [node_line(node, "", columns) for node in found[:most]]
    if len(found) > most:
        lines.append(line((words.MORE.text(count=len(found) - most), "quiet")))
    return lines + refusals(view, columns)


def refusals(view: DetailView, columns: int) -> list[Text]:
    """Why objects of some kinds are missing, one sentence per kind."""
    sentences = [clean(f"· {said}", 600) for _, said in sorted(view.refusals.items())]
    return [part for sentence in sentences for part in folded(sentence, columns, "waiting", 2)]


def _unwell(nodes: Iterable[ObjectNode]) -> Iterable[ObjectNode]:
    """The innermost unhealthy nodes: a pod's reason stands for its workload."""
    for node in nodes:
        inner = list(_unwell(node.children))
        if inner:
            yield from inner
        elif node.health in (Health.BAD, Health.WAITING):
            yield node


def _draw(node: ObjectNode, lead: str, below: str, columns: int, in_full: bool, lines: list[Text]) -> None:
    if in_full:
        lines += _folded_node(node, lead, below, columns)
    else:
        lines.append(node_line(node, lead, columns))
    last = len(node.children) - 1
    for index, child in enumerate(node.children):
        turn, rest = ("└─ ", "   ") if index == last else ("├─ ", "│  ")
        _draw(child, below + turn, below + rest, columns, in_full, lines)


def node_line(node: ObjectNode, lead: str, columns: int) -> Text:
    """One object in one line, its note cut."""
    text = _head(node, lead)
    text.append(cut(node.note, max(columns - width(text.plain), 0)), style=_note_tone(node))
    return text


def _folded_node(node: ObjectNode, lead: str, below: str, columns: int) -> Sequence[Text]:
    text = _head(node, lead)
    margin = below + ("│    " if node.children else "     ")
    parts = fold(node.note, max(columns - width(text.plain), 24))
    if width(text.plain) + width(parts[0]) > columns:
        rest = fold(node.note, max(columns - width(margin), 24))
    else:
        text.append(parts[0], style=_note_tone(node))
        rest = fold(node.note[len(parts[0]) :].strip(), max(columns - width(margin), 24)) if len(parts) > 1 else []
    return [text, *(line((margin, "quiet"), (part, _note_tone(node))) for part in rest)]


def _head(node: ObjectNode, lead: str) -> Text:
    mark, tone = MARKS[node.health]
    kind = _SHORT.get(node.kind, node.kind)
    return line((lead, "quiet"), (f"{mark} ", tone), (f"{kind}/", "quiet"), f"{node.name}  ")


def _note_tone(node: ObjectNode) -> str:
    return MARKS[node.health][1] if node.health in (Health.BAD, Health.WAITING) else "quiet"

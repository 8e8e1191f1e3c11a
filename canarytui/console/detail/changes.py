"""What the new version changes: old and new, field by field."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.detail.layout import folded, line
from canarytui.console.detail.view import DetailView
from canarytui.domain.rollout.situation import ACTIVE_PHASES
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import clean, fit, width
from canarytui.domain.workloads.template_diff import ChangeKind, FieldChange, template_changes

_SIGNS = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.CHANGED: "~"}
_WIDE = 100


def diff(view: DetailView, columns: int) -> list[Text]:
    """The changes of the pod template, or the sentence that says why there are none."""
    target_kind = view.situation.canary.spec.target.kind
    if target_kind == "Service":
        return [line((words.SERVICE_TARGET.text(), "quiet"))]
    if view.target is None or view.primary is None:
        which = "target" if view.target is None else "primary"
        why = words.NOTHING_TO_COMPARE if view.situation.workloads_known else words.NOT_COMPARED
        return [line((why.text(which=which), "waiting"))]
    changes = template_changes(view.primary, view.target)
    if not changes:
        moving = view.situation.phase in ACTIVE_PHASES
        same = words.SAME_TEMPLATE_IN_ROLLOUT if moving else words.SAME_TEMPLATE
        return [line((same.text(), "quiet"))]
    canary = view.situation.canary
    names = f"{canary.primary_name} → {canary.target_name}"
    plural = "s" if len(changes) != 1 else ""
    count = words.CHANGES.text(count=len(changes), s=plural, names=clean(names, 200))
    lines = [*folded(count, columns, "quiet"), line()]
    for change in changes:
        lines += _change(change, columns)
    return lines


def _change(change: FieldChange, columns: int) -> list[Text]:
    sign = _SIGNS[change.kind]
    if change.kind is ChangeKind.CHANGED:
        path_columns = max(width(change.path) + 2, 34)
        sides = f"{change.old} → {change.new}"
        if columns >= _WIDE and path_columns + width(sides) + 2 <= columns:
            return [
                line((f"{sign} ", "mark"), fit(change.path, path_columns), (change.old, "bad"), (" → ", "quiet"),
                     (change.new, "active"))
            ]  # fmt: skip
        return [
            line((f"{sign} ", "mark"), (change.path, "strong")),
            *folded(f"    - {change.old or '(empty)'}", columns, "bad", 6),
            *folded(f"    + {change.new or '(empty)'}", columns, "active", 6),
        ]
    value = change.new if change.kind is ChangeKind.ADDED else change.old
    tone = "active" if change.kind is ChangeKind.ADDED else "bad"
    return folded(f"{sign} {change.path}: {value}", columns, tone, 6)

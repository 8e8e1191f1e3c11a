"""What the new version changes: old and new, field by field."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.detailed.layout import folded, line
from canarytui.console.detailed.view import View
from canarytui.domain.diff import Change, ChangeKind, template_changes
from canarytui.domain.plaintext import clean, fit, width

_SIGNS = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.CHANGED: "~"}
_WIDE = 100


def diff(view: View, columns: int) -> list[Text]:
    """The changes of the pod template, or the sentence that says why there are none."""
    target_kind = view.situation.canary.spec.target.kind
    if target_kind == "Service":
        return [line(("a Service has no pods of its own, so there is no template to compare", "quiet"))]
    if view.target is None or view.primary is None:
        which = "target" if view.target is None else "primary"
        why = "" if view.situation.workloads_known else ", or may not be read"
        return [line((f"nothing to compare: the {which} is not there{why}", "waiting"))]
    changes = template_changes(view.primary, view.target)
    if not changes:
        same = "the target's pods are the same as the primary's: nothing is being rolled out"
        return [line((same, "quiet"))]
    canary = view.situation.canary
    names = f"{canary.primary_name} → {canary.target_name}"
    count = f"{len(changes)} change{'s' if len(changes) != 1 else ''} of the pod template, {clean(names, 200)}"
    lines = [*folded(count, columns, "quiet"), line()]
    for change in changes:
        lines += _change(change, columns)
    return lines


def _change(change: Change, columns: int) -> list[Text]:
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

"""What the new version changes: the primary's pod template against the target's, field by field.

Pure. Lists of named things (containers, variables, volumes, ports) are matched by name, so that one that was put
in the middle is one addition. What the controller itself makes different in a primary (its label, its mark, the
``-primary`` copies of configs) is no difference. Tolerant: whatever is of an unexpected type is compared as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import islice
from typing import Any

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping

PRIMARY = "-primary"
MOST = 400
"""Limit of listed changes; a template has a few dozen fields."""

_DEEPEST = 24
_LONGEST = 2000
_IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "protocol"),
    "hostAliases": ("ip",),
    "items": ("key",),
}
"""The merge keys of Kubernetes' lists: the fields that identify an entry."""

_OWN_MARK = "flagger-id"
_LITERAL = frozenset({"image", "value", "command", "args"})
"""Fields in which the controller never appends ``-primary`` to a name."""


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class FieldChange(Struct, frozen=True):
    """One field. `path` is ``containers[podinfod].image``; `old` and `new` are its values as text, "" for none."""

    path: str
    kind: ChangeKind
    old: str
    new: str


def template_changes(primary: Mapping[str, Any], target: Mapping[str, Any]) -> list[FieldChange]:
    """The changes from the pod template of workload `primary` to that of `target`, in the order of the fields.

    Values are cleaned text of at most 2,000 characters; at most :data:`MOST` changes are listed.
    """
    return list(islice(_template_changes(_template(primary), _template(target)), MOST))


def _template(workload: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_mapping(as_mapping(workload.get("spec")).get("template"))


def _template_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    yield from _compare("", "", as_mapping(old.get("spec")), as_mapping(new.get("spec")), 0)
    before, after = as_mapping(old.get("metadata")), as_mapping(new.get("metadata"))
    for part in ("labels", "annotations"):
        kept = {name: value for name, value in as_mapping(before.get(part)).items() if name != _OWN_MARK}
        yield from _compare(part, part, kept, as_mapping(after.get(part)), 0)


def _compare(path: str, field: str, old: object, new: object, depth: int) -> Iterator[FieldChange]:
    if old == new or _is_primarys(field, old, new):
        return
    if depth < _DEEPEST:
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _mappings(path, field, old, new, depth)
            return
        if isinstance(old, list) and isinstance(new, list):
            yield from _lists(path, field, old, new, depth)
            return
    present = new if old is None else old
    if (old is None or new is None) and isinstance(present, Mapping) and present and depth < _DEEPEST:
        yield from _compare(path, field, {} if old is None else old, {} if new is None else new, depth + 1)
        return
    kind = ChangeKind.ADDED if old is None else ChangeKind.REMOVED if new is None else ChangeKind.CHANGED
    yield FieldChange(clean(path, 300), kind, value_text(old), value_text(new))


def _mappings(
    path: str, field: str, old: Mapping[str, Any], new: Mapping[str, Any], depth: int
) -> Iterator[FieldChange]:
    inherited = field if field in ("labels", "annotations", "matchLabels") else ""
    for name in [*old, *(name for name in new if name not in old)]:
        step = f"[{name}]" if inherited else f".{name}" if path else str(name)
        yield from _compare(f"{path}{step}", inherited or str(name), old.get(name), new.get(name), depth + 1)


def _lists(path: str, field: str, old: list[Any], new: list[Any], depth: int) -> Iterator[FieldChange]:
    before, after = _identified(field, old), _identified(field, new)
    if before is None or after is None:
        if all(not isinstance(each, Mapping | list) for each in (*old, *new)):
            yield FieldChange(clean(path, 300), ChangeKind.CHANGED, value_text(old), value_text(new))
            return
        before, after = dict(enumerate(old)), dict(enumerate(new))
    for name in [*before, *(name for name in after if name not in before)]:
        pair = before.get(name), after.get(name)
        old_entry, new_entry = (_unnamed(field, each) for each in pair) if None in pair else pair
        yield from _compare(f"{path}[{name}]", field, old_entry, new_entry, depth + 1)


def _unnamed(field: str, entry: object) -> object:
    """An added or removed entry without the name, which its path already has, unless that is all it has."""
    names = _IDENTITIES.get(field)
    if names is None or not isinstance(entry, Mapping):
        return entry
    return {name: value for name, value in entry.items() if name not in names} or entry


def _identified(field: str, entries: list[Any]) -> dict[Any, Any] | None:
    """The entries by merge key; None when the keys are not unique."""
    names = _IDENTITIES.get(field)
    if names is None:
        return None
    found: dict[Any, Any] = {}
    for entry in entries:
        if not isinstance(entry, Mapping):
            return None
        told = "/".join(str(entry[name]) for name in names if entry.get(name) is not None)
        if not told or told in found:
            return None
        found[told] = entry
    return found


def _is_primarys(field: str, old: object, new: object) -> bool:
    """Whether `old` is the controller's copy of `new` for the primary (``keys-primary`` for ``keys``)."""
    return isinstance(old, str) and isinstance(new, str) and field not in _LITERAL and old == new + PRIMARY


def value_text(value: object) -> str:
    """A value as text: strings bare, lists and objects in YAML's flow style, None as ""."""
    return clean(_flow(value, 0), _LONGEST)


def _flow(value: object, depth: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, list):
        return f"[{', '.join(_flow(each, depth + 1) for each in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_flow(each, depth + 1)}' for name, each in value.items())}}}"
    return str(value)

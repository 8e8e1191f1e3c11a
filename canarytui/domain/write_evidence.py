"""Whether an object shows a write: by its fields and by their owners. Pure.

Used by actions and by the engine when the answer to a write was lost and the object has been read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from canarytui.domain.sentences import objects
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping

_OURS = ("labels", "annotations", "ownerReferences", "finalizers")
"""The parts of metadata that a writer sets; the server sets the rest."""

_ABSENT = object()
_Field = tuple[str, object, object]
"""Path, requested value, present value."""


def differing(wanted: Mapping[str, Any], obj: Mapping[str, Any], *, by_name: bool = False) -> list[str]:
    """Each field of the patch `wanted` that `obj` does not have: ``spec.suspend is absent (requested: true)``.

    With `by_name`, lists of named items are compared by name, as a strategic merge patch merges them.
    """
    return [
        objects.NOT_AS_ASKED.text(field=clean(path, 100), now=_said(now), asked=_said(value))
        for path, value, now in _differing(_decided(wanted), obj, "", by_name)
    ]


def fields(wanted: Mapping[str, Any], obj: Mapping[str, Any], *, by_name: bool = False) -> dict[str, Any]:
    """The values of `obj` that differ from `wanted`, by path."""
    return {path: now for path, _, now in _differing(_decided(wanted), obj, "", by_name)}


def is_replaced(wanted: Mapping[str, Any], before: Mapping[str, Any] | None, obj: Mapping[str, Any]) -> bool:
    """Whether `obj` is the result of a PUT or POST of `wanted` over `before`, ignoring what the server adds."""
    asked = _without_status(wanted)
    if next(_differing(asked, obj, "", False), None) is not None:
        return False
    return not _left_over(asked, _without_status(before or {}), _without_status(obj))


def wrote(obj: Mapping[str, Any], manager: str, subresource: str = "") -> bool | None:
    """Whether `manager` owns anything that was written to `subresource`; None if the object lists no owners."""
    entries = as_mapping(obj.get("metadata")).get("managedFields")
    told = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    if not told:
        return None
    return any(entry.get("manager") == manager and str(entry.get("subresource") or "") == subresource for entry in told)


def version_of(obj: Mapping[str, Any]) -> str:
    """The object's resourceVersion, "" if it has none."""
    return str(as_mapping(obj.get("metadata")).get("resourceVersion") or "")


def is_object(answer: Mapping[str, Any], name: str) -> bool:
    """Whether a server's answer to a write is the stored object `name`."""
    return as_mapping(answer.get("metadata")).get("name") == name and bool(version_of(answer))


def _decided(obj: Mapping[str, Any]) -> dict[str, Any]:
    """`obj` without the fields that only the server sets."""
    kept = {key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "metadata")}
    metadata = {key: value for key, value in as_mapping(obj.get("metadata")).items() if key in _OURS}
    return {**kept, **({"metadata": metadata} if metadata else {})}


def _without_status(obj: Mapping[str, Any]) -> dict[str, Any]:
    """What a write of the object itself can set: its status is a subresource with other writers."""
    return {key: value for key, value in _decided(obj).items() if key != "status"}


def _differing(wanted: object, now: object, path: str, by_name: bool) -> Iterator[_Field]:
    if isinstance(wanted, Mapping):
        found = as_mapping(now)
        for key, value in wanted.items():
            at = f"{path}.{key}" if path else str(key)
            yield from _differing(value, found.get(key, _ABSENT), at, by_name)
    elif isinstance(wanted, list) and isinstance(now, list):
        yield from _differing_items(wanted, now, path, by_name)
    elif wanted is None:
        if now is not _ABSENT and now is not None:
            yield path, None, now
    elif wanted != now:
        yield path, wanted, None if now is _ABSENT else now


def _differing_items(wanted: list[Any], now: list[Any], path: str, by_name: bool) -> Iterator[_Field]:
    if by_name and all("name" in as_mapping(each) for each in wanted):
        known = {as_mapping(each).get("name"): each for each in now}
        for each in wanted:
            yield from _differing(each, known.get(each["name"], _ABSENT), f"{path}[{each['name']}]", by_name)
    elif len(wanted) != len(now):
        yield path, wanted, now
    else:
        for position, (value, found) in enumerate(zip(wanted, now, strict=True)):
            yield from _differing(value, found, f"{path}[{position}]", by_name)


def _left_over(wanted: object, before: object, now: object) -> bool:
    """Whether `now` still has a field of `before` that `wanted` omits."""
    if not (isinstance(before, Mapping) and isinstance(now, Mapping) and isinstance(wanted, Mapping)):
        return False
    return any(
        key in now and (key not in wanted or _left_over(wanted[key], value, now[key])) for key, value in before.items()
    )


def _said(value: object) -> str:
    if value is None or value is _ABSENT:
        return "absent"
    if isinstance(value, bool):
        return str(value).lower()
    return "different" if isinstance(value, Mapping | list) else clean(value, 80) or '""'

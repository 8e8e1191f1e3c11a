"""A canary as text for an editor, and what was changed in it as a JSON merge patch. Pure.

What is edited is the object without its status and managed fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from canarytui.domain.sentences import editing as words
from canarytui.domain.text.bounded import OutOfBounds, parse_yaml
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping
from canarytui.errors import CanarytuiError

_ORDER = ("apiVersion", "kind", "metadata", "spec")
_LEFT_OUT = frozenset({"managedFields", "selfLink", "creationTimestamp", "generation", "uid", "resourceVersion"})
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_NAMES = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))


def editable(obj: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an object that an edit may change, and what names it."""
    metadata = {name: value for name, value in as_mapping(obj.get("metadata")).items() if name not in _LEFT_OUT}
    annotations = as_mapping(metadata.get("annotations"))
    if _LAST_APPLIED in annotations:
        metadata["annotations"] = {name: value for name, value in annotations.items() if name != _LAST_APPLIED}
    found = {**obj, "metadata": metadata}
    return {name: found[name] for name in _ORDER if name in found}


def edited_text(obj: Mapping[str, Any], context: str) -> str:
    """What is opened in the editor."""
    metadata = as_mapping(obj.get("metadata"))
    canary = clean(f"{metadata.get('namespace')}/{metadata.get('name')}", 520)
    head = words.FIRST_LINES.text(canary=canary, context=clean(context, 200))
    return head + yaml.safe_dump(editable(obj), sort_keys=False, allow_unicode=True, width=10_000)


def changes_of(obj: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The JSON merge patch from `obj` to what `text`, the edited YAML, says; empty when nothing changed.

    Raises:
        CanarytuiError: it is not YAML, not one object, or renames it.
    """
    try:
        edited = parse_yaml(text)
    except (yaml.YAMLError, OutOfBounds, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark is not None else ""
        why = getattr(error, "problem", None) or error
        raise CanarytuiError(words.NOT_YAML.text(where=where, why=clean(why, 200).rstrip("."))) from error
    if not isinstance(edited, dict) or not all(isinstance(edited.get(name), Mapping) for name in ("metadata", "spec")):
        raise CanarytuiError(words.NOT_OBJECT.text())
    before = editable(obj)
    for path in _NAMES:
        was, now = _at(before, path), _at(edited, path)
        if was != now:
            raise CanarytuiError(words.FIXED.text(field=".".join(path), before=clean(was, 260)))
    odd = next(_without_json(edited), "")
    if odd:
        raise CanarytuiError(words.NO_JSON.text(field=clean(odd, 200)))
    return merge_patch(before, editable(edited))


def merge_patch(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The smallest JSON merge patch (RFC 7386) that makes `now` of `before`; lists are replaced whole."""
    patch: dict[str, Any] = {name: None for name in before if name not in now and before[name] is not None}
    for name, value in now.items():
        was = before.get(name)
        if isinstance(was, Mapping) and isinstance(value, Mapping):
            inner = merge_patch(was, value)
            if inner:
                patch[name] = inner
        elif was != value or type(was) is not type(value):
            patch[name] = value
    return patch


def _at(obj: Mapping[str, Any], path: tuple[str, ...]) -> object:
    found: object = obj
    for name in path:
        found = as_mapping(found).get(name)
    return found


def _without_json(value: object, path: str = "") -> Iterator[str]:
    """Where `value` has something that JSON lacks: YAML makes dates of some unquoted texts."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            at = f"{path}.{name}" if path else str(name)
            if not isinstance(name, str):
                yield at
            yield from _without_json(inner, at)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _without_json(inner, f"{path}[{number}]")
    else:
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            yield path

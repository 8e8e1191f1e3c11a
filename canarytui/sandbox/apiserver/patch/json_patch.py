"""JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7386)."""

from __future__ import annotations

import copy
import json
from typing import Any

from canarytui.sandbox.apiserver import errors


def merge_patch(target: Any, patch: Any) -> Any:
    """``target`` changed by a merge patch; null deletes, lists are replaced. Arguments are not changed."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def json_patch(target: Any, operations: Any) -> Any:
    """``target`` changed by JSON patch operations; raises :class:`StatusError` 400 or 422."""
    if not isinstance(operations, list):
        raise errors.bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    document = copy.deepcopy(target)
    for operation in operations:
        try:
            document = _apply(document, operation)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            raise _refused(operation, error) from error
    return document


def _refused(operation: Any, error: Exception) -> errors.StatusError:
    name = operation.get("op", "unknown") if isinstance(operation, dict) else "unknown"
    path = operation.get("path", "") if isinstance(operation, dict) else ""
    if name == "test":
        text = f"testing value {path} failed: test failed"
    elif name in ("remove", "replace", "add", "move", "copy"):
        detail = "missing value" if isinstance(error, KeyError | IndexError) else "invalid array index"
        text = f"{name} operation does not apply: doc is missing path: {path}: {detail}"
    else:
        text = f"Unexpected kind: {name}"
    return errors.StatusError(422, "Invalid", f"the server rejected our request due to an error in our request: {text}")


def _apply(document: Any, operation: dict[str, Any]) -> Any:
    name, path = operation["op"], operation["path"]
    if name == "add":
        return _add(document, path, copy.deepcopy(operation["value"]))
    if name == "remove":
        _take(document, path)
        return document
    if name == "replace":
        _get(document, path)
        return _replace(document, path, copy.deepcopy(operation["value"]))
    if name == "move":
        return _add(document, path, _take(document, operation["from"]))
    if name == "copy":
        return _add(document, path, copy.deepcopy(_get(document, operation["from"])))
    if name == "test":
        if _canonical(_get(document, path, missing=None)) != _canonical(operation.get("value")):
            raise ValueError("test failed")
        return document
    raise ValueError(f"unknown operation {name}")


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _parts(path: str) -> list[str]:
    if path == "":
        return []
    if not path.startswith("/"):
        raise KeyError(path)
    return [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]


_RAISE = object()


def _get(document: Any, path: str, missing: Any = _RAISE) -> Any:
    node = document
    for part in _parts(path):
        try:
            node = node[_index(part, node)] if isinstance(node, list) else node[part]
        except (KeyError, IndexError):
            if missing is _RAISE:
                raise
            return missing
    return node


def _index(part: str, items: list[Any]) -> int:
    index = int(part)
    if index < 0:
        index += len(items)
    if not 0 <= index < len(items):
        raise IndexError(part)
    return index


def _parent(document: Any, path: str) -> tuple[Any, str]:
    *head, last = _parts(path)
    node = document
    for part in head:
        node = node[_index(part, node)] if isinstance(node, list) else node[part]
    if not isinstance(node, dict | list):
        raise KeyError(path)
    return node, last


def _add(document: Any, path: str, value: Any) -> Any:
    if path == "":
        return value
    parent, last = _parent(document, path)
    if isinstance(parent, dict):
        parent[last] = value
    elif last == "-":
        parent.append(value)
    else:
        index = int(last)
        if not 0 <= index <= len(parent):
            raise IndexError(last)
        parent.insert(index, value)
    return document


def _replace(document: Any, path: str, value: Any) -> Any:
    if path == "":
        return value
    parent, last = _parent(document, path)
    if isinstance(parent, dict):
        parent[last] = value
    else:
        parent[_index(last, parent)] = value
    return document


def _take(document: Any, path: str) -> Any:
    parent, last = _parent(document, path)
    return parent.pop(last) if isinstance(parent, dict) else parent.pop(_index(last, parent))

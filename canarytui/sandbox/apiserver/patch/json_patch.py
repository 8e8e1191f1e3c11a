"""JSON Patch (RFC 6902) by jsonpatch, with the API server's limits, extensions and error messages."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import jsonpatch

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.objects import encode
from canarytui.sandbox.nesting import TooDeep, checked

OPERATIONS_MOST = 10_000
COPIED_BYTES_MOST = 3 * 1024 * 1024
_KNOWN = frozenset({"add", "remove", "replace", "move", "copy", "test"})


class _BadIndex(jsonpatch.JsonPointerException):
    """Not a list index."""


class _Pointer(jsonpatch.JsonPointer):
    """Like Kubernetes, takes -1 for the last element of a list."""

    past_end = 0

    def walk(self, doc: Any, part: str | int) -> Any:
        return super().walk(doc, _index(doc, part, 0))

    def to_last(self, doc: Any) -> tuple[Any, Any]:
        if not self.parts:
            return doc, None
        for part in self.parts[:-1]:
            doc = self.walk(doc, part)
        return doc, self.get_part(doc, _index(doc, self.parts[-1], self.past_end))


class _Insertion(_Pointer):
    """The target of an insertion: -1 appends."""

    past_end = 1


def _index(doc: Any, part: Any, past_end: int) -> Any:
    if not isinstance(doc, list) or not isinstance(part, str) or part == "-":
        return part
    digits = part.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise _BadIndex(part)
    return str(len(doc) + past_end + int(part)) if part != digits else part


class _Add(jsonpatch.AddOperation):
    def __init__(self, operation: Mapping[str, Any], **_: Any) -> None:
        super().__init__(operation, _Insertion)


class _Test(jsonpatch.TestOperation):
    def apply(self, obj: Any) -> Any:
        """A test for null, or without a value, passes where the path is missing."""
        if self.operation.get("value") is None and self.pointer.resolve(obj, None) is None:
            return obj
        return super().apply(obj)


class _Patch(jsonpatch.JsonPatch):
    operations = MappingProxyType({**jsonpatch.JsonPatch.operations, "add": _Add, "test": _Test})


def json_patch(target: Any, operations: Any) -> Any:
    """`target` changed by the operations; it is not changed itself.

    Raises:
        StatusError: 400 for no list of operations or a result nested too deeply, 413 for too many operations, 422 for
            one that cannot be applied.
    """
    if not isinstance(operations, list):
        raise errors.bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    if len(operations) > OPERATIONS_MOST:
        text = f"The allowed maximum operations in a JSON patch is {OPERATIONS_MOST}, got {len(operations)}"
        code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise errors.StatusError(code, "RequestEntityTooLarge", f"Request entity is too large: {text}")
    document = copy.deepcopy(target)
    copied = 0
    try:
        for operation in operations:
            copied += _copied_bytes(document, operation)
            if copied > COPIED_BYTES_MOST:
                text = f"the accumulated size increase of copy is {copied}, exceeding the limit {COPIED_BYTES_MOST}"
                raise _refused(f"Unable to complete the copy, {text}")
            document = _applied(document, operation)
        return checked(document)
    except TooDeep as error:
        raise errors.bad_request(str(error)) from error
    except RecursionError as error:
        raise errors.bad_request("the patch nests the object too deeply") from error


def _copied_bytes(document: Any, operation: Any) -> int:
    if not isinstance(operation, dict) or operation.get("op") != "copy":
        return 0
    source: Any = operation.get("from")
    try:
        return len(encode(_Pointer(source).resolve(document, None)))
    except (jsonpatch.JsonPointerException, TypeError):
        return 0  # refused when it is applied


def _applied(document: Any, operation: Any) -> Any:
    try:
        return _Patch([operation], pointer_cls=_Pointer).apply(document, in_place=True)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException) as error:
        fields = operation if isinstance(operation, dict) else {}
        name, path = fields.get("op", "unknown"), fields.get("path", "")
        if not isinstance(name, str) or name not in _KNOWN:
            raise _refused(f"Unexpected kind: {name}") from error
        if name == "test":
            raise _refused(f"testing value {path} failed: test failed") from error
        why = "invalid array index" if isinstance(error, _BadIndex) else "missing value"
        raise _refused(f"{name} operation does not apply: doc is missing path: {path}: {why}") from error


def _refused(text: str) -> errors.StatusError:
    message = f"the server rejected our request due to an error in our request: {text}"
    return errors.StatusError(HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid", message)

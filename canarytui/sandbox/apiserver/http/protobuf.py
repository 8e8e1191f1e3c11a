"""Decodes protobuf bodies, which typed kubectl commands and client-go send for built-in kinds.

The wire format carries numbers, not names: :mod:`.protobuf_messages` has the tables. Go writes every plain field,
also an empty one, and a pointer only when set; so empty values are dropped here where Go's JSON would omit them,
and what comes out is the object as the same client would have sent it in JSON. Fields without a number in the
table are skipped, as a server of an older version does.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.sandbox.apiserver.http.protobuf_messages import ProtobufField, message, root_message
from canarytui.sandbox.nesting import TooDeep, load_json
from canarytui.sandbox.values import KubernetesObject

_MAGIC = b"k8s\x00"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_INT64, _UINT64 = 1 << 63, 1 << 64
_EMPTY = {"s": "", "i": 0, "b": False}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def decode(body: bytes) -> KubernetesObject:
    """The object in a ``k8s`` envelope, with apiVersion and kind; raises ValueError if malformed."""
    if not body.startswith(_MAGIC):
        raise ValueError("the body does not begin with the protobuf envelope")
    envelope = dict(_fields(body[len(_MAGIC) :]))
    type_meta = dict(_fields(_as_bytes(envelope.get(1, b""))))
    api_version, kind = _text(type_meta.get(1, b"")), _text(type_meta.get(2, b""))
    found = _message(_as_bytes(envelope.get(2, b"")), root_message(api_version, kind))
    return {"apiVersion": api_version, "kind": kind, **found}


def _message(data: bytes, name: str) -> KubernetesObject:
    table = message(name)
    # Fields that JSON shows even when empty, in case a client in another language omits them.
    found: KubernetesObject = {field.name: _EMPTY[field.type] for field in table.values() if field.always}
    for number, value in _fields(data):
        field = table.get(number)
        if field is not None:
            _put(found, field, value)
    return found


def _put(found: KubernetesObject, field: ProtobufField, value: int | bytes) -> None:
    if field.inline:
        found.update(_message(_as_bytes(value), field.type))
    elif field.shape == "list":
        found.setdefault(field.name, []).extend(_elements(value, field.type))
    elif field.shape:
        entry = dict(_fields(_as_bytes(value)))
        found.setdefault(field.name, {})[_text(entry.get(1, b""))] = _entry(entry.get(2), field)
    else:
        decoded = _value(value, field.type)
        if decoded is not None and (field.always or field.pointer or not _is_omitted(decoded)):
            found[field.name] = decoded


def _elements(value: int | bytes, kind: str) -> list[Any]:
    if kind in ("i", "b") and isinstance(value, bytes):
        return [_value(number, kind) for number in _packed(value)]
    return [_value(value, kind)]


def _entry(value: int | bytes | None, field: ProtobufField) -> Any:
    if field.shape == "map-of-lists":
        return [_value(item, field.type) for _, item in _fields(_as_bytes(value or b""))]
    return _value(value if value is not None else 0 if field.type in ("i", "b") else b"", field.type)


def _is_omitted(value: Any) -> bool:
    """Go's omitempty: an empty message stays (``status: {}``), an empty value does not."""
    return not value and not isinstance(value, dict)


def _value(value: int | bytes, kind: str) -> Any:
    match kind:
        case "s":
            return _text(value)
        case "i":
            return _signed(_as_int(value))
        case "b":
            return bool(_as_int(value))
        case "y":
            return base64.b64encode(_as_bytes(value)).decode()
        case "Raw":
            return _embedded(dict(_fields(_as_bytes(value))).get(1, b""))
        case "Quantity":
            return _text(dict(_fields(_as_bytes(value))).get(1, b""))
        case "IntOrString":
            parts = dict(_fields(_as_bytes(value)))
            return _text(parts.get(3, b"")) if parts.get(1) else _signed(_as_int(parts.get(2, 0)))
        case "Time" | "MicroTime":
            return _time(_as_bytes(value), micro=kind == "MicroTime")
        case _:
            return _message(_as_bytes(value), kind)


def _embedded(value: int | bytes) -> Any:
    text = _text(value)
    try:
        return load_json(text) if text else None
    except TooDeep as error:
        raise ValueError("embedded JSON is nested too deeply") from error


def _time(data: bytes, *, micro: bool) -> str | None:
    parts = dict(_fields(data))
    if not parts:
        return None
    seconds, nanos = _signed(_as_int(parts.get(1, 0))), _as_int(parts.get(2, 0))
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{seconds} s is not a time") from error
    text = moment.isoformat().removesuffix("+00:00")
    return f"{text}.{nanos // 1000:06d}Z" if micro else f"{text}Z"


def _signed(number: int) -> int:
    return number - _UINT64 if number >= _INT64 else number


def _packed(data: bytes) -> Iterator[int]:
    position = 0
    while position < len(data):
        number, position = _varint(data, position)
        yield number


def _as_int(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise ValueError("text or a message where a number is due")
    return value


def _text(value: int | bytes) -> str:
    return _as_bytes(value).decode()


def _as_bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number where text or a message is due")
    return value


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, position = _varint(data, position)
            yield number, value
            continue
        if wire == _BYTES:
            length, position = _varint(data, position)
        elif wire in (_FIXED32, _FIXED64):
            length = 4 if wire == _FIXED32 else 8
        else:
            raise ValueError(f"unknown wire type {wire}")
        if position + length > len(data):
            raise ValueError("the body ends within a field")
        yield number, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        if position >= len(data) or shift > 63:
            raise ValueError("the body ends within a number")
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7

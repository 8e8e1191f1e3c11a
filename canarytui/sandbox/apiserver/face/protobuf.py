"""Decoding of protobuf bodies, which typed kubectl commands and client-go send for built-in kinds.

The wire format carries numbers, not names: :mod:`.protobuf_messages` has the tables. Go writes every plain
field, also empty ones, and pointers only when set; so empty plain fields are dropped here and empty pointers
kept, which is what the same object would look like in JSON.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from canarytui.sandbox.apiserver.face.protobuf_messages import Field, message

Object = dict[str, Any]
_MAGIC = b"k8s\x00"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_UINT64 = 1 << 64


def decode(body: bytes) -> Object:
    """The object in a ``k8s`` envelope, with apiVersion and kind; raises ValueError for what it cannot read."""
    if not body.startswith(_MAGIC):
        raise ValueError("the body does not begin with the protobuf envelope")
    envelope = dict(_fields(body[len(_MAGIC) :]))
    type_meta = dict(_fields(_as_bytes(envelope.get(1, b""))))
    api_version, kind = _text(type_meta.get(1, b"")), _text(type_meta.get(2, b""))
    obj: Object = {"apiVersion": api_version, "kind": kind}
    obj.update(_message(_as_bytes(envelope.get(2, b"")), root_message(api_version, kind)))
    return obj


def root_message(api_version: str, kind: str) -> str:
    """Name of the table for a kind; raises ValueError when there is none."""
    for name in (f"{api_version}/{kind}", kind):
        if message(name) is not None:
            return name
    raise ValueError(f"no protobuf table for {kind} of {api_version}; send it as JSON")


def _message(data: bytes, name: str) -> Object:
    table = message(name)
    if table is None:
        raise ValueError(f"no protobuf table for {name}")
    found: Object = {}
    for number, value in _fields(data):
        field = table.get(number)
        if field is None:
            raise ValueError(f"{name} has an unknown protobuf field {number}; send the object as JSON")
        if field.type == "-":
            continue
        _put(found, field, value)
    return found


def _put(found: Object, field: Field, value: int | bytes) -> None:
    if field.inline:
        found.update(_message(_as_bytes(value), field.type))
        return
    if field.map_of:
        entry = dict(_fields(_as_bytes(value)))
        key = _text(entry.get(1, b""))
        found.setdefault(field.name, {})[key] = _value(entry.get(2, b""), field.map_of)
        return
    decoded = _value(value, field.type)
    if field.repeated:
        found.setdefault(field.name, []).append(decoded)
    elif field.pointer or not _is_empty(decoded):
        found[field.name] = decoded


def _is_empty(value: Any) -> bool:
    return value in ("", 0, None) or value is False or value == {}


def _value(value: int | bytes, kind: str) -> Any:
    if kind == "s":
        return _text(value)
    if kind == "i":
        number = value if isinstance(value, int) else 0
        return number - _UINT64 if number >= _UINT64 // 2 else number
    if kind == "b":
        return bool(value)
    if kind == "bytes":
        return base64.b64encode(_as_bytes(value)).decode()
    if kind == "Quantity":
        return _text(dict(_fields(_as_bytes(value))).get(1, b""))
    if kind == "IntOrString":
        parts = dict(_fields(_as_bytes(value)))
        return _text(parts.get(3, b"")) if parts.get(1) else _value(parts.get(2, 0), "i")
    if kind in ("Time", "MicroTime"):
        return _time(_as_bytes(value), micro=kind == "MicroTime")
    return _message(_as_bytes(value), kind)


def _time(data: bytes, *, micro: bool) -> str | None:
    parts = dict(_fields(data))
    if not parts:
        return None
    seconds, nanos = _value(parts.get(1, 0), "i"), _value(parts.get(2, 0), "i")
    moment = datetime.fromtimestamp(seconds, UTC)
    if micro:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{nanos // 1000:06d}Z"
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


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

"""The functions that every template has: comparison, logic, index, len, slice, printing and escaping."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote_plus

from msgspec import Struct

from canarytui.metrics.gotemplate.formatting import Value, print_all, print_line, printf, type_name


class CallError(ValueError):
    """What a function says of its arguments."""


class Builtin(Struct, frozen=True):
    """Takes `fixed` arguments, more where `variadic`; the first must be a string where `text_first`."""

    call: Callable[[Sequence[Value]], Value]
    fixed: int
    variadic: bool = False
    text_first: bool = False


def truth(value: Value) -> bool:
    """Whether ``if`` takes it for true: not empty, not zero, not nil."""
    return bool(value)


def _basic(value: Value) -> str:
    """The kind of `value` for an ordering; raises CallError for kinds that have none."""
    if value is None or isinstance(value, bool | complex | dict):
        raise CallError("invalid type for comparison")
    return type_name(value)


def _equal(values: Sequence[Value]) -> Value:
    first, *others = values
    if not others:
        raise CallError("missing argument for comparison")
    if isinstance(first, dict):
        raise CallError(f"non-comparable type {print_all([first])}: {type_name(first)}")
    for other in others:
        if first is None or other is None:
            if first is other:
                return True
            continue
        if isinstance(other, dict):
            raise CallError(f"non-comparable type {print_all([other])}: {type_name(other)}")
        if type(first) is not type(other):
            raise _incompatible(first, other)
        if first == other:
            return True
    return False


def _incompatible(first: Value, second: Value) -> CallError:
    return CallError(f"incompatible types for comparison: {type_name(first)} and {type_name(second)}")


def _less(values: Sequence[Value]) -> bool:
    first, second = values
    if _basic(first) != _basic(second):
        raise _incompatible(first, second)
    return first < second  # type: ignore[operator]


def _less_or_equal(values: Sequence[Value]) -> bool:
    return _less(values) or bool(_equal(values))


def _length(values: Sequence[Value]) -> Value:
    (value,) = values
    if value is None:
        raise CallError("reflect: call of reflect.Value.Type on zero Value")
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace"))
    if isinstance(value, dict):
        return len(value)
    raise CallError(f"len of type {type_name(value)}")


def _whole(index: Value, length: int, *, beyond: int) -> int:
    if index is None:
        raise CallError("cannot index slice/array with nil")
    if isinstance(index, bool) or not isinstance(index, int):
        raise CallError(f"cannot index slice/array with type {type_name(index)}")
    if not 0 <= index < length + beyond:
        raise CallError(f"index out of range: {index}")
    return index


def _index(values: Sequence[Value]) -> Value:
    item, *indexes = values
    if item is None:
        raise CallError("index of untyped nil")
    for index in indexes:
        if isinstance(item, dict):
            if index is None:
                raise CallError("value is nil; should be of type string")
            if not isinstance(index, str):
                raise CallError(f"value has type {type_name(index)}; should be string")
            item = item.get(index, "")
        elif isinstance(item, str):
            encoded = item.encode("utf-8", "replace")
            item = encoded[_whole(index, len(encoded), beyond=0)]
        else:
            raise CallError(f"can't index item of type {type_name(item)}")
    return item


def _slice(values: Sequence[Value]) -> Value:
    item, *indexes = values
    if item is None:
        raise CallError("slice of untyped nil")
    if len(indexes) > 3:
        raise CallError(f"too many slice indexes: {len(indexes)}")
    if not isinstance(item, str):
        raise CallError(f"can't slice item of type {type_name(item)}")
    if len(indexes) == 3:
        raise CallError("cannot 3-index slice a string")
    encoded = item.encode("utf-8", "replace")
    start, end = [*(_whole(index, len(encoded), beyond=1) for index in indexes), None, None][:2]
    start, end = start or 0, len(encoded) if end is None else end
    if start > end:
        raise CallError(f"invalid slice index: {start} > {end}")
    return encoded[start:end].decode("utf-8", "replace")


def _call(values: Sequence[Value]) -> Value:
    name, function, *_ = values
    if function is None:
        raise CallError("call of nil")
    raise CallError(f"non-function {name} of type {type_name(function)}")


def _escapable(values: Sequence[Value]) -> str:
    return print_all(["<no value>" if value is None else value for value in values])


_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}


def _javascript(values: Sequence[Value]) -> Value:
    def one(letter: str) -> str:
        if letter in _JS:
            return _JS[letter]
        if letter < " " or (not letter.isascii() and not letter.isprintable()):
            return f"\\u{ord(letter):04X}"
        return letter

    return "".join(one(letter) for letter in _escapable(values))


def _html(values: Sequence[Value]) -> Value:
    escaped = html.escape(_escapable(values))
    return escaped.replace("&quot;", "&#34;").replace("&#x27;", "&#39;").replace("\0", "\ufffd")


BUILTINS: dict[str, Builtin] = {
    "call": Builtin(_call, 1, variadic=True),
    "eq": Builtin(_equal, 1, variadic=True),
    "ge": Builtin(lambda values: not _less(values), 2),
    "gt": Builtin(lambda values: not _less_or_equal(values), 2),
    "html": Builtin(_html, 0, variadic=True),
    "index": Builtin(_index, 1, variadic=True),
    "js": Builtin(_javascript, 0, variadic=True),
    "le": Builtin(_less_or_equal, 2),
    "len": Builtin(_length, 1),
    "lt": Builtin(_less, 2),
    "ne": Builtin(lambda values: not _equal(values), 2),
    "not": Builtin(lambda values: not truth(values[0]), 1),
    "print": Builtin(print_all, 0, variadic=True),
    "printf": Builtin(lambda values: printf(str(values[0]), values[1:]), 1, variadic=True, text_first=True),
    "println": Builtin(print_line, 0, variadic=True),
    "slice": Builtin(_slice, 1, variadic=True),
    "urlquery": Builtin(lambda values: quote_plus(_escapable(values), safe="~"), 0, variadic=True),
}

LOGIC = {"and": False, "or": True}
"""Functions that stop at the first argument whose truth is this; the evaluator carries them out."""


def function_names(own: Iterable[str]) -> frozenset[str]:
    """What a template with its `own` functions may call."""
    return frozenset({*BUILTINS, *LOGIC, *own})

"""JSON of requests within bounds."""

from __future__ import annotations

import pytest

from canarytui.sandbox.nesting import DEPTH_MOST, TooDeep, checked, load_json


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def test_values_within_bounds_are_read() -> None:
    assert load_json(b'{"a": [1, null]}') == {"a": [1, None]}
    assert load_json(nested(DEPTH_MOST))
    with pytest.raises(ValueError, match="Expecting value"):
        load_json("x")


@pytest.mark.parametrize("depth", [DEPTH_MOST + 1, 100_000])
def test_what_is_nested_too_deeply_is_refused(depth: int) -> None:
    with pytest.raises(TooDeep, match="exceeded max depth of 100"):
        load_json(nested(depth))


def test_aliases_count_for_what_they_stand_for() -> None:
    value: list[object] = [0] * 1000
    for _ in range(2):
        value = [value] * 1000
    with pytest.raises(TooDeep, match="excessive aliasing"):
        checked(value)

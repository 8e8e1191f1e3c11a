"""Values of any type are read without an error, and only what has the right type is kept."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest

from canarytui.domain.values import as_count, as_integer, as_mapping, as_mappings, as_text, as_texts, parse_time

ANYTHING = [None, True, 7, 1.5, "text", ["a", {"b": 1}], {"a": 1}, MappingProxyType({"a": 1}), b"bytes", object()]


@pytest.mark.parametrize("value", ANYTHING, ids=lambda value: type(value).__name__)
def test_only_an_object_is_read_as_a_mapping(value: object) -> None:
    if isinstance(value, dict | MappingProxyType):
        assert as_mapping(value) is value
    else:
        assert as_mapping(value) == {}


def test_a_list_keeps_its_objects_or_its_texts() -> None:
    mixed = [{"name": "a"}, None, "b", 3, MappingProxyType({"name": "c"}), ["d"]]
    assert as_mappings(mixed) == [{"name": "a"}, {"name": "c"}]
    assert as_texts(mixed) == ["b"]
    assert as_mappings({"name": "a"}) == as_mappings(None) == as_mappings("ab") == []
    assert as_texts("ab") == as_texts(None) == []


def test_text_is_kept_and_nothing_is_turned_into_text() -> None:
    assert as_text("Progressing") == "Progressing"
    assert [as_text(value) for value in (None, 7, True, ["a"], {})] == [""] * 5


@pytest.mark.parametrize(
    ("value", "integer", "count"),
    [
        (3, 3, 3),
        (3.9, 3, 3),
        (-2, -2, 0),
        (None, 0, 0),
        ("3", 0, 0),
        (10**9, 0, 0),
        (-(10**9), 0, 0),
        (10**400, 0, 0),
        (math.nan, 0, 0),
        (math.inf, 0, 0),
    ],
)
def test_numbers_are_whole_and_within_a_billion(value: object, integer: int, count: int) -> None:
    assert as_integer(value) == integer
    assert as_count(value) == count


def test_times_have_an_offset() -> None:
    moment = datetime(2026, 11, 26, 14, 2, 11, tzinfo=UTC)
    assert parse_time("2026-11-26T14:02:11Z") == moment
    assert parse_time("2026-11-26T14:02:11") == moment
    assert parse_time("2026-11-26T15:02:11.5+01:00") == datetime(
        2026, 11, 26, 15, 2, 11, 500_000, tzinfo=timezone(timedelta(hours=1))
    )


@pytest.mark.parametrize("value", [None, 7, "", "yesterday", "2026-13-01T00:00:00Z", "2026-11-26T14:02:11" + "0" * 40])
def test_what_is_no_time_is_none(value: object) -> None:
    assert parse_time(value) is None

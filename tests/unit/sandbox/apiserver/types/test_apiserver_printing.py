"""Columns, ages and selectors as kubectl prints them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from canarytui.sandbox.apiserver.types.ages import UNKNOWN, age, parse_time
from canarytui.sandbox.apiserver.types.printing import (
    AGE_ONLY,
    CREATED_AT,
    NAME,
    age_of,
    columns,
    containers_and_images,
    selector_text,
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_columns_from_a_line_of_names() -> None:
    name, ready, count, wide = columns("Ready|#Count", "Node")
    assert name is NAME
    assert (ready.type, count.type, count.name) == ("string", "integer", "Count")
    assert (ready.priority, wide.priority) == (0, 1)
    assert wide.definition() == {"name": "Node", "type": "string", "format": "", "description": "Node", "priority": 1}
    assert columns("A", named=False)[0].name == "A"


def test_ages() -> None:
    born = {"metadata": {"creationTimestamp": "2026-01-01T11:00:00Z"}}
    assert (age_of(born, NOW), AGE_ONLY.cells(born, NOW)) == ("60m", ["60m"])
    assert CREATED_AT.cells({"metadata": {}}, NOW) == [UNKNOWN]
    assert age(None, NOW) == age("soon", NOW) == UNKNOWN
    assert parse_time("2026-01-01T12:00:00") == parse_time("2026-01-01T13:00:00+01:00") == NOW


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (None, "<none>"),
        ({"b": "2", "a": "1"}, "a=1,b=2"),
        ({"matchLabels": {"a": "1"}}, "a=1"),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["x", "y"]}]}, "a in (x,y)"),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["x"]}]}, "a notin (x)"),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "DoesNotExist"}]}, "a,!b"),
    ],
)
def test_selectors(selector: dict[str, Any] | None, text: str) -> None:
    assert selector_text(selector) == text


def test_containers() -> None:
    template = {"spec": {"containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}]}}
    assert containers_and_images(template) == ["a,b", "a:1,b:1"]

"""Fields of an object: read with Flagger's defaults, or an error that names object, field and rule."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.spec.fields import INT32_MOST, ObjectFields
from canarytui.errors import InvalidObject


def fields(**values: Any) -> ObjectFields:
    return ObjectFields("Canary shop/cart", "spec", values)


def test_absent_fields_are_empty() -> None:
    nothing = fields()
    assert (nothing.text("a"), nothing.text("a", "b"), nothing.flag("a"), nothing.whole("a", 7)) == ("", "b", False, 7)
    assert (nothing.number("a"), nothing.parts("a"), nothing.texts("a")) == (None, (), {})
    assert nothing.part("a").values == {}


def test_values_are_read_by_type() -> None:
    given = fields(name="cart", on=True, count=3.0, share=0.5, labels={"a": 1}, list=[{"x": 1}], wait="90s")
    assert (given.text("name"), given.required("name"), given.flag("on"), given.whole("count")) == (
        "cart",
        "cart",
        True,
        3,
    )
    assert (given.number("share"), given.texts("labels"), given.duration_s("wait", 1.0)) == (0.5, {"a": "1"}, 90.0)
    assert [(part.path, part.values) for part in given.parts("list")] == [("spec.list[0]", {"x": 1})]


@pytest.mark.parametrize("value", [None, 7, "", "soon", "ms"])
def test_an_unreadable_duration_is_the_default(value: object) -> None:
    assert fields(wait=value).duration_s("wait", 60.0) == 60.0


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("text", 7),
        ("flag", "yes"),
        ("whole", "3"),
        ("whole", 2.5),
        ("whole", True),
        ("whole", 2**70),
        ("number", "1"),
        ("part", [1]),
        ("parts", {"a": 1}),
        ("parts", [1]),
        ("required", ""),
    ],
)
def test_a_wrong_value_is_an_error_that_names_it(read: str, value: object) -> None:
    with pytest.raises(InvalidObject, match=r"^Canary shop/cart: spec\.field"):
        getattr(fields(field=value), read)("field")


def test_the_limit_of_a_number_is_named() -> None:
    with pytest.raises(InvalidObject, match=str(INT32_MOST)):
        fields(field=INT32_MOST + 1).whole("field", most=INT32_MOST)

"""What is wrong with a field, in Kubernetes' words."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems, label_problems

LONG = "x" * 64


@pytest.mark.parametrize(
    ("cause", "reason", "message"),
    [
        (field_problems.required("f"), "FieldValueRequired", "Required value"),
        (field_problems.required("f", "why"), "FieldValueRequired", "Required value: why"),
        (field_problems.wrong("f", {"a": 1}, "why"), "FieldValueInvalid", 'Invalid value: {"a":1}: why'),
        (field_problems.unsupported("f", "x", ("a", "b")), "FieldValueNotSupported",
         'Unsupported value: "x": supported values: "a", "b"'),
        (field_problems.forbidden("f", "why"), "FieldValueForbidden", "Forbidden: why"),
        (field_problems.duplicate("f", "a"), "FieldValueDuplicate", 'Duplicate value: "a"'),
        (field_problems.immutable("f", 1), "FieldValueInvalid", "Invalid value: 1: field is immutable"),
        (label_problems.invalid("f", "ä", "why"), "FieldValueInvalid", 'Invalid value: "ä": why'),
    ],
)  # fmt: skip
def test_sentences(cause: Cause, reason: str, message: str) -> None:
    assert cause == Cause(reason, "f", message)


def test_a_bound_is_named_when_it_is_broken() -> None:
    assert field_problems.too_small("f", 1, 1) == []
    (found,) = field_problems.too_small("f", 0, 1)
    assert found.message == "Invalid value: 0: must be greater than or equal to 1"


def test_labels_annotations_and_finalizers() -> None:
    assert label_problems.in_labels({"a": "b"}, "f") == label_problems.in_labels(None, "f") == []
    assert [cause.field for cause in label_problems.in_labels({"a b": LONG}, "f")] == ["f", "f"]
    assert label_problems.in_annotations({"A": "any text"}, "f") == []
    (large,) = label_problems.in_annotations({"a": "x" * 262145}, "f")
    assert large.reason == "FieldValueTooLong"
    assert label_problems.in_finalizers(["example.com/a"], "f") == []
    (both,) = label_problems.in_finalizers(["orphan", "foregroundDeletion"], "f")
    assert "cannot be both set" in both.message


def test_a_template_s_metadata_is_found_below_its_path() -> None:
    metadata = {"labels": {"a": LONG}, "annotations": {"a b": ""}, "finalizers": ["a b"]}
    fields = {cause.field for cause in label_problems.in_template(metadata, "t")}
    assert fields == {"t.labels", "t.annotations", "t.finalizers"}
    assert label_problems.in_template(None, "t") == []


@pytest.mark.parametrize(
    ("term", "field"),
    [
        ({"key": "a", "operator": "In"}, "s.matchExpressions[0].values"),
        ({"key": "a", "operator": "Exists", "values": ["b"]}, "s.matchExpressions[0].values"),
        ({"key": "a", "operator": "Like"}, "s.matchExpressions[0].operator"),
        ({"key": "a b", "operator": "Exists"}, "s.matchExpressions[0].key"),
        ({"key": "a", "operator": "In", "values": ["b", LONG]}, "s.matchExpressions[0].values[1]"),
    ],
)
def test_selectors(term: dict[str, Any], field: str) -> None:
    assert label_problems.in_selector({"matchLabels": {"a": "b"}}, "s") == []
    assert field in [cause.field for cause in label_problems.in_selector({"matchExpressions": [term]}, "s")]

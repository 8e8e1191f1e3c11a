"""Whether an object shows a write, by what it holds."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.write_evidence import differing, is_object, is_replaced, version_of, wrote

ROUTE: dict[str, Any] = {
    "metadata": {"name": "cart", "resourceVersion": "7", "annotations": {"a": "1"}},
    "spec": {"rules": [{"backends": [{"name": "p", "weight": 90}, {"name": "c", "weight": 10}]}], "old": True},
    "status": {"parents": 1},
}


def with_weights(primary: int, **spec: Any) -> dict[str, Any]:
    backends = [{"name": "p", "weight": primary}, {"name": "c", "weight": 100 - primary}]
    return {**ROUTE, "spec": {"rules": [{"backends": backends}], "old": True, **spec}}


def stored(obj: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**obj, "metadata": {**obj["metadata"], "resourceVersion": "8", "uid": "u", "generation": 2}, **changes}


def without(obj: dict[str, Any], field: str) -> dict[str, Any]:
    return {**obj, "spec": {key: value for key, value in obj["spec"].items() if key != field}}


@pytest.mark.parametrize(
    ("wanted", "found", "replaced"),
    [
        (with_weights(80), stored(with_weights(80)), True),
        (with_weights(80), stored(ROUTE), False),
        (with_weights(80), stored(with_weights(80), status={"parents": 2}), True),
        (with_weights(80), stored(with_weights(80, defaulted=1)), True),
        (without(ROUTE, "old"), stored(ROUTE), False),
        (without(ROUTE, "old"), stored(without(ROUTE, "old")), True),
        ({**ROUTE, "metadata": {"name": "cart", "annotations": {}}}, stored(ROUTE), False),
        (with_weights(80), stored({**ROUTE, "spec": {"rules": [], "old": True}}), False),
        (with_weights(80), {}, False),
    ],
)
def test_a_put_is_recognised_by_all_that_it_decides(
    wanted: dict[str, Any], found: dict[str, Any], replaced: bool
) -> None:
    assert is_replaced(wanted, ROUTE, found) is replaced


def test_what_differs_is_named() -> None:
    patch = {"metadata": {"resourceVersion": "1"}, "spec": {"suspend": True, "skipAnalysis": None, "text": "x\x1b[2J"}}
    assert differing(patch, {"spec": {"suspend": True}}) == ["spec.text is absent (requested: x)"]
    assert differing(patch, {"spec": {"suspend": False, "skipAnalysis": True, "text": "x\x1b[2J"}}) == [
        "spec.suspend is false (requested: true)",
        "spec.skipAnalysis is true (requested: absent)",
    ]
    assert differing({"spec": {"a": {"b": 1}}}, {"spec": "rubbish"}) == ["spec.a.b is absent (requested: 1)"]


def test_owners_count_by_part_and_rubbish_counts_for_nothing() -> None:
    entries = [7, {"manager": "canarytui-1", "subresource": "status"}, {"manager": "flagger"}]
    obj = {"metadata": {"managedFields": entries}}
    assert (wrote(obj, "canarytui-1"), wrote(obj, "canarytui-1", "status")) == (False, True)
    assert wrote({"metadata": {"managedFields": [7]}}, "canarytui-1") is None
    assert wrote({"metadata": 7}, "canarytui-1") is None


@pytest.mark.parametrize("answer", [{}, {"metadata": {}}, {"metadata": {"name": "cart"}}, {"kind": "Status"}])
def test_an_answer_that_is_no_object_is_none(answer: dict[str, Any]) -> None:
    assert not is_object(answer, "cart")
    assert is_object(stored(ROUTE), "cart")
    assert version_of(stored(ROUTE)) == "8"

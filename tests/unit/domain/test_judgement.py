"""Whether a value passes: the limits of built-in and other checks, with the older threshold and without."""

from __future__ import annotations

import math
from typing import Any

import pytest

from canarytui.domain.rollout.judgement import CheckLimits, limits_of
from canarytui.domain.spec.analysis import Metric


def metric(name: str, **fields: Any) -> Metric:
    known = {"interval": "1m", "threshold": None, "has_range": False, "minimum": None, "maximum": None, "query": ""}
    return Metric(name, **{**known, "template_name": "", "template_namespace": "", "variables": {}, **fields})


def ranged(low: float | None, high: float | None) -> dict[str, Any]:
    return {"has_range": True, "minimum": low, "maximum": high}


@pytest.mark.parametrize(
    ("name", "builtin", "fields", "expected"),
    [
        ("request-success-rate", True, {"threshold": 99.0}, CheckLimits(99, None)),
        ("request-success-rate", False, {"threshold": 99.0}, CheckLimits(None, 99)),
        ("request-success-rate", True, ranged(None, None), CheckLimits(None, None)),
        ("request-duration", True, {"threshold": 500.9}, CheckLimits(None, 500, whole=True)),
        ("request-duration", True, ranged(0.5, 500.9), CheckLimits(0, 500, whole=True)),
        ("request-duration", False, ranged(0.5, 500.9), CheckLimits(0.5, 500.9)),
        ("ours", False, {}, CheckLimits(None, 0)),
        ("ours", False, {"threshold": 5.0, **ranged(1, None)}, CheckLimits(1, None)),
    ],
)
def test_limits(name: str, builtin: bool, fields: dict[str, Any], expected: CheckLimits) -> None:
    assert limits_of(metric(name, **fields), builtin=builtin) == expected


def test_values() -> None:
    between = CheckLimits(1, 5)
    assert [between.fails(value) for value in (0.99, 1, 5, 5.01, None, math.nan, math.inf)] == [
        True, False, False, True, True, True, True
    ]  # fmt: skip
    whole = CheckLimits(None, 500, whole=True)
    assert [whole.fails(value) for value in (500.99, 501, None)] == [False, True, True]
    assert (whole.fails(math.inf, strict=True), whole.fails(math.inf, strict=False)) == (False, True)

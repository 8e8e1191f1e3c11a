"""Kubernetes quantities."""

from __future__ import annotations

import pytest

from canarytui.metrics.quantity import quantity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1500m", 1.5),
        ("7", 7.0),
        ("-3.25", -3.25),
        ("+.5", 0.5),
        ("1.", 1.0),
        ("2k", 2000.0),
        ("2Ki", 2048.0),
        ("1.5Mi", 1.5 * 1024**2),
        ("3E", 3e18),
        ("3e2", 300.0),
        ("3E2", 300.0),
        ("1e-3", 0.001),
        ("250u", 0.00025),
        ("5n", 5e-9),
        ("1Ei", 1024.0**6),
    ],
)
def test_a_quantity_is_a_number(text: str, number: float) -> None:
    assert quantity(text) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    "text", ["", "m", "1x", "1 m", "NaN", "Infinity", "1mi", "1_0", "1e999", "1ki", "9" * 101, "٣"]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quantit"):
        quantity(text)

"""Numbers as Prometheus writes them."""

from __future__ import annotations

import math

import pytest

from canarytui.sandbox.prometheus.numbers import number_text, plain_text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "-0"), (1.0, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (math.nan, "NaN"), (math.inf, "+Inf"),
     (-math.inf, "-Inf"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1e-6, "0.000001"), (1e-7, "1e-07")],
)  # fmt: skip
def test_the_shortest_form(value: float, text: str) -> None:
    assert number_text(value) == text


def test_labels_have_no_exponent() -> None:
    assert [plain_text(value) for value in (1e21, 1e-7)] == ["1" + "0" * 21, "0.0000001"]

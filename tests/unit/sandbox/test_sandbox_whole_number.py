"""Whole numbers in texts that others wrote."""

from __future__ import annotations

import pytest

from canarytui.sandbox.whole_number import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("0042", 42), ("9" * 20, 10**20 - 1), ("9" * 21, None), ("", None), ("-1", None), ("+1", None),
     ("1.0", None), ("1_000", None), (" 1", None), ("²", None), ("١", None), ("9" * 5000, None)],
)  # fmt: skip
def test_only_ascii_digits_are_a_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number

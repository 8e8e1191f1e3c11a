"""The size of a terminal's cell in a picture, and how numbers are written there."""

from __future__ import annotations

COLUMN, LINE = 12.2, 24.4
"""As Rich draws them."""


def number(value: float) -> str:
    """With one decimal where it has any."""
    return f"{value:.1f}".removesuffix(".0")

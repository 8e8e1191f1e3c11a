"""From one style to the next in the fewest bytes."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from rich.style import Style

from canarytui.console.terminal.sgr import PLAIN, change, sgr_style_of

EIGHT_BIT = ColorSystem.EIGHT_BIT


@pytest.mark.parametrize(
    ("before", "after", "sequence"),
    [
        ("", "", ""),
        ("bold", "", "\x1b[m"),
        ("", "bold", "\x1b[1m"),
        ("bold red", "bold blue", "\x1b[34m"),
        ("red on white", "red", "\x1b[49m"),
        ("bold dim", "dim", "\x1b[0;2m"),  # what ends bold ends dim, too
        ("underline red", "red", "\x1b[24m"),
    ],
)
def test_only_what_differs_is_written(before: str, after: str, sequence: str) -> None:
    assert change(sgr_style_of(Style.parse(before), EIGHT_BIT), sgr_style_of(Style.parse(after), EIGHT_BIT)) == sequence


def test_a_blank_looks_the_same_in_every_foreground() -> None:
    red, blue = (sgr_style_of(Style.parse(f"bold {name} on white"), EIGHT_BIT) for name in ("red", "blue"))
    assert red.on_blanks == blue.on_blanks != PLAIN
    assert sgr_style_of(Style.parse("underline"), EIGHT_BIT).on_blanks is None
    assert sgr_style_of(None, EIGHT_BIT) == PLAIN

"""A line of the list: its marks, its words, and which of them are toned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from rich.style import Style

from canarytui.console.list.columns import layout
from canarytui.console.list.row_drawing import STALE, row_segments, row_words
from canarytui.domain.rollout.explain import Tone
from canarytui.session.rows import CanaryRow, Measured, invalid_row

NOW = datetime(2026, 11, 23, 14, 30, 12, tzinfo=UTC)
ROW = CanaryRow(("shop", "cart"), "shop", "cart", "Halted", Tone.BAD, weight=20, success=Measured(53.4, 99.0, True))
PLACED = layout(100)
PLAIN, TONED = Style(color="white"), Style(color="red")


def words(row: CanaryRow, *, selected: bool = False, marked: bool = False) -> tuple[str, ...]:
    return row_words(row, PLACED, NOW, selected=selected, marked=marked, coarse=False)


def test_the_margin_tells_of_cursor_choice_and_age() -> None:
    stale = replace(ROW, as_of=NOW)
    assert [words(ROW)[0], words(ROW, selected=True)[0], words(ROW, marked=True)[0]] == ["  ", "▶ ", " ●"]
    assert words(stale)[0] == f" {STALE}"
    assert words(stale, marked=True)[0] == " ●"


def test_what_matters_is_toned_and_the_rest_is_plain() -> None:
    segments = row_segments(ROW, words(ROW), PLACED, PLAIN, TONED)
    toned = "".join(segment.text for segment in segments if segment.style == TONED)
    plain = "".join(segment.text for segment in segments if segment.style == PLAIN)
    assert "HALTED" in toned
    assert "53.4" in toned
    assert "cart" in plain
    assert "".join(segment.text for segment in segments).split() == " ".join(words(ROW)).split()
    assert len(segments) < len(PLACED), "neighbours of one style are one segment"


def test_an_object_that_cannot_be_read_says_why_in_its_line() -> None:
    row = invalid_row("shop", "odd", "spec.analysis is no object")
    assert words(row)[1:] == ("shop/odd", "! Invalid", "spec.analysis is no object")
    segments = row_segments(row, words(row), PLACED, PLAIN, TONED)
    assert [segment.text for segment in segments] == ["  ", "shop/odd ! Invalid spec.analysis is no object"]

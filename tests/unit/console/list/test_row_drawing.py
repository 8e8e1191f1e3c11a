"""A line of the list: its marks, its words, and which of them are toned."""

from __future__ import annotations

from datetime import UTC, datetime

from replacing import replace
from rich.style import Style

from canarytui.console.list.columns import layout
from canarytui.console.list.row_drawing import STALE, row_paints, row_segments, row_words
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


def painted(row: CanaryRow, columns: int = 180) -> dict[str, list[tuple[str, str]]]:
    """By column the parts of its cell that have a tone of their own."""
    placed = layout(columns, longest_name=8)
    said = row_words(row, placed, NOW, selected=False, marked=False, coarse=False)
    paints = row_paints(row, said, placed) or [()] * len(placed)
    return {
        each.column.name: [(cell[paint.start : paint.end], paint.tone) for paint in parts]
        for each, cell, parts in zip(placed, said[1:], paints, strict=True)
    }


def test_what_fails_is_a_badge_with_its_count() -> None:
    halted = replace(ROW, failed=4, threshold=10)
    assert painted(halted)["status"] == [(" HALTED 4/10 ", "badge")]
    assert painted(replace(halted, failed=40, threshold=1000))["status"] == [(" HALTED ", "badge")], "no room for it"
    assert painted(replace(ROW, label="Unattended", failed=4, threshold=10))["status"] == [(" UNATTENDED ", "badge")]
    assert painted(replace(ROW, label="Progressing", tone=Tone.ACTIVE))["status"] == []
    assert painted(replace(ROW, label="Succeeded"))["status"] == [], "its target is gone: the sentence says it"


def test_failures_are_counted_in_red_dots() -> None:
    assert painted(replace(ROW, failed=3, threshold=10))["failed"] == [
        (" ●●●", "bad"), ("○○○○○○○", "quiet"), (" 3/10", "bad")
    ]  # fmt: skip
    assert painted(replace(ROW, failed=0, threshold=10))["failed"] == [(" ○○○○○○○○○○ 0/10", "quiet")]
    row = replace(ROW, failed=3, threshold=10)
    narrow = row_words(row, layout(78), NOW, selected=False, marked=False, coarse=False)
    assert "3/10" in "".join(narrow)
    assert "●" not in "".join(narrow), "no dots where there is no room"


def test_after_a_rollback_the_last_attempts_numbers_stay_dimmed_and_say_so() -> None:
    row = replace(ROW, label="Failed", weight=0, last_weight=15, last_failed=10, threshold=10)
    assert painted(row)["weight"] == [("last attempt 15", "quiet")]
    assert painted(row)["failed"] == [("●●●●●●●●●● 10/10", "quiet")]
    assert painted(row)["status"] == [(" FAILED 10/10 ", "badge")]


def test_each_sample_has_the_colour_of_its_own_verdict() -> None:
    row = replace(ROW, success=Measured(53.0, 99.0, True, (100.0, 99.0, float("nan"), 98.9, 53.0), 99.0))
    parts = painted(row)["success_trend"]
    assert [(len(text), tone) for text, tone in parts] == [(2, "active"), (2, "bad")]


def test_the_bar_is_the_canarys_and_the_tick_the_thresholds() -> None:
    bar = painted(replace(ROW, weight=25, promotes_at=50))["weight"]
    assert [tone for _, tone in bar] == ["canary", "quiet", "threshold", "quiet"]
    assert bar[2][0] == "│"


def test_a_stale_row_has_no_colours() -> None:
    assert not any(painted(replace(ROW, failed=3, threshold=10, as_of=NOW)).values())

"""Labelled paragraphs."""

from __future__ import annotations

from canarytui.console.drill.paragraphs import Paragraphs


def test_further_lines_stand_below_the_first_words() -> None:
    paragraphs = Paragraphs(30, 8)
    paragraphs.part("what", "one two three four five six seven")
    paragraphs.part("why", "", "bad")
    assert paragraphs.text().plain.split("\n") == ["what    one two three four", "        five six seven", "why     "]


def test_a_narrow_terminal_still_gets_words() -> None:
    paragraphs = Paragraphs(10, 8)
    paragraphs.part("what", "one two three four five six seven")
    assert paragraphs.text().plain.split("\n")[0] == "what    one two three four"

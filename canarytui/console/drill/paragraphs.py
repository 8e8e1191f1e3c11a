"""Labelled paragraphs with a hanging indent. Pure."""

from __future__ import annotations

import textwrap

from rich.text import Text

_LEAST = 20


class Paragraphs:
    """Text of `columns` columns, labels in the first `label` of them."""

    def __init__(self, columns: int, label: int) -> None:
        self._label = label
        self._room = max(columns - label, _LEAST)
        self._lines: list[Text] = []

    def part(self, label: str, words: str, style: str = "") -> None:
        """One paragraph; `words` have been cleaned."""
        lines = textwrap.wrap(words, self._room, break_on_hyphens=False) or [""]
        for line, beside in zip(lines, [label, *[""] * (len(lines) - 1)], strict=True):
            self._lines.append(Text.assemble((f"{beside:<{self._label}}", "quiet"), (line, style)))

    def text(self) -> Text:
        return Text("\n").join(self._lines)

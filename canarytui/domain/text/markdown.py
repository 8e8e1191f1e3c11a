"""Text from a cluster in Markdown: it stands there as it is, and is never markup. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from canarytui.domain.text.plain import clean

_MOST = 600
_MARKUP = "\\`*_[]<>#|~&"


def plain_markdown(text: object, most: int = _MOST) -> str:
    """Text with everything escaped that means something to Markdown or HTML, in one line."""
    return "".join(f"\\{letter}" if letter in _MARKUP else letter for letter in clean(text, most))


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table of plain cells."""
    listed = [f"| {' | '.join(plain_markdown(cell) for cell in row)} |" for row in rows]
    return [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}", *listed]


def code_block(lines: Iterable[str], language: str = "") -> list[str]:
    """A fenced block whose fence no line in it can end."""
    cleaned = [f"{' ' * (len(line) - len(line.lstrip(' ')))}{clean(line, 4000)}" for line in lines]
    longest = max((len(run) for line in cleaned for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(longest + 1, 3)
    return [f"{fence}{language}", *cleaned, fence]

"""Lines of text: folding, titles, columns side by side. Used by all parts of the detail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.style import Style
from rich.text import Span, Text

from canarytui.domain.text.plain import cut, width


def line(*pieces: tuple[str, str] | str) -> Text:
    """One line of (text, tone) pieces; a bare string has no tone."""
    text = Text(no_wrap=True, end="")
    for piece in pieces:
        words, tone = (piece, "") if isinstance(piece, str) else piece
        text.append(words, style=tone)
    return text


def fold(words: str, columns: int, indent: int = 0) -> list[str]:
    """`words` in lines of at most `columns` columns, broken at spaces where there are any; all but the first line
    are indented."""
    columns = max(columns, 8)
    indent = min(indent, columns // 2)
    lines: list[str] = []
    rest = words
    while rest:
        margin = " " * indent if lines else ""
        room = columns - len(margin)
        if width(rest) <= room:
            lines.append(margin + rest)
            break
        head = cut(rest, room + 1)[:-1]  # what fits, without the mark of the cut
        space = head.rfind(" ") if rest[len(head) : len(head) + 1] != " " else len(head)
        if space > room // 3:
            head = head[:space]
        head = head or rest[0]
        lines.append(margin + head)
        rest = rest[len(head) :].lstrip(" ")
    return lines or [""]


def folded(words: str, columns: int, tone: str = "", indent: int = 0) -> list[Text]:
    """:func:`fold` with a tone."""
    return [line((part, tone)) for part in fold(words, columns, indent)]


def titled(title: str, lines: Iterable[Text]) -> list[Text]:
    """`lines` below a title and with an empty line after; nothing when there are none."""
    found = list(lines)
    return [line((title, "line")), *found, line()] if found else []


def beside(left: Sequence[Text], right: Sequence[Text], left_columns: int, gap: int = 3) -> list[Text]:
    """Two columns of lines; `left` is padded or cut to `left_columns`."""
    joined = []
    for index in range(max(len(left), len(right))):
        text = left[index].copy() if index < len(left) else line()
        text.truncate(left_columns, pad=True)
        if index < len(right):
            text.append(" " * gap)
            text.append_text(right[index])
        else:
            text.rstrip()
        joined.append(text)
    return joined


def faded(lines: Iterable[Text]) -> list[Text]:
    """`lines` without their colours: they may be out of date. Links stay: a dashboard is wanted then most of all."""
    shown = [text.copy() for text in lines]
    for text in shown:
        text.style = ""
        links = [span for span in text.spans if isinstance(span.style, Style) and span.style.link]
        text.spans = [Span(0, len(text.plain), "quiet"), *links] if text.plain else []
    return shown


def lines_of(text: Text) -> list[Text]:
    """A text split into its lines."""
    return list(text.split("\n", allow_blank=True))

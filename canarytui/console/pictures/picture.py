"""An exported screen as lines of compact SVG: a fifth of its size, and lines that are equal are equal text."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct

from canarytui.console.pictures.glyphs import drawing, is_drawn
from canarytui.console.pictures.numbers import COLUMN, LINE, number
from canarytui.domain.text.plain import width

_BASELINE = 18.5
_MARGIN, _BAR = 10.0, 34.0
_CHROME = "#1c2128"

_STYLE = re.compile(r"\.[\w-]+-(r\d+) \{ ([^}]*) \}")
_TEXT = re.compile(
    r'<text class="[\w-]+-(r\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*clip-path="url\(#[\w-]+-line-(\d+)\)">([^<]*)</text>'
)
_RECT = re.compile(r'<rect fill="([^"]+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*shape-rendering')
_PIECES = re.compile(r"\S+(?: \S+)*")
_FONT = "font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace"


class Picture(Struct, frozen=True):
    """`lines` of SVG elements relative to their line's upper left corner; `styles` are the CSS of their classes."""

    columns: int
    lines: tuple[str, ...]
    styles: dict[str, str]
    background: str


class StyleNames:
    """Gives equal styles of several pictures one class."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, style: str) -> str:
        """The class of a style."""
        return self._names.setdefault(style, f"s{len(self._names)}")

    @property
    def css(self) -> str:
        """The rules of all classes."""
        return "".join(f".{name}{{{style}}}" for style, name in self._names.items())


def read_picture(exported: str, columns: int, lines: int, names: StyleNames) -> Picture:
    """Of an SVG picture, as Textual exports a screen of that size."""
    styles = {name: _tidy(style) for name, style in _STYLE.findall(exported)}
    rects = [(round(float(y) / LINE), float(x), float(w), fill) for fill, x, y, w in _RECT.findall(exported)]
    areas: Counter[str] = Counter()
    for _, _, wide, fill in rects:
        areas[fill] += round(wide)
    background = areas.most_common(1)[0][0] if areas else "#121212"
    made: list[list[str]] = [[] for _ in range(lines)]
    for line, rows in groupby(sorted(rects), key=lambda rect: rect[0]):
        if line < lines:
            made[line] += _backgrounds(((x, wide, fill) for _, x, wide, fill in rows), background)
    for style, x, _, line_number, said in _TEXT.findall(exported):
        if int(line_number) < lines:
            made[int(line_number)] += _pieces(
                html.unescape(said).replace("\xa0", " "), float(x), styles.get(style, ""), names
            )
    return Picture(columns, tuple("".join(line) for line in made), styles, background)


def frame_size(columns: int, lines: int) -> tuple[float, float]:
    """Width and height of a terminal's picture with its border."""
    return columns * COLUMN + 2 * _MARGIN, lines * LINE + _BAR + _MARGIN


def head(columns: int, lines: int, background: str, css: str) -> str:
    """The beginning of an SVG: styles, border and the place of the first line; ``</g></svg>`` ends it."""
    wide, high = frame_size(columns, lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(wide)} {number(high)}">'
        f"<style>text{{{_FONT};font-size:20px}}{css}</style>"
        f'<rect width="{number(wide)}" height="{number(high)}" rx="8" fill="{_CHROME}"/>'
        f'<rect x="{number(_MARGIN)}" y="{number(_BAR)}" width="{number(columns * COLUMN)}" '
        f'height="{number(lines * LINE)}" fill="{background}"/>'
        + "".join(f'<circle cx="{22 + 22 * n}" cy="17" r="6" fill="#808080"/>' for n in range(3))
        + f'<g transform="translate({number(_MARGIN)} {number(_BAR)})">'
    )


def placed(line: str, at: int, classes: str = "") -> str:
    """A line's elements at its place, "" for an empty one."""
    if not line:
        return ""
    named = f' class="{classes}"' if classes else ""
    shift = f' transform="translate(0 {number(at * LINE)})"' if at else ""
    return f"<g{named}{shift}>{line}</g>"


def still(picture: Picture, names: StyleNames) -> str:
    """One picture as an SVG."""
    body = "".join(placed(line, at) for at, line in enumerate(picture.lines))
    return f"{head(picture.columns, len(picture.lines), picture.background, names.css)}{body}</g></svg>\n"


def _backgrounds(rects: Iterable[tuple[float, float, str]], background: str) -> list[str]:
    """Neighbours of one colour as one; none where the picture's own shows."""
    joined: list[tuple[float, float, str]] = []
    for x, wide, fill in rects:
        if joined and joined[-1][2] == fill and abs(joined[-1][0] + joined[-1][1] - x) < COLUMN / 2:
            joined[-1] = (joined[-1][0], x + wide - joined[-1][0], fill)
        else:
            joined.append((x, wide, fill))
    return [
        f'<rect x="{number(x)}" width="{number(wide)}" height="24.6" fill="{fill}"/>'
        for x, wide, fill in joined
        if fill != background
    ]


def _pieces(said: str, x: float, style: str, names: StyleNames) -> list[str]:
    """A text without its blanks: each piece between two or more has a place of its own."""
    blank = "underline" in style or "line-through" in style
    made = []
    start = 0
    for drawn, run in ((drawn, "".join(chars)) for drawn, chars in groupby(said, key=is_drawn)):
        left = x + width(said[:start]) * COLUMN
        start += len(run)
        if drawn:
            made.append(drawing(run, left, names.of(style)))
        else:
            made += _written(run, left, style, names, blank=blank)
    return made


def _written(said: str, x: float, style: str, names: StyleNames, *, blank: bool) -> list[str]:
    found = [(0, said)] if blank and said.strip("\n") else [(m.start(), m[0]) for m in _PIECES.finditer(said)]
    made = []
    for start, piece in found:
        left = x + width(said[:start]) * COLUMN
        room = f' textLength="{number(width(piece) * COLUMN)}"' if len(piece) > 1 else ""
        shown = html.escape(piece, quote=False)
        if blank:
            shown = shown.replace(" ", "\xa0")
        made.append(f'<text class="{names.of(style)}" x="{number(left)}" y="{_BASELINE}"{room}>{shown}</text>')
    return made


def _tidy(style: str) -> str:
    return ";".join(part.strip().replace(": ", ":") for part in style.split(";") if part.strip())

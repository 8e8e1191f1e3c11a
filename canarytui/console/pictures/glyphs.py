"""Blocks, lines and braille drawn instead of written: fonts have gaps between them, or do not have them at all."""

from __future__ import annotations

from canarytui.console.pictures.numbers import COLUMN, LINE, number

_BASE_BLOCKS = "▁▂▃▄▅▆▇█"
_SIDE_BLOCKS = "▉▊▋▌▍▎▏"
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
_THIN, _THICK = 1.3, 3.0
_OVERLAP = 0.4
"""By how much a block reaches into the line below: browsers leave a hairline between what only touches."""
_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_ARMS = {
    "─": _LEFT | _RIGHT, "│": _UP | _DOWN, "┌": _DOWN | _RIGHT, "┐": _DOWN | _LEFT, "└": _UP | _RIGHT, "┘": _UP | _LEFT,
    "╭": _DOWN | _RIGHT, "╮": _DOWN | _LEFT, "╰": _UP | _RIGHT, "╯": _UP | _LEFT, "├": _UP | _DOWN | _RIGHT,
    "┤": _UP | _DOWN | _LEFT, "┬": _DOWN | _LEFT | _RIGHT, "┴": _UP | _LEFT | _RIGHT,
    "┼": _UP | _DOWN | _LEFT | _RIGHT,
}  # fmt: skip
_HEAVY = dict(zip("━┃┏┓┗┛", "─│┌┐└┘", strict=True))
_BRAILLE, _LAST_BRAILLE = 0x2800, 0x28FF
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""(column, row) of each bit."""


def is_drawn(char: str) -> bool:
    """Whether `char` is drawn by `drawing`."""
    return (
        char in _ARMS
        or char in _HEAVY
        or char in _SHADES
        or char in _BASE_BLOCKS
        or char in _SIDE_BLOCKS
        or char == "▀"
        or _BRAILLE < ord(char) <= _LAST_BRAILLE
    )


def drawing(run: str, x: float, style: str) -> str:
    """The SVG of characters that are drawn, from column `x` of their line, in the colour of class `style`."""
    if len(set(run)) == 1 and run[0] in "─━█▀▄▁▂▃▅▆▇░▒▓":
        path, opacity = _path(run[0], x, len(run) * COLUMN), _SHADES.get(run[0])
        faded = f' opacity="{opacity}"' if opacity else ""
        return f'<path class="{style}"{faded} d="{path}"/>'
    shaded = "".join(drawing(char, x + place * COLUMN, style) for place, char in enumerate(run) if char in _SHADES)
    path = "".join(_path(char, x + place * COLUMN, COLUMN) for place, char in enumerate(run) if char not in _SHADES)
    return (f'<path class="{style}" d="{path}"/>' if path else "") + shaded


def _path(char: str, x: float, wide: float) -> str:
    if char in _SHADES:
        return _box(x, 0, wide, LINE)
    if char in _BASE_BLOCKS:
        high = LINE * (_BASE_BLOCKS.index(char) + 1) / 8
        return _box(x, LINE - high, wide, high + _OVERLAP)
    if char in _SIDE_BLOCKS:
        return _box(x, 0, wide * (7 - _SIDE_BLOCKS.index(char)) / 8, LINE)
    if char == "▀":
        return _box(x, 0, wide, LINE / 2)
    if char in _ARMS or char in _HEAVY:
        return _arms(_ARMS[_HEAVY.get(char, char)], x, wide, _THICK if char in _HEAVY else _THIN)
    bits = ord(char) - _BRAILLE
    return "".join(
        _box(x + (2 * column + 0.5) * COLUMN / 4, (row + 0.3) * LINE / 4, COLUMN / 4, LINE / 8)
        for bit, (column, row) in enumerate(_DOTS)
        if bits >> bit & 1
    )


def _arms(arms: int, x: float, wide: float, thick: float) -> str:
    middle, centre = x + wide / 2, LINE / 2
    made = ""
    if arms & (_LEFT | _RIGHT):
        left = x if arms & _LEFT else middle - thick / 2
        right = x + wide if arms & _RIGHT else middle + thick / 2
        made += _box(left, centre - thick / 2, right - left, thick)
    if arms & (_UP | _DOWN):
        top = 0.0 if arms & _UP else centre - thick / 2
        bottom = LINE if arms & _DOWN else centre + thick / 2
        made += _box(middle - thick / 2, top, thick, bottom - top)
    return made


def _box(x: float, y: float, wide: float, high: float) -> str:
    return f"M{number(x)} {number(y)}h{number(wide)}v{number(high)}h{number(-wide)}z"

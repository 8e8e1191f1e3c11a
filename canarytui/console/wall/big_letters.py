"""Words and numbers in big letters, to be read across a room: a small font of pixels, drawn with block glyphs.

Pure. One size more makes every pixel one column wider and half a line higher. Only ``▀ ▄ █`` are used, which every
terminal's font has, the Linux console's too.
"""

from __future__ import annotations

import functools

HEIGHT = 5
"""Pixels of a letter, and therefore half lines of text at size 1."""

_PAIRS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}

_GLYPHS = {
    letter: rows.split("|")
    for letter, rows in {
        "0": "###|#.#|#.#|#.#|###",
        "1": "##|.#|.#|.#|.#",
        "2": "###|..#|###|#..|###",
        "3": "###|..#|###|..#|###",
        "4": "#.#|#.#|###|..#|..#",
        "5": "###|#..|###|..#|###",
        "6": "###|#..|###|#.#|###",
        "7": "###|..#|..#|..#|..#",
        "8": "###|#.#|###|#.#|###",
        "9": "###|#.#|###|..#|###",
        "A": ".#.|#.#|###|#.#|#.#",
        "B": "##.|#.#|##.|#.#|##.",
        "C": "###|#..|#..|#..|###",
        "D": "##.|#.#|#.#|#.#|##.",
        "E": "###|#..|##.|#..|###",
        "F": "###|#..|##.|#..|#..",
        "G": "####|#...|#.##|#..#|####",
        "H": "#.#|#.#|###|#.#|#.#",
        "I": "#|#|#|#|#",
        "J": "..#|..#|..#|#.#|###",
        "K": "#.#|#.#|##.|#.#|#.#",
        "L": "#..|#..|#..|#..|###",
        "M": "#...#|##.##|#.#.#|#...#|#...#",
        "N": "#..#|##.#|#.##|#..#|#..#",
        "O": "###|#.#|#.#|#.#|###",
        "P": "###|#.#|###|#..|#..",
        "Q": "###.|#.#.|#.#.|#.#.|####",
        "R": "##.|#.#|##.|#.#|#.#",
        "S": ".##|#..|.#.|..#|##.",
        "T": "###|.#.|.#.|.#.|.#.",
        "U": "#.#|#.#|#.#|#.#|###",
        "V": "#.#|#.#|#.#|#.#|.#.",
        "W": "#...#|#...#|#.#.#|##.##|#...#",
        "X": "#.#|#.#|.#.|#.#|#.#",
        "Y": "#.#|#.#|.#.|.#.|.#.",
        "Z": "###|..#|.#.|#..|###",
        " ": ".|.|.|.|.",
        "%": "#..#|..#.|.#..|#..#|....",
        "/": "..#|..#|.#.|#..|#..",
        "-": "..|..|##|..|..",
        ".": ".|.|.|.|#",
        ":": ".|#|.|#|.",
        "!": "#|#|#|.|#",
    }.items()
}


def lines_of(size: int) -> int:
    """Lines of text that letters of `size` take."""
    return -(-HEIGHT * size // 2)


def columns_of(text: str, size: int) -> int:
    """Columns that `text` takes at `size`; a letter that the font does not have counts as its widest."""
    widths = [len(_GLYPHS.get(letter, _GLYPHS["M"])[0]) for letter in text.upper()]
    return (sum(widths) + max(len(widths) - 1, 0)) * size


def can_show(text: str) -> bool:
    """Whether the font has all letters of `text`."""
    return all(letter in _GLYPHS for letter in text.upper())


def largest(text: str, columns: int, lines: int, most: int = 12) -> int:
    """The largest size at which `text` fits in `columns` by `lines`, 0 when none does or a letter is missing."""
    if not text or not can_show(text):
        return 0
    fitting = (size for size in range(most, 0, -1) if lines_of(size) <= lines and columns_of(text, size) <= columns)
    return next(fitting, 0)


@functools.lru_cache(maxsize=128)
def big(text: str, size: int) -> tuple[str, ...]:
    """`text` in letters of `size`: lines of one width. Letters that the font does not have are left blank."""
    pixels = [_row(text, y, size) for y in range(HEIGHT) for _ in range(size)]
    if len(pixels) % 2:
        pixels.append([False] * len(pixels[0]))
    return tuple(
        "".join(_PAIRS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(pixels[::2], pixels[1::2], strict=True)
    )


def lettering(text: str, columns: int, lines: int) -> tuple[str, ...]:
    """`text` as large as it goes in so much room, on one line of letters or two; nothing where none fits."""
    best = 0
    drawn: tuple[str, ...] = ()
    for parts in ([text], _halves(text)):
        gaps = len(parts) - 1
        size = min((largest(part, columns, (lines - gaps) // len(parts)) for part in parts), default=0)
        if size > best:
            best, drawn = size, _stacked(parts, size)
    return drawn


def _stacked(parts: list[str], size: int) -> tuple[str, ...]:
    rows: list[str] = []
    for part in parts:
        rows += [*([""] if rows else []), *big(part, size)]
    return tuple(rows)


def _halves(text: str) -> list[str]:
    """The words on two lines of about the same length; nothing for a single word."""
    words = text.split()
    if len(words) < 2:
        return []
    cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return list(min(cuts, key=lambda halves: max(columns_of(half, 1) for half in halves)))


def _row(text: str, y: int, size: int) -> list[bool]:
    row: list[bool] = []
    for letter in text.upper():
        glyph = _GLYPHS.get(letter)
        dots = glyph[y] if glyph else "." * len(_GLYPHS["M"][0])
        if row:
            row += [False] * size
        for dot in dots:
            row += [dot == "#"] * size
    return row

"""The name and the number of a card in the largest letters that fit: what is read from six metres.

Pure. A letter of size 1 is 2.5 lines high. On a screen of 68 cm (55 inches, 16:9) that is 2.4 cm at 70 lines, which is
the least for six metres by the rule of thumb for signs: the height of letters is a 250th of the distance.
"""

from __future__ import annotations

from itertools import product

from msgspec import Struct

from canarytui.console.wall.big_letters import big, can_show, columns_of, lettering, lines_of
from canarytui.domain.text.plain import cut, fit

LARGEST = 12
_BESIDE = 3
"""Columns of size 1 between name and number on the same lines."""

Row = tuple[tuple[str, str], ...]
"""One line: texts, each with its tone. The last one is drawn as wide as there is room."""

_BLANK: Row = (("", ""),)


class _Words(Struct, frozen=True):
    """Words in big letters, on one line or two."""

    parts: tuple[str, ...]

    def columns(self, size: int) -> int:
        return max(columns_of(part, size) for part in self.parts)

    def lines(self, size: int) -> int:
        return len(self.parts) * lines_of(size) + (len(self.parts) - 1) * _gap(size)

    def largest(self, columns: int, lines: int, most: int = LARGEST) -> int:
        """The largest size in so much room; 0 when none fits."""
        sizes = range(most, 0, -1)
        return next((size for size in sizes if self.lines(size) <= lines and self.columns(size) <= columns), 0)

    def letters(self, size: int) -> list[str]:
        rows: list[str] = []
        for part in self.parts:
            rows += [*([""] * _gap(size) if rows else []), *big(part, size)]
        return rows


class _Arrangement(Struct, frozen=True):
    """`name` at `size` with `number` at `number_size`, beside it or below."""

    name: _Words
    number: _Words
    beside: bool
    size: int
    number_size: int

    @property
    def lines(self) -> int:
        name, number = self.name.lines(self.size), self.number.lines(self.number_size)
        return max(name, number) if self.beside else name + _gap(self.size) + number


def headline(name: str, number: str, columns: int, lines: int, tone: str) -> list[Row]:
    """`name` and `number` in `columns` by at most `lines`: the name as large as it goes with a number that is at least
    as large, and at most twice. A name that does not fit in big letters is written as it is, and the number takes the
    room."""
    if not name or not can_show(name) or not can_show(number):
        return _small_name(name, number, columns, lines, tone)
    made = [
        _arranged(_Words(name_parts), _Words(number_parts), beside, columns, lines)
        for name_parts, number_parts, beside in product(_breaks(name), _breaks(number), (True, False))
    ]
    # Of equal ones the lower, which leaves more room for the rest of the card.
    best = max(made, key=lambda each: (each.size, each.number_size, -each.lines if each.size else 0))
    if not best.size:
        return _small_name(name, number, columns, lines, tone)
    return _beside(best, tone) if best.beside else _below(best, tone)


def _arranged(name: _Words, number: _Words, beside: bool, columns: int, lines: int) -> _Arrangement:
    """At the largest sizes that fit; size 0 when none does."""
    for size in range(LARGEST, 0, -1):
        if beside:
            left = columns - name.columns(size) - _BESIDE * size
            number_size = number.largest(left, lines, 2 * size)
        else:
            number_size = number.largest(columns, lines - name.lines(size) - _gap(size), 2 * size)
        if number_size >= size and name.lines(size) <= lines and name.columns(size) <= columns:
            return _Arrangement(name, number, beside, size, number_size)
    return _Arrangement(name, number, beside, 0, 0)


def _beside(made: _Arrangement, tone: str) -> list[Row]:
    letters, digits = made.name.letters(made.size), made.number.letters(made.number_size)
    taken = made.name.columns(made.size) + _BESIDE * made.size
    left, right = _centred(letters, made.lines), _centred(digits, made.lines)
    return [((fit(one, taken), "strong"), (other, tone)) for one, other in zip(left, right, strict=True)]


def _below(made: _Arrangement, tone: str) -> list[Row]:
    name: list[Row] = [((row, "strong"),) for row in made.name.letters(made.size)]
    number: list[Row] = [((row, tone),) for row in made.number.letters(made.number_size)]
    return [*name, *[_BLANK] * _gap(made.size), *number]


def _small_name(name: str, number: str, columns: int, lines: int, tone: str) -> list[Row]:
    """The name as it is, and the number large where there is room."""
    large = lettering(number, columns, lines - 1) if can_show(number) else ()
    written: Row = ((cut(name, columns), "strong"),)
    return [written, *(((row, tone),) for row in large or (cut(number, columns),))][: max(lines, 1)]


def _centred(rows: list[str], lines: int) -> list[str]:
    above = (lines - len(rows)) // 2
    return [*[""] * above, *rows, *[""] * (lines - len(rows) - above)]


def _gap(size: int) -> int:
    """Blank lines between letters above each other: those of an odd size have half a line of their own below them."""
    return 1 if size % 2 == 0 else 0


def _breaks(text: str) -> list[tuple[str, ...]]:
    """`text` on one line, and on two of about the same length where it can be broken."""
    cuts = [at + 1 for at, letter in enumerate(text[:-1]) if letter in "- ."]
    halves = [(text[:at].rstrip(), text[at:]) for at in cuts]
    return [(text,), *sorted(halves, key=lambda pair: max(columns_of(part, 1) for part in pair))[:1]]

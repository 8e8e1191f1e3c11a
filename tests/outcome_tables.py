"""Tables at the end of a run: what tests noted of systems in rows, by outcome in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

RECORDED, TESTED, NONE = "R", "N", "-"
"""By a recording of genuine Flagger; by a test of ours; there is no such thing, nor with Flagger."""
_UNTRIED = "."


class Tried(NamedTuple):
    """One cell's mark, and what proves it: a recording's name or a test's; "" for nothing."""

    row: str
    column: str
    mark: str
    proof: str = ""


def marks_table(tried: Iterable[Tried], columns: Sequence[str]) -> list[str]:
    """A line for each row with the marks of its cells; a dot is what was not tried."""
    marks: dict[tuple[str, str], set[str]] = {}
    for each in tried:
        marks.setdefault((each.row, each.column), set()).add(each.mark)
    return _table({cell: "".join(mark for mark in "RN-" if mark in found) for cell, found in marks.items()}, columns)


def proofs_table(tried: Iterable[Tried], columns: Sequence[str]) -> list[str]:
    """The same with each mark numbered (``R3-5 N1``), and a line below for each number: the recording, or the test."""
    known = sorted(set(tried), key=lambda each: (columns.index(each.column), each.row, each.proof))
    numbers: dict[tuple[str, str], int] = {}
    for mark in (RECORDED, TESTED):
        proofs = dict.fromkeys(each.proof for each in known if each.mark == mark)
        numbers |= {(mark, proof): number for number, proof in enumerate(proofs, 1)}
    cells: dict[tuple[str, str], list[str]] = {}
    for mark in (RECORDED, TESTED, NONE):
        found: dict[tuple[str, str], list[int]] = {}
        for each in known:
            if each.mark == mark:
                found.setdefault((each.row, each.column), []).append(numbers.get((mark, each.proof), 0))
        for cell, proofs in found.items():
            cells.setdefault(cell, []).append(mark if mark == NONE else f"{mark}{_ranges(sorted(proofs))}")
    legend = [f"{mark}{number} {proof}" for (mark, proof), number in numbers.items()]
    return [*_table({cell: " ".join(texts) for cell, texts in cells.items()}, columns), *legend]


def _ranges(numbers: Sequence[int]) -> str:
    """``1-3,5`` of 1, 2, 3, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _table(cells: dict[tuple[str, str], str], columns: Sequence[str]) -> list[str]:
    rows = sorted({row for row, _ in cells})
    wide = [max(len(each), *(len(cells.get((row, each), _UNTRIED)) for row in rows)) for each in columns]
    first = max(map(len, rows))
    lines = [["", *columns], *([row, *(cells.get((row, each), _UNTRIED) for each in columns)] for row in rows)]
    return ["  ".join(map(str.ljust, line, (first, *wide))).rstrip() for line in lines]

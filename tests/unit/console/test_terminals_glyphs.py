"""On the Linux console: whatever the console writes of its own has a shape there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import canarytui.console
from canarytui.domain.marks import PHASE_MARKS, bar, sparkline
from canarytui.domain.text.glyphs import LINUX, stand_ins
from canarytui.domain.text.plain import width

FONT = set("▲▼►◄↑↓→←↕•○↵")
"""What the font has at places that the character set's codec calls controls."""


def texts() -> Iterator[tuple[Path, str]]:
    """Every string in the console's code that is no docstring."""
    for path in Path(canarytui.console.__path__[0]).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        alone = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
        docstrings = {id(value) for value in alone if isinstance(value, ast.Constant)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield path, node.value


def missing(text: str) -> str:
    """Letters of `text` that the Linux console would show as a question mark."""
    shown = text.translate(LINUX)
    return "".join(letter for letter in shown if letter not in FONT and not letter.encode("cp437", "ignore"))


def test_all_that_is_written_has_a_shape() -> None:
    lacking = {letter: path.name for path, text in texts() if path.name != "glyphs.py" for letter in missing(text)}
    assert lacking == {}, "give them stand-ins in canarytui.domain.text.glyphs.py"


def test_stand_ins_are_as_wide_as_what_they_stand_for() -> None:
    assert all(width(instead) == 1 for instead in LINUX.values())


def test_states_stay_apart() -> None:
    marks = {mark.translate(LINUX) for mark in PHASE_MARKS.values()}
    assert len(marks) == len(set(PHASE_MARKS.values()))


def test_bars_and_sparklines_keep_their_length() -> None:
    for drawn in (bar(33.0, 10), sparkline([1.0, 50.0, 99.0], 8, 0.0, 100.0)):
        assert len(drawn.translate(LINUX)) == len(drawn)
        assert missing(drawn) == ""


def test_only_the_linux_console_needs_them() -> None:
    assert stand_ins({"TERM": "linux"}) == LINUX
    assert stand_ins({"TERM": "xterm-256color"}) == {}
    assert stand_ins({}) == {}

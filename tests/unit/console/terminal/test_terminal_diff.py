"""The terminal shows what Textual drew, whatever little was written."""

from __future__ import annotations

import io

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from canarytui.console.terminal.diff import TerminalDiff
from canarytui.console.terminal.diff_app import takes_links

COLUMNS, LINES = 24, 4
STYLES = (
    Style(color="red"),
    Style(bold=True),
    Style(color="blue", bgcolor="white"),
    Style(link="https://x.example"),
    Style(color="#d7875f", bgcolor="#121212", bold=True),
    Style(color="#dadada", bgcolor="#121212"),
    Style(color="#dadada", bgcolor="#121212", underline=True, dim=True),
    Style(reverse=True, bold=True, dim=True),
)
CONSOLE = Console(file=io.StringIO(), force_terminal=True, color_system="256")


def strip(text: str, style: int, columns: int = COLUMNS) -> Strip:
    half = len(text) // 2
    segments = [Segment(text[:half], STYLES[style]), Segment(text[half:], STYLES[(style + 1) % len(STYLES)])]
    return Strip(segments).adjust_cell_length(columns, STYLES[style])


def cells(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    return [[_seen(screen.buffer[y][x]) for x in range(COLUMNS)] for y in range(LINES)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    """What a person sees: no colour of a blank's foreground, nor of a wide character's right half."""
    if not cell.data:
        return ("",)
    seen = (cell.data, cell.bg, cell.underscore, cell.reverse)
    return seen if cell.data == " " and not (cell.underscore or cell.reverse) else (*seen, cell.fg, cell.bold)


class Painted:
    """A terminal that is written to by both ways."""

    def __init__(self) -> None:
        self.thin = pyte.Screen(COLUMNS, LINES)
        self.whole = pyte.Screen(COLUMNS, LINES)
        self._streams = [pyte.Stream(self.thin), pyte.Stream(self.whole)]
        self.line = TerminalDiff()
        self.written = ""
        self.lines = [strip("", 0) for _ in range(LINES)]
        self.draw_all()

    def draw_all(self) -> int:
        update = LayoutUpdate([[line] for line in self.lines], Region(0, 0, COLUMNS, LINES))
        return self._write(update)

    def draw(self, y: int, line: Strip, first: int, last: int) -> int:
        self.lines[y] = line
        chops = [{0: known} for known in self.lines]
        return self._write(ChopsUpdate(chops, [(y, first, last)], [[COLUMNS]] * LINES))

    def _write(self, update: ChopsUpdate | LayoutUpdate) -> int:
        self.written = sequences = self.line.difference(update, CONSOLE)
        self._streams[0].feed(sequences)
        whole = LayoutUpdate([[line] for line in self.lines], Region(0, 0, COLUMNS, LINES))
        for y, strips in enumerate(whole.strips):
            self._streams[1].feed(f"\x1b[{y + 1};1H" + "".join(part.render(CONSOLE) for part in strips))
        return len(sequences)


TEXTS = st.text(alphabet="ab █▏→…日本語é", max_size=18)


@given(st.lists(st.tuples(st.integers(0, LINES - 1), TEXTS, st.integers(0, len(STYLES) - 1)), max_size=8))
@settings(max_examples=300, deadline=None)
def test_the_difference_brings_the_terminal_to_what_was_drawn(changes: list[tuple[int, str, int]]) -> None:
    painted = Painted()
    for y, text, style in changes:
        painted.draw(y, strip(text, style), 0, COLUMNS)
        assert cells(painted.thin) == cells(painted.whole)


COLOURED = st.lists(
    st.tuples(st.sampled_from("ab ●█日"), st.integers(0, len(STYLES) - 1)), min_size=COLUMNS // 2, max_size=COLUMNS // 2
)


@given(st.lists(st.tuples(st.integers(0, LINES - 1), COLOURED), min_size=2, max_size=6))
@settings(max_examples=60, deadline=None)
def test_whatever_order_runs_are_written_in_the_terminal_shows_them(
    changes: list[tuple[int, list[tuple[str, int]]]],
) -> None:
    painted = Painted()
    for y, letters in changes:
        segments = [Segment(letter, STYLES[style]) for letter, style in letters]
        painted.draw(y, Strip(segments).adjust_cell_length(COLUMNS, STYLES[4]), 0, COLUMNS)
        assert cells(painted.thin) == cells(painted.whole)


def columns_of(digit: str) -> Strip:
    """Numbers in two colours by turns, as in a row of the list."""
    return Strip([Segment(f"{digit}     ", STYLES[4 + turn % 2]) for turn in range(4)])


def test_columns_of_two_colours_by_turns_cost_each_colour_once() -> None:
    painted = Painted()
    painted.draw(1, columns_of("1"), 0, COLUMNS)
    painted.draw(1, columns_of("2"), 0, COLUMNS)
    assert painted.written.count("m") <= 2
    assert cells(painted.thin) == cells(painted.whole)


def test_colours_that_alternate_from_line_to_line_are_turned_to_once() -> None:
    painted = Painted()
    painted.draw_all()
    painted.lines = [columns_of(digit) for digit in "123"] + painted.lines[3:]
    painted.draw_all()
    painted.lines = [columns_of(digit) for digit in "456"] + painted.lines[3:]
    painted.draw_all()
    assert painted.written.count("m") <= 2
    assert cells(painted.thin) == cells(painted.whole)


def test_an_update_goes_on_in_the_style_of_the_last() -> None:
    painted = Painted()
    painted.draw(1, strip("weight 20", 0), 0, COLUMNS)
    painted.draw(1, strip("weight 25", 0), 0, COLUMNS)
    painted.draw(1, strip("weight 30", 0), 0, COLUMNS)
    assert painted.written == "\x1b[2;8H30"


def test_the_terminals_own_style_comes_back_once() -> None:
    painted = Painted()
    painted.draw(1, strip("weight 20", 0), 0, COLUMNS)
    assert (painted.line.to_plain(), painted.line.to_plain()) == ("\x1b[m", "")


def test_no_update_ends_in_a_link() -> None:
    painted = Painted()
    painted.draw(1, Strip([Segment("https", STYLES[3])]).adjust_cell_length(COLUMNS), 0, COLUMNS)
    assert painted.written.index("https") < painted.written.rindex("\x1b]8;;\x1b\\")
    assert painted.written.endswith("\x1b\\") or painted.written.endswith("m")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "https://x.test/\x1b]52;c;aGk=\x07", "https://x.test/\u202e", "x"],
)
def test_only_plain_web_addresses_become_hyperlinks(url: str) -> None:
    painted = Painted()
    painted.draw(1, Strip([Segment("here", Style(link=url))]).adjust_cell_length(COLUMNS), 0, COLUMNS)
    assert "here" in painted.written
    assert "\x1b]" not in painted.written


def test_a_terminal_without_hyperlinks_is_written_none() -> None:
    painted = Painted()
    painted.line = TerminalDiff(links=False)
    painted.draw(1, Strip([Segment("here", STYLES[3])]).adjust_cell_length(COLUMNS), 0, COLUMNS)
    assert "here" in painted.written
    assert "\x1b]" not in painted.written


@pytest.mark.parametrize(
    ("terminal", "takes"),
    [
        ("xterm-256color", True),
        ("tmux-256color", True),
        ("linux", False),
        ("dumb", False),
        ("vt220", False),
        ("", False),
    ],
)
def test_which_terminals_take_hyperlinks(terminal: str, takes: bool) -> None:
    assert takes_links({"TERM": terminal}) is takes


def test_what_is_there_already_costs_nothing() -> None:
    painted = Painted()
    painted.draw(1, strip("weight 20", 0), 0, COLUMNS)
    assert painted.draw(1, strip("weight 20", 0), 0, COLUMNS) == 0
    assert painted.draw_all() == 0


def test_where_a_text_is_noted_for_the_selection_costs_nothing() -> None:
    painted = Painted()
    painted.draw(1, strip("weight 20", 0).apply_offsets(0, 1), 0, COLUMNS)
    assert painted.draw(1, strip("weight 20", 0).apply_offsets(0, 7), 0, COLUMNS) == 0
    linked = Strip([Segment("https", Style(link="https://x.example"))]).adjust_cell_length(COLUMNS)
    painted.draw(2, linked.apply_offsets(0, 2), 0, COLUMNS)
    assert painted.draw(2, linked.apply_offsets(0, 3), 0, COLUMNS) == 0, "a link is the same link"


def test_one_character_costs_one_jump_and_one_colour() -> None:
    painted = Painted()
    painted.draw(1, strip("next in 7 s, weight 20", 0), 0, COLUMNS)
    assert painted.draw(1, strip("next in 6 s, weight 20", 0), 0, COLUMNS) < 40


def test_another_colour_costs_the_colour_alone() -> None:
    painted = Painted()
    painted.draw(1, strip("Halted    0/10", 4), 0, COLUMNS)
    assert painted.draw(1, strip("Halted    1/10", 5), 0, COLUMNS) < 70


def test_a_terminal_that_may_show_anything_is_drawn_whole() -> None:
    painted = Painted()
    painted.draw(2, strip("日本語 text", 1), 0, COLUMNS)
    painted.thin.reset()
    painted.line.forget()
    painted.draw_all()
    assert cells(painted.thin) == cells(painted.whole)

"""Pictures as compact SVG: nothing of a line is lost, equal lines are there once, and no font draws a block."""

from __future__ import annotations

import re
from io import StringIO
from xml.etree import ElementTree

import pytest
from rich.console import Console
from rich.text import Text

from canarytui.console.actions.dialog import hanging
from canarytui.console.pictures.animation import AnimationFrame, animated
from canarytui.console.pictures.glyphs import drawing, is_drawn
from canarytui.console.pictures.picture import Picture, StyleNames, read_picture, still
from canarytui.console.pictures.stills import SIZES, chosen, stills


def picture(names: StyleNames, *lines: str) -> Picture:
    """As the terminal shows them, of 20 columns."""
    console = Console(width=20, height=len(lines), record=True, file=StringIO(), color_system="truecolor")
    for line in lines:
        console.print(Text.from_markup(line), end="\n")
    return read_picture(console.export_svg(), 20, len(lines), names)


def texts(line: str) -> list[tuple[str, str]]:
    """(x, what is written) of each piece."""
    return re.findall(r'x="([\d.]+)"[^>]*>([^<]+)</text>', line)


def test_pieces_keep_their_columns() -> None:
    names = StyleNames()
    (line,) = picture(names, "a & b   [red]漢 x[/]").lines
    assert texts(line) == [("0", "a &amp; b"), ("97.6", "漢 x")]
    root = ElementTree.fromstring(still(picture(names, "<one>", "two"), names))
    assert [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")] == ["<one>", "two"]


def test_a_ground_of_another_colour_is_one_rectangle() -> None:
    (line,) = picture(StyleNames(), "[white on red]ab[/][bold white on red]cd[/][on blue]             x[/]").lines
    assert [float(wide) for wide in re.findall(r'<rect x="0" width="([\d.]+)"', line)] == [pytest.approx(48.8, abs=0.2)]


@pytest.mark.parametrize("char", "█▁▄▇▀▎░─│╭╯┼━┃┓⠒⣀⡰")
def test_what_fonts_have_gaps_in_is_drawn(char: str) -> None:
    assert is_drawn(char)
    path = ElementTree.fromstring(drawing(char, 0, "s"))
    numbers = [float(each) for each in re.findall(r"[Mh ](-?[\d.]+)", path.attrib["d"])]
    assert all(-12.3 <= number <= 24.5 for number in numbers)


def test_what_is_written_is_not_drawn() -> None:
    assert not [char for char in "aZ9 ▶●○✗★→漢\u2800" if is_drawn(char)]


def test_lines_that_are_equal_are_there_once_and_move_by_css_alone() -> None:
    names = StyleNames()
    frames = [
        AnimationFrame(picture(names, "same", "one"), 1.0, "first"),
        AnimationFrame(picture(names, "same", "two"), 3.0, "then"),
        AnimationFrame(picture(names, "same", "one"), 1.0, "then"),
    ]
    made = animated(frames, names, still_at=1)
    assert (made.count(">same<"), made.count(">one<"), made.count(">two<"), made.count(">then<")) == (1, 1, 1, 1)
    assert "5s step-end infinite" in made
    assert "{0%{visibility:visible}20%{visibility:hidden}80%{visibility:visible}}" in made
    assert "<script" not in made
    hidden = [each for each in ElementTree.fromstring(made).iter() if "h" in each.attrib.get("class", "").split()]
    assert ["".join(each.itertext()) for each in hidden] == ["first", "one"]


def test_list_and_detail_are_there_in_five_states_at_three_sizes() -> None:
    files = [each.file for each in stills()]
    assert len(set(files)) == len(files)
    for screen in ("list", "detail"):
        assert len(chosen(f"{screen}-*")) == 5 * len(SIZES)
    assert {each.name for each in stills()} == {"list", "detail", "confirm", "drill", "wall"}


def test_a_folded_line_goes_on_below_its_words() -> None:
    folded = hanging(Text("THEN    all the traffic goes to the primary\nWHEN    now\nfree words that go on and on"), 26)
    assert folded.plain.splitlines() == [
        "THEN    all the traffic",
        "        goes to the",
        "        primary",
        "WHEN    now",
        "free words that go on and",
        "on",
    ]

"""Text made safe: nothing that a terminal obeys, nothing that cannot be seen, and names that differ look different."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from rich.cells import cell_len, get_character_cell_size

from canarytui.domain.text.json_text import json_text
from canarytui.domain.text.plain import clean, cut, fit, printable, sentence, unseen, width

IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200c\u200d\u200e\u202e\u2060\u2064\u2066\u206f\u2800"
    "\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\U0001bca0\U0001d173\U000e0001\U000e0041\U000e0100"
)


@pytest.mark.parametrize("letter", IGNORABLE, ids=[f"U+{ord(each):04X}" for each in IGNORABLE])
def test_names_that_differ_in_what_cannot_be_seen_look_different(letter: str) -> None:
    assert unseen(letter)
    for cleaned in (clean, printable, sentence):
        shown = cleaned(f"ca{letter}rt")
        assert shown != "cart"
        assert shown.isascii()
        assert width(shown) == len(shown)
    assert clean("ca\u3164rt") == "ca\\u3164rt"


def test_pictographs_are_written_as_people_write_them() -> None:
    assert clean("ship it 👩\u200d🚀 ❤\ufe0f") == "ship it 👩🚀 ❤"
    assert clean("a\u200db") == "a\\u200db"


def test_every_character_is_shown_or_escaped() -> None:
    kinds = {letter: unicodedata.category(letter) for letter in map(chr, range(sys.maxunicode + 1))}
    hidden = [letter for letter, kind in kinds.items() if kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    hidden = [letter for letter in hidden if letter not in "\n\t"]
    shown = printable("".join(hidden))
    assert len(hidden) > 100_000
    assert shown.isascii()
    assert shown.count("\\") == len(hidden)
    others = "".join(letter for letter in kinds if not unseen(letter))
    assert printable(others) == others


@pytest.mark.parametrize(
    ("raw", "cleaned", "kept"),
    [
        ("\x1b[31mred\x1b[0m", "red", "\\x1b[31mred\\x1b[0m"),
        ("a\x1b]52;c;eA==\x07b", "ab", "a\\x1b]52;c;eA==\\x07b"),
        ("a\x9d52;c;eA==\x9cb", "ab", "a\\x9d52;c;eA==\\x9cb"),
        ("a\x7fb\x00c\x85d", "a\\x7fb\\x00c d", "a\\x7fb\\x00c\\x85d"),
        ("two\r\nlines", "two lines", "two\\x0d\nlines"),
        ("wide   gap\tand tab", "wide gap and tab", "wide   gap\tand tab"),
        ("\ud800", "\\ud800", "\\ud800"),
        ("e\u0301", "é", "e\u0301"),
    ],
)
def test_a_line_is_cleaned_and_what_leaves_is_disarmed(raw: str, cleaned: str, kept: str) -> None:
    assert clean(raw) == cleaned
    assert printable(raw) == kept


def test_a_sentence_is_one_line_of_bounded_length() -> None:
    assert sentence("a:\n  b\x1b[2J\r\n") == "a: b\\x1b[2J"
    assert len(sentence("x" * 5000, 100)) == 100
    assert sentence("\x00" * 5000, 100).endswith("…")


@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_stays_json_and_is_disarmed(ascii_only: bool) -> None:
    value = {"a\x7f\x9b": ["\x85", "é漢", "\u202e\u2028", "\ud800", "\U000e0041", '"\\', "\n"]}
    text = json_text(value, ascii_only=ascii_only)
    assert not any(unseen(letter) for letter in text)
    assert json.loads(text) == value
    assert ("é漢" in text) is not ascii_only


def test_text_takes_the_columns_that_rich_gives_it() -> None:
    shown = [letter for letter in map(chr, range(0x110000)) if not unseen(letter)]
    assert len(shown) > 100_000
    differing = [letter for letter in shown if width(letter) != get_character_cell_size(letter)]
    assert differing == []
    assert fit("कि漢", 5) == "कि漢  "
    assert cell_len(cut("漢字かな交じり文", 9)) == 9

"""The wall's text: as wide and as high as it must be, whatever a card says; words and numbers large."""

from __future__ import annotations

from datetime import UTC

import pytest

from canarytui.console.demo_fixture import NOW
from canarytui.console.wall.big_letters import big, can_show, columns_of, largest, lettering, lines_of
from canarytui.console.wall.cards import Card
from canarytui.console.wall.drawing import LEAST_COLUMNS, LEAST_LINES, draw, grid, slots
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.text.plain import width

WORDS = (
    "ADVANCING", "HALTED 10 OF 10", "ROLLED BACK!", "PROMOTED", "WAITING FOR GATE", "SUSPENDED", "NOBODY RECONCILES",
    "TARGET MISSING", "WAITING FOR PODS", "INITIALIZING", "CHECK FAILING",
)  # fmt: skip


def card(name: str = "shop/cart", **options: object) -> Card:
    """A halted rollout's card."""
    said: dict[str, object] = {
        "word": "HALTED 3 OF 10", "tone": Tone.BAD, "number": "20%", "rate": "success rate 53.4 % < 99 %",
        "rate_fails": True, "values": (100.0, 92.0, float("nan"), 53.4), "bound": 99.0,
        "why": "cart is halted: success rate 53.4 % is below 99 % (7 more failed checks and it rolls back)",
        "images": "4.0.6→4.0.7", **options,
    }  # fmt: skip
    return Card(key=("shop", name), name=name, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("word", WORDS)
def test_the_font_has_every_word(word: str) -> None:
    assert can_show(word)
    assert largest(word, 200, 20) >= 1


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_letters_are_as_large_as_they_say(size: int) -> None:
    drawn = big("30% 1/W", size)
    assert len(drawn) == lines_of(size)
    assert {len(line) for line in drawn} == {columns_of("30% 1/W", size)}
    assert set("".join(drawn)) <= set(" ▀▄█")


def test_lettering_takes_two_lines_where_they_are_larger() -> None:
    drawn = lettering("ROLLED BACK", 60, 20)
    assert "" in drawn
    assert len(drawn) > lines_of(largest("ROLLED BACK", 60, 20))
    assert lettering("ROLLED BACK", 10, 20) == ()


@pytest.mark.parametrize("columns", [40, 56, 80, 111, 120, 200])
@pytest.mark.parametrize("lines", [8, 11, 22, 38, 58])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("alarm", [False, True])
def test_every_line_fits(columns: int, lines: int, count: int, alarm: bool) -> None:
    names = ("shop/cart", "漢字/かな" * 30, "x" * 253, "a/b", "(none)")
    cards = [card(name, alarm=alarm, since=NOW if alarm else None) for name in names[:count]]
    drawn = draw(cards, columns, lines, NOW, UTC)
    assert len(drawn) == lines
    assert max(width(line.plain) for line in drawn) <= columns


def test_number_and_word_are_both_large_on_a_small_terminal() -> None:
    text = "\n".join(line.plain for line in draw([card(), card("test/podinfo")], 80, 22, NOW, UTC))
    for line in [*big("20%", 2), *big("HALTED 3 OF 10", 1)]:
        assert line.strip() in text


def test_trouble_is_told_by_shape_as_well_as_by_colour() -> None:
    bad = draw([card()], 80, 22, NOW, UTC)
    good = draw([card(tone=Tone.ACTIVE, word="ADVANCING", rate_fails=False)], 80, 22, NOW, UTC)
    assert bad[0].plain.startswith("┏")
    assert good[0].plain.startswith("╭")
    assert any("✗" in line.plain for line in bad)
    assert not any("✗" in line.plain for line in good)


def test_the_threshold_is_a_line_across_the_plot() -> None:
    text = "\n".join(line.plain for line in draw([card()], 120, 38, NOW, UTC))
    assert "--- " in text or "---█" in text
    assert " 99 " in text


def test_cards_are_never_too_small_to_read() -> None:
    for columns in range(40, 220, 7):
        for lines in range(8, 70, 5):
            count = slots(columns, lines)
            room = grid(count, columns, lines)
            assert room.columns * room.rows >= count
            if count > 1:
                assert room.width >= LEAST_COLUMNS
                assert room.height >= LEAST_LINES

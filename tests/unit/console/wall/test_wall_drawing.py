"""The wall's text: as wide and as high as it must be, whatever a card says; words and numbers large."""

from __future__ import annotations

from datetime import UTC

import pytest

from canarytui.console.demo_fixture import NOW
from canarytui.console.wall.big_letters import big, can_show, columns_of, largest, lettering, lines_of
from canarytui.console.wall.cards import Card
from canarytui.console.wall.drawing import LEAST_COLUMNS, LEAST_LINES, draw, grid, slots
from canarytui.console.wall.frame import header_lines
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.text.plain import width

WORDS = (
    "ADVANCING", "HALTED 10 OF 10", "ROLLED BACK!", "PROMOTED", "WAITING FOR GATE", "SUSPENDED", "NOBODY RECONCILES",
    "TARGET MISSING", "WAITING FOR PODS", "INITIALIZING", "CHECK FAILING", "FIRST TRAFFIC",
)  # fmt: skip


def card(name: str = "shop/cart", **options: object) -> Card:
    """A halted rollout's card."""
    said: dict[str, object] = {
        "mark": "✗", "word": "HALTED 3 OF 10", "tone": Tone.BAD, "number": "20%", "rate": "success rate 53.4 % < 99 %",
        "rate_fails": True, "values": (100.0, 92.0, float("nan"), 53.4), "minimum": 99.0,
        "why": "cart is halted: success rate 53.4 % is below 99 % (7 more failed checks and it rolls back)",
        "images": "4.0.6→4.0.7", **options,
    }  # fmt: skip
    return Card(key=("shop", name.rpartition("/")[2]), name=name, **said)  # type: ignore[arg-type]


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


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (250, 70)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("count", range(1, 13))
def test_name_and_weight_of_every_card_are_in_big_letters(count: int, size: tuple[int, int]) -> None:
    """What fits on one page; the rest takes turns."""
    columns, lines = size[0], size[1] - header_lines(size[1]) - 1
    shown = min(count, slots(columns, lines))
    cards = [card(f"shop/service-{number}", number="100%") for number in range(shown)]
    drawn = draw(cards, columns, lines, NOW, UTC)
    text = "\n".join(line.plain for line in drawn)
    for number in range(shown):
        name, weight = sizes_of(f"service-{number}", "100%", text)
        assert 1 <= name <= weight <= 2 * name


def sizes_of(name: str, number: str, text: str) -> tuple[int, int]:
    """The largest sizes at which both are in `text`, line by line: the name on one line of letters, or on two."""
    head, tail = name.partition("-")[0] + "-", name.partition("-")[2]
    sizes = range(24, 0, -1)

    def is_drawn(words: str, size: int) -> bool:
        return all(line.rstrip() in text for line in big(words, size))

    named = (size for size in sizes if is_drawn(name, size) or (is_drawn(head, size) and is_drawn(tail, size)))
    return next(named, 0), next((size for size in sizes if is_drawn(number, size)), 0)


@pytest.mark.parametrize(
    ("size", "most"), [((80, 24), 2), ((120, 40), 6), ((200, 60), 12), ((250, 70), 12)], ids=lambda each: str(each)
)
def test_a_page_has_as_many_cards_as_can_be_read(size: tuple[int, int], most: int) -> None:
    assert slots(size[0], size[1] - header_lines(size[1]) - 1) == most


def test_the_word_is_small_beside_name_and_number() -> None:
    drawn = draw([card()], 80, 22, NOW, UTC)
    assert drawn[1].plain.startswith("┃ ✗ HALTED 3 OF 10  shop/cart")
    text = "\n".join(line.plain for line in drawn)
    for line in [*big("cart", 3), *big("20%", 3)]:
        assert line.rstrip() in text


def test_a_failure_has_its_word_as_large_as_its_name() -> None:
    failed = card(word="ROLLED BACK", alarm=True, number="", since=NOW)
    text = "\n".join(line.plain for line in draw([failed], 120, 36, NOW, UTC))
    for line in [*big("cart", 3), *big("ROLLED", 4), *big("BACK", 4)]:
        assert line.rstrip() in text


def test_a_long_name_is_written_and_its_number_large() -> None:
    drawn = draw([card("shop/" + "n" * 200)], 80, 22, NOW, UTC)
    assert any(line.plain.startswith("┃ nnnn") for line in drawn)
    text = "\n".join(line.plain for line in drawn)
    assert big("20%", 6)[0].rstrip() in text


def test_each_value_has_the_colour_of_its_own_verdict() -> None:
    for lines in (22, 36):
        drawn = draw([card(values=(100.0, 98.0, 100.0))], 120, lines, NOW, UTC)
        tones = [(line.plain[span.start : span.end], span.style) for line in drawn for span in line.spans]
        blocks = [(text, tone) for text, tone in tones if set(text) & set("▁▂▃▄▅▆▇█") and tone in ("active", "bad")]
        assert {tone for _, tone in blocks} >= {"active", "bad"}


def test_a_maximum_fails_what_is_above_it() -> None:
    slow = card(minimum=None, maximum=500.0)
    assert [slow.fails(value) for value in (499.0, 500.0, 501.0)] == [False, False, True]
    assert slow.bound == 500.0


def test_trouble_is_told_by_shape_as_well_as_by_colour() -> None:
    bad = draw([card()], 80, 22, NOW, UTC)
    good = draw([card(tone=Tone.ACTIVE, mark="▲", word="ADVANCING", rate_fails=False)], 80, 22, NOW, UTC)
    assert bad[0].plain.startswith("┏")
    assert good[0].plain.startswith("╭")
    assert any("✗" in line.plain for line in bad)
    assert not any("✗" in line.plain for line in good)


def test_the_threshold_is_a_line_across_the_plot() -> None:
    text = "\n".join(line.plain for line in draw([card()], 200, 38, NOW, UTC))
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

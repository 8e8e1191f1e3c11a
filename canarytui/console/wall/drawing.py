"""A wall's cards as text: how many fit, and how each is drawn so that it can be read from six metres.

Pure: cards in, Rich text with tones as style names out. A failure is loud in four ways: its colour, its frame, a
cross and its word; a card in trouble has the heavy frame too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from textwrap import wrap

from rich.text import Text

from canarytui.console.detail.layout import faded
from canarytui.console.wall.big_letters import big, columns_of, largest, lettering
from canarytui.console.wall.cards import Card
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.sentences import wall as words
from canarytui.domain.text.plain import clean, cut, fit, width
from canarytui.domain.ticks import short_duration

LEAST_COLUMNS, LEAST_LINES = 56, 10
MOST_CARDS = 6
_TALL = 18
"""Lines of a card from which its name is in big letters as well."""

_ROOMY = 34
_MOST_PLOT = 8
_VALUES = 40
"""Values that a plot has room for; where there is more room each is drawn broader."""

_LEVELS = " ▁▂▃▄▅▆▇█"
_FRAMES = {False: tuple("╭─╮│╰╯"), True: tuple("┏━┓┃┗┛")}
_MARKS = {Tone.BAD: "✗", Tone.WAITING: "?", Tone.ACTIVE: "▲", Tone.QUIET: "✓"}
_STALE = "~"
_TONES = {Tone.BAD: "bad", Tone.WAITING: "waiting", Tone.ACTIVE: "active", Tone.QUIET: "active"}

Line = tuple[str, str]
"""Text and its tone."""


@dataclass(frozen=True, slots=True)
class Grid:
    """`columns` by `rows` cards, each `width` by `height`; what is left over stays blank."""

    columns: int
    rows: int
    width: int
    height: int


def slots(columns: int, lines: int) -> int:
    """How many cards are readable at once on so much room, at least one."""
    return max(1, min((columns // LEAST_COLUMNS) * (lines // LEAST_LINES), MOST_CARDS))


def grid(count: int, columns: int, lines: int) -> Grid:
    """The arrangement of `count` cards that leaves each the most room for its number."""
    best = Grid(1, max(count, 1), columns, lines // max(count, 1))
    score = -1.0
    for across in range(1, count + 1):
        down = -(-count // across)
        made = Grid(across, down, columns // across, lines // down)
        fits = min(made.width / LEAST_COLUMNS, made.height / LEAST_LINES)
        if fits > score + 0.01:
            best, score = made, fits
    return best


def draw(cards: Sequence[Card], columns: int, lines: int, now: datetime, zone: tzinfo | None) -> list[Text]:
    """`lines` lines of `columns` columns with all cards."""
    if not cards or lines < 1:
        return [Text("") for _ in range(max(lines, 0))]
    room = grid(len(cards), columns, lines)
    drawn: list[Text] = []
    for start in range(0, len(cards), room.columns):
        beside = [card_text(card, room.width, room.height, now, zone) for card in cards[start : start + room.columns]]
        drawn += [Text("").join(parts) for parts in zip(*beside, strict=True)]
    return (drawn + [Text("") for _ in range(lines - len(drawn))])[:lines]


def card_text(card: Card, columns: int, lines: int, now: datetime, zone: tzinfo | None) -> list[Text]:
    """One card in its frame: exactly `lines` lines of `columns` columns."""
    loud = card.tone is Tone.BAD
    corner_tl, across, corner_tr, side, corner_bl, corner_br = _FRAMES[loud]
    tone = "alarm" if card.alarm else ("bad" if loud else "quiet")
    inside, tall = max(columns - 4, 1), max(lines - 2, 1)
    rows = (_alarm(card, inside, tall, now, zone) if card.alarm else _rollout(card, inside, tall, now))[:tall]
    rows += [("", "")] * (tall - len(rows))
    drawn = [Text(f"{corner_tl}{across * (columns - 2)}{corner_tr}", style=tone)]
    for row, row_tone in rows:
        line = Text("").append(f"{side} ", style=tone)
        line.append(fit(row, inside), style="alarm" if card.alarm else row_tone)
        line.append(f" {side}", style=tone)
        drawn.append(line)
    drawn.append(Text(f"{corner_bl}{across * (columns - 2)}{corner_br}", style=tone))
    return faded(drawn) if card.stale else drawn


def _rollout(card: Card, columns: int, lines: int, now: datetime) -> list[Line]:
    """Name, number and word, success rate with its plot, and why."""
    tone = _TONES[card.tone]
    name = _name(card, columns, lines)
    why = _wrapped(card.why, columns, 3 if lines >= 14 else 2)
    rate = cut(f"{'✗' if card.rate_fails else ' '} {card.rate}".strip(), columns) if card.rate else ""
    left = lines - len(name) - len(why) - bool(rate)
    most = min(max(left - _wanted(left), 0), _MOST_PLOT) if card.values else 0
    # The plot gives way where without it number and word can both be large.
    middles = [(_middle(card, columns, left - given, tone), given) for given in (*range(most, 1, -1), 0)]
    (middle, _), plot_lines = next((each for each in middles if each[0][1]), middles[0])
    plot = _plot(card, columns, plot_lines)
    if rate and not plot and card.values:
        rate = _with_spark(rate, card, columns)
    rate_line: list[Line] = [(rate, "bad" if card.rate_fails else "")] if rate else []
    spare = lines - len(name) - len(middle) - len(rate_line) - len(plot) - len(why)
    gap: list[Line] = [("", "")] * max(spare // 2, 0)
    return [*name, *gap, *middle, *gap, *rate_line, *plot, *why]


def _wanted(left: int) -> int:
    """Lines for the number: two thirds of what is left, and all of it where that is little."""
    return left if left < 8 else max(left * 2 // 3, 5)


def _alarm(card: Card, columns: int, lines: int, now: datetime, zone: tzinfo | None) -> list[Line]:
    """A failure: its word as large as it goes, whose it is, why, and since when."""
    name = _name(card, columns, lines)
    why = _wrapped(card.why, columns, 3 if lines >= 14 else 2)
    ago = _ago(card, now, zone)
    middle = _word(f"{card.word}!", columns, lines - len(name) - len(why) - len(ago), "alarm")
    spare = lines - len(name) - len(middle) - len(why) - len(ago)
    gap: list[Line] = [("", "")] * max(spare // 2, 0)
    return [*name, *gap, *middle, *gap, *why, *ago]


def _ago(card: Card, now: datetime, zone: tzinfo | None) -> list[Line]:
    if card.since is None:
        return []
    age = short_duration((now - card.since).total_seconds() // 10 * 10)
    return [(words.FAILED_AT.text(at=card.since.astimezone(zone), age=age), "alarm")]


def _name(card: Card, columns: int, lines: int) -> list[Line]:
    mark = _STALE if card.stale else _MARKS[card.tone]
    plain = f"{mark} {card.name}"
    images = f"  {card.images}" if card.images and width(plain) + width(card.images) + 2 <= columns else ""
    size = min(largest(card.name, columns, 5), 2 if lines >= _ROOMY else 1) if lines >= _TALL else 0
    if not size:
        gap = " " * max(columns - width(plain) - width(images), 0)
        return [(cut(f"{plain}{gap}{images}", columns), "strong")]
    return [*((line, "strong") for line in big(card.name, size)), (cut(f"{mark} {card.images}", columns), "quiet")]


def _middle(card: Card, columns: int, lines: int, tone: str) -> tuple[list[Line], bool]:
    """The number with the word beside it, or below where that is too narrow; whether both are large."""
    if not card.number:
        alone = _word(card.word, columns, lines, tone)
        return alone, len(alone) > 1
    size = max(largest(card.number, columns // 2, lines), 1)
    number = big(card.number, size)
    taken = columns_of(card.number, size) + 3
    word = _word(card.word, columns - taken, lines, tone)
    if len(word) > 1 or lines < 4:
        rows = max(len(number), len(word))
        top = (rows - len(word)) // 2
        left = [*number, *[""] * (rows - len(number))]
        right = [*[""] * top, *(line for line, _ in word), *[""] * rows]
        beside = [(f"{fit(one, taken)}{other}", tone) for one, other in zip(left, right, strict=False)]
        return beside[:lines], len(word) > 1 and size > 1
    below = _word(card.word, columns, max((lines - 1) // 2, 1), tone)
    gap: list[Line] = [("", "")] if len(below) > 1 else []
    size = max(largest(card.number, columns, lines - len(below) - len(gap)), 1)
    above = [(line, tone) for line in big(card.number, size)]
    return [*above, *gap, *below][:lines], len(below) > 1 and size > 1


def _word(word: str, columns: int, lines: int, tone: str) -> list[Line]:
    """`word` as large as it goes; as it is where even small letters are too large."""
    drawn = lettering(word, columns, lines) or (cut(word, columns),)
    return [(line, tone) for line in drawn]


def _wrapped(sentence: str, columns: int, most: int) -> list[Line]:
    """The sentence on at most `most` lines; always as many, so that the rest of the card stands still."""
    rows = wrap(clean(sentence, 600), max(columns, 1), break_on_hyphens=False)
    if len(rows) > most:
        rows = [*rows[: most - 1], cut(" ".join(rows[most - 1 :]), columns)]
    return [(row, "") for row in rows] + [("", "")] * (most - len(rows))


def _scale(card: Card) -> tuple[float, float]:
    known = [value for value in card.values if math.isfinite(value)]
    bound = [card.bound] if card.bound is not None else []
    low, high = min([*known, *bound], default=0.0), max([*known, *bound], default=1.0)
    margin = max((high - low) * 0.15, 0.5)
    percent = "%" in card.rate
    return (max(low - margin, 0.0), 100.0 if percent and high <= 100.0 else high + margin)


def _plot(card: Card, columns: int, lines: int) -> list[Line]:
    """The last values as columns of blocks, newest at the right, with a line of dashes where the threshold is."""
    if lines < 2:
        return []
    low, high = _scale(card)
    room = max(columns - 8, 1)
    broad = max(room // _VALUES, 1)
    heights = [_eighths(value, low, high, lines) for value in card.values[-(room // broad) :] for _ in range(broad)]
    at = None if card.bound is None else lines - 1 - min(int((card.bound - low) / (high - low) * lines), lines - 1)
    rows: list[Line] = []
    for row in range(lines):
        base = (lines - 1 - row) * 8
        blank = "-" if row == at else " "
        drawn = "".join(blank if eighths <= base else _LEVELS[min(eighths - base, 8)] for eighths in heights)
        label = f"{card.bound:g}" if row == at else ""
        rows.append((f"{drawn.rjust(room, blank)} {label[:7]:<7}", "bad" if card.rate_fails else "active"))
    return rows


def _eighths(value: float, low: float, high: float, lines: int) -> int:
    if not math.isfinite(value):
        return 0
    return max(round(min(max((value - low) / (high - low), 0.0), 1.0) * lines * 8), 1)


def _with_spark(rate: str, card: Card, columns: int) -> str:
    """The rate with its history on the same line."""
    room = columns - width(rate) - 2
    low, high = _scale(card)
    if room < 8:
        return rate
    return f"{rate}  " + "".join(
        _LEVELS[min(max(_eighths(value, low, high, 1), 0), 8)] for value in card.values[-min(room, 60) :]
    )

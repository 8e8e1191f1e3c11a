"""A wall's cards as text: how many fit, and how each is drawn so that it can be read from six metres.

Pure: cards in, Rich text with tones as style names out. A failure is loud in four ways: its colour, its frame, a
cross and its word; a card in trouble has the heavy frame too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from textwrap import wrap

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.layout import faded
from canarytui.console.wall.cards import Card
from canarytui.console.wall.headline import Row, headline
from canarytui.console.wall.success_line import MOST_LINES, plot, rate_row
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.sentences import wall as words
from canarytui.domain.text.plain import clean, cut, fit, width
from canarytui.domain.ticks import short_duration

LEAST_COLUMNS, LEAST_LINES = 56, 10
MOST_CARDS = 12
_ROOMY = 28
"""Lines of a card from which the letters leave room for a plot of the success rate."""

_LEAST_PLOT = 4
_FRAMES = {False: tuple("╭─╮│╰╯"), True: tuple("┏━┓┃┗┛")}
_STALE = "~"
_TONES = {Tone.BAD: "bad", Tone.WAITING: "waiting", Tone.ACTIVE: "active", Tone.QUIET: "active"}

_BLANK: Row = (("", ""),)


class Grid(Struct, frozen=True):
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
    rows = (_alarm(card, inside, tall, now, zone) if card.alarm else _rollout(card, inside, tall))[:tall]
    rows += [_BLANK] * (tall - len(rows))
    drawn = [Text(f"{corner_tl}{across * (columns - 2)}{corner_tr}", style=tone)]
    for row in rows:
        line = Text("").append(f"{side} ", style=tone)
        _write(line, row, inside, "alarm" if card.alarm else "")
        line.append(f" {side}", style=tone)
        drawn.append(line)
    drawn.append(Text(f"{corner_bl}{across * (columns - 2)}{corner_br}", style=tone))
    return faded(drawn) if card.stale else drawn


def _write(line: Text, row: Row, columns: int, over: str) -> None:
    """Append `row`, exactly `columns` wide; in the tone `over` where there is one."""
    left = columns
    for text, tone in row[:-1]:
        part = cut(text, left)
        line.append(part, style=over or tone)
        left -= width(part)
    text, tone = row[-1]
    line.append(fit(text, left), style=over or tone)


def _rollout(card: Card, columns: int, lines: int) -> list[Row]:
    """The word small, name and number as large as they go, the success rate as a line, and why."""
    tone = _TONES[card.tone]
    top = [_top(card, columns, tone)]
    rated = bool(card.rate)
    kept = _LEAST_PLOT if lines >= _ROOMY and card.values else 0

    def enlarged(reason: list[Row]) -> list[Row]:
        return headline(card.called, card.number or card.word, columns, lines - 1 - len(reason) - rated - kept, tone)

    why = _wrapped(card.why, columns, 2)
    large = enlarged(why)
    whole = _wrapped(card.why, columns, 3)
    if lines >= 16 and len(enlarged(whole)) >= len(large):  # a third line must not make the letters smaller
        why, large = whole, enlarged(whole)
    left = lines - 1 - len(why) - rated - len(large)
    drawn = plot(card, columns, min(left, MOST_LINES)) if card.values and left > 1 else []
    rate = [rate_row(card, columns, sparked=not drawn)] if rated else []
    spare = max(left - len(drawn), 0)
    gap = [_BLANK] * (spare // 2)
    return [*top, *gap, *large, *gap, *rate, *drawn, *[_BLANK] * (spare % 2), *why]


def _alarm(card: Card, columns: int, lines: int, now: datetime, zone: tzinfo | None) -> list[Row]:
    """A failure: whose it is and its word as large as they go, why, and since when."""
    top = [_top(card, columns, "alarm")]
    why, ago = _wrapped(card.why, columns, 3 if lines >= 14 else 2), _ago(card, now, zone)
    large = headline(card.called, card.word, columns, lines - 1 - len(why) - len(ago), "alarm")
    spare = lines - 1 - len(large) - len(why) - len(ago)
    gap = [_BLANK] * max(spare // 2, 0)
    return [*top, *gap, *large, *gap, *why, *ago]


def _ago(card: Card, now: datetime, zone: tzinfo | None) -> list[Row]:
    if card.since is None:
        return []
    age = short_duration((now - card.since).total_seconds() // 10 * 10)
    return [((words.FAILED_AT.text(at=card.since.astimezone(zone), age=age), "alarm"),)]


def _top(card: Card, columns: int, tone: str) -> Row:
    """``▲ ADVANCING  test/podinfo      4.0.5→4.0.6``: the images give way first, then the name, which is below."""
    word = f"{_STALE if card.stale else card.mark} {card.word}"
    name = f"  {card.name}"
    images = f"  {card.images}" if card.images else ""
    if width(word) + width(name) + width(images) > columns:
        images = ""
    gap = " " * max(columns - width(word) - width(name) - width(images), 0)
    return ((word, tone), (f"{name}{gap}{images}", "quiet"))


def _wrapped(sentence: str, columns: int, most: int) -> list[Row]:
    """The sentence on at most `most` lines; always as many, so that the rest of the card stands still."""
    rows = wrap(clean(sentence, 600), max(columns, 1), break_on_hyphens=False)
    if len(rows) > most:
        rows = [*rows[: most - 1], cut(" ".join(rows[most - 1 :]), columns)]
    return [((row, ""),) for row in rows] + [_BLANK] * (most - len(rows))

"""The wall's cards below a few rows of the list: all that moves or fails, as large as it fits."""

from __future__ import annotations

from datetime import datetime, tzinfo

from rich.text import Text

from canarytui.console.contexts import Contexts, plain
from canarytui.console.list.ordering import Listing
from canarytui.console.wall.cards import Card, card_of, invalid_card, shown_check
from canarytui.console.wall.drawing import draw, slots
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.sentences import list_screen as words
from canarytui.domain.values import parse_time
from canarytui.session.rows import CanaryRow

_VALUES = 200


def wall_cards(
    contexts: Contexts, listing: Listing, columns: int, lines: int, now: datetime, zone: tzinfo | None
) -> Text:
    """Cards of the first rows that are not quiet, in the list's order; a sentence where there are none."""
    rows = [row for row in listing.shown if row.tone is not Tone.QUIET][: slots(columns, lines)]
    cards = [card for card in (_card(contexts, row, now) for row in rows) if card is not None]
    if not cards:
        return Text(f" {words.NOTHING_MOVES.text()}", style="quiet")
    return Text("\n").join(draw(cards, columns, lines, now, zone))


def _card(contexts: Contexts, row: CanaryRow, now: datetime) -> Card | None:
    context = contexts.of(row.key)
    key = plain(row.key)
    situation = context.state.situation(key) if context is not None else None
    if context is None or situation is None:
        return invalid_card(row) if row.problem else None
    values = [value for _, value in context.state.readings.points(key, shown_check(situation))[-_VALUES:]]
    return card_of(situation.at(now), values, alarm=False, since=parse_time(row.transition))

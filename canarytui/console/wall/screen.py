"""The wall: what moves or is wrong in letters that can be read from six metres, and how old it is.

Its few keys (mute, help, quit) do not touch the cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.timer import Timer

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.keymap import bound
from canarytui.console.model import ConsoleModel
from canarytui.console.status_lines import TitleContext
from canarytui.console.wall.board import Wallboard, WallPage
from canarytui.console.wall.cards import Card, card_of, invalid_card, shown_check, word_of
from canarytui.console.wall.drawing import draw, slots
from canarytui.console.wall.frame import WallFreshness, banner, calm, header, header_lines, strip
from canarytui.console.wall.widget import WallText
from canarytui.domain.rollout.explain import Tone, explain
from canarytui.domain.rollout.state import INVALID, mark_of, state_of
from canarytui.domain.sentences import wall as words
from canarytui.domain.text.plain import clean, cut, fit
from canarytui.domain.values import NamespacedName

LEAST_COLUMNS, LEAST_LINES = 40, 12
"""Below this a sentence is more honest than a wall."""

_SOON_S = 0.2
"""Changes are gathered for so long: from across a room the delay cannot be seen."""

_FEW, _FEW_S, _MANY_S = 2, 1.0, 5.0
"""With more than a few cards their countdowns go in steps: seconds cannot be read from afar, but cost the line."""

_SHORTEST = 16
"""Columns that a mention takes at least."""

_ENDINGS = 12
_MEASURED = 24
_VALUES = 200


class WallSource(Protocol):
    """What only the wall shows: its board, how old its data are, whether its bell rings, which keys work."""

    wallboard: Wallboard
    bell_on: bool
    key_names: Sequence[str]

    def freshness(self) -> WallFreshness:
        """How old what is shown is."""
        ...

    def place(self) -> TitleContext:
        """What the header says."""
        ...

    def show_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        """Have the checks of these canaries asked for."""
        ...


class WatchScreen(ConsoleScreen, inherit_bindings=False):
    """One text over the whole terminal; the app writes of it only what changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("mute", "app.mute"),
        bound("help", "help"),
        bound("quit", "app.quit"),
    ]

    def __init__(self, model: ConsoleModel, wall: WallSource) -> None:
        super().__init__(model)
        self._wall = wall
        self._due: Timer | None = None
        self._cards = 0

    @property
    def is_whole(self) -> bool:
        return bool(self.children)

    def compose(self) -> ComposeResult:
        yield WallText(id="wall")

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self, event: Resize) -> None:
        self._draw()

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        if not changed:  # contact was lost or found: that waits for nothing
            self._draw()
        elif self._due is None and self._cards <= _FEW:  # more wait for the next second
            self._due = self.set_timer(_SOON_S, self._draw)

    def tick(self) -> None:
        self._draw()

    def action_help(self) -> None:
        from canarytui.console.help_screen import HelpScreen

        self.app.push_screen(HelpScreen(self.model.settings, only=self._wall.key_names))

    def _draw(self) -> None:
        if self._due is not None:
            self._due.stop()
            self._due = None
        self.query_one(WallText).say(Text("\n").join(self.lines()))

    def lines(self) -> list[Text]:
        """The whole screen, line by line."""
        columns, lines = self.size.width, self.size.height
        if columns < LEAST_COLUMNS or lines < LEAST_LINES:
            least = {"columns": LEAST_COLUMNS, "lines": LEAST_LINES}
            return [Text(words.TOO_SMALL.text(**least, columns_here=columns, lines_here=lines))]
        wall, zone = self._wall, self.model.zone
        now, fresh, place = self.model.local_now(), wall.freshness(), wall.place()
        over = banner(fresh, columns, lines, zone)
        below = lines - header_lines(lines) - len(over) - 1
        page = wall.wallboard.page(now, slots(columns, below))
        wall.show_checks_of([*page.keys, *page.rest][:_MEASURED])
        rings = wall.bell_on and "mute" in wall.key_names
        told = f"page {page.number}/{page.pages}" if page.pages > 1 else ""
        above = header(
            place,
            fresh,
            columns,
            lines,
            now,
            bell="bell on" if rings else "",
            page=told,
        )
        return [*above, *over, *self._body(page, columns, below), self._mention(page, columns)]

    def _body(self, page: WallPage, columns: int, lines: int) -> list[Text]:
        wall, now, zone = self._wall, self.model.local_now(), self.model.zone
        self._cards = len(page.keys)
        step_s = _FEW_S if len(page.keys) <= _FEW else _MANY_S
        # Stale data is shown as of its own time: what has happened since is unknown.
        silent = wall.freshness().silent_since
        moment = now if silent is None else silent.astimezone(now.tzinfo)
        when = datetime.fromtimestamp(moment.timestamp() // step_s * step_s, now.tzinfo)
        cards = [card for card in (self._card(key, page.alarm, when) for key in page.keys) if card is not None]
        if cards:
            return draw(cards, columns, lines, now, zone)
        place = wall.place()
        if not place.synced:
            said = f"  {place.connecting}" if wall.freshness().silent_since is None else ""
            return [Text(""), Text(said, style="quiet"), *(Text("") for _ in range(lines - 2))]
        return calm(place, wall.wallboard.endings(_ENDINGS), columns, lines, now, zone)

    def _card(self, key: NamespacedName, alarm: bool, when: datetime) -> Card | None:
        state = self.model.state
        situation = state.situation(key)
        if situation is None:
            row = self.model.row(key)
            return invalid_card(row) if row is not None else None
        values = [value for _, value in state.readings.points(key, shown_check(situation))[-_VALUES:]]
        return card_of(situation.at(when), values, alarm=alarm, since=self._wall.wallboard.since(key))

    def _mention(self, page: WallPage, columns: int) -> Text:
        """What has no card now, or what the keys are."""
        if not page.rest:
            return Text(fit(cut(f" {self._keys()}", columns), columns), style="quiet")
        mentions = [self._words(key) for key in page.rest[: columns // _SHORTEST + 1]]
        return strip(mentions, columns, len(page.rest))

    def _keys(self) -> str:
        if "mute" not in self._wall.key_names:
            return words.KEYS_SERVED.text()
        mute = words.BELL_OFF if self._wall.bell_on else words.BELL_ON
        return words.KEYS.text(mute=mute.say())

    def _words(self, key: NamespacedName) -> str:
        situation = self.model.state.situation(key)
        name = clean(f"{key[0]}/{key[1]}", 60)
        if situation is None:
            return f"{mark_of(INVALID, Tone.BAD)} {name} invalid"
        tone = explain(situation).tone
        weight = f" {situation.weight}%" if tone is Tone.ACTIVE else f" {word_of(situation, tone)}"
        sign = mark_of(state_of(situation, tone), tone) if situation.stale is None else "~"
        return f"{sign} {name}{weight}"

"""The area that the selected canary's panes fill: follows the cursor, once it rests."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.text import Text
from textual.containers import Container
from textual.timer import Timer

from canarytui.console.detail.followed_detail import FollowedDetail
from canarytui.console.detail.layout import folded, line
from canarytui.console.detail.view import DetailView, gather
from canarytui.console.model import ConsoleModel
from canarytui.console.panes.arrangement import FRAME, Box, arrange, zoomed
from canarytui.console.panes.pane_box import PaneBox
from canarytui.console.panes.registry import panes
from canarytui.domain.sentences import list_screen, reading
from canarytui.domain.values import NamespacedName

_SCROLLBAR = 1
_DRAWN_AFTER_S = 0.1
"""A cursor that rests for so long has its canary drawn: one that is held down draws nothing."""
_FOLLOWED_AFTER_S = 0.4
"""After so long, what only the panes show is watched, too."""
_LOOK_EVERY_S = 0.25
_ARRIVING_S = 5.0
"""So long what arrives of a canary that is newly watched is drawn as it comes, however busy the screen is."""


class PaneArea(Container):
    """Shows as many panes as fit, or one that is zoomed. A pane's widget is made when it is first shown."""

    def __init__(self, model: ConsoleModel, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._model = model
        self._followed = FollowedDetail(model)
        self._key: NamespacedName | None = None
        self._boxes: tuple[Box, ...] = ()
        self._zoomed = ""
        self._drawing: Timer | None = None
        self._following: Timer | None = None
        self._drawn = -1
        self._followed_at = 0.0
        self.thrifty = False
        """What arrives waits for the next :meth:`draw`: changes come faster than they can be read."""

    def on_mount(self) -> None:
        self.set_interval(_LOOK_EVERY_S, self._look)

    def on_unmount(self) -> None:
        self.leave()

    @property
    def zoomed(self) -> PaneBox | None:
        """The pane that fills the area."""
        return next((box for box in self.query(PaneBox) if box.pane.name == self._zoomed), None)

    @property
    def is_zoomed(self) -> bool:
        """Whether one pane fills the area."""
        return bool(self._zoomed)

    @property
    def zoom_name(self) -> str:
        """The name of the pane that fills the area; "" while none does."""
        return self._zoomed

    def place_panes(self, columns: int, lines: int) -> None:
        """Place the panes for an area of this size."""
        every = panes()
        alone = next((pane for pane in every if pane.name == self._zoomed), None)
        self._boxes = zoomed(alone, columns, lines) if alone is not None else arrange(every, columns, lines)
        there = {widget.pane.name: widget for widget in self.query(PaneBox)}
        wanted = {box.pane.name for box in self._boxes}
        for name, widget in there.items():
            widget.display = name in wanted
        for box in self._boxes:
            made = there.get(box.pane.name) or PaneBox(box.pane)
            made.place(box)
            if box.pane.name not in there:
                self.mount(made)

    def zoom(self, name: str) -> None:
        """Let one pane fill the area at the next arrangement; "" for all of them."""
        self._zoomed = name

    def next_zoomed(self) -> str:
        """The pane to zoom next: the one that has the keys, else the first; after a zoomed one its successor."""
        names = [pane.name for pane in panes()]
        if self._zoomed:
            return names[(names.index(self._zoomed) + 1) % len(names)]
        focused = self.screen.focused
        if isinstance(focused, PaneBox):
            return focused.pane.name
        return self._boxes[0].pane.name if self._boxes else ""

    def select(self, key: NamespacedName | None) -> None:
        """The cursor is on canary `key` of the current context: draw it once it rests there."""
        if key != self._key:
            self._key = key
            self._stop()
            self._drawing = self.set_timer(_DRAWN_AFTER_S, self._rested)

    def leave(self) -> None:
        """The area is not shown now: watch nothing for it."""
        self._stop()
        self._followed.close()

    def draw(self, *, at_once: bool = False) -> None:
        """Draw the selected canary as it is now, unless the cursor has just moved; with `at_once` only what never
        waits: some panes, and one that fills the area."""
        if self._drawing is not None or not self.display or not self._boxes:
            return
        if self._followed.of(self._key) is None and self._following is None and self._key is not None:
            self._following = self.set_timer(_FOLLOWED_AFTER_S, self._follow)
        if not at_once:
            self._drawn = self._followed.revision
        view = self._view()
        message = [] if view is not None else self._absence()
        there = {widget.pane.name: widget for widget in self.query(PaneBox)}
        for number, box in enumerate(self._boxes):
            widget = there.get(box.pane.name)
            if widget is not None and (not at_once or box.pane.at_once or self.is_zoomed):
                room = max(box.width - FRAME - _SCROLLBAR, 20), max(box.height - 2, 1)
                widget.show(view, message if not number else (), room)

    def _rested(self) -> None:
        self._drawing = None
        self.draw()

    def _follow(self) -> None:
        self._following = None
        self._followed.follow(self._key)
        self._followed_at = time.monotonic()
        self.draw()

    def _look(self) -> None:
        """Draw what arrived from the panes' own watch."""
        waits = self.thrifty and not self.is_zoomed and time.monotonic() - self._followed_at > _ARRIVING_S
        if self._followed.revision != self._drawn and not waits:
            self.draw()

    def _stop(self) -> None:
        for timer in (self._drawing, self._following):
            if timer is not None:
                timer.stop()
        self._drawing = self._following = None

    def _view(self) -> DetailView | None:
        model, key = self._model, self._key
        if key is None:
            return None
        row = model.row(key)
        return gather(
            model.state,
            key,
            self._followed.of(key),
            model.local_now(),
            label=row.label if row else "",
            zone=model.zone,
            coloured=not self.app.no_color,
        )

    def _absence(self) -> Sequence[Text]:
        """Why there is nothing to show."""
        if self._key is None:
            return [line((list_screen.NONE_SHOWN.text(), "quiet"))]
        row = self._model.row(self._key)
        if row is not None and row.problem:
            return folded(row.problem, max(self.size.width - FRAME - _SCROLLBAR, 20), "bad")
        return [line((reading.CANARY_GONE.text(name="/".join(self._key)), "quiet"))]

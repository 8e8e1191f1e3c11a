"""One pane on the screen: a page in a border that says what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message

from canarytui.console.detail.overview import as_known
from canarytui.console.detail.view import DetailView
from canarytui.console.keymap import bound
from canarytui.console.panes.arrangement import Box
from canarytui.console.panes.pane import Pane
from canarytui.console.widgets.page import Page
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.text.plain import cut


class PaneBox(Page):
    """Shows `pane` of the selected canary. While it is zoomed, it has the keys and scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("down", "scroll(1)"),
        bound("up", "scroll(-1)"),
        bound("page-down", "page(1)"),
        bound("page-up", "page(-1)"),
        bound("first", "edge(False)"),
        bound("last", "edge(True)"),
    ]

    class ZoomAsked(Message):
        """A click on the title of a pane."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, pane: Pane) -> None:
        super().__init__(id=f"pane-{pane.name}", classes="pane")
        self.pane = pane
        self._title = ""
        self._box: Box | None = None

    def place(self, box: Box) -> None:
        """Stand where `box` says."""
        if box != self._box:
            self._box = box
            self.styles.offset = (box.x, box.y)
            self.styles.width, self.styles.height = box.width, box.height

    def show(self, view: DetailView | None, message: Sequence[Text], room: tuple[int, int]) -> None:
        """Draw `view` in `room` (columns, lines); `message` where there is none."""
        columns, lines = room
        if view is None:
            self._entitle(self.pane.name, columns)
            self.put(message)
            return
        failing = self.pane.heading is not None and view.explanation.tone is Tone.BAD and view.situation.stale is None
        self.set_class(failing, "failing")
        self._entitle(self.pane.title(view), columns)
        self.put(as_known(view, list(self.pane.draw(view, columns, lines))))

    def _entitle(self, title: str, columns: int) -> None:
        title = cut(title, columns)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)  # no markup: names come from the cluster

    def on_click(self, event: Click) -> None:
        if event.y == 0:
            self.post_message(self.ZoomAsked(self.pane))

    def action_scroll(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        self.scroll_relative(y=pages * max(self.size.height - 1, 1), animate=False)

    def action_edge(self, end: bool) -> None:
        if end:
            self.scroll_end(animate=False)
        else:
            self.scroll_home(animate=False)

"""Every request that was sent, the newest last: what a person would have typed to kubectl or curl."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from canarytui.cluster.request_log import RequestLog, SentRequest
from canarytui.console.detail.layout import line
from canarytui.console.requests.lines import request_lines, request_text
from canarytui.console.text_dialog import TextDialog
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page
from canarytui.console.widgets.paged_screen import PagedScreen
from canarytui.domain.sentences import requests as words
from canarytui.domain.text.plain import clean

_LOOK_EVERY_S = 0.5


class RequestsScreen(PagedScreen):
    """Follows `log` while the cursor is on the last line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("pagedown,ctrl+f", "move(20)", "Page down", show=False),
        Binding("pageup,ctrl+b", "move(-20)", "Page up", show=False),
        Binding("home,g", "move(-100000)", "First", show=False),
        Binding("end,G,shift+g", "move(100000)", "Last", show=False),
        Binding("enter", "open", "Details", show=False),
        Binding("w", "writes_only", "Writes", show=False),
        Binding("c,y", "copy_kubectl", "kubectl", show=False),
        Binding("C,shift+c", "copy_curl", "curl", show=False),
    ]

    def __init__(self, log: RequestLog, context: str, server: str, zone: tzinfo | None) -> None:
        super().__init__()
        self._log = log
        self._of_context = context
        self._server = server
        self._zone = zone
        self._chosen: SentRequest | None = None
        self._writes_only = False
        self._drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="requests"):
            yield Lines(id="dialog-title")
            yield Page(id="requests")
            yield Lines(Text(words.HINT.text(), style="quiet"))

    def on_mount(self) -> None:
        self.query_one("#requests").focus()
        self.set_interval(_LOOK_EVERY_S, self._draw)
        self.call_after_refresh(self._draw)

    def _shown(self) -> list[SentRequest]:
        return [sent for sent in self._log if sent.writes or not self._writes_only]

    def _place(self, requests: list[SentRequest]) -> int:
        """Of the cursor: the last line until another is chosen, the first once that one has gone."""
        if self._chosen is None:
            return len(requests) - 1
        return next((number for number, each in enumerate(requests) if each is self._chosen), 0)

    def _draw(self) -> None:
        page = self.query_one("#requests", Page)
        requests = self._shown()
        place = self._place(requests)
        shown = (self._log.revision, self._writes_only, place, page.columns, page.size.height)
        if shown == self._drawn:
            return
        self._drawn = shown
        title = words.TITLE.text(server=clean(self._server, 200), count=len(requests))
        self.query_one("#dialog-title", Lines).say(Text(title, style="strong"))
        lines = request_lines(requests, place, page.columns, self._zone)
        page.put(lines or [line((words.NONE.text(), "quiet"))])
        if requests:
            self.call_after_refresh(page.reveal, place, place)

    def _selected(self) -> SentRequest | None:
        requests = self._shown()
        return requests[self._place(requests)] if requests else None

    def action_move(self, steps: int) -> None:
        requests = self._shown()
        if not requests:
            return
        place = min(max(self._place(requests) + steps, 0), len(requests) - 1)
        self._chosen = None if place == len(requests) - 1 else requests[place]
        self._draw()

    def action_writes_only(self) -> None:
        """Only what may have changed something, or everything again."""
        self._writes_only = not self._writes_only
        self._chosen = None
        self._draw()

    def action_open(self) -> None:
        sent = self._selected()
        if sent is not None:
            text = request_text(sent, self._of_context, self._server, self._zone)
            copied = sent.kubectl(self._of_context) or sent.curl(self._server)
            title = f"{sent.method} {sent.shown_path}"
            self.app.push_screen(TextDialog(title, Text(text), name="request", copied=copied))

    def action_copy_kubectl(self) -> None:
        sent = self._selected()
        said = sent.kubectl(self._of_context) if sent is not None else ""
        if said:
            self._copy(said, "kubectl")
        else:
            self.notify(words.NO_KUBECTL.text(), timeout=4)

    def action_copy_curl(self) -> None:
        sent = self._selected()
        if sent is not None:
            self._copy(sent.curl(self._server), "curl")

    def _copy(self, text: str, program: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(words.COPIED.text(program=program), timeout=2)

    def pager_text(self) -> str:
        lines = request_lines(self._shown(), -1, 400, self._zone)
        return "\n".join(each.plain.rstrip() for each in lines)

"""What was done from this machine, newest first, with what undoes each, or why nothing does; one can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar

from msgspec import Struct
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Resize

from canarytui.console.dismissed_once import Modal
from canarytui.console.widgets.lines import Lines
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.sentences import undoing as words
from canarytui.domain.text.plain import clean

_AROUND_BODY = 8
"""Lines of the dialog that are not its body: border, padding, title, keys."""

_LINES_EACH = 2


class Undoable(Struct, frozen=True):
    """An action that was done, and the way back from it as things stand now."""

    done: DoneAction
    way_back: WayBack


class UndoScreen(Modal[Undoable | None]):
    """Answers with the chosen one of `listed`, or None; `first` is the one under the cursor to begin with."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,n", "cancel", "Back", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("enter", "choose", "Undo", show=False, priority=True),
    ]

    def __init__(self, listed: Sequence[Undoable], context: str, zone: tzinfo | None, first: int = 0) -> None:
        super().__init__()
        self._listed = tuple(listed)
        self._cluster_name = context
        self._zone = zone
        self._chosen = first

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="audit"):
            title = words.LIST_TITLE.text(context=clean(self._cluster_name, 80))
            yield Lines(Text(title, style="strong"), id="dialog-title")
            with VerticalScroll(id="dialog-body"):
                yield Lines(self._lines(), id="undo-lines")
            yield Lines(Text(words.LIST_KEYS.text(), style="quiet"))

    def on_mount(self) -> None:
        self.query_one("#dialog-body", VerticalScroll).focus()
        self.call_after_refresh(self._show_chosen)

    def on_resize(self, event: Resize) -> None:
        body = self.query_one("#dialog-body", VerticalScroll)
        body.styles.max_height = max(_LINES_EACH * 2, int(event.size.height * 0.9) - _AROUND_BODY)

    def action_move(self, step: int) -> None:
        self._chosen = min(max(self._chosen + step, 0), len(self._listed) - 1)
        self.query_one("#undo-lines", Lines).say(self._lines())
        self._show_chosen()

    def action_choose(self) -> None:
        chosen = self._listed[self._chosen]
        if chosen.way_back.request is None:
            self.app.bell()
            return
        self.dismiss(chosen)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _show_chosen(self) -> None:
        body = self.query_one("#dialog-body", VerticalScroll)
        line, height = self._chosen * _LINES_EACH, body.size.height
        top = int(body.scroll_y)
        if line < top or line + _LINES_EACH > top + height:
            body.scroll_to(y=max(line - height // 2, 0), animate=False)

    def _lines(self) -> Text:
        text = Text(no_wrap=True, overflow="ellipsis")
        for index, each in enumerate(self._listed):
            at = each.done.at
            text.append("▶ " if index == self._chosen else "  ", style="mark")
            text.append(f"{at.astimezone(self._zone):%m-%d %H:%M:%S}  " if at else "--  ", style="quiet")
            text.append(f"{clean(each.done.title, 200)}\n", style="strong" if index == self._chosen else "")
            found = each.way_back
            if found.request is not None:
                text.append(f"    {words.CAN_UNDO.text(title=clean(found.title, 200))}\n", style="active")
            else:
                text.append(f"    {words.CANNOT_UNDO.text(why=clean(found.why, 300))}\n", style="quiet")
        text.right_crop(1)
        return text

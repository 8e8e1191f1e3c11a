"""Choosing the new image: which container, which tag; shows what runs now and what was promoted.

Opened by ``driving`` for ``t``; answers with a container and an image, or None.
"""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from canarytui.console.widgets.entry import Entry
from canarytui.console.widgets.lines import Lines
from canarytui.domain.plaintext import clean
from canarytui.domain.situation import Situation
from canarytui.domain.workload import Container, Workload, image_tag, with_tag


class TriggerScreen(ModalScreen[tuple[Container, str] | None]):
    """An input for the tag, begun with the current one; the arrow keys choose among several containers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("down,tab", "container(1)", "Next container", show=False, priority=True),
        Binding("up,shift+tab", "container(-1)", "Previous container", show=False, priority=True),
    ]

    def __init__(self, situation: Situation, target: Workload) -> None:
        super().__init__()
        self._situation = situation
        self._target = target
        self._chosen = 0

    def compose(self) -> ComposeResult:
        canary = self._situation.canary
        with Vertical(id="dialog", classes="trigger"):
            yield Lines(Text(f"Trigger {canary.namespace}/{canary.name}: choose the new image", style="strong"))
            yield Lines(self._containers(), id="containers")
            yield Entry(value=image_tag(self._container.image), id="tag", select_on_focus=True)
            yield Lines(self._preview(), id="preview")
            yield Lines(Text("Enter: look at the plan   Esc: back", style="quiet"))

    def on_mount(self) -> None:
        self.query_one("#tag").focus()

    @property
    def _container(self) -> Container:
        return self._target.containers[self._chosen]

    def _image(self) -> str:
        return with_tag(self._container.image, self.query_one("#tag", Input).value.strip())

    def on_input_changed(self) -> None:
        self.query_one("#preview", Lines).say(self._preview())

    def on_input_submitted(self) -> None:
        if self.query_one("#tag", Input).value.strip():
            self.dismiss((self._container, self._image()))

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_container(self, step: int) -> None:
        self._chosen = (self._chosen + step) % len(self._target.containers)
        self.query_one("#containers", Lines).say(self._containers())
        self.query_one("#tag", Input).value = image_tag(self._container.image)

    def _containers(self) -> Text:
        promoted = {
            container.name: container.image
            for container in (self._situation.primary.containers if self._situation.primary else ())
        }
        text = Text()
        for index, container in enumerate(self._target.containers):
            chosen = index == self._chosen
            text.append("▶ " if chosen else "  ", style="mark")
            text.append(f"{clean(container.name, 40)}  ", style="strong" if chosen else "")
            text.append(f"now {clean(container.image, 120)}")
            primary = promoted.get(container.name)
            if primary and primary != container.image:
                text.append(f"  primary {image_tag(primary)}", style="quiet")
            text.append("\n")
        text.right_crop(1)
        return text

    def _preview(self) -> Text:
        if not self.is_mounted:
            return Text("new image as above", style="quiet")
        return Text(f"new image {clean(self._image(), 200)}", style="quiet")

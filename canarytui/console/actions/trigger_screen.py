"""What starts a rollout: another tag, another value of an environment variable, or a restart.

Shows what runs now, what was promoted, and which tags the target has run before. Preselects the application's
container; where that is unknown, the person chooses.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from canarytui.console.dismissed_once import Modal
from canarytui.console.widgets.entry import QuietInput
from canarytui.console.widgets.lines import Lines
from canarytui.domain.actions import ActionRequest
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import dialogs as words
from canarytui.domain.text.plain import clean
from canarytui.domain.workloads.containers import application_container, containers_for, is_reference
from canarytui.domain.workloads.workload import Container, WorkloadStatus, image_tag, with_tag

History = Callable[[Situation], Awaitable[dict[str, list[str]]]]
_IMAGE, _VARIABLE, _RESTART = "image", "variable", "restart"
_MODES = (_IMAGE, _VARIABLE, _RESTART)
_MOST_TAGS = 12


class TriggerScreen(Modal[ActionRequest | None]):
    """Answers with a request, or None. `history` fetches the images that ran before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("down,tab", "container(1)", "Next container", show=False, priority=True),
        Binding("up,shift+tab", "container(-1)", "Previous container", show=False, priority=True),
        Binding("ctrl+n", "older", "Tag before", show=False, priority=True),
        Binding("ctrl+t", "mode", "What changes", show=False, priority=True),
    ]

    def __init__(self, situation: Situation, target: WorkloadStatus, history: History) -> None:
        super().__init__()
        self._situation = situation
        self._target = target
        self._history = history
        self._images: Mapping[str, list[str]] = {}
        application = application_container(situation.canary, target)
        self._chosen = target.containers.index(application) if application is not None else None
        self._by_hand = False
        """Whether the person chose the container; until then it follows the typed repository."""
        self._older = -1
        self._mode = _IMAGE

    def compose(self) -> ComposeResult:
        canary = self._situation.canary
        with Vertical(id="dialog", classes="trigger"):
            title = words.TRIGGER.text(canary=f"{canary.namespace}/{canary.name}")
            yield Lines(Text(title, style="strong"))
            yield Lines(self._containers(), id="containers")
            yield QuietInput(value=self._first_tag(), id="tag", select_on_focus=True)
            yield Lines(self._preview(), id="preview")
            yield Lines(self._seen(), id="seen")
            yield Lines(Text(words.TRIGGER_KEYS.text(), style="quiet"))

    def on_mount(self) -> None:
        self.query_one("#tag").focus()
        self._remember()

    @work
    async def _remember(self) -> None:
        self._images = await self._history(self._situation)
        self.query_one("#seen", Lines).say(self._seen())

    @property
    def _container(self) -> Container | None:
        return None if self._chosen is None else self._target.containers[self._chosen]

    def _first_tag(self) -> str:
        """The initial value of the field: the tag, or the whole image where a digest pins it."""
        image = self._container.image if self._container is not None else ""
        return image if "@" in image else image_tag(image)

    def _request(self) -> ActionRequest | None:
        """The request as typed; None while it is incomplete."""
        if self._mode == _RESTART:
            return ActionRequest(Intent.TRIGGER, restart=True)
        typed, container = self.query_one("#tag", Input).value.strip(), self._container
        if container is None:
            return None
        if self._mode == _VARIABLE:
            name, equals, value = typed.partition("=")
            named = bool(name.strip() and equals)
            return ActionRequest(Intent.TRIGGER, container.name, env=(name.strip(), value)) if named else None
        return ActionRequest(Intent.TRIGGER, container.name, with_tag(container.image, typed)) if typed else None

    def on_input_changed(self) -> None:
        self._follow_typed()
        self.query_one("#preview", Lines).say(self._preview())

    def _follow_typed(self) -> None:
        """Choose the container that runs the typed repository, unless the person has chosen one."""
        typed = self.query_one("#tag", Input).value.strip()
        if self._by_hand or self._mode != _IMAGE or not is_reference(typed):
            return
        found = containers_for(self._situation.canary, self._target, typed)
        index = self._target.containers.index(found[0]) if len(found) == 1 else self._chosen
        if index != self._chosen:
            self._chosen, self._older = index, -1
            self.query_one("#containers", Lines).say(self._containers())
            self.query_one("#seen", Lines).say(self._seen())

    def on_input_submitted(self) -> None:
        request = self._request()
        if request is None:
            self.app.bell()
        else:
            self.dismiss(request)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_container(self, step: int) -> None:
        count = len(self._target.containers)
        self._chosen = (self._chosen + step) % count if self._chosen is not None else (0 if step > 0 else count - 1)
        self._by_hand = True
        self._older = -1
        self._begin()

    def action_mode(self) -> None:
        self._mode = _MODES[(_MODES.index(self._mode) + 1) % len(_MODES)]
        self._begin()

    def action_older(self) -> None:
        tags = self._tags()
        if self._mode != _IMAGE or not tags:
            return
        self._older = (self._older + 1) % len(tags)
        self.query_one("#tag", QuietInput).suggest(tags[self._older])

    def _begin(self) -> None:
        self.query_one("#containers", Lines).say(self._containers())
        self.query_one("#seen", Lines).say(self._seen())
        entry = self.query_one("#tag", QuietInput)
        entry.placeholder = "NAME=VALUE" if self._mode == _VARIABLE else ""
        entry.disabled = False
        entry.suggest(self._first_tag() if self._mode == _IMAGE else "")
        self.query_one("#preview", Lines).say(self._preview())

    def _tags(self) -> list[str]:
        """What the container ran before, newest first: tags of the same repository, other images in full."""
        if self._container is None:
            return []
        now = self._container.image
        found: dict[str, None] = {}
        for image in self._images.get(self._container.name, ()):
            tag = image_tag(image)
            found[tag if with_tag(now, tag) == image else image] = None
        found.pop(image_tag(now), None)
        return list(found)[:_MOST_TAGS]

    def _seen(self) -> Text:
        tags = self._tags() if self._mode == _IMAGE else []
        return Text(words.RAN_BEFORE.text(tags="  ".join(tags)) if tags else "", style="quiet")

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
            return Text(words.NEW_IMAGE_ABOVE.text(), style="quiet")
        request = self._request()
        if self._container is None and self._mode != _RESTART:
            return Text(words.CHOOSE_CONTAINER.text(), style="waiting")
        if request is None:
            return Text(words.VARIABLE_FORM.text() if self._mode == _VARIABLE else "", style="quiet")
        if request.restart:
            return Text(words.RESTART.text(), style="quiet")
        if request.env is not None:
            return Text(
                words.VARIABLE.text(name=clean(request.env[0], 80), value=clean(request.env[1], 120)), style="quiet"
            )
        several = len(self._target.containers) > 1
        where = words.OF_CONTAINER.say(name=clean(request.container, 63)) if several else NOTHING
        return Text(words.NEW_IMAGE.text(where=where, image=clean(request.image, 200)), style="quiet")

"""The console's app: shows screens, and does what they ask for by messages.

Made by the command line (live) and by the screenshots and tests (a fixed cluster). Everything that waits runs in
workers of the same event loop. Contexts are opened by :mod:`.context_opening`; when the screen is drawn is up to the
frame loop.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from canarytui.console import messages, navigation
from canarytui.console.background import BackgroundWork
from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.context_opening import ContextOpening
from canarytui.console.contexts import Contexts
from canarytui.console.first_frame import FirstFrame
from canarytui.console.frame_loop import FrameLoop
from canarytui.console.known_contexts import KnownContexts
from canarytui.console.list.screen import ListScreen
from canarytui.console.memory import ConsoleMemory
from canarytui.console.messages import ConsoleMessage
from canarytui.console.model import ConsoleModel
from canarytui.console.notices import NoticeApp
from canarytui.console.panes.screen_layout import LayoutPreset
from canarytui.console.settings import ConsoleSettings
from canarytui.console.startup import end_of_start
from canarytui.console.suspension import Suspending
from canarytui.console.terminal.app import TerminalApp
from canarytui.console.themes import (
    begin_with_theme,
    choose_theme,
    first_theme,
    style_sheets,
    tones,
)
from canarytui.console.typed_ahead import TypedAhead, until_mounted
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError, ConfigError
from canarytui.session.connection import Connector
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from textual.app import SystemCommand
    from textual.command import Provider
    from textual.screen import Screen
    from textual.worker import Worker

    from canarytui.console.actions.port import Answer
    from canarytui.console.programs.desk import ProgramDesk

_SETTLED_TICKS = 4


def _palette() -> type[Provider]:
    from canarytui.console.palette import ConsoleCommands

    return ConsoleCommands


class ConsoleApp(NoticeApp):
    """`connector` opens a cluster, which fills a `state`. `contexts` are shown side by side: one that cannot be reached
    is reported once and tried again, the others go on. Without them there is the context that the connector begins
    with, and the console ends when that cannot be reached. `preset` is the layout to begin with; `remember` keeps the
    one that is chosen, in a thread; `memory` has commands, filters and notices of earlier starts."""

    TITLE = "canarytui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = TerminalApp.COMMANDS | {_palette}
    PLUGINS: ClassVar[bool] = True
    """Whether the person's plugins have their keys here."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+s", "dump", "Save", show=False, priority=True, id="dump"),
        Binding("ctrl+p", "command_palette", "Palette", show=False, priority=True, id="palette"),
    ]

    def __init__(
        self,
        connector: Connector,
        *,
        contexts: Sequence[str] = (),
        state: Callable[[], ClusterState] = ClusterState,
        zone: tzinfo | None = None,
        known_contexts: Callable[[], list[str]] = list,
        settings: ConsoleSettings | None = None,
        preset: LayoutPreset = LayoutPreset.SPLIT,
        remember: Callable[[LayoutPreset], None] = lambda preset: None,
        kubeconfig: str = "",
        memory: ConsoleMemory | None = None,
    ) -> None:
        super().__init__(css_path=list(style_sheets()), ansi_color=True if "NO_COLOR" in os.environ else None)
        settings = settings or ConsoleSettings()
        self.bell_on = settings.bell
        theme = first_theme(settings.theme, os.environ)
        begin_with_theme(self, theme)
        self.set_keymap(dict(settings.keys))
        self._known_contexts = KnownContexts(known_contexts)
        self.model = ConsoleModel(
            Contexts(state, contexts),
            settings=settings,
            send=self.receive,
            known_contexts=self._known_contexts.names,
            zone=zone,
            kubeconfig=kubeconfig,
            memory=memory,
        )
        self.model.preset = preset
        self._remember = remember
        self.background = BackgroundWork(self.run_worker)
        self.frames = FrameLoop(self.model, self)
        self.opening = ContextOpening(self.model, self.frames, self, connector, state)
        for context in self.model.contexts:
            self.frames.follow(context.state)
        self._programs: ProgramDesk | None = None
        if self.PLUGINS:
            for number, plugin in enumerate(settings.plugins):
                if plugin.keys and not (plugin.writes and settings.read_only):
                    self.bind(plugin.keys, f"plugin({number})", description=plugin.name, show=False)
        self._before_suspending = Suspending()
        self._first_frame = FirstFrame(self)
        self._ticks = 0
        self._typed = TypedAhead()
        self.failure = ""
        """Why the console could not start, for the command line to print."""

    def get_css_variables(self) -> dict[str, str]:
        """The theme's, and those of our style sheets that it lacks."""
        variables = super().get_css_variables()
        return {**variables, **tones(variables)}

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Of Textual's commands the themes: help, keys and saved screens are our own."""
        return (each for each in super().get_system_commands(screen) if each.title == "Theme")

    def search_themes(self) -> None:
        """The palette's list of themes, with ours and this person's in it."""
        from canarytui.console.palette import open_themes

        self.background.run(partial(open_themes, self))

    def first_screen(self) -> ConsoleScreen:
        """What the app begins with."""
        return ListScreen(self.model)

    def on_load(self) -> None:
        # Before there is a screen: the API server takes its time to answer.
        self.opening.begin()

    def on_mount(self) -> None:
        self._first_frame.hold()
        self.push_screen(self.first_screen())
        self.set_interval(1.0, self.tick)
        self.call_after_refresh(self.opening.drawn.set)
        self.background.run(partial(asyncio.to_thread, self.model.memory.load))

    def begin(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> Worker[None]:
        """Run `work` in the background, under this name."""
        return self.run_worker(work, name=name)

    def cannot_start(self, error: CanarytuiError) -> None:
        """End with this error: what the console begins with cannot be reached."""
        self.failure = str(error)
        self.exit(return_code=error.exit_code)

    def report_unreachable(self, error: CanarytuiError) -> None:
        """Say why a context cannot be reached."""
        self.notify(clean(str(error), 600), severity="error", markup=False, timeout=12)

    def show_list(self) -> None:
        """Go back to the list, whatever is open."""
        navigation.show_list(self)

    async def before_suspending(self) -> tuple[bool, str]:
        return await self._before_suspending.begin(self.model)

    async def on_unmount(self) -> None:
        await self.model.end_drill(words.LEFT.text())
        if self._programs is not None:
            await self._programs.close()
        await self.model.contexts.close()

    def receive(self, message: ConsoleMessage) -> None:
        """Act on a screen's message at once; what takes time goes on in the background."""
        match message:
            case messages.NarrowList():
                self._narrow(message)
            case messages.SwitchContext(name):
                self.background.run(partial(self.opening.switch, name))
            case messages.RequestAction():
                if self.model.flow is not None:
                    self.background.run(partial(self.model.flow.run, message))
            case messages.ShowGates() | messages.ShowUndo():
                if self.model.flow is not None:
                    self.background.once(message, partial(self.model.flow.run, message))
            case messages.ShowDrill(drilled):
                from canarytui.console.drill.open_drill import open_drill

                self.background.once(message, partial(open_drill, self, self.model, drilled))
            case messages.RunAction(action):
                self.background.run(partial(self.screen.run_action, action))
            case messages.ChooseTheme(name):
                self.background.run(partial(choose_theme, self, name))
            case messages.ChooseLayout(preset):
                self.model.preset = preset
                self.background.run(partial(asyncio.to_thread, self._remember, preset))
            case messages.ToggleBell():
                self.action_mute()
            case messages.Notify(text, warning, timeout_s):
                self.tell(text, warning=warning, timeout_s=timeout_s)
            case messages.KeyTyped(event, screen):
                self._typed.remember(event, screen)
            case messages.OpenShell():
                self.background.once(message, partial(self.programs().run, message))
            case messages.PageText() | messages.RunPlugin():
                self.background.run(partial(self.programs().run, message))
            case messages.ReadContexts():
                self.background.run(self._known_contexts.refresh)
            case messages.KeepMemory():
                self.background.run(partial(asyncio.to_thread, self.model.memory.save))
            case messages.Leave():
                self.exit()
            case _:
                navigation.show(self, self.model, message)

    def programs(self) -> ProgramDesk:
        """What starts a person's programs; made when it is first needed."""
        if self._programs is None:
            from canarytui.console.programs.desk import ProgramDesk

            self._programs = ProgramDesk(self.model, self)
        return self._programs

    def action_plugin(self, number: int) -> None:
        """Run a plugin by its place in the file."""
        if isinstance(self.screen, ConsoleScreen):
            self.screen.run_plugin(self.model.settings.plugins[number])

    def action_page_on_top(self) -> None:
        """Open the page on top in the pager."""
        from canarytui.console.widgets.paged_screen import PagedScreen

        if isinstance(self.screen, PagedScreen):
            self.receive(messages.PageText(self.screen.pager_text()))

    def _narrow(self, message: messages.NarrowList) -> None:
        self.model.listing.narrow(pattern=message.pattern, namespace=message.namespace, kept=message.kept)
        self.redraw(frozenset())

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            await until_mounted(self)
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        self._typed.intercept(event, self.screen)

    async def action_dump(self) -> None:
        """Save the screen as text and as an SVG picture, and report where."""
        from canarytui.console.screen_dump import save_screen

        picture = self.export_screenshot(title=clean(self.model.place().context, 80) or "canarytui")
        try:
            path = await save_screen(picture, self.model.local_now())
        except ConfigError as error:
            self.notify(clean(str(error), 600), severity="warning", markup=False)
        else:
            self.notify(words.SCREEN_SAVED.text(path=clean(path, 300)), timeout=6, markup=False)

    def action_mute(self) -> None:
        """Mute the bell, or unmute it."""
        self.bell_on = not self.bell_on
        self.notify((words.BELL_ON if self.bell_on else words.BELL_OFF).text(), timeout=2)

    def action_command_palette(self) -> None:
        """Open the palette, once: Textual's own action ends the app when the key comes again while one is closing."""
        from canarytui.console.palette import open_palette

        open_palette(self)

    @property
    def zone(self) -> tzinfo | None:
        return self.model.zone

    def tell(self, text: str, *, warning: bool = False, timeout_s: float | None = None) -> None:
        """Show a notice."""
        self.notify(text, severity="warning" if warning else "information", markup=False, timeout=timeout_s)

    async def ask(self, question: Screen[Answer]) -> Answer | None:
        """Show a dialog and wait for its answer."""
        return await self.push_screen_wait(question)

    def ringing_row(self, key: NamespacedName) -> CanaryRow | None:
        """The row whose failure rings the bell; None for a canary that is gone or does not matter here."""
        return self.model.listing.row(key)

    def tick(self) -> None:
        """A second has passed."""
        self._ticks += 1
        if self._ticks == _SETTLED_TICKS:
            end_of_start()
        self.frames.tick()
        for context in self.model.contexts:
            if context.flow is not None:
                self.background.run(context.flow.follow_up)
        for screen in navigation.visible_screens(self):
            screen.tick()

    def show_first_list(self) -> None:
        """Paint the first frame, if it was held back for a list."""
        self._first_frame.show()

    def in_view(self, changed: frozenset[NamespacedName]) -> bool:
        """Whether any of these canaries, keys of the list, is on the screen."""
        return any(screen.in_view(changed) for screen in navigation.visible_screens(self))

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Have the screens that can be seen draw what changed; everything when `changed` is empty."""
        for screen in navigation.visible_screens(self):
            screen.redraw(changed)

"""The console's app: opens connections, shows screens, and does what screens ask for by messages.

Made by the command line (live) and by the screenshots and tests (a fixed cluster). Everything that waits runs in
workers of the same event loop; when the screen is drawn is up to the frame loop.
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
from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.connecting import connect, connect_in_the_end
from canarytui.console.contexts import ConsoleContext, Contexts
from canarytui.console.frame_loop import FrameLoop
from canarytui.console.known_contexts import KnownContexts
from canarytui.console.list.ordering import Listing
from canarytui.console.list.screen import ListScreen
from canarytui.console.memory import ConsoleMemory
from canarytui.console.messages import ConsoleMessage
from canarytui.console.model import ConsoleModel
from canarytui.console.notices import NoticeApp
from canarytui.console.panes.screen_layout import LayoutPreset
from canarytui.console.settings import ConsoleSettings
from canarytui.console.startup import end_of_start
from canarytui.console.suspension import DRILL_ENDED, Suspending
from canarytui.console.terminal.app import TerminalApp
from canarytui.console.themes import (
    begin_with_theme,
    choose_theme,
    first_theme,
    register_own_themes,
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
        self._connector = connector
        self._known_contexts = KnownContexts(known_contexts)
        self._new_state = state
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
        self.frames = FrameLoop(self.model, self)
        for context in self.model.contexts:
            self.frames.follow(context.state)
        self._programs: ProgramDesk | None = None
        if self.PLUGINS:
            for number, plugin in enumerate(settings.plugins):
                if plugin.keys and not (plugin.writes and settings.read_only):
                    self.bind(plugin.keys, f"plugin({number})", description=plugin.name, show=False)
        self._suspending_with = Suspending()
        self._drawn = asyncio.Event()
        self._opening: Worker[None] | None = None
        self._switching = asyncio.Lock()
        self._ticks = 0
        self._typed = TypedAhead()
        self._under_way: set[ConsoleMessage] = set()
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
        self._in_background(self._search_themes)

    async def _search_themes(self) -> None:
        from textual.theme import ThemeProvider

        await register_own_themes(self)
        self._open_palette(providers=[ThemeProvider], placeholder=words.THEMES.text())

    def first_screen(self) -> ConsoleScreen:
        """What the app begins with."""
        return ListScreen(self.model)

    def on_load(self) -> None:
        # Before there is a screen: the client is imported by a thread, and the API server takes its time to answer.
        for context in self.model.contexts:
            self._begin_opening(context)

    def on_mount(self) -> None:
        self.push_screen(self.first_screen())
        self.set_interval(1.0, self.tick)
        self.call_after_refresh(self._drawn.set)
        self._in_background(partial(asyncio.to_thread, self.model.memory.load))

    def _begin_opening(self, context: ConsoleContext) -> None:
        name = f"connect {context.name}".rstrip()
        self._opening = self.run_worker(partial(self.open_context, context, None), name=name)

    async def open_context(self, context: ConsoleContext, name: str | None) -> None:
        """Open a context; one that is not named, with the kubeconfig's context `name`."""
        try:
            if context.name:
                opened = await connect_in_the_end(
                    self._connector, context, self._drawn, partial(self._not_reached, context.name)
                )
            else:
                opened = await connect(self._connector, context, name, self._drawn)
        except CanarytuiError as error:
            if name is None:
                self.failure = str(error)
                self.exit(return_code=error.exit_code)
            else:
                self._not_reached(name, error)
            return
        from canarytui.console.actions.flow import ActionFlow

        self.model.unreachable.pop(context.name or opened.context, None)
        context.connection, context.flow = opened, ActionFlow(self, context.state, opened)
        if self.model.contexts.current.connection is None:
            self.model.contexts.current = context
        await self.opened()

    def _not_reached(self, name: str, error: CanarytuiError) -> None:
        self.model.unreachable[name] = str(error)
        self.notify(clean(str(error), 600), severity="error", markup=False, timeout=12)

    async def opened(self) -> None:
        """A context has just been opened: draw it."""
        await asyncio.sleep(0)  # the stores report their first list
        self.frames.frame()
        if self.model.listing.out_of_order:
            self.model.listing.settle()  # a context that joins is not a change that has to wait for its turn
            self.redraw(frozenset())
        self.tick()

    async def switch_context(self, name: str) -> None:
        """Show one context's canaries: one of several joins them if it is not open yet; a single one takes the other's
        place, which stays when that fails."""
        contexts = self.model.contexts
        if contexts.named:
            navigation.show_list(self)
            if name not in contexts:
                self.frames.follow(contexts.add(name).state)
                self._begin_opening(contexts[name])
            self._narrow(messages.NarrowList(pattern=f"ctx:{name}"))
            return
        async with self._switching:
            await self._end_drill(words.CONTEXT_CHOSEN.text())
            await self._replace_context(name)

    async def _replace_context(self, name: str) -> None:
        if self._opening is not None:
            self._opening.cancel()  # a first context that is not open yet is not waited for
        before = self.model.contexts, self.model.listing
        self.model.contexts = Contexts(self._new_state)
        self.model.listing = Listing(self.model.contexts)
        self.frames.follow(self.model.state)
        await self.open_context(self.model.contexts.current, name)
        if self.model.contexts.opened:
            await _close(before[0])
        else:
            self.model.contexts, self.model.listing = before
            if not before[0].opened:
                self._begin_opening(before[0].current)
        navigation.show_list(self)
        self.redraw(self.model.contexts.keys())

    async def before_suspending(self) -> tuple[bool, str]:
        objection = self._suspending_with.objection(self.model.contexts.connections())
        if objection or self.model.drills is None or not self.model.drills.running:
            return not objection, objection
        await self._end_drill(words.SUSPENDED.text())
        return True, DRILL_ENDED

    async def _end_drill(self, why: str) -> None:
        """Stop the running drill and wait for it: no load without its cluster, nor without this console."""
        if self.model.drills is not None:
            await self.model.drills.close(why)

    async def on_unmount(self) -> None:
        await self._end_drill(words.LEFT.text())
        if self._programs is not None:
            await self._programs.close()
        await _close(self.model.contexts)

    def receive(self, message: ConsoleMessage) -> None:
        """Act on a screen's message at once; what takes time goes on in the background."""
        match message:
            case messages.NarrowList():
                self._narrow(message)
            case messages.SwitchContext(name):
                self._in_background(partial(self.switch_context, name))
            case messages.RequestAction():
                if self.model.flow is not None:
                    self._in_background(partial(self.model.flow.run, message))
            case messages.ShowGates() | messages.ShowUndo():
                if self.model.flow is not None:
                    self._once(message, partial(self.model.flow.run, message))
            case messages.ShowDrill(drilled):
                from canarytui.console.drill.open_drill import open_drill

                self._once(message, partial(open_drill, self, self.model, drilled))
            case messages.RunAction(action):
                self._in_background(partial(self.screen.run_action, action))
            case messages.ChooseTheme(name):
                self._in_background(partial(choose_theme, self, name))
            case messages.ChooseLayout(preset):
                self.model.preset = preset
                self._in_background(partial(asyncio.to_thread, self._remember, preset))
            case messages.ToggleBell():
                self.action_mute()
            case messages.Notify(text, warning, timeout_s):
                self.tell(text, warning=warning, timeout_s=timeout_s)
            case messages.KeyTyped(event, screen):
                self._typed.remember(event, screen)
            case messages.OpenShell():
                self._once(message, partial(self.programs().run, message))
            case messages.PageText() | messages.RunPlugin():
                self._in_background(partial(self.programs().run, message))
            case messages.ReadContexts():
                self._in_background(self._known_contexts.refresh)
            case messages.KeepMemory():
                self._in_background(partial(asyncio.to_thread, self.model.memory.save))
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

    def _once(self, message: ConsoleMessage, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Run `work`, but not twice at once for equal messages: a key that is hit again while its screen is about to
        open means that one."""
        if message in self._under_way:
            return
        self._under_way.add(message)

        async def run() -> None:
            try:
                await work()
            finally:
                self._under_way.discard(message)

        self._in_background(run)

    def _in_background(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Run `work` beside the screens. It is called only when its turn comes: an app that ends before leaves no
        coroutine behind that nobody awaits."""
        self.run_worker(work)

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
        """Open the palette."""
        self._open_palette()

    def _open_palette(self, **options: Any) -> None:
        """Open one, unless one is open: Textual's own action ends the app when the key comes again while one is
        closing, and its themes open a second one above the first."""
        from canarytui.console.terminal.palette_screen import PaletteScreen

        if not any(isinstance(screen, PaletteScreen) for screen in self.screen_stack):
            self.push_screen(PaletteScreen(**options))

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
                self._in_background(context.flow.follow_up)
        for screen in navigation.visible_screens(self):
            screen.tick()

    def in_view(self, changed: frozenset[NamespacedName]) -> bool:
        """Whether any of these canaries, keys of the list, is on the screen."""
        return any(screen.in_view(changed) for screen in navigation.visible_screens(self))

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Have the screens that can be seen draw what changed; everything when `changed` is empty."""
        for screen in navigation.visible_screens(self):
            screen.redraw(changed)


async def _close(contexts: Contexts) -> None:
    for connection in contexts.connections():
        await connection.close()

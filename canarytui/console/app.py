"""The console's app: opens a connection, keeps the listing in step with the world, and shows screens.

Made by the command line (live) and by the screenshots and tests (a fixed scene). Everything that waits runs
in workers of the same event loop; store changes are gathered and drawn at most ten times a second.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from canarytui.console.bell import Alarm
from canarytui.console.list.ordering import Listing
from canarytui.console.list.screen import ListScreen
from canarytui.console.notices import LONGEST_S, Notice, Severity, kept
from canarytui.console.settings import Settings
from canarytui.console.status_lines import Place
from canarytui.console.suspending import DRILL_ENDED, Suspending
from canarytui.console.terminal.app import TerminalApp
from canarytui.console.themes import chosen_theme, quiet_text
from canarytui.domain.sentences import console as words
from canarytui.errors import CanarytuiError
from canarytui.session.connection import Connection, Connector, Key
from canarytui.session.rows import CanaryRow
from canarytui.session.state import World

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.screen import Screen

    from canarytui.console.actions.flow import Driver
    from canarytui.console.drill.under_way import DrillDesk
    from canarytui.console.screens.base import ConsoleScreen

log = logging.getLogger(__name__)

FRAME_S = 0.06
"""Changes are gathered for this long before they are drawn."""

_SHEETS = ("theme", "bars", "list", "detail", "dialogs", "watch", "drill")
_SWEEP_TICKS = 5
_SETTLED_TICKS = 4


def _palette() -> type[Provider]:
    from canarytui.console.palette import ConsoleCommands

    return ConsoleCommands


def style_sheets() -> list[Path]:
    """The app's style sheets: a wheel has them in the package, a checkout and its editable install beside it."""
    package = Path(str(files("canarytui")))
    folder = next(each for each in (package / "styles", package.parent / "styles") if each.is_dir())
    return [folder / f"{name}.tcss" for name in _SHEETS]


class ConsoleApp(TerminalApp):
    """`connector` opens the cluster; `zone` is for wall clock times, the machine's own when None."""

    TITLE = "canarytui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = TerminalApp.COMMANDS | {_palette}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+p", "command_palette", "Palette", show=False, priority=True, id="palette"),
    ]

    def __init__(
        self,
        connector: Connector,
        *,
        world: Callable[[], World] = World,
        zone: tzinfo | None = None,
        contexts: Callable[[], list[str]] = list,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(css_path=list(style_sheets()), ansi_color=True if "NO_COLOR" in os.environ else None)
        self.settings = settings or Settings()
        self.bell_on = self.settings.bell
        theme = chosen_theme(self.settings.theme, os.environ, self.available_themes)
        if theme is not None:
            self.theme = theme
        self.set_keymap(dict(self.settings.keys))
        self._alarm = Alarm()
        self.said: list[str] = []
        """Commands that were given, oldest first."""
        self._connector = connector
        self._new_world = world
        self._zone = zone
        self._contexts = contexts
        self._ticks = 0
        self._framed = asyncio.Event()
        self._frame_due = False
        self._notices: list[Notice] = []
        self._notices_due = False
        self._typed_for: dict[int, Screen[Any]] = {}
        self._drawn_state: tuple[object, ...] = ()
        self._drawn_revision = 0
        self.world = world()
        self.listing = Listing(self.world)
        self._follow(self.world)
        self._connection: Connection | None = None
        self.driver: Driver | None = None
        self.drills: DrillDesk | None = None
        self._suspending_with = Suspending()
        self.failure = ""
        """Why the console could not start, for the command line to print."""

    def get_css_variables(self) -> dict[str, str]:
        """The theme's, and the quiet tone's colour for it."""
        variables = super().get_css_variables()
        return {**variables, **quiet_text(variables)}

    @property
    def connection(self) -> Connection:
        """The open connection.

        Raises:
            CanarytuiError: there is none yet.
        """
        if self._connection is None:
            raise CanarytuiError(words.NOT_CONNECTED.text())
        return self._connection

    @property
    def zone(self) -> tzinfo | None:
        return self._zone

    def local_now(self) -> datetime:
        """Now, in the zone that people read."""
        return self.world.now().astimezone(self._zone)

    def contexts(self) -> list[str]:
        """Names of the kubeconfig's contexts."""
        return self._contexts()

    def first_screen(self) -> ConsoleScreen:
        """What the app begins with."""
        return ListScreen()

    def on_mount(self) -> None:
        self.push_screen(self.first_screen())
        self.set_interval(1.0, self._tick)
        # Beside the first frame: the client is imported by a thread, and the API server takes its time to answer.
        self.run_worker(self._open(None), exit_on_error=False, name="connect")
        self.call_after_refresh(self._framed.set)

    async def connect(self, world: World, context: str | None) -> Connection:
        """Open a cluster; what comes of it, an error too, is told when there is a screen to tell it on."""
        try:
            opened = await self._connector(world, context=context)
        except CanarytuiError:
            await self._framed.wait()
            raise
        try:
            await self._framed.wait()
        except BaseException:  # the console was left before it had drawn anything
            await opened.close()
            raise
        return opened

    async def _open(self, context: str | None) -> None:
        try:
            self._connection = await self.connect(self.world, context)
        except CanarytuiError as error:
            if context is None:
                self.failure = str(error)
                self.exit(return_code=error.exit_code)
            else:
                self.notify(str(error), severity="error", markup=False, timeout=12)
            return
        from canarytui.console.actions.flow import Driver

        self.driver = Driver(self)
        await asyncio.sleep(0)  # the stores tell of their first list
        self._frame()
        self._tick()

    async def switch_context(self, context: str) -> None:
        """Leave this cluster for another of the kubeconfig; the old one stays when that fails."""
        await self.end_drill(words.CONTEXT_CHOSEN.text())
        before = (self.world, self.listing, self._connection)
        self.world = self._new_world()
        self.listing = Listing(self.world)
        self._follow(self.world)
        self._connection = None
        await self._open(context)
        if self._connection is None:
            self.world, self.listing, self._connection = before
        elif before[2] is not None:
            await before[2].close()
        self.show_list()
        self._redraw(frozenset(self.world.keys()))

    async def before_suspending(self) -> tuple[bool, str]:
        objection = self._suspending_with.objection(self.connections())
        if objection or self.drills is None or not self.drills.running:
            return not objection, objection
        await self.end_drill(words.SUSPENDED.text())
        return True, DRILL_ENDED

    def connections(self) -> list[Connection]:
        """All that are open."""
        return [self._connection] if self._connection is not None else []

    async def end_drill(self, why: str) -> None:
        """No load without the cluster that it is for, nor without us: until the drill under way has ended."""
        if self.drills is not None:
            await self.drills.close(why)

    def minded(self, key: Key) -> CanaryRow | None:
        """The row whose failure rings the bell; None for a canary that is gone or does not matter here."""
        return self.listing.row(key)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Severity = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notice in place of those before; only the last warning stays beside it."""
        now, most_s = time.monotonic(), LONGEST_S[severity]
        newest = Notice(message, title, severity, now + min(timeout or most_s, most_s), markup)
        self._notices = [*kept(self._notices, newest, now), newest]
        if not self._notices_due:
            self._notices_due = True
            self.call_later(self._show_notices)

    def _show_notices(self) -> None:
        self._notices_due, now = False, time.monotonic()
        self.clear_notifications()
        for each in self._notices:
            left_s = max(each.ends - now, 0.1)
            super().notify(each.message, title=each.title, severity=each.severity, timeout=left_s, markup=each.markup)

    def action_mute(self) -> None:
        """Ring no more when a rollout fails, or again."""
        self.bell_on = not self.bell_on
        self.notify((words.BELL_ON if self.bell_on else words.BELL_OFF).text(), timeout=2)

    async def pause(self, seconds: float) -> None:
        """Wait without holding up anything."""
        await asyncio.sleep(seconds)

    def place(self) -> Place:
        """What the title bar says now."""
        store = self.world.canaries
        total, active, failing = self.listing.counts()
        connection, engine = self._connection, self.world.engine
        if connection is None:
            return Place(waiting_for=self.world.waiting_for)
        if engine is None:
            none = words.NO_CONTROLLER if self.world.engine_sought else words.LOOKING_FOR_CONTROLLER
            engine_words = none.text()
        else:
            engine_words = f"engine {engine.title}" + ("" if engine.running else " (scaled to 0)")
        return Place(
            context=connection.context,
            server=connection.server,
            namespace=self.listing.namespace or connection.scope,
            engine=engine_words,
            metrics=connection.metrics_phrase(),
            stale_since=store.stale_since,
            stale_error=store.error or "",
            stale_reason=store.stale_reason,
            partly="" if store.stale_since is not None else self.world.partly_stale(self._zone),
            synced=store.synced,
            total=total,
            active=active,
            failing=failing,
            marked=len(self.listing.marked),
            drill=self.drills.banner() if self.drills is not None else "",
        )

    def typed_for(self, event: events.Key, screen: ConsoleScreen) -> None:
        """`event` comes from `screen`; see :meth:`on_key`."""
        self._typed_for[id(event)] = screen

    def on_key(self, event: events.Key) -> None:
        """A key that was typed for a screen which is not on top any more: a prompt takes it, any other drops it. What
        was typed ahead, or pasted, must neither act below nor consent above."""
        screen = self._typed_for.pop(id(event), self.screen)
        if screen is self.screen:
            return
        event.prevent_default()
        take = getattr(self.screen, "take_key", None)
        if take is not None:
            take(event)

    def narrow(self, *, pattern: str | None = None, namespace: str | None = None) -> None:
        """Filter the list."""
        self.listing.narrow(pattern=pattern, namespace=namespace)
        self._redraw(frozenset())

    def show_list(self) -> None:
        """Back to the list, whatever is open."""
        while len(self.screen_stack) > 2:
            self.pop_screen()

    def show_detail(self, key: Key, part: str = "") -> None:
        """Open one canary, at the part of this name (``checks``), else at the overview."""
        from canarytui.console.detail.screen import DetailScreen

        self.show_list()
        self.push_screen(DetailScreen(key, part))

    def show_events(self) -> None:
        """Open the whole timeline."""
        from canarytui.console.timeline.screen import EventsScreen

        self.show_list()
        self.push_screen(EventsScreen())

    def _follow(self, world: World) -> None:
        """Draw a frame soon after anything in `world` changed."""
        for store in world.stores.values():
            store.subscribe(self._news)

    def _news(self, _keys: frozenset[Key]) -> None:
        if not self._frame_due:
            self._frame_due = True
            asyncio.get_running_loop().call_later(FRAME_S, self._frame_now)

    def _frame_now(self) -> None:
        """Past the queue of messages: sixteen times a second its way through the app costs more than what is drawn."""
        if not self.is_running:
            return
        try:
            with self._context():
                self._frame()
        except Exception as error:
            self._handle_exception(error)

    def _frame(self) -> None:
        self._frame_due = False
        store = self.world.canaries
        changed = self.world.take_changed()
        shown = self.listing.refresh(changed)
        if self._alarm.news((key, self.minded(key)) for key in shown) and self.bell_on:
            self.bell()
        revision = self.world.timeline.revision
        state = (store.synced, store.stale_since, self._connection is not None)
        if state != self._drawn_state:
            self._redraw(frozenset())
        elif shown or revision != self._drawn_revision:
            self._redraw(shown or changed)
        self._drawn_state, self._drawn_revision = state, revision

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks == _SETTLED_TICKS:
            # Modules and first objects live as long as the console: looking for garbage in them again and again is
            # what makes a key wait now and then.
            gc.collect()
            gc.freeze()
            gc.enable()
        if self._ticks % _SWEEP_TICKS == 0:
            # Time alone can turn "active" into "nobody reconciles this".
            now = self.world.now()
            self.listing.refresh(self.listing.silent(now))
            self.listing.recovered(now)
        self._frame()  # readings and the timeline have no store that tells of them
        if self.driver is not None:
            self.driver.tick()
        for screen in self._console_screens():
            screen.tick()

    def _redraw(self, changed: frozenset[Key]) -> None:
        for screen in self._console_screens():
            screen.redraw(changed)

    def _console_screens(self) -> list[ConsoleScreen]:
        """Screens that show canaries and can be seen: the top one, and what shines through above it."""
        from canarytui.console.screens.base import ConsoleScreen

        seen = []
        for screen in reversed(self.screen_stack):
            if isinstance(screen, ConsoleScreen):
                if screen.is_mounted and screen.is_whole:
                    seen.append(screen)
                break
        return seen

    def action_command_palette(self) -> None:
        """Open the palette, once: Textual's own action ends the app when the key comes again while one is closing."""
        from textual.command import CommandPalette

        if not any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            self.push_screen(CommandPalette())

    def _handle_exception(self, error: Exception) -> None:
        """No traceback on the screen: it goes to the log file, and the person is told where."""
        if os.environ.get("CANARYTUI_DEBUG") or self.is_headless:
            super()._handle_exception(error)
            return
        self.crash = error
        log.error("unexpected error", exc_info=error)
        self.notify(words.UNEXPECTED.text(), severity="error", markup=False)

    async def on_unmount(self) -> None:
        await self.end_drill(words.LEFT.text())
        if self._connection is not None:
            await self._connection.close()

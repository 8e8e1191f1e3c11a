"""Watch mode: the console as a wall display, without its keys.

It starts when the API server is away and keeps trying; nothing can be written, because its connection only reads and
it has no action flow. It may run for weeks: its memory is bounded by what is in the cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo

from msgspec.structs import replace

from canarytui.console import messages
from canarytui.console.app import ConsoleApp
from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.keymap import WATCH_NAMES
from canarytui.console.messages import ConsoleMessage
from canarytui.console.settings import ConsoleSettings
from canarytui.console.status_lines import TitleContext
from canarytui.console.terminal.app import TerminalApp
from canarytui.console.wall.board import Wallboard
from canarytui.console.wall.connection import WallConnection
from canarytui.console.wall.frame import WallFreshness
from canarytui.console.wall.opening import WallOpening
from canarytui.console.wall.screen import WatchScreen
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.domain.workloads.label_selector import labels
from canarytui.session.connection import Connection, Connector
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

_SWEEP_TICKS = 5
_ALLOWED = (messages.ToggleBell, messages.Notify, messages.KeyTyped, messages.ChooseTheme, messages.Leave)


class WatchApp(ConsoleApp):
    """`rotate_s` is how long a page stays when not all cards fit, `bell` whether a failure rings, `selector` keeps
    canaries with these labels only."""

    TITLE = "canarytui watch"
    COMMANDS = TerminalApp.COMMANDS
    PLUGINS = False
    key_names: Sequence[str] = WATCH_NAMES

    def __init__(
        self,
        connector: Connector,
        *,
        rotate_s: float = 10.0,
        bell: bool = False,
        selector: str = "",
        state: Callable[[], ClusterState] = ClusterState,
        zone: tzinfo | None = None,
        settings: ConsoleSettings | None = None,
    ) -> None:
        super().__init__(connector, state=state, zone=zone, settings=settings)
        self.wallboard = Wallboard(rotate_s)
        self.bell_on = bell or self.model.settings.bell
        self._bears: Callable[[Mapping[str, str]], bool] = labels(selector) if selector else lambda _: True
        self.opening = self._wall_opening = WallOpening(self.model, self.frames, self, connector, state)

    def first_screen(self) -> ConsoleScreen:
        return WatchScreen(self.model, self)

    async def before_suspending(self) -> tuple[bool, str]:
        return True, ""  # nothing goes on that a person has to look after

    def receive(self, message: ConsoleMessage) -> None:
        """What a wall does: ring or not, say something, end. All other messages lead to screens that can act."""
        if isinstance(message, _ALLOWED):
            super().receive(message)

    def freshness(self) -> WallFreshness:
        """How old what is shown is."""
        connection, store = self._connection, self.model.state.canaries
        if not isinstance(connection, WallConnection):
            return WallFreshness(None, self._wall_opening.lost_since, clean(self._wall_opening.lost_error, 300))
        age_s = connection.age_s() or 0.0
        since = store.stale_since
        if since is None:
            return WallFreshness(age_s)
        age_s = max((self.model.state.now() - since).total_seconds(), age_s if age_s > 1 else 0.0)
        return WallFreshness(age_s if store.synced else None, since, clean(store.error or "", 300))

    def place(self) -> TitleContext:
        """What the header says: of the canaries that this wall keeps."""
        board = self.wallboard
        total, active, failing = board.counts()
        return replace(self.model.place(), total=total, active=active, failing=failing)

    def show_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        """Have the checks of these canaries asked for."""
        if self._connection is not None:
            self._connection.show_checks_of(keys)

    @property
    def _connection(self) -> Connection | None:
        return self.model.contexts.current.connection

    def tick(self) -> None:
        if self._ticks % _SWEEP_TICKS == 0 and self.model.state.canaries.stale_since is None:
            # Time alone can turn a rollout into one that no controller reconciles; nothing else would tell the board.
            silent = self.model.listing.silent(self.model.state.now())
            self.model.listing.refresh(silent)
            self._feed(silent)
        super().tick()

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        self._feed(changed or {*self.model.state.keys(), *self.wallboard.keys()})
        super().redraw(changed)

    def _feed(self, keys: Iterable[NamespacedName]) -> None:
        now = self.model.state.now()
        for key in keys:
            self.wallboard.take(key, self.ringing_row(key), now)

    def ringing_row(self, key: NamespacedName) -> CanaryRow | None:
        row = self.model.listing.row(key)
        return row if row is not None and self._bears(row.labels) else None

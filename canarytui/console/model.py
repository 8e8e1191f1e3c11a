"""What all screens show: the contexts with their canaries, the list, the settings. The app makes it and keeps it up to
date; screens read it and send messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from msgspec.structs import replace

from canarytui.console.contexts import Contexts
from canarytui.console.list.ordering import Listing
from canarytui.console.memory import ConsoleMemory
from canarytui.console.messages import Send
from canarytui.console.panes.screen_layout import LayoutPreset
from canarytui.console.settings import ConsoleSettings
from canarytui.console.status_lines import TitleContext
from canarytui.domain.sentences import console as words
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError
from canarytui.session.connection import Connection
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from canarytui.console.actions.flow import ActionFlow
    from canarytui.console.drill.running_drill import DrillDesk
    from canarytui.console.list.demo_guide import DemoGuide


class ConsoleModel:
    """`send` takes a message to the app; `known_contexts` names the kubeconfig's contexts; `zone` is for wall clock
    times, the machine's own when None."""

    def __init__(
        self,
        contexts: Contexts,
        *,
        settings: ConsoleSettings,
        send: Send,
        known_contexts: Callable[[], list[str]] = list,
        zone: tzinfo | None = None,
        kubeconfig: str = "",
        memory: ConsoleMemory | None = None,
    ) -> None:
        self.contexts = contexts
        self.listing = Listing(contexts)
        self.settings = settings
        self.send = send
        self.known_contexts = known_contexts
        self.zone = zone
        self.kubeconfig = kubeconfig
        """The kubeconfig that was named for this console, "" for kubectl's default."""
        self.memory = memory if memory is not None else ConsoleMemory()
        """What is remembered between starts."""
        self.unreachable: dict[str, str] = {}
        """Contexts that could not be opened, and why."""
        self.preset = LayoutPreset.SPLIT
        """The chosen layout of the list's screen."""
        self.guide: DemoGuide | None = None
        """The demo's tips; None on every other cluster."""
        self.drills: DrillDesk | None = None
        """The drills of this console; None before the first one."""

    @property
    def state(self) -> ClusterState:
        """The current cluster's."""
        return self.contexts.current.state

    @property
    def flow(self) -> ActionFlow | None:
        """How actions are carried out in the current context; None until it is open."""
        return self.contexts.current.flow

    @property
    def connection(self) -> Connection:
        """The current context's.

        Raises:
            CanarytuiError: there is none yet.
        """
        connection = self.contexts.current.connection
        if connection is None:
            raise CanarytuiError(words.NOT_CONNECTED.text())
        return connection

    async def end_drill(self, why: str) -> None:
        """Stop the running drill and wait for it: no load without its cluster, nor without this console."""
        if self.drills is not None:
            await self.drills.close(why)

    def local_now(self) -> datetime:
        """Now, in the zone that people read."""
        return self.state.now().astimezone(self.zone)

    def row(self, key: NamespacedName) -> CanaryRow | None:
        """The list's line for a canary, of the current context when the key names none."""
        return self.listing.row(self.contexts.key(key))

    def place(self, *, everywhere: bool = False) -> TitleContext:
        """What the title bar says now: about the current context, or with `everywhere` about all that are shown."""
        if self.contexts.named and (everywhere or not self.contexts.opened):
            return self._everywhere()
        return self._here()

    def _here(self) -> TitleContext:
        connection, engine, store = self.contexts.current.connection, self.state.engine, self.state.canaries
        if connection is None:
            return TitleContext(waiting_for=self.state.waiting_for)
        if engine is None:
            none = words.NO_CONTROLLER if self.state.engine_sought else words.LOOKING_FOR_CONTROLLER
            engine_words = none.text()
        else:
            engine_words = f"engine {engine.kind}" + ("" if engine.running else " (scaled to 0)")
        total, active, failing = self.listing.counts()
        return TitleContext(
            context=connection.context,
            server=connection.server,
            namespace=self.listing.namespace or connection.scope,
            engine=engine_words,
            version=engine.version if engine is not None else "",
            metrics=connection.metrics_phrase(),
            metrics_down=connection.metrics_outage(),
            stale_since=store.stale_since,
            stale_error=store.error or "",
            stale_reason=store.stale_reason,
            partly="" if store.stale_since is not None else self.state.partly_stale(self.zone),
            synced=store.synced,
            to_come=store.to_come,
            total=total,
            active=active,
            failing=failing,
            marked=len(self.listing.marked),
            drill=self.drills.banner() if self.drills is not None else "",
        )

    def _everywhere(self) -> TitleContext:
        opened = self.contexts.opened
        if not opened:
            waiting = (context.state.waiting_for for context in self.contexts if context.state.waiting_for)
            return TitleContext(waiting_for=next(waiting, ""))
        stores = {context.name: context.state.canaries for context in opened}
        stale = {name: store for name, store in stores.items() if store.stale_since is not None}
        first = min(stale, key=lambda name: str(stale[name].stale_since), default="")
        missing = len(list(self.contexts)) - len(stores)
        names = ", ".join(stores) + (f" (+{missing} not reached)" if missing > 0 else "")
        return replace(
            self._here(),
            context=f"{len(stores)} contexts: {names}",
            server="",
            stale_since=stale[first].stale_since if first else None,
            stale_error=f"{first}: {stale[first].error}" if first else "",
            stale_reason=stale[first].stale_reason if first else "",
            stale_context=first + (f" and {len(stale) - 1} more" if len(stale) > 1 else ""),
            partly="" if first else self._partly_stale(),
            synced=all(store.synced for store in stores.values()),
            to_come=sum(store.to_come for store in stores.values()),
        )

    def _partly_stale(self) -> str:
        """Of the first context that has lost a part."""
        found = ((context.name, context.state.partly_stale(self.zone)) for context in self.contexts.opened)
        return next((f"{name} {lost}" for name, lost in found if lost), "")

"""The console on several contexts at once: one list, and for every canary the cluster that it is in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any, cast

from canarytui.console.app import ConsoleApp
from canarytui.console.contexts import Fleet, FleetListing, Site, SiteKey
from canarytui.console.list.screen import ListScreen
from canarytui.console.screens.base import ConsoleScreen
from canarytui.console.screens.fleet import FleetListScreen
from canarytui.console.settings import Settings
from canarytui.console.status_lines import Place
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import console as words
from canarytui.errors import CanarytuiError
from canarytui.session.connection import Connection, Connector, Key
from canarytui.session.state import World

_AGAIN_S = 15.0


class Seat:
    """What a driver has for the app: its own site's world and connection, and the one screen."""

    def __init__(self, app: FleetApp, site: Site) -> None:
        self._app = app
        self.world = site.world
        self.connection = site.connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)


class FleetApp(ConsoleApp):
    """`wanted` are the contexts. One that cannot be reached is told once and tried again; the others go on."""

    def __init__(
        self,
        connector: Connector,
        wanted: Sequence[str],
        *,
        world: Callable[[], World] = World,
        zone: tzinfo | None = None,
        contexts: Callable[[], list[str]] = list,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(connector, world=world, zone=zone, contexts=contexts, settings=settings)
        self.fleet = Fleet()
        self.listing = FleetListing(self.fleet)
        self._wanted = list(wanted)
        self._joining: dict[str, World] = {}

    def first_screen(self) -> ConsoleScreen:
        return FleetListScreen()

    async def _open(self, context: str | None) -> None:
        for each in self._wanted if context is None else [context]:
            self.run_worker(self._join(each), exit_on_error=False, name=f"connect {each}")

    async def _join(self, context: str) -> None:
        told = False
        while context not in self.fleet.sites:
            world = self._joining[context] = self._new_world()
            try:
                connection = await self.connect(world, context)
            except CanarytuiError as error:
                if not told:
                    told = True
                    self.notify(clean(str(error), 300), severity="error", markup=False, timeout=12)
                await asyncio.sleep(_AGAIN_S)
                continue
            self._joining.pop(context, None)
            self._sit_down(Site(context, world, connection))

    def _sit_down(self, site: Site) -> None:
        from canarytui.console.actions.flow import Driver

        self.fleet.sites[site.context] = site
        self._follow(site.world)
        site.driver = Driver(cast("ConsoleApp", Seat(self, site)))
        if not self.fleet.current:
            self.enter(site.context)
        self._frame()
        self.listing.settle()  # a context that joins is not a change that has to wait for its turn
        self._redraw(frozenset())

    def connections(self) -> list[Connection]:
        return [site.connection for site in self.fleet.sites.values()]

    def at(self, key: Key) -> Key:
        """Go to the context of a key of the list; the key there."""
        if not isinstance(key, SiteKey):
            return key
        self.enter(key.context)
        return key.plain

    def enter(self, context: str) -> None:
        """Have the screens about one canary, and its actions, in this context."""
        site = self.fleet.sites[context]
        self.fleet.current = context
        self.world, self._connection, self.driver = site.world, site.connection, site.driver

    async def switch_context(self, context: str) -> None:
        """Show one context's canaries; one that is not open yet joins."""
        self.show_list()
        if context not in self.fleet.sites:
            await self._open(context)
        self.narrow(pattern=f"ctx:{context}")

    def place(self) -> Place:
        here = super().place()
        if not self.fleet.sites:
            waiting = (world.waiting_for for world in self._joining.values() if world.waiting_for)
            return replace(here, waiting_for=next(waiting, ""))
        if not isinstance(self.screen, ListScreen):
            return here
        stores = {context: site.world.canaries for context, site in self.fleet.sites.items()}
        stale = {context: store for context, store in stores.items() if store.stale_since is not None}
        first = min(stale, key=lambda context: str(stale[context].stale_since), default="")
        missing = len(self._wanted) - len(stores)
        names = ", ".join(stores) + (f" (+{missing} not reached)" if missing > 0 else "")
        return replace(
            here,
            context=f"{len(stores)} contexts: {names}",
            server="",
            stale_since=stale[first].stale_since if first else None,
            stale_error=f"{first}: {stale[first].error}" if first else "",
            stale_reason=stale[first].stale_reason if first else "",
            stale_context=first + (f" and {len(stale) - 1} more" if len(stale) > 1 else ""),
            partly="" if first else self._partly_stale(),
            synced=all(store.synced for store in stores.values()),
        )

    def _partly_stale(self) -> str:
        """Of the first context that has lost a part."""
        found = ((context, site.world.partly_stale(self._zone)) for context, site in self.fleet.sites.items())
        return next((f"{context} {words}" for context, words in found if words), "")

    def _frame(self) -> None:
        self._frame_due = False
        changed = self.fleet.take_changed()
        shown = self.listing.refresh(changed)
        sites = self.fleet.sites.values()
        revision = sum(site.world.timeline.revision for site in sites)
        state = tuple((site.context, site.world.canaries.synced, site.world.canaries.stale_since) for site in sites)
        if state != self._drawn_state:
            self._redraw(frozenset())
        elif shown or revision != self._drawn_revision:
            news = shown or changed
            self._redraw(frozenset([*news, *self.fleet.plain(news)]))
        self._drawn_state, self._drawn_revision = state, revision

    def _tick(self) -> None:
        super()._tick()
        for site in self.fleet.sites.values():
            if site.driver is not None and site.driver is not self.driver:
                site.driver.tick()

    async def on_unmount(self) -> None:
        await self.end_drill(words.LEFT.text())
        for site in self.fleet.sites.values():
            await site.connection.close()
        self._connection = None

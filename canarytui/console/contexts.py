"""Several contexts in one list: each with a world, a connection and a driver of its own, none aware of the others.

A row of the common list bears a :class:`SiteKey`; everything about one canary happens in its own context, with the
plain key. Nothing here does IO.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from canarytui.console.list.ordering import Listing
from canarytui.domain.plaintext import clean
from canarytui.session.rows import CanaryRow, Key
from canarytui.session.state import World, utc_now

if TYPE_CHECKING:
    from canarytui.console.actions.flow import Driver
    from canarytui.session.connection import Connection


class SiteKey(tuple[str, str]):
    """(namespace, name) of a canary in one of several contexts; keys of different contexts differ."""

    context: str

    def __new__(cls, context: str, key: Key) -> SiteKey:
        made = super().__new__(cls, key)
        made.context = context
        return made

    @property
    def plain(self) -> Key:
        """The key in its own context."""
        return self[0], self[1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SiteKey) and other.context == self.context and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.context, self[0], self[1]))


@dataclass(slots=True)
class Site:
    """A context that is open."""

    context: str
    world: World
    connection: Connection
    driver: Driver | None = None


class Fleet:
    """The sites by context. `current` is the one whose canary is selected."""

    def __init__(self) -> None:
        self.sites: dict[str, Site] = {}
        self.current = ""

    def now(self) -> datetime:
        return utc_now()

    def row(self, key: Key) -> CanaryRow | None:
        """The line of a canary, of the current site when the key names none."""
        site_key = self.key(key)
        site = self.sites.get(site_key.context)
        row = site.world.row(site_key.plain) if site is not None else None
        if row is None:
            return None
        context = clean(site_key.context, 120)
        return replace(row, key=site_key, context=context, haystack=f"{row.haystack} {context.lower()}")

    def key(self, key: Key) -> SiteKey:
        """`key` with its context."""
        return key if isinstance(key, SiteKey) else SiteKey(self.current, key)

    def take_changed(self) -> frozenset[SiteKey]:
        """What changed in any site since the last call."""
        return frozenset(
            SiteKey(site.context, key) for site in self.sites.values() for key in site.world.take_changed()
        )

    def plain(self, keys: Iterable[Key]) -> frozenset[Key]:
        """Those of the current site, as its own keys."""
        return frozenset(key.plain for key in keys if isinstance(key, SiteKey) and key.context == self.current)


class FleetListing(Listing):
    """The canaries of all sites in one order."""

    def __init__(self, fleet: Fleet) -> None:
        source: Any = fleet  # a listing asks a world for rows and the time, and nothing else
        super().__init__(source)
        self._fleet = fleet

    def row(self, key: Key) -> CanaryRow | None:
        return super().row(self._fleet.key(key))

    def place_of(self, key: Key) -> int | None:
        return super().place_of(self._fleet.key(key))

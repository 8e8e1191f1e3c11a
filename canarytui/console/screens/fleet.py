"""The list over several contexts: what is selected, opened or acted on is so in its own context."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, cast

from canarytui.console.contexts import SiteKey
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.list.screen import ListScreen
from canarytui.session.rows import Key

if TYPE_CHECKING:
    from canarytui.console.fleet_app import FleetApp


class FleetListScreen(ListScreen):
    """As the list, with a column for the context."""

    @property
    def fleet_app(self) -> FleetApp:
        return cast("FleetApp", self.app)

    def on_mount(self) -> None:
        self.query_one(CanaryRows).several_contexts = True

    def selected_key(self) -> Key | None:
        key = super().selected_key()
        return None if key is None else self.fleet_app.at(key)

    def chosen_keys(self) -> frozenset[Key]:
        """The marked canaries of the selected one's context: one confirmation is about one cluster."""
        return self.fleet_app.fleet.plain(self.console.listing.marked)

    def on_canary_rows_opened(self, message: CanaryRows.Opened) -> None:
        message.prevent_default()  # the list's own handler knows of one context
        self.console.show_detail(self.fleet_app.at(message.key))

    def _look_at_visible(self) -> None:
        wanted: dict[str, set[Key]] = defaultdict(set)
        rows = self.query_one(CanaryRows)
        keys = [row.key for row in rows.visible_rows if row.ticking] + ([rows.selected] if rows.selected else [])
        for key in keys:
            if isinstance(key, SiteKey):
                wanted[key.context].add(key.plain)
        for context, site in self.fleet_app.fleet.sites.items():
            site.connection.look_at(wanted[context])

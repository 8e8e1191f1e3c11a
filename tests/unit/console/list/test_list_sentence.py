"""The sentence below the list: whole where there is room, and never ended without a sign."""

from __future__ import annotations

from datetime import UTC

import pytest

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.console.list.screen import ListScreen
from canarytui.console.list.status_text import fitted
from canarytui.console.widgets.lines import Lines
from canarytui.domain.text.plain import width
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

LONG = "cart was rolled back (failed checks, the last: success rate 52.5% is below 99%): 4.0.6 serves all traffic; not "
LONG += "tried again until you retry or push a new revision"


async def _open(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
    fill(cluster_state)
    for store in cluster_state.stores.values():
        store.replace(list(store.objects()))
    return FixtureConnection()


@pytest.mark.parametrize(("columns", "whole"), [(60, False), (80, False), (120, True), (150, False), (200, True)])
async def test_what_has_no_room_ends_in_an_ellipsis(columns: int, whole: bool) -> None:
    app = ConsoleApp(_open, state=fixture_state, zone=UTC)
    async with app.run_test(size=(columns, 24)) as pilot:
        await pilot.pause(0.3)
        screen = app.screen
        assert isinstance(screen, ListScreen)
        why = screen.query_one("#why", Lines)
        room = screen.line_width(why)
        shown = fitted(LONG, "", room, why.size.height).plain
        assert (shown == LONG) == whole
        if not whole:
            assert shown.endswith("…")
            assert shown.count("\n") + 1 == why.size.height
            assert max(map(width, shown.split("\n"))) <= room
            assert LONG.startswith(shown.replace("\n", " ").removesuffix("…").rstrip())

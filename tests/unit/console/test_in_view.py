"""Which changes are seen at once: those of canaries on the screen."""

from __future__ import annotations

import asyncio
from datetime import UTC

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, canary_object, fixture_state, open_fixture
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.messages import ShowCanary
from canarytui.domain.values import NamespacedName

CART = ("shop", "cart")
NEW = frozenset({("zoo", "new")})


def only(key: NamespacedName) -> frozenset[NamespacedName]:
    return frozenset({key})


async def test_rows_in_view_and_the_canary_of_the_detail_are_seen() -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.3)
        assert app.in_view(NEW), "all are in view, and one that is new will be"
        for number in range(60):
            app.model.state.canaries.put(canary_object("web", f"shop-{number:02d}", "Initialized", changed=NOW))
        await asyncio.sleep(0)  # the store reports them
        app.frames.frame()
        app.model.listing.settle()
        app.redraw(frozenset())
        await pilot.pause()
        rows = app.screen.query_one(CanaryRows)
        first, last = app.model.listing.shown[0].key, app.model.listing.shown[-1].key
        assert not app.in_view(NEW)
        assert not app.in_view(only(last))
        assert app.in_view(only(first) | only(last))
        rows.action_move_to(-1)
        await pilot.pause()
        assert app.in_view(only(last))
        assert not app.in_view(only(first))
        app.receive(ShowCanary(CART))
        await pilot.pause()
        assert app.in_view(only(CART))
        assert not app.in_view(only(last))

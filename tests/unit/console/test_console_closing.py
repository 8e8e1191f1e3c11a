"""Lists, seconds, changes and notices still come while the console closes: there is no screen left to show them on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW
from canarytui.console.wall.app import WatchApp
from canarytui.session.state import ClusterState

KEY = ("prod", "podinfo")


async def connector(cluster_state: ClusterState, *, context: str | None = None) -> Any:
    """Waits for an API server without end."""
    await asyncio.Event().wait()


def _cluster_state() -> ClusterState:
    return ClusterState(now=lambda: NOW)


APPS: dict[str, Callable[[], ConsoleApp]] = {
    "console": lambda: ConsoleApp(connector, state=_cluster_state, zone=UTC),
    "wall": lambda: WatchApp(connector, state=_cluster_state, zone=UTC),
}
LATE: dict[str, Callable[[ConsoleApp], object]] = {
    "the first list": lambda app: app.show_first_list(),
    "the timer of the first frame": lambda app: app._first_frame.show(),
    "a second": lambda app: app.tick(),
    "a frame": lambda app: app.frames.frame(),
    "a change": lambda app: app.redraw(frozenset({KEY})),
    "a change of everything": lambda app: app.redraw(frozenset()),
    "going back to the list": lambda app: app.show_list(),
    "a notice": lambda app: app.tell("promoted"),
    "notices that were due": lambda app: app._show_notices(),
}


@pytest.mark.parametrize("made", APPS.values(), ids=APPS)
@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
async def test_what_comes_when_the_screens_are_closed_is_left_alone(
    made: Callable[[], ConsoleApp], late: Callable[[ConsoleApp], object]
) -> None:
    app = made()
    async with app.run_test(size=(80, 24)):
        app._first_frame.hold()  # also where a quarter of a second has passed by now
    assert not app.screen_stack
    late(app)
    assert not app.in_view(frozenset({KEY}))


async def test_the_first_frames_timer_may_run_out_while_the_screens_close() -> None:
    app = APPS["console"]()
    async with app.run_test(size=(80, 24)):
        app._first_frame.hold()
        await app._close_all()
        app.call_next(app._first_frame.show)  # as Textual's timer calls it: an error would come out of run_test

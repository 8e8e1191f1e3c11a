"""Before there is a connection every screen says what it waits for, where that is something of the person's own."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import Any

import pytest

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW
from canarytui.console.status_lines import TitleContext, title_bar
from canarytui.console.wall.app import WatchApp
from canarytui.session.state import ClusterState

PLUGIN = "the credential plugin sso-login"


async def connector(cluster_state: ClusterState, *, context: str | None = None) -> Any:
    """Waits for a plugin without end."""
    cluster_state.waits_for(PLUGIN)
    await asyncio.Event().wait()


def _cluster_state() -> ClusterState:
    return ClusterState(now=lambda: NOW)


@pytest.mark.parametrize(
    "app",
    [
        lambda: ConsoleApp(connector, state=_cluster_state, zone=UTC),
        lambda: ConsoleApp(connector, contexts=("eu", "us"), state=_cluster_state, zone=UTC),
        lambda: WatchApp(connector, state=_cluster_state, zone=UTC),
    ],
    ids=["console", "several contexts", "wall"],
)
async def test_what_is_waited_for_is_named(app: Any) -> None:
    made = app()
    async with made.run_test(size=(80, 24)) as pilot:
        shown = ""
        for _ in range(100):
            shown = "\n".join(strip.text for strip in made.screen._compositor.render_strips())
            if PLUGIN in shown:
                break
            await pilot.pause(0.05)
        assert f"connecting … waiting for {PLUGIN}" in shown


def test_the_title_bar_shows_no_control_and_keeps_to_its_columns() -> None:
    line = title_bar(TitleContext(waiting_for=f"{PLUGIN}\x1b]52;c;eA==\x07" + "x" * 90), 60, NOW).plain
    assert line.startswith(f"canarytui: connecting … waiting for {PLUGIN}"[:58])
    assert (len(line), "\x1b" in line, "\x07" in line) == (60, False, False)
    assert title_bar(TitleContext(), 40, NOW).plain.rstrip() == "canarytui: connecting …"

"""Pictures of the list in each of its states at three terminal sizes, in colour and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, FixtureConnection, canary_object, fill, fixture_state
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

SIZES = [(80, 24), (120, 40), (200, 60)]
STATES = ("loading", "empty", "one", "many", "error", "stale", "wide", "marked", "filtered")
KEYS = {"wide": ("w",), "marked": ("space", "j", "space"), "filtered": ("slash", *"halted", "enter")}


async def opened(state: str, cluster_state: ClusterState) -> Connection:
    """A cluster that is in `state`."""
    canaries = cluster_state.stores[CANARIES]
    if state in ("stale", "wide", "marked", "filtered"):
        fill(cluster_state)
    elif state == "one":
        canaries.put(canary_object("test", "podinfo", "Initialized"))
    elif state == "many":
        for number in range(200):
            phase = ("Succeeded", "Progressing", "Failed", "Waiting")[number % 4]
            canaries.put(canary_object(f"team-{number % 7}", f"service-{number:03}", phase, weight=number % 11 * 5))
    if state == "error":
        canaries.stale(
            "The API server of context canarytui-sandbox cannot be reached (connection refused).", "connection refused"
        )
        canaries.stale_since = NOW - timedelta(seconds=40)
    elif state != "loading":
        for resource in (CANARIES, DEPLOYMENTS):
            cluster_state.stores[resource].replace(list(cluster_state.stores[resource].objects()))
    if state == "stale":
        canaries.stale("The API server cannot be reached (connection refused).", "connection refused")
        canaries.stale_since = NOW - timedelta(seconds=40)
    return FixtureConnection()


def app_in(state: str) -> ConsoleApp:
    async def connector(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        return await opened(state, cluster_state)

    return ConsoleApp(connector, state=fixture_state, zone=UTC)


async def drive(pilot: Pilot[Any], app: ConsoleApp, state: str) -> None:
    for _ in range(200):
        if app.model.flow is not None:
            break
        await pilot.pause(0.05)
    await pilot.pause(0.4)
    for key in KEYS.get(state, ()):
        await pilot.press(key)
        await pilot.pause(0.1)
    await pilot.pause(0.4)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
def test_list(state: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app = app_in(state)
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: drive(pilot, app, state))


@pytest.mark.parametrize("state", ["many", "stale"])
def test_list_without_colour(state: str, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_in(state)
    assert snap_compare(app, terminal_size=(120, 40), run_before=lambda pilot: drive(pilot, app, state))

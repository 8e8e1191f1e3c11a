"""The recording of the README: a rollout, a fault drill that ends in a rollback, and the wall, on the app's screens.

The cluster is the fixed one, and what the controller writes there is a script (`demo_fixture/playback.py`); every frame
is a screen of the app, driven by keys.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from canarytui.cluster.regular_files import replace_file
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture.playback import INTERVAL_S, FixturePlayback
from canarytui.console.drill.live_screen import DrillLiveScreen
from canarytui.console.pictures.animation import AnimationFrame, animated
from canarytui.console.pictures.picture import StyleNames
from canarytui.console.pictures.stills import at_rest, is_connected, keys_to_subject, wait_for
from canarytui.console.wall.app import WatchApp

FILE = "rollout.svg"
_STATE_HOME = "XDG_STATE_HOME"
_STILL_AT = 7
_SCRIPTED = " (a scripted cluster)"
_SIZE = (104, 32)
_STEP_S, _READ_S = 0.9, 3.0
_FALLING = (82.4, 70.3, 60.1, 54.8, 49.6, 43.9, 42.2, 41.8, 41.6, 41.7)
_SHOWN_HALTS = (1, 2, 4, 7, 10)
"""Halts are alike: not each has a frame."""


class _Camera:
    def __init__(self) -> None:
        self.names = StyleNames()
        self.frames: list[AnimationFrame] = []

    async def take(self, pilot: Pilot[Any], seconds: float, caption: str) -> None:
        self.frames.append(AnimationFrame(await at_rest(pilot, self.names), seconds, f"{caption}{_SCRIPTED}"))


async def record(folder: Path) -> Path:
    """Write the recording into `folder`; its path.

    Raises:
        OSError: it cannot be written; TimeoutError, which is one, when a screen did not open.
    """
    with tempfile.TemporaryDirectory(prefix="canarytui-") as home, _state_in(home):
        camera = await _played()
    path = folder / FILE
    picture = animated(camera.frames, camera.names, still_at=_STILL_AT)
    await asyncio.to_thread(replace_file, path, picture.encode("utf-8"))
    return path


@contextlib.contextmanager
def _state_in(home: str) -> Iterator[None]:
    """The drill writes its report and its audit lines there, and not among this person's own."""
    before = os.environ.get(_STATE_HOME)
    os.environ[_STATE_HOME] = home
    try:
        yield
    finally:
        if before is None:
            del os.environ[_STATE_HOME]
        else:
            os.environ[_STATE_HOME] = before


async def _played() -> _Camera:
    camera, playback = _Camera(), FixturePlayback()
    app = ConsoleApp(playback.connect, state=playback.state, zone=UTC)
    async with app.run_test(size=_SIZE) as pilot:
        await wait_for(pilot, lambda: is_connected(app))
        await at_rest(pilot)
        await pilot.press(*keys_to_subject(app))
        await _rollout(camera, pilot, playback)
        await _drill(camera, pilot, playback)
    playback = FixturePlayback()
    wall = WatchApp(playback.connect, state=playback.state, zone=UTC)
    async with wall.run_test(size=_SIZE) as pilot:
        await wait_for(pilot, lambda: is_connected(wall))
        await _wall(camera, pilot, playback)
    return camera


async def _rollout(camera: _Camera, pilot: Pilot[Any], playback: FixturePlayback) -> None:
    await camera.take(pilot, _STEP_S, "a rollout")
    playback.wait(INTERVAL_S)
    playback.bring_out("4.0.7")
    await camera.take(pilot, _STEP_S, "a rollout: 4.0.7 is found")
    for weight in range(5, 55, 5):
        playback.wait(INTERVAL_S)
        playback.advance(weight, success=100.0 if weight % 15 else 99.8, p99_ms=29.0 + weight % 7)
        await camera.take(pilot, _STEP_S, "a rollout: each step is checked")
    playback.wait(3 * INTERVAL_S)
    playback.promote()
    await camera.take(pilot, _READ_S, "a rollout: promoted")


async def _drill(camera: _Camera, pilot: Pilot[Any], playback: FixturePlayback) -> None:
    app = pilot.app
    playback.wait(300)
    playback.bring_out("4.0.8")
    for weight in (5, 10, 15, 20):
        playback.wait(INTERVAL_S)
        playback.advance(weight)
    playback.wait(2)
    await camera.take(pilot, _STEP_S, "a fault drill: f")
    await pilot.press("f")
    await camera.take(pilot, _READ_S, "a fault drill: what is predicted")
    await pilot.press("enter")
    await camera.take(pilot, _READ_S, "a fault drill: nothing is sent before y")
    await pilot.press("y")
    await wait_for(pilot, lambda: isinstance(app.screen, DrillLiveScreen))
    await _load(pilot, playback, INTERVAL_S - 2)
    playback.advance(25)  # the window of the check still holds more of what was before
    for number, success in enumerate(_FALLING, 1):
        await _load(pilot, playback, INTERVAL_S)
        playback.halt(success)
        await pilot.pause(0.3)
        if number in _SHOWN_HALTS:
            await camera.take(pilot, _STEP_S, "a fault drill: checks fail")
    await _load(pilot, playback, INTERVAL_S)
    playback.roll_back()
    await wait_for(pilot, lambda: bool(app.screen.query_one("#drill-report").display))
    await camera.take(pilot, _READ_S, "a fault drill: rolled back, as predicted")


async def _load(pilot: Pilot[Any], playback: FixturePlayback, seconds: float) -> None:
    """Let the drill send its slices."""
    for _ in range(5):
        playback.wait(seconds / 5)
        await pilot.pause(0.3)


async def _wall(camera: _Camera, pilot: Pilot[Any], playback: FixturePlayback) -> None:
    playback.bring_out("4.0.9")
    for weight in (5, 10, 15, 20):
        playback.wait(INTERVAL_S)
        playback.advance(weight)
        await camera.take(pilot, _STEP_S, "the wall: canarytui watch")
    for number, success in enumerate(_FALLING, 1):
        playback.wait(INTERVAL_S)
        playback.halt(success)
        if number in _SHOWN_HALTS:
            await camera.take(pilot, _STEP_S, "the wall: canarytui watch")
    playback.wait(1)
    playback.roll_back()
    await camera.take(pilot, _READ_S, "the wall: canarytui watch")

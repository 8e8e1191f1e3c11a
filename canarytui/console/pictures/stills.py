"""SVG pictures of the console's screens in each state of the fixed cluster.

``SCREEN-STATE-COLUMNSxLINES.svg``: list and detail in five states at three sizes; confirmation, drill and wall at one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from textual.pilot import Pilot
from textual.screen import Screen

from canarytui.cluster.regular_files import replace_file
from canarytui.console.actions.confirm_screen import ConfirmScreen
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture.states import SUBJECT, FixtureScene, scene_connector, scene_state
from canarytui.console.detail.screen import DetailScreen
from canarytui.console.drill.form_screen import DrillScreen
from canarytui.console.list.screen import ListScreen
from canarytui.console.messages import ShowCanary
from canarytui.console.pictures.picture import Picture, StyleNames, read_picture, still
from canarytui.console.wall.app import WatchApp
from canarytui.console.wall.screen import WatchScreen

SIZES = ((80, 24), (120, 40), (200, 60))
_MIDDLE = SIZES[1]
_OPENS_WITHIN_S = 20.0
_LOOK_EVERY_S, _ALIKE, _LOOKS = 0.1, 5, 80
"""Screens look for news every quarter of a second: at rest is what has not changed for longer."""


class Still(Struct, frozen=True):
    """`keys` open `screen` from the list."""

    name: str
    scene: FixtureScene
    size: tuple[int, int]
    screen: type[Screen[Any]]
    keys: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}-{self.scene}-{self.size[0]}x{self.size[1]}.svg"


def stills() -> Iterator[Still]:
    """All pictures, in the order in which they are drawn."""
    for scene in FixtureScene:
        for size in SIZES:
            yield Still("list", scene, size, ListScreen)
            yield Still("detail", scene, size, DetailScreen)
    yield Still("confirm", FixtureScene.ADVANCING, _MIDDLE, ConfirmScreen, ("R",))
    yield Still("drill", FixtureScene.ADVANCING, _MIDDLE, DrillScreen, ("f",))
    for scene in (FixtureScene.HALTED, FixtureScene.ROLLED_BACK):
        yield Still("wall", scene, _MIDDLE, WatchScreen)


def chosen(pattern: str) -> list[Still]:
    """The pictures whose files' names, without their ending, match a shell pattern."""
    return [each for each in stills() if fnmatchcase(each.file.removesuffix(".svg"), pattern)]


async def draw(folder: Path, each: Still) -> Path:
    """Write one picture into `folder`; its path.

    Raises:
        OSError: a file cannot be written; TimeoutError, which is one, when the screen did not open.
    """
    connector = scene_connector(each.scene)
    app: ConsoleApp
    if each.screen is WatchScreen:
        app = WatchApp(connector, state=partial(scene_state, each.scene), zone=UTC)
    else:
        app = ConsoleApp(connector, state=partial(scene_state, each.scene), zone=UTC)
    names = StyleNames()
    async with app.run_test(size=each.size) as pilot:
        await wait_for(pilot, lambda: is_connected(app))
        await at_rest(pilot)
        if each.screen is DetailScreen:
            app.receive(ShowCanary(SUBJECT))
        elif each.screen is not WatchScreen:
            await pilot.press(*keys_to_subject(app), *each.keys)
        await wait_for(pilot, lambda: isinstance(app.screen, each.screen))
        picture = await at_rest(pilot, names)
    path = folder / each.file
    await asyncio.to_thread(replace_file, path, still(picture, names).encode("utf-8"))
    return path


def keys_to_subject(app: ConsoleApp) -> list[str]:
    """The keys from the first row to the canary that the scenes are about."""
    keys = [row.key for row in app.model.listing.shown]
    return ["j"] * keys.index(SUBJECT)


def is_connected(app: ConsoleApp) -> bool:
    """Whether the first list is on the screen."""
    return app.model.contexts.current.connection is not None and bool(app.model.state.keys())


async def wait_for(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Until something holds. Raises TimeoutError."""
    async with asyncio.timeout(_OPENS_WITHIN_S):
        while not holds():
            await pilot.pause(0.05)


async def at_rest(pilot: Pilot[Any], names: StyleNames | None = None) -> Picture:
    """The screen once it has shown the same for a while."""
    app, before, same = pilot.app, "", 0
    for _ in range(_LOOKS):
        await pilot.pause(_LOOK_EVERY_S)
        exported = app.export_screenshot()
        same = same + 1 if exported == before else 0
        before = exported
        if same == _ALIKE:
            break
    return read_picture(before, app.size.width, app.size.height, names or StyleNames())

"""Keys in bursts and changes of size, at random but the same in every run: nothing they open, close or choose fails."""

from __future__ import annotations

import asyncio
import random
import string
from datetime import UTC
from pathlib import Path

import pytest
from textual.events import Key, Resize
from textual.geometry import Size
from textual.keys import _character_to_key

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture

NAMED = (
    "escape", "escape", "enter", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown", "home", "end",
    "backspace", "delete", "space", "f1", "ctrl+l", "ctrl+p", "ctrl+y", "ctrl+u", "ctrl+z",
)  # fmt: skip
# q and Q leave.
LETTERS = sorted(set(string.ascii_letters + string.digits + "/:?!-.|<>") - set("qQ"))
BURSTS, KEYS_IN_A_BURST = 50, 8


def key(chance: random.Random) -> Key:
    if chance.random() < 0.35:
        return Key(chance.choice(NAMED), None)
    letter = chance.choice(LETTERS)
    return Key(_character_to_key(letter), letter)


@pytest.mark.parametrize("seed", range(2))
async def test_random_keys_end_nothing(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    chance = random.Random(seed)
    pressed: list[str] = []
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.2)
        for _ in range(BURSTS):
            for _ in range(chance.randint(1, KEYS_IN_A_BURST)):
                event = key(chance)
                pressed.append(event.key)
                app.post_message(event)
            if chance.random() < 0.2:
                size = Size(chance.randint(20, 220), chance.randint(5, 70))
                app.post_message(Resize(size, size))
            # The pilot would wait for widgets of a screen that one of the keys has closed.
            await asyncio.sleep(0.02)
            if not app.is_running:  # a completed :quit, or the palette's
                break
        await asyncio.sleep(0.3)
    assert app.return_code in (None, 0), pressed[-60:]
    assert app.crash is None

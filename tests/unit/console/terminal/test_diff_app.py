"""What reaches the terminal: only what differs from what it shows."""

from __future__ import annotations

from datetime import UTC

import pytest
from kept_output import KeptOutput
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.terminal.diff_app import DiffApp


async def test_a_screen_on_which_nothing_changed_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app, line = ConsoleApp(open_fixture, state=fixture_state, zone=UTC), KeptOutput()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.6)
        with monkeypatch.context() as patched:
            patched.setattr(app, "_driver", line)
            app.action_repaint()
            await pilot.pause()
            assert "cart" in "".join(line.written)
            quiet = 0
            for _ in range(60):  # at first the panes get what they wait for
                line.written.clear()
                app.redraw(frozenset())
                app.tick()
                app.screen.refresh(layout=True)
                await pilot.pause(0.05)
                app.screen.refresh()
                await pilot.pause()
                quiet = 0 if line.written else quiet + 1
                if quiet == 5:
                    break
            assert quiet == 5


async def test_nothing_to_draw_leaves_the_terminal_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual says None when a layout has changed nothing."""
    from textual._compositor import LayoutUpdate

    handed: list[object] = []
    monkeypatch.setattr(App, "_display", lambda self, screen, update: handed.append(update))
    app, line = DiffApp(), KeptOutput()
    monkeypatch.setattr(app, "_driver", line)
    monkeypatch.setattr(app, "_running", True)
    update = LayoutUpdate([[Strip.blank(4)]], Region(0, 0, 4, 1))
    app._display(Screen(), update)
    line.written.clear()
    app._display(Screen(), None)
    app._display(Screen(), update)
    assert (line.written, handed) == ([], [None])

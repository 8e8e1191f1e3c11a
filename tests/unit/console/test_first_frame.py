"""The console's first frame is the first list, or an empty one after a moment."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from canarytui.console import first_frame
from canarytui.console.first_frame import FirstFrame


class Painted(Widget):
    """Counts how often it is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0
        self.painted = asyncio.Event()

    def render(self) -> str:
        self.times += 1
        self.painted.set()
        return "painted"


class Held(App[None]):
    """Holds its first frame."""

    def __init__(self) -> None:
        super().__init__()
        self.first_frame = FirstFrame(self)

    def compose(self) -> ComposeResult:
        yield Painted()

    def on_mount(self) -> None:
        self.first_frame.hold()


async def test_nothing_is_painted_until_there_is_a_list_and_then_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_frame, "_LONGEST_S", 60.0)
    app = Held()
    async with app.run_test():
        widget = app.query_one(Painted)
        before = widget.times
        widget.refresh()
        await asyncio.sleep(0.05)
        assert widget.times == before
        app.first_frame.show()
        assert widget.times == before + 1  # without Textual's timer


async def test_without_textuals_own_way_to_paint_the_list_is_painted_by_its_timer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(first_frame, "_LONGEST_S", 60.0)
    monkeypatch.setattr(first_frame, "PAINT", ("_no_such_name",))
    app = Held()
    async with app.run_test():
        widget = app.query_one(Painted)
        before = widget.times
        widget.painted.clear()
        widget.refresh()
        app.first_frame.show()
        assert widget.times == before
        async with asyncio.timeout(10):
            await widget.painted.wait()


async def test_without_a_list_there_is_a_frame_after_a_moment() -> None:
    app = Held()
    async with app.run_test():
        widget = app.query_one(Painted)
        before = widget.times
        widget.painted.clear()
        widget.refresh()
        async with asyncio.timeout(10):
            await widget.painted.wait()
        app.first_frame.show()
        assert widget.times == before + 1

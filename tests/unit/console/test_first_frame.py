"""The console's first frame is the first list, or an empty one after a moment; what can wait is loaded after it."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from textual.app import App, ComposeResult
from textual.widget import Widget

from canarytui.console.first_frame import FirstFrame

_WITH_THE_FIRST_LIST = "canarytui.console.app, canarytui.console.context_opening, canarytui.session.live"
_AFTER_IT = (
    "canarytui.actions.live_executor",
    "canarytui.cluster.heartbeat",
    "canarytui.console.actions.flow",
    "canarytui.console.panes.area",
    "canarytui.drills",
    "canarytui.metrics",
    "canarytui.session.controller_log",
    "canarytui.session.metric_poller",
    "canarytui.session.pod_problems",
)


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


async def test_nothing_is_painted_until_there_is_a_list_and_then_at_once() -> None:
    app = Held()
    async with app.run_test():
        widget = app.query_one(Painted)
        before = widget.times
        widget.refresh()
        await asyncio.sleep(0.05)
        assert widget.times == before
        app.first_frame.show()
        assert widget.times == before + 1  # without Textual's timer


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


def test_what_can_wait_is_not_loaded_for_the_first_list() -> None:
    """Each is a part that takes milliseconds to load; importing one at the top of a module delays the list."""
    script = f"import sys, {_WITH_THE_FIRST_LIST}; print(*[name for name in {_AFTER_IT} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

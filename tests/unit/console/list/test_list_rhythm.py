"""The list stops following the timeline when nobody could read it, not because a console that opens reads the past."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, fixture_state, open_fixture
from canarytui.console.messages import ChooseLayout
from canarytui.console.panes.screen_layout import LayoutPreset
from canarytui.domain.history.facts import of_console


@pytest.mark.parametrize(("age_s", "busy"), [(600, False), (1, True)])
async def test_only_what_happens_now_is_too_much(age_s: float, busy: bool) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        app.receive(ChooseLayout(LayoutPreset.LIST))
        for number in range(60):
            at = NOW - timedelta(seconds=age_s, milliseconds=number)
            app.model.state.timeline.add(of_console("shop", "cart", f"entry {number}", at))
        await pilot.pause(1.3)
        strips = app.screen._compositor.render_strips()
        text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        assert ("High event rate" in text) is busy

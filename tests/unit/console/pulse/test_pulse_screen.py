"""The pulse on the screen: a line on the list of a fleet, a table, and a jump from each number to its canaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.console import messages
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.list.screen import ListScreen
from canarytui.console.pulse import line as pulse_words
from canarytui.console.pulse.line import pulse_line
from canarytui.console.pulse.screen import PulseScreen
from canarytui.console.pulse.table import table_lines
from canarytui.console.widgets.lines import Lines
from canarytui.domain.history.facts import Fact, FactSource
from canarytui.session.polling import wait_until
from canarytui.session.pulse import PulseKind, PulseTable

NOW = datetime(2026, 11, 26, 13, tzinfo=UTC)
SHOP, PAY = ("", "shop"), ("", "pay")
COUNTS = {(PulseKind.FAILING, SHOP): 2, (PulseKind.GATED, PAY): 1, (PulseKind.PROMOTED, PAY): 12}


def table(hours: float = 30) -> PulseTable:
    return PulseTable(COUNTS, (PAY, SHOP), NOW - timedelta(hours=min(hours, 24)))


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (30, "last 24 h: 12 promoted, 0 rolled back or failed"),
        (2, "since 11:00: 12 promoted, 0 rolled back or failed"),
        (14, "since 11-25 23:00: 12 promoted, 0 rolled back or failed"),
    ],
)
def test_the_line_names_since_when(hours: float, said: str) -> None:
    assert pulse_line(table(hours), 120, NOW, UTC).plain == f"2 failing · 1 gated · {said}  :pulse"


def test_the_line_of_a_quiet_fleet_and_of_a_narrow_screen() -> None:
    quiet = pulse_line(PulseTable(since=NOW), 120, NOW, UTC).plain
    assert quiet.startswith("none failing, gated or paused > 1 h · since 13:00: 0 promoted")
    assert pulse_line(table(), 30, NOW, UTC).cell_len <= 30


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (98, "2 failing · 1 gated · since 11-25 23:00: 12 promoted, 0 rolled back or failed  :pulse"),
        (78, "2 failing · 1 gated · since 11-25 23:00: 12 promoted, 0 rolled back or failed"),
        (70, "2 failing · 1 gated · since 11-25 23:00: 0 rolled back or failed"),
        (40, "2 failing · 1 gated  :pulse"),
        (20, "2 failing · 1 gated"),
        (12, "2 failing"),
        (6, "2 fai…"),
    ],
)
def test_a_narrow_screen_has_whole_phrases_the_most_important_first(columns: int, said: str) -> None:
    shown = pulse_line(table(14), columns, NOW, UTC)
    assert shown.plain == said
    assert columns < 9 or any(span.style == "bad" and span.start == 0 for span in shown.spans)


def test_the_table_has_a_line_for_each_place_and_marks_the_chosen_number() -> None:
    titles, total, pay, shop = (each.plain for each in table_lines(table(), (1, 1), 120))
    assert titles.split() == ["FAILING", "GATED", "PAUSED", ">", "1", "H", "PROMOTED", "ROLLED", "BACK", "OR", "FAILED"]
    assert total.split() == ["all", "2", "1", "·", "12", "·"]
    assert pay.split() == ["pay", "·", "▶", "1", "·", "12", "·"]
    assert shop.split() == ["shop", "2", "·", "·", "·", "·"]
    assert {len(each) for each in (titles, total, pay, shop)} == {len(titles)}
    assert all(each.cell_len <= 80 for each in table_lines(table(), (0, 0), 80))


async def test_enter_on_a_number_shows_its_canaries_and_esc_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse_words, "FLEET", 3)
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)

    def shown() -> set[str]:
        return {row.name for row in app.model.listing.shown}

    async with app.run_test(size=(120, 40)) as pilot:
        await wait_until(lambda: app.model.flow is not None, 10.0)
        await pilot.pause(0.3)
        line: Any = app.screen.query_one("#pulse", Lines)
        assert line.display
        assert "failing · " in line.text.plain
        everything = shown()
        state = app.model.state
        phase = frozenset({("phase", "Succeeded")})
        at = state.now() - timedelta(minutes=1)
        state.timeline.add(Fact(at, "shop", "cart", FactSource.STATUS, "Promotion completed!", False, phase))
        app.model.send(messages.ShowPulse())
        await pilot.pause(0.3)
        assert isinstance(app.screen, PulseScreen)
        assert not sum(count for (_, how), count in state.endings.counts(state.now()).items() if how == "failed")
        await pilot.press("G", "g", "left", "enter")
        assert isinstance(app.screen, PulseScreen), "a number that is none leads nowhere"
        await pilot.press("left", "enter")  # promoted, everywhere
        await pilot.pause(0.2)
        assert isinstance(app.screen, ListScreen)
        assert shown() == {"cart"}
        await pilot.press("escape")
        await pilot.pause(0.1)
        assert shown() == everything
        app.model.send(messages.ShowPulse())
        await pilot.pause(0.3)
        failing = app.model.listing.pulse.table(state.now(), ()).total(PulseKind.FAILING)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert 0 < len(shown()) == failing < len(everything)


async def test_a_narrow_pulse_says_all_of_its_sentences_and_offers_no_filter() -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.3)
        app.model.send(messages.ShowPulse())
        await pilot.pause(0.3)
        screen = app.screen
        assert isinstance(screen, PulseScreen)
        state = screen.query_one("#pulse-state", Lines)
        lines = [line for part in state.text.split("\n") for line in part.wrap(app.console, state.content_size.width)]
        assert len(lines) > 2
        assert state.content_size.height == len(lines)
        assert "filter" not in [hint.action for hint in screen.hints()]
        await pilot.press("slash")
        assert app.screen is screen

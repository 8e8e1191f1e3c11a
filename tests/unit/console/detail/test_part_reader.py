"""What a person has chosen in each part of the detail, without a screen."""

from __future__ import annotations

from datetime import UTC

import pytest

from canarytui.console.demo_fixture import fill, fixture_state
from canarytui.console.demo_fixture.detail import fixture_detail
from canarytui.console.detail.part_reader import PartReader
from canarytui.console.detail.tabs import Tab
from canarytui.console.detail.view import DetailView, gather

CART = ("shop", "cart")


class Reading:
    """The fixture's cart, read from part `tab` on."""

    def __init__(self, tab: Tab) -> None:
        self.state = fixture_state()
        fill(self.state)
        self.detail = fixture_detail(self.state, CART)
        self.part = PartReader(tab, lambda: self.state)
        self.part.canary_detail = self.detail

    @property
    def view(self) -> DetailView:
        view = gather(self.state, CART, self.detail, self.state.now(), label="Halted", zone=UTC, coloured=True)
        assert view is not None
        return view

    def text(self) -> str:
        return "\n".join(line.plain for line in self.part.lines(self.view, 120, 40))


async def test_logs_are_asked_for_only_while_they_are_read() -> None:
    reading = Reading(Tab.OVERVIEW)
    reading.part.turn_to(Tab.LOGS)
    assert reading.part.turn_logs("before")
    reading.text()
    assert (reading.detail.logs_of, reading.detail.logs_before) == ("canary", True)
    reading.part.turn_to(Tab.YAML)
    assert (reading.detail.logs_of, reading.detail.logs_before) == ("", False)
    reading.part.turn_to(Tab.LOGS)
    assert reading.detail.logs_before, "as it was left"


async def test_logs_that_are_scrolled_back_hold_until_something_else_is_chosen() -> None:
    part = Reading(Tab.LOGS).part
    assert not part.holds(100, at_end=False), "the first lines have to be drawn"
    assert part.holds(100, at_end=False)
    assert not part.holds(100, at_end=True)
    assert part.turn_logs("raw")
    assert [part.holds(100, at_end=False), part.holds(80, at_end=False)] == [False, False]
    part.turn_to(Tab.CHECKS)
    part.holds(80, at_end=False)
    assert not part.holds(80, at_end=False), "only logs are held"


async def test_the_cursor_stays_on_a_check_that_exists_and_shows_its_query() -> None:
    reading = Reading(Tab.CHECKS)
    before = reading.text()
    reading.part.move_cursor(99)
    check = reading.part.selected_check(reading.view, 120)
    assert check == reading.view.every_check[-1]
    reading.part.turn_query(check.name)
    assert "histogram_quantile(" in reading.text()
    assert reading.part.copy(reading.view, 40)[0] == f"query of {check.name}"
    reading.part.turn_query(check.name)
    reading.part.move_cursor(-99)
    assert reading.text() == before


async def test_a_filter_is_its_parts_own_and_what_it_leaves_out_is_not_highlighted() -> None:
    reading = Reading(Tab.TIMELINE)
    reading.part.narrow(Tab.TIMELINE, "weight !confirm")
    assert (reading.part.pattern, reading.part.sought("searched")) == ("weight !confirm", ["weight"])
    reading.part.turn_to(Tab.LOGS)
    assert (reading.part.filtered, reading.part.pattern) == (True, "")
    reading.part.turn_to(Tab.YAML)
    assert (reading.part.filtered, reading.part.pattern, reading.part.sought("kind")) == (False, "", ["kind"])


@pytest.mark.parametrize("tab", [Tab.OVERVIEW, Tab.CHECKS, Tab.YAML])
async def test_keys_of_the_logs_change_no_other_part(tab: Tab) -> None:
    reading = Reading(tab)
    before = reading.text()
    assert not reading.part.turn_logs("raw")
    assert not reading.part.next_container()
    assert reading.text() == before


async def test_the_next_object_is_read_from_its_top_and_the_next_logs_are_not() -> None:
    reading = Reading(Tab.YAML)
    assert reading.part.next_other(reading.view)
    assert "kind: Deployment" in reading.text()
    assert not reading.part.next_other(None), "the canary is gone"
    reading.part.turn_to(Tab.LOGS)
    assert not reading.part.next_other(reading.view)
    assert reading.part.line_above(reading.view, 120, held=False).plain.startswith("the primary's pods")

"""What is not known any more looks so everywhere, and nothing is concluded from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from replacing import replace
from rich.text import Text

from canarytui.cli.session import ContactMonitor
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, EVENTS
from canarytui.console.demo_fixture import NOW, fill
from canarytui.console.demo_fixture.detail import fixture_detail
from canarytui.console.detail.overview import as_known, overview, top
from canarytui.console.detail.view import DetailView, gather
from canarytui.console.status_lines import TitleContext, title_bar
from canarytui.console.wall.cards import Card, card_of
from canarytui.console.wall.drawing import card_text
from canarytui.console.wall.frame import calm
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.staleness import Stale
from canarytui.session.columns.list_cells import countdown
from canarytui.session.state import ClusterState

CART = ("shop", "cart")
LOST = NOW + timedelta(seconds=2)


class Clock:
    """The cluster's world, and a clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW
        self.cluster_state = ClusterState(now=lambda: self.now)
        fill(self.cluster_state)
        for store in self.cluster_state.stores.values():
            store.replace(list(store.objects()))

    def lose(self, resource: object = CANARIES, reason: str = "Unauthorized", at: datetime = LOST) -> None:
        store = self.cluster_state.stores[resource]  # type: ignore[index]
        store.stale("The server does not accept your credentials.", reason)
        store.stale_since = at

    def situation(self) -> Situation:
        found = self.cluster_state.situation(CART)
        assert found is not None
        return found


async def test_sentence_and_countdown_stand_where_they_were() -> None:
    clock = Clock()
    clock.now = LOST
    before, row = clock.situation(), clock.cluster_state.row(CART)
    clock.lose()
    clock.now = LOST + timedelta(minutes=30)

    after, stale_row = clock.situation().at(clock.now), clock.cluster_state.row(CART)

    assert row is not None
    assert stale_row is not None
    assert explain(after).sentence == explain(before).sentence
    assert countdown(stale_row, clock.now) == countdown(row, LOST)
    assert (row.ticking, stale_row.ticking) == (True, False)
    assert (stale_row.as_of, stale_row.silent_at) == (LOST, None)
    assert after.stale == Stale(LOST, clock.now, "Unauthorized")


async def test_no_verdict_about_the_controller_comes_from_stale_facts() -> None:
    clock = Clock()
    clock.now = NOW + timedelta(minutes=30)
    assert "no controller has acted on it" in explain(clock.situation()).sentence, "fresh facts allow it"
    clock.lose()
    assert "no controller has acted on it" not in explain(clock.situation().at(clock.now)).sentence


async def test_nor_while_only_the_controllers_events_cannot_be_heard() -> None:
    clock = Clock()
    clock.now = NOW + timedelta(minutes=30)
    clock.lose(EVENTS, "Forbidden")
    assert "no controller has acted on it" not in explain(clock.situation()).sentence
    assert clock.situation().stale is None


async def test_every_line_changes_when_contact_is_lost_and_when_it_is_back() -> None:
    clock = Clock()
    clock.cluster_state._canaries_changed(frozenset())
    clock.cluster_state.take_changed()
    clock.lose()
    clock.cluster_state._canaries_changed(frozenset())
    assert clock.cluster_state.take_changed() == frozenset(clock.cluster_state.keys())
    clock.cluster_state.canaries.fresh()
    clock.cluster_state._canaries_changed(frozenset())
    assert clock.cluster_state.take_changed() == frozenset(clock.cluster_state.keys())
    assert clock.situation().stale is None


async def test_a_canary_that_was_read_by_itself_is_as_old_as_that() -> None:
    clock = Clock()
    clock.lose()
    clock.now = LOST + timedelta(seconds=50)
    clock.cluster_state.read_again(CART)
    clock.now += timedelta(seconds=5)

    assert clock.situation().now == LOST + timedelta(seconds=50)
    other = clock.cluster_state.situation(("test", "podinfo"))
    assert other is not None
    assert other.now == LOST


def view_of(clock: Clock) -> DetailView:
    view = gather(
        clock.cluster_state,
        CART,
        fixture_detail(clock.cluster_state, CART),
        clock.now,
        label="Halted",
        zone=UTC,
        coloured=True,
    )
    assert view is not None
    return view


def page(view: DetailView) -> list[Text]:
    """The detail's first part as the screen shows it."""
    return as_known(view, [*top(view, 116), *overview(view, 116, 40)])


async def test_the_detail_is_faded_and_says_of_when_it_is() -> None:
    clock = Clock()
    clock.now = LOST
    fresh = page(view_of(clock))
    clock.lose()
    clock.now = LOST + timedelta(seconds=42)

    stale = page(view_of(clock))

    assert {span.style for text in fresh for span in text.spans} >= {"bad", "strong"}
    assert {span.style for text in stale for span in text.spans} == {"quiet"}
    assert "as of 14:30:14 (STALE for 42 s): cart is halted" in stale[1].plain
    assert plots(stale) == plots(fresh), "curves and times end when contact was lost"


def plots(lines: list[Text]) -> list[str]:
    """The lines of the plots with their times."""
    found = [text.plain for text in lines if "┤" in text.plain or "14:30 " in text.plain]
    assert len(found) > 2
    return found


def card(clock: Clock) -> Card:
    return card_of(clock.situation().at(clock.now), [99.0], alarm=False, since=NOW)


async def test_a_walls_card_is_faded_and_marked() -> None:
    clock = Clock()
    clock.now = LOST
    assert {str(text.style) for text in card_text(card(clock), 60, 12, clock.now, UTC)} | {
        str(span.style) for text in card_text(card(clock), 60, 12, clock.now, UTC) for span in text.spans
    } >= {"bad"}
    clock.lose()
    drawn = card_text(card(clock), 60, 12, clock.now, UTC)
    assert {str(span.style) for text in drawn for span in text.spans} == {"quiet"}
    assert {str(text.style) for text in drawn} == {""}
    assert any("~ HALTED" in text.plain and "shop/cart" in text.plain for text in drawn)


@pytest.mark.parametrize("columns", [80, 120])
def test_the_title_bar_names_reason_and_context(columns: int) -> None:
    place = TitleContext(context="2 contexts: prod-eu, prod-us", synced=True, total=5, stale_since=LOST,
                  stale_reason="no answer", stale_context="prod-us")  # fmt: skip
    text = title_bar(place, columns, LOST + timedelta(seconds=42)).plain
    assert "STALE prod-us since 14:30:14 (42 s): no answer" in text


async def test_what_is_lost_beside_the_canaries_is_named() -> None:
    clock = Clock()
    clock.lose(DEPLOYMENTS, "Forbidden")
    clock.now = LOST + timedelta(seconds=4)
    assert clock.cluster_state.partly_stale(UTC) == "", "a watch that ends is opened again"
    clock.now = LOST + timedelta(seconds=5)
    words = clock.cluster_state.partly_stale(UTC)
    assert words == "deployments since 14:30:14: Forbidden"
    bar = title_bar(TitleContext(context="c", synced=True, partly=words), 120, clock.now)
    assert "STALE deployments since 14:30:14: Forbidden" in bar.plain
    assert [span.style for span in bar.spans] == ["bad"]


async def test_a_plan_promises_no_tick_and_stamps_the_present() -> None:
    clock = Clock()
    clock.lose()
    clock.now = LOST + timedelta(minutes=2)
    made = plan(clock.situation(), ActionRequest(Intent.TRIGGER, restart=True))
    assert made.when == "at the next tick (when is unknown: the data are stale)"
    stamp = made.writes[0].body["spec"]["template"]["metadata"]["annotations"]
    assert list(stamp.values()) == ["2026-11-23T14:32:14Z"]


async def test_lines_on_the_command_line_name_reason_and_context() -> None:
    clock = Clock()
    contact = ContactMonitor(clock.cluster_state, "prod-eu")
    assert contact.news() == ""
    clock.lose()
    clock.now = LOST
    assert contact.news() == (
        "# stale since 14:30:14 (Unauthorized, context prod-eu): The server does not accept your credentials."
    )
    assert contact.news() == ""


def test_a_quiet_wall_claims_no_quiet_while_nobody_knows() -> None:
    place = TitleContext(context="c", synced=True, total=2)
    fresh = calm(place, (), 80, 24, LOST, UTC)
    stale = calm(replace(place, stale_since=LOST), (), 80, 24, LOST, UTC)
    assert any("none moving" in text.plain for text in fresh)
    assert not any("none moving" in text.plain for text in stale)
    assert any("2 canaries, none was moving" in text.plain for text in stale)
    assert {str(span.style) for text in stale for span in text.spans} == {"quiet"}


def test_a_narrow_title_says_why_it_is_stale_before_it_counts_what_is_well() -> None:
    place = TitleContext(
        context="prod-eu-1",
        stale_since=NOW,
        stale_reason="connection refused",
        synced=True,
        total=5,
        active=2,
        failing=1,
    )
    said = title_bar(place, 80, NOW + timedelta(seconds=40)).plain
    assert "connection refused" in said
    assert said.rstrip().endswith("1 failing")
    assert "5 canaries" not in said

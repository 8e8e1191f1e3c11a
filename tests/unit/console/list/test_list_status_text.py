"""The text around the list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from replacing import replace

from canarytui.console.demo_fixture import NOW, fill, fixture_state
from canarytui.console.list.status_text import empty_text, reason_text, tail_text
from canarytui.console.status_lines import TitleContext, title_bar
from canarytui.domain.rollout.explain import Tone
from canarytui.session.rows import invalid_row
from canarytui.session.state import ClusterState

CART = ("shop", "cart")
SINCE = datetime(2026, 11, 23, tzinfo=UTC)


async def test_the_reason_fits_its_lines_and_ends_in_an_ellipsis() -> None:
    state = fixture_state()
    fill(state)
    situation = state.situation(CART)
    whole, cut = reason_text(situation, None, 400, 1), reason_text(situation, None, 40, 2)
    assert "success rate 53.42 % is below 99 %" in whole.plain
    assert len(cut.plain.split("\n")) == 2
    assert cut.plain.endswith("…")
    assert reason_text(None, invalid_row("shop", "odd", "no spec"), 80, 1).plain == "no spec"
    assert reason_text(None, None, 80, 1).plain == ""


async def test_the_tail_is_of_all_or_of_the_selected_when_too_much_happens() -> None:
    state = fixture_state()
    fill(state)
    tail = tail_text(state, None, None, 20, 100, UTC)
    assert "shop/cart" in tail.plain
    assert "test/podinfo" in tail.plain
    assert "shop/cart" not in tail_text(state, None, "test", 20, 100, UTC).plain
    busy = tail_text(state, CART, None, 3, 100, UTC).plain.split("\n")
    assert "shop/cart" in busy[0]
    assert len(busy) == 3
    assert "bad" in {str(span.style) for span in tail.spans}
    state.canaries.stale("connection refused")
    faded = tail_text(state, None, None, 20, 100, UTC)
    assert (faded.plain, {str(span.style) for span in faded.spans}) == (tail.plain, {"quiet"})


def test_a_tail_without_entries_says_so() -> None:
    assert tail_text(ClusterState(), None, None, 20, 100, UTC).plain != ""


CONNECTED = TitleContext(context="a", synced=True)


@pytest.mark.parametrize(
    ("place", "pattern", "said", "tone"),
    [
        (TitleContext(waiting_for="the plugin"), "", "connecting … waiting for the plugin", Tone.QUIET),
        (TitleContext(context="a", stale_since=SINCE, stale_error="refused"), "", "refused", Tone.BAD),
        (TitleContext(context="a"), "", "loading canaries …", Tone.QUIET),
        (CONNECTED, "cart", "cart", Tone.QUIET),
        (CONNECTED, "", "any namespace", Tone.QUIET),
        (replace(CONNECTED, namespace="shop"), "", "namespace shop", Tone.QUIET),
    ],
)
def test_an_empty_list_says_why(place: TitleContext, pattern: str, said: str, tone: Tone) -> None:
    shown = empty_text(place, pattern)
    assert said in shown.lines[0]
    assert shown.tone is tone


def test_an_empty_list_says_what_to_do_next() -> None:
    here = replace(CONNECTED, namespace="shop")
    narrowed = empty_text(here, "", elsewhere={"test": 2, "web": 12}, narrowed=True)
    assert "web 12 · test 2" in narrowed.lines[2]
    assert narrowed.command == ""
    scoped = empty_text(replace(here, context="a b"), "", elsewhere={"test": 2})
    assert scoped.command == "canarytui --context 'a b' -A"
    assert scoped.command in scoped.lines[-1]
    bare = empty_text(CONNECTED, "", no_controller=True)
    assert bare.command == "canarytui install --print | kubectl --context a apply -f -"
    assert "kubectl --context a apply" in empty_text(CONNECTED, "").lines[-1]
    assert empty_text(CONNECTED, "cart", elsewhere={"test": 2}).command == "", "a filter explains it"


def test_a_list_that_is_still_coming_says_how_much_of_it_is_here() -> None:
    def right(*, synced: bool = False, **fields: int) -> str:
        place = TitleContext(context="prod", synced=synced, **fields)  # type: ignore[arg-type]
        return title_bar(place, 120, NOW).plain.rpartition("  ns all")[2].strip()

    assert right() == "loading …"
    assert right(total=500, to_come=9500) == "500 of ~10,000 canaries loaded"
    assert right(total=500, to_come=9500, failing=2) == "500 of ~10,000 canaries loaded  2 failing"
    assert right(total=1500) == "1,500 canaries loaded …"
    assert right(total=10000, synced=True) == "10000 canaries"


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({"failing": 3, "active": 9, "total": 12}, True),
        ({"metrics": "prometheus via API proxy, 5 s old"}, True),
        ({"metrics_down": "PROMETHEUS DOWN 26 s"}, True),
        ({"metrics_down": ""}, False),
        ({"drill": "drill on shop/cart"}, False),
        ({"partly": "deployments: Forbidden"}, False),
        ({"stale_since": datetime(2026, 11, 26, tzinfo=UTC)}, False),
    ],
)
def test_of_the_title_only_counts_wait_in_a_storm(changes: dict[str, Any], waits: bool) -> None:
    place = replace(CONNECTED, metrics_down="PROMETHEUS DOWN 25 s")
    assert (replace(place, **changes).news() == place.news()) is waits

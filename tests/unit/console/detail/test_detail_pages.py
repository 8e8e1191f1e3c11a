"""What each page of the detail says of the fixture's halted rollout."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

import pytest
from replacing import replace
from rich.text import Text

from canarytui.cluster.resources import DEPLOYMENTS
from canarytui.console.demo_fixture import NOW, fill, fixture_state
from canarytui.console.demo_fixture.detail import fixture_detail
from canarytui.console.detail.changes import diff
from canarytui.console.detail.checks import check_list, checks_table, name_width
from canarytui.console.detail.describe import describe
from canarytui.console.detail.history import history
from canarytui.console.detail.logs import LogView, log_header, log_lines
from canarytui.console.detail.moment import around, moment, values
from canarytui.console.detail.objects import problem_lines, refusals, tree
from canarytui.console.detail.trends import marks, plots
from canarytui.console.detail.view import DetailView, gather
from canarytui.domain.text.plain import width
from canarytui.session.log_lines import LogBuffer
from canarytui.session.state import ClusterState

CART = ("shop", "cart")


def state_of() -> ClusterState:
    state = fixture_state()
    fill(state)
    return state


def view_of(state: ClusterState | None = None) -> DetailView:
    state = state or state_of()
    view = gather(state, CART, fixture_detail(state, CART), NOW, label="Halted", zone=UTC, coloured=True)
    assert view is not None
    return view


def words(lines: list[Text]) -> str:
    return "\n".join(line.plain for line in lines)


async def test_describe_names_spec_status_and_owner() -> None:
    said = words(describe(view_of(), 100))
    for expected in ("Namespace", "shop", "Deployment/cart", "traefik", "Failed checks", "acceptance-test"):
        assert expected in said


async def test_the_diff_shows_what_the_rollout_changes() -> None:
    said = words(diff(view_of(), 100))
    assert "stefanprodan/cart:4.0.6 → stefanprodan/cart:4.0.7" in said
    narrow = words(diff(view_of(), 60))
    assert "- stefanprodan/cart:4.0.6" in narrow
    assert "+ stefanprodan/cart:4.0.7" in narrow


async def test_the_diff_says_why_there_is_none() -> None:
    state = state_of()
    same = copy.deepcopy(state.stores[DEPLOYMENTS].get("shop", "cart-primary"))
    assert same is not None
    same["metadata"].update(name="cart", resourceVersion="5000")
    state.stores[DEPLOYMENTS].put(same)
    assert len(diff(view_of(state), 100)) == 1
    assert "primary" in words(diff(replace(view_of(), primary=None), 100))
    assert "target" in words(diff(replace(view_of(), target=None), 100))


async def test_checks_stand_with_value_threshold_and_margin() -> None:
    view = view_of()
    said = words(checks_table(view, 100))
    assert "request-success-rate" in said
    assert "53.42" in said
    assert "THRESHOLD" in said
    found = check_list(view, {}, 1, frozenset({"request-duration"}), 100)
    assert len(found.places) == 2
    assert found.lines[found.places[1][0]].plain.startswith("▶")
    assert found.places[1][1] > found.places[1][0], "the opened one has lines below it"
    assert name_width(view.situation.checks, 100) == len("request-success-rate")


async def test_history_is_newest_last_and_filtered() -> None:
    view = view_of()
    lines = history(view, 100, 50)
    assert "53.42%" in lines[-1].plain
    assert "New revision detected" in lines[0].plain
    assert [line.plain for line in history(view, 100, 2)] == [line.plain for line in lines[-2:]]
    assert all("Halt" in line.plain for line in history(view, 100, 50, "halt"))
    assert not any("Halt" in line.plain for line in history(view, 100, 50, "!halt"))
    assert words(history(view, 100, 50, "nothing-like-it")) == "nothing matches"


async def test_lines_of_both_sides_say_whose_they_are_and_json_is_read() -> None:
    book = LogBuffer()
    book.follow(["cart-1-x7k2p/app", "cart-primary-1-q4m9d/app"])
    book.sides = {"cart-1-x7k2p/app": "canary", "cart-primary-1-q4m9d/app": "primary"}
    book.add("cart-primary-1-q4m9d/app", NOW, "plain")
    book.add("cart-1-x7k2p/app", NOW + timedelta(seconds=1), '{"level":"error","msg":"no","status":500,"ts":1}')
    primary, canary = log_lines(book, "", "", 80, UTC, sided=True)
    assert primary.plain == "14:30:12 primary q4m9d/app plain"
    assert canary.plain == "14:30:13 canary x7k2p/app error no status=500"
    assert {str(span.style) for span in canary.spans} == {"quiet", "mark", "bad"}
    raw = log_lines(book, "", "", 80, UTC, view=LogView(raw=True, times=False))
    assert raw[-1].plain == 'x7k2p/app {"level":"error","msg":"no","status":500,"ts":1}'
    header = log_header(book, "both", "", "", 80, held=False, view=LogView(raw=True, before=True)).plain
    assert header == "canary and primary pods: 2 containers   raw   from before the last restart"


async def test_logs_are_in_order_with_their_source() -> None:
    book = LogBuffer()
    assert len(log_lines(book, "", "", 80, UTC)) == 1
    book.follow(["cart-1-x7k2p/app", "cart-1-q4m9d/app"])
    for second, (source, text) in enumerate(
        [("cart-1-x7k2p/app", "started"), ("cart-1-q4m9d/app", "error: " + "x" * 90)]
    ):
        book.add(source, NOW + timedelta(seconds=second), text)
    lines = [line.plain for line in log_lines(book, "", "", 60, UTC)]
    assert lines[0] == "14:30:12 x7k2p/app started"
    assert lines[1].startswith("14:30:13 q4m9d/app error")
    assert all(width(line) <= 60 for line in lines)
    assert "q4m9d" not in words(log_lines(book, "cart-1-x7k2p/app", "", 60, UTC))
    assert words(log_lines(book, "", "nothing", 60, UTC)) == "nothing matches"
    assert "2 containers" in log_header(book, "canary", "", "", 80, held=False).plain
    assert log_header(book, "canary", "", "", 80, held=False).plain.endswith("following")
    book.trouble("cart-1-q4m9d/app", "it cannot be reached")
    assert log_header(book, "canary", "", "", 80, held=False).plain.endswith("following 1 of 2")
    assert log_header(book, "canary", "cart-1-x7k2p/app", "", 80, held=False).plain.endswith("following")
    book.trouble("cart-1-x7k2p/app", "it cannot be reached")
    assert log_header(book, "canary", "", "", 80, held=False).plain.endswith("not following now")
    held = log_header(book, "canary", "x7k2p/app", "err", 80, held=True).plain
    assert "x7k2p/app   filter err" in held
    assert "following" not in held


async def test_objects_are_a_tree_and_troubles_are_its_unwell_parts() -> None:
    view = view_of()
    said = words(tree(view, 100))
    for expected in ("cart-primary", "cart-canary", "x7k2p"):
        assert expected in said
    assert problem_lines(view, 100) == []
    refused = replace(view, refusals={"Pod": "pods are forbidden"})
    assert words(refusals(refused, 100)) == "· pods are forbidden"
    assert "pods are forbidden" in words(problem_lines(refused, 100))
    assert tree(replace(view, holdings=None), 100) == []


async def test_a_moment_has_the_values_of_its_time() -> None:
    view = view_of()
    entry = next(entry for entry in view.entries if "66.02" in entry.text)
    said = words(moment(view, entry, 100, 40))
    assert entry.text in said
    at = entry.at
    assert words(values(view, at, 100)).startswith("weight  15 %\nrequest-success-rate  66 %")
    assert "66" not in words(values(view, at - timedelta(hours=1), 100)), "too long ago for any value"
    earlier = around(view, at - timedelta(hours=2))
    assert earlier.entries == ()
    assert all(not points for points in earlier.readings.values())


async def test_plots_mark_what_happened() -> None:
    view = view_of()
    letters = [letter for _, letter in marks(view.entries)]
    assert "H" in letters
    lines = plots(view, 120, 40)
    assert max(width(line.plain) for line in lines) <= 120
    assert "weight %" in words(lines)
    assert "success rate %" in words(lines)
    assert len(plots(view, 120, 20)) < len(lines), "fewer lines on a low terminal"


@pytest.mark.parametrize("at", [NOW - timedelta(days=1), datetime(2026, 11, 23, 14, 30, tzinfo=UTC)])
async def test_plots_fit_whatever_is_marked(at: datetime) -> None:
    assert all(width(line.plain) <= 90 for line in plots(view_of(), 90, 40, moment=at))

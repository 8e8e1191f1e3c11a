"""The rollout in numbers as it is drawn: plots on one time axis, and a table that is complete without colours."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import pytest_asyncio
from replacing import replace

from canarytui.console.demo_fixture import fixture_state
from canarytui.console.demo_fixture.connection import FixtureConnection
from canarytui.console.demo_fixture.rollouts import fill
from canarytui.console.detail.comparison_plot import ComparisonPlot, draw_comparison, marks_line
from canarytui.console.detail.numbers_plots import numbers_plots
from canarytui.console.detail.numbers_table import numbers_table
from canarytui.console.detail.overview import top
from canarytui.console.detail.plots import Plot, draw
from canarytui.console.detail.time_axis import TimeAxis, value_ticks
from canarytui.console.detail.view import DetailView, gather
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.request_numbers import RequestCounts, RequestNumbers, RequestTotals, SideNumbers
from canarytui.domain.rollout.rollout_comparison import compare_rollout
from canarytui.domain.sentences import numbers as words
from canarytui.domain.statistics.sample_ratio import ShareSegment
from canarytui.report.plan_text import plan_text
from canarytui.session.rollout_numbers import RolloutNumbers

AT = datetime(2026, 11, 26, 13, 29, 10, tzinfo=UTC)


@pytest_asyncio.fixture
async def view() -> DetailView:
    """Of the canary that halts."""
    state = fixture_state()
    fill(state)
    await asyncio.sleep(0)
    key = ("shop", "cart")
    found = gather(
        state, key, FixtureConnection(state=state).open_detail(key), state.now(), label="", zone=UTC, coloured=True
    )
    assert found is not None
    return found


def plain(lines: list[object]) -> list[str]:
    return [str(getattr(each, "plain", each)) for each in lines]


@pytest.mark.parametrize(("columns", "lines"), [(74, 8), (74, 16), (116, 10), (196, 20)])
def test_plots_fill_their_room_and_say_the_last_values(view: DetailView, columns: int, lines: int) -> None:
    drawn = plain([*numbers_plots(view, columns, lines)])
    assert len(drawn) == lines
    assert max(map(len, drawn)) <= columns
    assert "success %  ━ canary 53.4  • primary 100  ┈ 99" in drawn[0]
    assert sum("✗" in each and "▲" in each for each in drawn) >= 1
    if (columns, lines) != (74, 8):  # there only the plot that matters has room
        assert any("P99 ms  ━ canary" in each for each in drawn)


def test_where_there_is_room_the_share_stands_beside_the_weight(view: DetailView) -> None:
    drawn = plain([*numbers_plots(view, 160, 10)])
    assert "share %  ━ taken 20  • weight 20" in drawn[0]
    zoomed = "\n".join(plain([*numbers_plots(view, 196, 40)]))
    assert all(f"{name}  ━ canary" in zoomed for name in ("success %", "P99 ms", "requests/s", "P90 ms", "P50 ms"))


def test_before_both_sides_are_known_the_checks_are_drawn(view: DetailView) -> None:
    drawn = plain([*numbers_plots(replace(view, numbers=None), 116, 10)])
    assert "success %  ━ canary 53.4  • primary –  ┈ 99" in drawn[0]
    silent = plain([*numbers_plots(replace(view, numbers=RolloutNumbers(), readings={}), 116, 10)])
    assert silent[1] == words.NONE_MEASURED.text(age="10 min")


def test_both_plots_have_the_same_time_axis(view: DetailView) -> None:
    drawn = plain([*numbers_plots(view, 116, 10)])
    [times] = [each for each in drawn if "14:30" in each]
    left, right = times[:57], times[59:]
    assert left.rstrip() == right.rstrip()
    beside = next(each for each in drawn if "✗" in each and "advance" not in each)
    assert beside[:57].rstrip() == beside[59:].rstrip()


def test_without_colours_the_table_has_everything(view: DetailView) -> None:
    text = "\n".join(plain([*numbers_table(view, 74)]))
    for said in (
        "canary", "primary",
        "4.0  5xx 1.9  2xx 2.1", "53.42 %", "54.5 / 109 / 218", "140, 50 failed", "1,460, 0 failed",
        "31m, 44 Mi  2 pods", "restarts     0",
        "the canary took 20.0 % of the requests in the last 60 s (weight now 20 %)",
        "requests counted since 14:28:59", "about 50 more failed than at the primary's rate",
    ):  # fmt: skip
        assert said in text


def test_a_hostile_code_is_text(view: DetailView) -> None:
    assert view.numbers is not None
    rate = RequestCounts({"\x1b[31m" + "x" * 500: 3.0, "200": 1.0}, 0.0)
    numbers = RolloutNumbers(latest=RequestNumbers(SideNumbers(rate), SideNumbers(rate)))
    for text in plain([*numbers_table(replace(view, numbers=numbers), 400)]):
        assert "\x1b" not in text
        assert "x" * 21 not in text


def test_what_is_not_known_is_said_once(view: DetailView) -> None:
    numbers = RolloutNumbers(problem="not measured: away", usage_problem=words.USAGE_NOT_SERVED.text())
    said = plain([*numbers_table(replace(view, numbers=numbers), 74)])
    assert said.count("not measured: away") == 1
    assert said.count(words.USAGE_NOT_SERVED.text()) == 1
    assert plain([*numbers_table(replace(view, numbers=RolloutNumbers(), holdings=None), 74)]) == [
        words.NOT_ASKED_YET.text()
    ]


@pytest.mark.parametrize(
    ("since_s", "until_s", "said"),
    [
        (0, None, "requests counted since 13:29:10"),
        (
            60,
            None,
            "requests counted since 13:30:10 only, where the metrics server's data begin (rollout began 13:29:10)",
        ),
        (0, 90, "requests counted 13:29:10 to 13:30:40"),
    ],
)
def test_the_time_that_totals_cover_is_named(
    view: DetailView, since_s: float, until_s: float | None, said: str
) -> None:
    until = None if until_s is None else AT + timedelta(seconds=until_s)
    counts = RequestCounts({"200": 5.0})
    totals = RequestTotals(AT, AT + timedelta(seconds=since_s), counts, counts, until)
    shown = plain([*numbers_table(replace(view, numbers=RolloutNumbers(totals=totals)), 120)])
    assert said in shown


def test_between_steps_of_the_axis_a_new_sample_changes_few_cells() -> None:
    """A plot that is drawn again as a whole with each sample costs too much over a slow line."""
    begin, changed = AT, []
    drawn: tuple[str, ...] = ()
    for count in range(20, 40):
        now = begin + timedelta(seconds=5 * count)
        points = tuple((begin + timedelta(seconds=5 * each), 99.5 + (each % 3) / 10) for each in range(count))
        plot = ComparisonPlot(points, points, 98.0, 100.0, 99.0, top=100.0)
        axis = TimeAxis.of(begin, now)
        before, drawn = drawn, tuple(each.plain for each in draw_comparison(plot, axis, 57, 10, UTC))
        if before:
            changed.append(
                sum(a != b for one, two in zip(before, drawn, strict=True) for a, b in zip(one, two, strict=False))
            )
    assert sum(changed) / len(changed) < 40
    assert sorted(changed)[len(changed) // 2] < 10


def test_the_axis_has_round_times() -> None:
    axis = TimeAxis.of(AT, AT + timedelta(minutes=4))
    offsets, labels = axis.ticks(60, UTC)
    assert labels == ["13:30", "13:32"]
    assert all(0 <= each <= axis.span_s for each in offsets)
    assert TimeAxis.of(AT, AT).ticks(60, UTC)[1]
    long = TimeAxis.of(AT, AT + timedelta(days=40))
    assert len(long.ticks(60, UTC)[0]) <= 5


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (50, 100, [50, 75, 100]),
        (98, 100, [98, 99, 100]),
        (0, 499, [0, 250, 500]),
        (53.4, 100, [50, 75, 100]),
        (0, 0, [0, 0]),
    ],
)
def test_values_have_round_ticks(low: float, high: float, expected: list[float]) -> None:
    found = value_ticks(low, high, 3)
    assert found[0] <= low
    assert found[-1] >= high
    assert len(found) >= 2
    assert len({round(after - before, 12) for before, after in pairwise(found)}) == 1
    if high > low:
        assert found == pytest.approx(expected)


def test_marks_stand_below_their_time() -> None:
    axis = TimeAxis.of(AT, AT + timedelta(minutes=4))
    text = marks_line(((axis.begin, "▲"), (axis.end, "★"), (AT - timedelta(hours=1), "✗")), axis, 60)
    assert text.plain.strip("▲★ ") == ""
    assert text.plain.index("▲") == 7
    assert text.plain.index("★") == 59


async def test_the_verdict_its_share_and_its_cost_are_said_and_what_is_urgent_stands_above(view: DetailView) -> None:
    primary = RequestCounts({"200": 20_000})
    totals = RequestTotals(AT, AT, RequestCounts({"500": 90, "200": 910}, 90), primary)
    shares = (ShareSegment(21_000, 1000, 0.2),)
    compared = compare_rollout(view.situation.canary, totals, None, 20, shares)
    seen = replace(view, situation=replace(view.situation, compared=compared), numbers=RolloutNumbers(totals=totals))
    said = " ".join(plain([*numbers_table(seen, 300)]))
    assert "worse than primary by " in said
    assert "the canary gets 4.76 % of the requests, not 20 %" in said
    assert said.count("about 90 more") == 1
    above = " ".join(plain([*top(seen, 300)]))
    assert "; worse than primary by " in above
    assert "(sure); the canary gets 4.76 %" in above
    assert "worse than primary" not in " ".join(plain([*top(view, 300)]))
    over = compare_rollout(view.situation.canary, replace(totals, until=AT), None, 0)
    ended = replace(seen, situation=replace(view.situation, compared=over))
    assert "(95 %, Newcombe)" in " ".join(plain([*numbers_table(ended, 300)]))


async def test_who_confirms_knows_verdict_and_cost(view: DetailView) -> None:
    totals = RequestTotals(AT, AT, RequestCounts({"500": 90, "200": 910}, 90), RequestCounts({"200": 20_000}))
    compared = compare_rollout(view.situation.canary, totals, None, 20)
    for intent in (Intent.PROMOTE, Intent.EXTEND):
        request = ActionRequest(intent, ticks=2)
        text = plan_text(plan(replace(view.situation, compared=compared), request)).plain
        assert "SO FAR  worse than primary by " in text
        assert "the canary served 1,000 requests, 90 failed" in " ".join(text.split())
        assert "SO FAR" not in plan_text(plan(view.situation, request)).plain


@pytest.mark.parametrize("high", [3, 19, 50, 217, 600])
@pytest.mark.parametrize("lines", [6, 9, 13, 20])
def test_ticks_are_round_and_equally_far_apart(high: int, lines: int) -> None:
    end = AT + timedelta(seconds=100)
    points = tuple((AT + timedelta(seconds=second), second * high / 100) for second in range(0, 101, 5))
    compared = draw_comparison(ComparisonPlot(points, (), 0.0, float(high)), TimeAxis.of(AT, end), 60, lines, UTC)
    single = draw(Plot("", points, 0.0, float(high)), 60, lines + 2, end, UTC).split("\n")[1:]
    for drawn in (compared, single):
        rows = [(number, line.plain.split("┤")[0]) for number, line in enumerate(drawn) if "┤" in line.plain]
        assert len({below - above for (above, _), (below, _) in pairwise(rows)}) == 1
        values = [float(label) for _, label in rows]
        assert values[-1] == 0.0
        assert values[0] - values[1] == pytest.approx(values[-2]), "steps are equal"

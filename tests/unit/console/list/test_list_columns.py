"""Which columns there are at which width, and what stands in their cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from textual.app import App, ComposeResult

from canarytui.console.list.cells import cell
from canarytui.console.list.column_titles import ColumnTitles, titled
from canarytui.console.list.columns import GAP, layout
from canarytui.console.list.row_drawing import MARGIN
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.text.plain import width
from canarytui.session.columns.canary_columns import columns, sort_letters
from canarytui.session.columns.column import ListColumn
from canarytui.session.columns.list_cells import countdown, duration, ending, success
from canarytui.session.row_builder import short_owner
from canarytui.session.rows import CanaryRow, Measured

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


def names(columns: int, *, wide: bool = False, longest: int = 8) -> list[str]:
    return [placed.column.title for placed in layout(columns, longest_name=longest, wide=wide)]


def test_columns_at_the_three_sizes() -> None:
    assert names(78) == ["NAMESPACE", "NAME", "STATUS", "WEIGHT", "SUCCESS", "FAILED", "NEXT"]
    assert names(118)[4:] == ["SUCCESS", "LATENCY", "FAILED", "STEP", "NEXT", "IMAGE"]
    assert next(each.width for each in layout(118) if each.column.name == "failed") == 16, "dots come before trends"
    assert {"ENDS", "OWNER", "VERDICT", "TREND"} <= set(names(180))
    assert names(196)[4:11] == ["TREND", "SUCCESS", "TREND", "LATENCY", "TREND", "FAILED", "STEP"], (
        "each after its value"
    )


def test_the_wide_view_has_kubectls_columns() -> None:
    kubectls = {"NAME", "STATUS", "WEIGHT", "LASTTRANSITIONTIME", "INTERVAL", "MIRROR", "STEPWEIGHT", "MAXWEIGHT"}
    assert kubectls | {"STEPWEIGHTS", "FAILED"} <= set(names(200, wide=True))


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("longest", [3, 40])
def test_columns_fit_and_do_not_overlap_at_any_width(wide: bool, longest: int) -> None:
    for across in range(20, 260):
        placed = layout(across, longest_name=longest, wide=wide)
        end = -GAP
        for one in placed:
            assert one.start == end + GAP
            end = one.start + one.width
        if across >= 78:
            assert end <= across
        assert placed


@pytest.mark.parametrize("column", columns(), ids=lambda column: column.name)
def test_a_title_has_its_letter_and_is_never_cut(column: ListColumn) -> None:
    title, letter = titled(column)
    assert title == column.title
    if column.narrow is None and column.wide is None:
        return
    assert len(title) <= column.least
    if column.sort is not None:
        assert title[letter] == column.sort.letter


@pytest.mark.parametrize("size", [80, 120, 200])
@pytest.mark.parametrize("sorted_by", ["", "namespace", "duration", "weight"])
async def test_the_arrow_is_whole_and_moves_no_title(size: int, sorted_by: str) -> None:
    class Titles(App[None]):
        def compose(self) -> ComposeResult:
            yield ColumnTitles()

    placed = layout(size - MARGIN)
    async with Titles().run_test(size=(size, 4)) as pilot:
        titles = pilot.app.query_one(ColumnTitles)
        titles.place(placed)
        drawn = titles.render_line(0).text
        titles.order(sorted_by, reverse=False)
        assert titles.render_line(0).text.replace("↓", " ").split() == drawn.split()
        shown = sorted_by in {each.column.name for each in placed}
        assert titles.render_line(0).text.count("↓") == shown
        assert len(titles.render_line(0).text) == size


def test_sort_letters_are_not_those_that_act() -> None:
    assert not set(sort_letters()) & set("GPRT")


@pytest.mark.parametrize("wide", [False, True])
def test_every_cell_is_as_wide_as_its_column(wide: bool) -> None:
    row = CanaryRow(
        ("日本", "x" * 80), "日本", "x" * 80, "Halted", Tone.BAD, weight=37, weights=(1.0, 9.0), failed=3,
        threshold=10, success=Measured(53.42, 99.0, True, (100.0, float("nan"), 53.0)),
        duration=Measured(1234.0, 500.0, True, (3.0,)),
        step=(3, 10), next_tick=NOW + timedelta(seconds=7), interval_s=10, ends=NOW, ends_well=False,
        images=("podinfo:4.0.5", "podinfo:4.0.6"), owner="Argo CD shop", plan=("5", "1,2", "50"),
    )  # fmt: skip
    for placed in layout(230, wide=wide):
        assert width(cell(row, placed.column, placed.width, NOW)) == placed.width


def test_countdowns() -> None:
    row = CanaryRow(("a", "b"), "a", "b", "x", Tone.ACTIVE, next_tick=NOW + timedelta(seconds=7), interval_s=10)
    assert countdown(row, NOW) == "7 s"
    assert countdown(row, NOW, coarse=True) == "≤10 s"
    assert countdown(row, NOW + timedelta(seconds=8)) == "9 s"
    assert countdown(CanaryRow(("a", "b"), "a", "b", "x", Tone.QUIET), NOW) == "–"


def test_the_end_is_told_by_a_shape_and_a_local_time() -> None:
    here = NOW.astimezone(timezone(timedelta(hours=2)))
    row = CanaryRow(("a", "b"), "a", "b", "x", Tone.ACTIVE, ends=NOW)
    assert ending(row, here) == "✓ 16:30:00"
    assert ending(CanaryRow(("a", "b"), "a", "b", "x", Tone.BAD, ends=NOW, ends_well=False), here) == "✗ 16:30:00"


def test_measured_values() -> None:
    assert success(Measured(100.0, 99.0)) == "100 %"
    assert success(Measured(53.42, 99.0, True)) == "53.4%<99"
    assert success(Measured()) == "–"
    assert duration(Measured(212.4, 500.0)) == "212 ms"
    assert duration(Measured(1234.0, 500.0, True)) == "1.2 s>"
    assert duration(Measured(0.3, 500.0)) == "<1 ms"


def test_owners_in_a_columns_width() -> None:
    assert short_owner("Flux Kustomization apps: it will revert this change") == "Flux apps"
    assert short_owner("Helm release podinfo: its next upgrade reverts this change") == "Helm podinfo"
    assert short_owner("") == ""


def test_contexts_that_begin_alike_are_told_apart_at_any_width() -> None:
    contexts = ("canarytui-sandbox", "canarytui-sandbox-operator", "canarytui-sandbox-viewer", "日本-prod", "日本-test")
    rows = [CanaryRow(("shop", "cart"), "shop", "cart", "Failed", Tone.BAD, context=context) for context in contexts]
    for across in (78, 98, 118, 198):
        placed = next(each for each in layout(across, several_contexts=True) if each.column.name == "context")
        drawn = [cell(row, placed.column, placed.width, NOW) for row in rows]
        assert len(set(drawn)) == len(contexts)
        assert {width(each) for each in drawn} == {placed.width}

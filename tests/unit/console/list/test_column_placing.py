"""Columns stay where they are while a filter is typed."""

from __future__ import annotations

from datetime import UTC

import pytest

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.list.column_placing import ColumnPlacing
from canarytui.console.list.column_titles import ColumnTitles
from canarytui.console.list.columns import layout
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.messages import NarrowList


def test_columns_do_not_move_when_the_longest_name_is_filtered_out() -> None:
    placing = ColumnPlacing()
    placed = placing.place(118, 40)
    assert placed == layout(118, longest_name=40)
    placing.filtered = True
    assert placing.place(118, 7) == placed != layout(118, longest_name=7)
    assert placing.place(118, 45) == layout(118, longest_name=45), "a longer one takes the room it needs"
    placing.filtered = False
    assert placing.place(118, 7) == layout(118, longest_name=7), "of all that there are"


def test_a_new_width_or_another_kind_of_list_begins_anew() -> None:
    placing = ColumnPlacing()
    placing.filtered = True
    placing.place(118, 40)
    assert placing.place(120, 7) == layout(120, longest_name=7)
    placing.place(120, 40)
    placing.one_namespace = True
    assert placing.place(120, 7) == layout(120, longest_name=7, one_namespace=True)
    placing.wide = True
    assert placing.place(120, 7) == layout(120, longest_name=7, one_namespace=True, wide=True)
    placing.several_contexts = True
    assert placing.place(120, 7) == layout(120, longest_name=7, one_namespace=True, wide=True, several_contexts=True)


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_the_titles_stay_where_they_are_while_a_filter_is_typed(width: int) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(width, 40)) as pilot:
        await pilot.pause(0.3)
        rows, titles = app.screen.query_one(CanaryRows), app.screen.query_one(ColumnTitles)
        before = titles.render_line(0).text
        shown = len(rows.visible_rows)
        app.receive(NarrowList(pattern="cart"))
        await pilot.pause(0.1)
        assert 0 < len(rows.visible_rows) < shown
        assert titles.render_line(0).text == before
        app.receive(NarrowList(pattern=""))
        await pilot.pause(0.1)
        assert titles.render_line(0).text == before

"""Columns stay where they are while a filter is typed."""

from __future__ import annotations

from canarytui.console.list.column_placing import ColumnPlacing
from canarytui.console.list.columns import layout


def test_columns_do_not_move_when_the_longest_name_is_filtered_out() -> None:
    placing = ColumnPlacing()
    placed = placing.place(118, 40)
    assert placed == layout(118, longest_name=40)
    assert placing.place(118, 7) == placed != layout(118, longest_name=7)
    assert placing.place(118, 45) == layout(118, longest_name=45), "a longer one takes the room it needs"


def test_a_new_width_or_another_kind_of_list_begins_anew() -> None:
    placing = ColumnPlacing()
    placing.place(118, 40)
    assert placing.place(120, 7) == layout(120, longest_name=7)
    placing.place(120, 40)
    placing.one_namespace = True
    assert placing.place(120, 7) == layout(120, longest_name=7, one_namespace=True)
    placing.wide = True
    assert placing.place(120, 7) == layout(120, longest_name=7, one_namespace=True, wide=True)
    placing.several_contexts = True
    assert placing.place(120, 7) == layout(120, longest_name=7, one_namespace=True, wide=True, several_contexts=True)

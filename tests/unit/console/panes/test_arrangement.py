"""Which panes are shown in how much room: every size and number of canaries has a layout, and none is wasted."""

from __future__ import annotations

import pytest
from replacing import replace

from canarytui.console.panes.arrangement import BORDER, FRAME, Box, arrange, zoomed
from canarytui.console.panes.pane import Pane
from canarytui.console.panes.registry import panes
from canarytui.console.panes.screen_layout import BARS, LayoutPreset, ScreenLayout, screen_layout


def nothing(view: object, columns: int, lines: int) -> list[object]:
    return []


PLAN = Pane("plan", 10, 40, 2, nothing, lines=5, spreads=True)  # type: ignore[arg-type]
TREND = Pane("trend", 20, 50, 9, nothing, lines=12, spreads=True, grows=2)  # type: ignore[arg-type]
VERSIONS = Pane("versions", 30, 36, 4, nothing, lines=7)  # type: ignore[arg-type]
PODS = Pane("pods", 40, 36, 3, nothing, lines=8, grows=1)  # type: ignore[arg-type]
TIMELINE = Pane("timeline", 50, 36, 3, nothing, lines=8, grows=2)  # type: ignore[arg-type]
ALL = (PLAN, TREND, VERSIONS, PODS, TIMELINE)


def names(boxes: tuple[Box, ...]) -> list[str]:
    return [box.pane.name for box in boxes]


@pytest.mark.parametrize(
    ("columns", "lines", "shown"),
    [
        (80, 9, ["plan", "pods"]),
        (80, 18, ["plan", "trend"]),
        (80, 60, ["plan", "trend", "versions", "pods", "timeline"]),
        (120, 14, ["plan", "versions", "pods", "timeline"]),
        (120, 31, ["plan", "trend", "versions", "pods", "timeline"]),
        (200, 46, ["plan", "trend", "versions", "pods", "timeline"]),
        (38, 40, []),
    ],
)
def test_the_most_important_panes_that_fit_are_shown(columns: int, lines: int, shown: list[str]) -> None:
    assert sorted(names(arrange(ALL, columns, lines))) == sorted(shown)


def test_panes_stand_below_each_other_beside_each_other_or_in_two_columns() -> None:
    narrow = {box.pane.name: box for box in arrange(ALL, 80, 60)}
    assert {box.width for box in narrow.values()} == {80}
    shelf = {box.pane.name: box for box in arrange(ALL, 120, 31)}
    assert (shelf["plan"].width, shelf["trend"].width) == (120, 120)
    assert [shelf[name].x for name in ("versions", "pods", "timeline")] == [0, 40, 80]
    assert len({shelf[name].y for name in ("versions", "pods", "timeline")}) == 1
    wide = {box.pane.name: box for box in arrange(ALL, 200, 50)}
    assert wide["plan"].x == wide["trend"].x == 0
    assert wide["versions"].x == wide["pods"].x == 120


@pytest.mark.parametrize("columns", range(40, 260, 7))
def test_boxes_fill_their_area_and_do_not_overlap(columns: int) -> None:
    for lines in range(4, 72):
        boxes = arrange(panes(), columns, lines)
        taken = set()
        for box in boxes:
            assert box.width >= box.pane.least_columns + FRAME
            assert box.height >= box.pane.least_lines + BORDER
            assert 0 <= box.x <= columns - box.width
            assert 0 <= box.y <= lines - box.height
            cells = {(x, y) for x in range(box.x, box.x + box.width) for y in range(box.y, box.y + box.height)}
            assert not cells & taken
            taken |= cells
        if boxes and columns < 100:
            assert len(taken) == columns * lines


def test_lines_that_are_left_over_go_to_panes_that_grow() -> None:
    plan, trend = arrange((PLAN, TREND), 80, 40)
    assert (plan.height, trend.height) == (7, 33)
    fixed = replace(TREND, grows=0)
    assert sum(box.height for box in arrange((PLAN, fixed), 80, 40)) == 40


def test_a_zoomed_pane_has_the_whole_area() -> None:
    assert zoomed(PODS, 80, 20) == (Box(PODS, 0, 0, 80, 20),)


@pytest.mark.parametrize(
    ("columns", "lines", "count", "preset", "layout"),
    [
        (80, 24, 1, "split", ScreenLayout(rows=2, why=2, panes=True)),
        (80, 24, 9, "split", ScreenLayout(rows=10, why=2, panes=True)),
        (80, 24, 10, "split", ScreenLayout(why=2, tail=6)),
        (80, 24, 10, "detail", ScreenLayout(rows=3, why=2, panes=True)),
        (120, 40, 5, "split", ScreenLayout(rows=6, why=2, panes=True)),
        (120, 40, 1000, "split", ScreenLayout(rows=22, why=2, panes=True)),
        (120, 40, 5, "list", ScreenLayout(why=2, tail=10)),
        (120, 40, 2, "wall", ScreenLayout(rows=3, why=2, panes=True)),
        (200, 60, 5, "split", ScreenLayout(rows=6, why=1, tail=6, panes=True)),
        (200, 60, 1, "split", ScreenLayout(rows=2, why=1, panes=True)),
        (200, 60, 200, "split", ScreenLayout(beside=110, why=2, tail=6, panes=True)),
        (250, 70, 10000, "split", ScreenLayout(beside=137, why=2, tail=6, panes=True)),
        (120, 40, 0, "split", ScreenLayout(why=2, tail=10)),
        (50, 40, 2, "split", ScreenLayout(why=2, tail=10)),
        (120, 14, 2, "detail", ScreenLayout(why=2, tail=2)),
    ],
)
def test_the_layout_follows_size_number_and_choice(
    columns: int, lines: int, count: int, preset: str, layout: ScreenLayout
) -> None:
    assert screen_layout(columns, lines, count, LayoutPreset(preset)) == layout


@pytest.mark.parametrize("preset", list(LayoutPreset))
def test_the_parts_never_need_more_than_the_terminal_has(preset: LayoutPreset) -> None:
    for columns in (40, 60, 80, 120, 180, 250):
        for lines in range(5, 75):
            for count in (0, 1, 3, 20, 1000):
                layout = screen_layout(columns, lines, count, preset)
                used = BARS + layout.rows + layout.why + layout.tail
                if layout.panes:
                    assert lines - used >= 10
                    assert layout.beside <= columns - 60


def test_presets_go_round() -> None:
    preset = LayoutPreset.SPLIT
    seen = []
    for _ in LayoutPreset:
        preset = preset.following()
        seen.append(str(preset))
    assert seen == ["list", "detail", "wall", "split"]

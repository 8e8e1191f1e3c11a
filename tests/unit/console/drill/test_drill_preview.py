"""The prediction as the form shows it where it has room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from canarytui.console.drill.preview import LEAST_LINES, Points, preview
from canarytui.drills.predicted import DrillOutcome, PredictedTick, Prediction

NOW = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
CHECK = "request-success-rate"


def plan(count: int) -> Any:
    """Ten seconds between ticks; from the second on the check fails."""
    ticks = tuple(
        PredictedTick(
            number,
            NOW + timedelta(seconds=10 * number),
            20,
            ((CHECK, 100.0 - 10 * (number - 1)),),
            (CHECK,) if number > 1 else (),
            number - 1,
        )
        for number in range(1, count + 1)
    )
    crossing = next((tick for tick in ticks if tick.failing), None)
    at = ticks[-1].at if ticks else None
    return SimpleNamespace(prediction=Prediction(DrillOutcome.ROLLED_BACK, count, at, "", ticks, crossing))


def test_each_tick_has_its_line_and_failures_are_marked() -> None:
    table = preview(plan(4), None, (), 80, 20, NOW)
    assert [line.plain.split() for line in table] == [
        ["TICK", "TIME", "WEIGHT", CHECK, "FAILED"],
        ["1", "13:30:10", "20", "100", "0"],
        ["2", "13:30:20", "20", "90", "1"],
        ["3", "13:30:30", "20", "80", "2"],
        ["4", "13:30:40", "20", "70", "3"],
    ]
    assert [any(span.style == "bad" for span in line.spans) for line in table] == [False, False, True, True, True]


def test_what_has_no_line_is_counted() -> None:
    table = preview(plan(30), None, (), 80, 10, NOW)
    assert len(table) == 10
    assert table[-1].plain.strip() == "… and 22 more"


def test_the_plot_stands_beside_the_table_where_there_is_room() -> None:
    wide = preview(plan(4), None, ((NOW - timedelta(seconds=20), 100.0),), 116, 14, NOW)
    assert "predicted" in wide[0].plain
    assert all(line.cell_len <= 116 for line in wide)
    assert any(line.plain.rstrip().endswith("B") and "C" in line.plain for line in wide)


def test_little_room_or_no_prediction_shows_nothing() -> None:
    assert preview(plan(4), None, (), 116, LEAST_LINES - 1, NOW) == []
    assert preview(plan(0), None, (), 116, 20, NOW) == []


def test_only_what_was_measured_is_drawn_as_measured() -> None:
    def curve(measured: Points) -> str:
        return "\n".join(each.plain for each in preview(plan(4), None, measured, 116, 14, NOW)[1:])

    def braille(drawn: str) -> bool:
        return any("\u2800" <= letter <= "\u28ff" for letter in drawn)

    predicted = curve(())
    assert "•" in predicted
    assert not braille(predicted)
    assert braille(curve(((NOW - timedelta(seconds=20), 100.0), (NOW, 99.0))))

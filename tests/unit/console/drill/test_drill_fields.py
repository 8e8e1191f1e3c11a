"""The form's text becomes a drill, or one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replacing import replace

from canarytui.console.drill.fields import DrillFormFields, drill_of, fields_of, in_order, seconds_text
from canarytui.domain.text.durations import parse_duration
from canarytui.drills.library import all_drills, load_drill
from canarytui.drills.request_whitelist import bad_path
from canarytui.errors import CanarytuiError


@pytest.mark.parametrize("name", ["errors-500", "delay", "mixed", "status", "spike", "not-found"])
def test_what_is_not_touched_stays(name: str) -> None:
    drill = load_drill(name)
    assert drill_of(fields_of(drill), fields_of(drill)) == drill


def test_what_is_touched_changes() -> None:
    filled = fields_of(load_drill("errors-500"))
    changed = replace(filled, path="/status/502?x=1", rate="12.5", workers="3", duration="90s")
    drill = drill_of(changed, filled)
    assert (drill.streams[0].path, drill.rate, drill.concurrency, drill.duration_s) == ("/status/502?x=1", 12.5, 3, 90)
    assert drill_of(replace(filled, duration="45"), filled).duration_s == 45
    status = fields_of(load_drill("status"))
    assert drill_of(replace(status, values="status=502"), status).streams[0].path == "/status/502"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": "status"}, "The path must begin with /."),
        ({"path": "/$(id)"}, "The path may hold letters"),
        ({"rate": "0"}, "The rate must be a number of requests a second above 0."),
        ({"rate": "nan"}, "The rate must be"),
        ({"workers": "2.5"}, "must be whole and at least 1"),
        ({"duration": "forever"}, "The duration must be at least 1 second, such as 90s or 5m."),
        ({"duration": "0s"}, "The duration must be at least 1 second"),
        ({"values": "status"}, "must be NAME=NUMBER"),
        ({"values": "code=1"}, "'code'"),
    ],
)
def test_mistakes_are_told(change: dict[str, str], said: str) -> None:
    filled = fields_of(load_drill("errors-500"))
    with pytest.raises(CanarytuiError) as error:
        drill_of(replace(filled, **change), filled)
    assert said in str(error.value)


@given(st.builds(DrillFormFields, st.just("errors-500"), *[st.text(max_size=12)] * 5))
def test_whatever_is_typed_is_a_sendable_drill_or_a_sentence(fields: DrillFormFields) -> None:
    try:
        drill = drill_of(fields, fields_of(load_drill("errors-500")), Path("/nonexistent"))
    except CanarytuiError:
        return
    assert not bad_path(drill.streams[0].path)
    assert 0 < drill.rate <= 1_000_000
    assert drill.concurrency >= 1
    assert drill.duration_s >= 1


@given(st.integers(min_value=1, max_value=10_000))
def test_durations_are_read_as_they_are_shown(seconds: int) -> None:
    assert parse_duration(seconds_text(seconds)) == seconds


def test_the_500s_come_first() -> None:
    drills, problems = all_drills(Path("/nonexistent"))
    names = [drill.name for drill in in_order(drills)]
    assert (names[0], sorted(names), problems) == ("errors-500", sorted(drill.name for drill in drills), [])

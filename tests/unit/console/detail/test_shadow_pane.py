"""Shadow checks among the checks of the detail: below the real ones, with words and marks of their own."""

from __future__ import annotations

from datetime import datetime

from test_detail_pages import CART, state_of, view_of, words

from canarytui.cluster.resources import CANARIES
from canarytui.console.demo_fixture import NOW
from canarytui.console.detail.checks import check_list, checks_table
from canarytui.console.detail.parts import Choices, copy_of
from canarytui.console.detail.queries import asked_queries
from canarytui.console.detail.tabs import Tab
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION
from canarytui.session.state import ClusterState

TRIED = "- {name: tried, query: up, thresholdRange: {max: 5}}"


def with_annotation(text: str) -> ClusterState:
    state = state_of()
    canary = dict(state.stores[CANARIES].get(*CART) or {})
    canary["metadata"] = {**canary["metadata"], "annotations": {SHADOW_ANNOTATION: text}, "resourceVersion": "9000"}
    state.stores[CANARIES].put(canary)
    return state


def measured(value: float | None, at: datetime = NOW) -> ClusterState:
    state = with_annotation(TRIED)
    state.readings.add(CART, "tried", at, value, query="up")
    return state


async def test_they_stand_below_with_marks_of_their_own() -> None:
    said = words(checks_table(view_of(measured(9)), 100)).splitlines()
    title = next(number for number, line in enumerate(said) if "SHADOW CHECKS (no effect on the rollout)" in line)
    (row,) = said[title + 1 :]
    assert row.startswith("◇ tried")
    assert "✗" not in row
    assert any(line.startswith("✗ request-success-rate") for line in said[:title])
    tones = {str(span.style) for span in checks_table(view_of(measured(9)), 100)[-1].spans}
    assert tones == {"waiting"}, "neither red nor green"
    passes = checks_table(view_of(measured(1)), 100)[-1]
    assert passes.plain.startswith("· tried")
    assert words(checks_table(view_of(measured(9)), 100, brief=True)).splitlines()[-1].startswith("◇ tried")
    assert "tried" not in words(checks_table(view_of(measured(1)), 100, brief=True))


async def test_the_cursor_opens_and_copies_their_queries() -> None:
    state = measured(None)
    view, choices = view_of(state), Choices(cursor=9, opened=frozenset({"tried"}))
    listed = choices.checks(view, state, 100)
    assert choices.cursor == len(view.situation.checks), "the last one"
    first, last = listed.places[choices.cursor]
    said = words(listed.lines[first : last + 1])
    assert said.startswith("▶ ◇ tried")
    assert "no value, would count as failed" in said
    assert "inline" in said
    assert copy_of(Tab.CHECKS, view, choices, state, None, 40) == ("query of tried", "up")


async def test_a_canary_with_shadow_checks_only_says_what_it_lacks() -> None:
    state = measured(9)
    canary = dict(state.stores[CANARIES].get(*CART) or {})
    canary["spec"] = {**canary["spec"], "analysis": {**canary["spec"]["analysis"], "metrics": []}}
    canary["metadata"] = {**canary["metadata"], "resourceVersion": "9001"}
    state.stores[CANARIES].put(canary)
    said = words(check_list(view_of(state), {}, 0, frozenset(), 100).lines)
    assert "no metric checks in the spec" in said
    assert "▶ ◇ tried" in said


async def test_an_annotation_that_cannot_be_read_says_so() -> None:
    state = with_annotation("{")
    view = view_of(state)
    assert "is no list of up to 20 metrics" in words(checks_table(view, 200))
    assert "is no list of up to 20 metrics" in words(
        check_list(view, asked_queries(state, view.situation.canary), 0, frozenset(), 200).lines
    )

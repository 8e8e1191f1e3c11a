"""How the rollouts of a canary are named in the pane of its timeline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from canarytui.console.demo_fixture import NOW, fill, fixture_state
from canarytui.console.detail.view import gather
from canarytui.console.panes.grouped_timeline import grouped_timeline
from canarytui.domain.history.controller_messages import Mark
from canarytui.domain.history.facts import Fact, FactSource, saying
from canarytui.domain.history.timeline import Timeline

INITIALIZED = "Initialization done! cart.shop"
NEW = "New revision detected! Scaling up cart.shop"
WEIGHT = "Advance cart.shop canary weight 10"
PROMOTED = "Promotion completed! Scaling down cart.shop"
FAILED = "Canary failed! Scaling down cart.shop"


async def heads(*said: str | tuple[str, Mark]) -> str:
    """The line of the rollouts of a canary whose primary runs 4.0.6, and its target 4.0.7. A message may come with what
    was recorded of a release then."""
    state = fixture_state()
    fill(state)
    state.timeline = Timeline()
    for number, message in enumerate(said):
        recorded = frozenset(message[1:]) if isinstance(message, tuple) else frozenset()
        text, marks = saying(message[0] if isinstance(message, tuple) else message)
        at = NOW + timedelta(minutes=number - 60)
        state.timeline.add(Fact(at, "shop", "cart", FactSource.EVENT, text, False, marks | recorded))
    view = gather(state, ("shop", "cart"), None, NOW, label="", zone=NOW.tzinfo, coloured=True)
    assert view is not None
    return grouped_timeline(view, 200, 1)[0].plain


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ((INITIALIZED, NEW, WEIGHT), "▸ 4.0.6 ·"),
        ((INITIALIZED, NEW, WEIGHT, FAILED, NEW, WEIGHT), "▸ 4.0.6 ·"),
        ((INITIALIZED, NEW, WEIGHT, PROMOTED, NEW, WEIGHT), "▸ →4.0.6 ✓"),
    ],
    ids=["the first", "after one that failed", "after one that was promoted"],
)
async def test_what_brought_out_the_primary_is_named_by_its_version(said: tuple[str, ...], named: str) -> None:
    shown = await heads(*said)
    assert shown.startswith("▾ 4.0.6→4.0.7 ▲")
    assert named in shown
    assert shown.count("→4.0.6") == (PROMOTED in said), "at most one rollout brought it out"


async def test_what_no_object_has_any_more_is_named_by_its_time() -> None:
    shown = await heads(WEIGHT, NEW, WEIGHT)
    began = (NOW - timedelta(minutes=60)).strftime("%H:%M:%S")
    assert f"▸ {began} ·" in shown, "the rest of a rollout whose end was not recorded: it may have failed"
    earlier = await heads(INITIALIZED, NEW, WEIGHT, PROMOTED, NEW, WEIGHT)
    assert f"▸ {began} ·" in earlier, "what was promoted since is in the primary now"


def ended(message: str, replaced: str, release: str) -> tuple[str, Mark, Mark]:
    """The end of a rollout, with what was noted of it."""
    return message, ("replaced", replaced), ("release", release)


async def test_what_was_recorded_of_a_rollout_is_its_name_from_its_end_on() -> None:
    shown = await heads(
        (INITIALIZED, ("release", "4.0.4")),
        NEW, WEIGHT, ended(PROMOTED, "4.0.4", "4.0.5"),
        NEW, WEIGHT, ended(FAILED, "4.0.5", "4.0.8"),
        NEW, WEIGHT, ended(PROMOTED, "4.0.5", "4.0.6"),
        NEW, WEIGHT,
    )  # fmt: skip
    assert shown.startswith("▾ 4.0.6→4.0.7 ▲")
    assert "▸ 4.0.5→4.0.6 ✓ 2 min · ▸ 4.0.5→4.0.8 ✗ 2 min · ▸ 4.0.4→4.0.5 ✓ 2 min · ▸ 4.0.4 ·" in shown


async def test_an_ended_rollout_keeps_its_name_when_the_target_runs_the_next_release() -> None:
    assert (await heads(NEW, WEIGHT, ended(PROMOTED, "4.0.5", "4.0.6"))).startswith("▾ 4.0.5→4.0.6 ✓")
    assert (await heads(NEW, WEIGHT, PROMOTED)).startswith("▾ →4.0.6 ✓"), "what it replaced was not seen"
    assert (await heads(NEW, WEIGHT, ended(FAILED, "4.0.6", "4.0.8"))).startswith("▾ 4.0.6→4.0.8 ✗")


async def test_a_rollout_of_a_changed_configuration_has_the_one_release() -> None:
    shown = await heads(NEW, ended(PROMOTED, "4.0.5", "4.0.5"), NEW, PROMOTED)
    assert "▸ 4.0.5 ✓" in shown


async def test_a_canary_that_was_made_again_does_not_rename_the_rollout_before() -> None:
    shown = await heads(NEW, ended(FAILED, "4.0.5", "4.0.8"), (INITIALIZED, ("release", "4.0.6")))
    assert shown.startswith("▾ 4.0.5→4.0.8 ✗")


async def test_a_long_tag_leaves_room_for_the_other() -> None:
    old, new = "3f2a" * 10, "0011" * 10
    shown = await heads(NEW, ended(FAILED, old, new))
    assert shown.startswith(f"▾ {old[:17]}…→{new[:17]}… ✗")

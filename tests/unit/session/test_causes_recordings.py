"""Recorded rollouts of genuine Flagger: why each was rolled back, and when the controller would act next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from told import RECORDINGS, Story

from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.situation import Situation

TOLD = ("status", "object", "log", "event")
WITHOUT_WORDS = ("status", "object")
ROLLED_BACK = {
    "fail-then-fix": " (failed checks, the last: success rate 50.00% is below 99%): ",
    "force-failed-checks": " (failedChecks was set to 99 by somebody at ",
    "novalues": " (failed checks, the last: success rate has no value; the controller suspects that no traffic ",
    "pre-fail": " (failed checks, the last: webhook acceptance refuses: POST ",
    "prom-error": " (failed checks, the last: metric query failed: error response: Status 500 ",
    "rollback-hook": " (rollback webhook back asked for it): ",
    "rollback-success": " (failed checks, the last: success rate 48.05% is below 99%): ",
    "template": " (failed checks, the last: 404s percentage 7.60 is above 5): ",
}
_SETTLES_S = 1.5
"""What a tick of Flagger's takes before it is seen: a busy one is seen so much later than a quiet one."""


def situation(story: Story) -> Situation | None:
    return story.cluster_state.situation((story.namespace, story.name))


async def sentences_at_the_failure(story: Story, kinds: tuple[str, ...]) -> list[str]:
    """What is said of the rollout in the second after its status became Failed."""
    said: list[str] = []
    failed_at: float | None = None
    for fact in story.facts:
        if failed_at is not None and fact["t"] > failed_at + 1:
            break
        await story.tell(kinds, [fact])
        known = situation(story)
        if known is not None and known.phase == "Failed":
            failed_at = fact["t"] if failed_at is None else failed_at
            said.append(explain(known).sentence)
    return said


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_the_cause_of_a_rollback_is_the_recorded_one(path: Path) -> None:
    said = await sentences_at_the_failure(Story(path), TOLD)
    if path.stem in ROLLED_BACK:
        assert f"was rolled back{ROLLED_BACK[path.stem]}" in said[-1]
    else:
        assert not any("was rolled back" in each for each in said), "name its cause above"


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_without_flaggers_words_no_cause_is_made_up(path: Path) -> None:
    for said in await sentences_at_the_failure(Story(path), WITHOUT_WORDS):
        if "was rolled back" in said:
            told = said.partition("was rolled back (")[2].partition("):")[0]
            by_hand = told.startswith("failedChecks was set to 99 by somebody at ")
            assert by_hand or told in (
                "cause not recorded here",
                "failed checks reached the threshold; which failed was not recorded here",
            )
            assert by_hand is (path.stem == "force-failed-checks")


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_the_next_tick_comes_when_it_was_announced(path: Path) -> None:
    """Whatever a person wrote in between: its own initialization apart, Flagger's clock is known to a second."""
    story = Story(path)
    off: list[float] = []
    for fact in story.facts:
        before = situation(story)
        await story.tell(TOLD, [fact])
        after = situation(story)
        if before is None or after is None or before.last_tick is None or after.last_tick is None:
            continue
        ready = before.phase not in ("", "Initializing")
        moved = after.last_tick - before.last_tick
        if ready and moved > timedelta(seconds=_SETTLES_S):
            announced = before.at(after.last_tick - timedelta(seconds=after.interval_s / 2)).next_tick
            assert announced is not None
            off.append(abs((after.last_tick - announced).total_seconds()))
    # The first tick after the initialization is the one that its own late end announced.
    assert max(off[1:], default=0.0) <= _SETTLES_S
    assert max(off[:1], default=0.0) <= 2 * _SETTLES_S

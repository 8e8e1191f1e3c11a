"""A paused canary that is rolled back: what the plan writes, in its order, played on the engine in strict mode."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from rollouts import DEFAULT, PROMOTE, STRICT, UPDATE, phases, rollout, weights

from canarytui.domain.actions import plan_roll_back
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.cluster import merged
from canarytui.engine.replay.player import RecordingPlayer

PAUSE = ("weight>=20", 'patch {"spec":{"suspend":true}}')


def steps() -> list[tuple[str, str]]:
    """The writes of the plan for a canary that is paused at weight 20, as actions of a recording."""
    status = {"phase": "Progressing", "canaryWeight": 20, "failedChecks": 0, "iterations": 0}
    obj = merged(PROMOTE.canary, {"spec": {"suspend": True}, "status": status})
    paused = Situation(Canary.parse(obj), datetime(2026, 11, 26, tzinfo=UTC), interval_s=10)
    made = []
    for write in plan_roll_back(paused).writes:
        change = {name: part for name, part in write.body.items() if name != "metadata"}
        made.append(f"{write.subresource or 'patch'} {json.dumps(change)}")
    assert len(made) == 2
    first, *rest = made
    return [("+35", first), *(("+0", each) for each in rest)]


@pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])
def test_the_first_tick_after_the_pause_rolls_back_and_takes_no_step(settings: ControllerSettings) -> None:
    played = RecordingPlayer(rollout(UPDATE, PAUSE, *steps()), settings).play()
    assert phases(played)[-2:] == ["Progressing", "Failed"]
    assert max(canary for _, canary in weights(played)) == 20, "no step after the pause"
    assert weights(played)[-1][1] == 0
    texts = [said.text for said in played.messages]
    assert any(text.startswith("Rolling back promote.r1 failed checks threshold reached 3") for text in texts)


def test_a_template_changed_during_the_pause_is_analysed_again_from_weight_0() -> None:
    """What the plan's risk says: the follow-up then asks for the rollback again."""
    push = ("+12", "set-image v3")
    played = RecordingPlayer(rollout(UPDATE, PAUSE, push, *steps(), ticks=40), STRICT).play()
    texts = [said.text for said in played.messages]
    restarted = texts.index("New revision detected! Restarting analysis for promote.r1")
    assert not any(text.startswith("Rolling back") for text in texts[:restarted])
    split = [canary for _, canary in weights(played)]
    assert split[split.index(20) + 1] == 0, "all traffic goes to the primary first"

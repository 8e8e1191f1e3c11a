"""A game day's steps on a cluster: each is planned on what is true then, and taken back when it was for a while."""

from __future__ import annotations

import argparse
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fake_cluster_state import canary, primary, put, target, world_of

from canarytui.actions.executor import CarriedOut
from canarytui.actions.requests import ActionLost, ActionUnknown
from canarytui.actions.reverts import RevertOutcome
from canarytui.cli.gameday_steps import LiveGameDayCluster
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.drills.gameday import parse_game_day
from canarytui.errors import CanarytuiError
from canarytui.session.state import ClusterState

KEY = ("test", "podinfo")


class Executor:
    """Takes plans, raising `errors` first; `held` are its records of what is to be put back."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self.errors: list[CanarytuiError] = []
        self.held: list[Any] = []
        self.put: list[Any] = []
        self.gate = "closed"

    def forbidden(self, intent: Intent) -> str:
        return ""

    async def refusal(self, plan: Plan) -> str:
        return plan.refusal

    async def carry_out(self, plan: Plan, situation: Situation) -> CarriedOut:
        if self.errors:
            raise self.errors.pop(0)
        self.plans.append(plan)
        return CarriedOut()

    async def put_back(self, record: Any, *, withdraw: bool) -> Any:
        assert withdraw
        self.held.remove(record)
        self.put.append(record)
        return SimpleNamespace(ending=RevertOutcome.PUT_BACK, text="put back")

    async def gate_state(self, gate: Any, situation: Situation) -> str:
        return self.gate


def steps(cluster_state: ClusterState, executor: Executor, *words: dict[str, Any]) -> LiveGameDayCluster:
    day = parse_game_day({"name": "x", "canary": "test/podinfo", "steps": list(words)}, "day.yaml")
    ground = SimpleNamespace(
        cluster_state=cluster_state, key=KEY, connection=SimpleNamespace(executor=executor), forbidden=""
    )
    options = argparse.Namespace(gateway="", proxy="", origin="", host="")
    return LiveGameDayCluster(cast(Any, ground), options, day)


async def running(**changes: Any) -> ClusterState:
    obj = canary("Progressing", weight=20, **changes)
    obj["spec"]["analysis"]["webhooks"] = [
        {"name": "gate", "type": "confirm-promotion", "url": "http://loadtester.test/gate/check"}
    ]
    return await world_of(obj, target("podinfo:2"), primary("podinfo:1"))


async def test_a_pause_that_the_day_takes_back_is_written_for_a_while() -> None:
    executor = Executor()
    made = steps(await running(), executor, {"pause": True}, {"resume": True})
    assert "Pause test/podinfo" in await made.pause(True)
    (plan,) = executor.plans
    assert plan.temporary is not None
    assert (plan.temporary.name, plan.temporary.value) == ("suspend", True)


async def test_a_pause_at_the_days_end_stays() -> None:
    executor = Executor()
    made = steps(await running(), executor, {"pause": True})
    await made.pause(True)
    assert executor.plans[0].temporary is None


async def test_what_is_so_already_is_not_written() -> None:
    executor = Executor()
    made = steps(await running(suspend=True), executor, {"pause": True})
    assert await made.pause(True) == ""
    assert executor.plans == []


async def test_resuming_puts_back_what_was_held_for_a_while_or_else_resumes() -> None:
    executor = Executor()
    executor.held = [
        SimpleNamespace(namespace="test", name="other", field="suspend"),
        SimpleNamespace(namespace="test", name="podinfo", field="suspend"),
    ]
    made = steps(await running(suspend=True), executor, {"pause": True}, {"resume": True})
    assert await made.pause(False) == "put back"
    assert [record.name for record in executor.put] == ["podinfo"]
    assert executor.plans == []
    await made.pause(False)
    assert [plan.intent for plan in executor.plans] == [Intent.RESUME]


async def test_a_gate_is_opened_with_its_way_back_and_not_twice() -> None:
    executor = Executor()
    made = steps(await running(), executor, {"gate": "open"}, {"gate": "close"})
    await made.gate(True)
    (plan,) = executor.plans
    assert plan.intent is Intent.OPEN_GATE
    assert [call.url.rpartition("/")[2] for call in plan.way_back] == ["close"]
    executor.gate = "open"
    assert await made.gate(True) == ""
    await made.gate(False)
    assert [plan.intent for plan in executor.plans] == [Intent.OPEN_GATE, Intent.CLOSE_GATE]


async def test_a_rollout_takes_the_first_image_that_runs_nowhere() -> None:
    executor = Executor()
    cluster_state = await running()
    made = steps(cluster_state, executor, {"trigger": {"image": "podinfo:3"}})
    await made.trigger(("podinfo:2", "podinfo:1", "podinfo:3"), "")
    (plan,) = executor.plans
    assert plan.writes[0].body["spec"]["template"]["spec"]["containers"][0]["image"] == "podinfo:3"
    with pytest.raises(CanarytuiError, match="podinfo:2, podinfo:1"):
        await made.trigger(("podinfo:2", "podinfo:1"), "")


async def test_a_write_that_lost_is_planned_again_but_one_of_unknown_outcome_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def no_time(seconds: float) -> None:
        await put(cluster_state, canary("Progressing", "9", weight=25), target("podinfo:2"), primary("podinfo:1"))

    cluster_state = await running()
    executor = Executor()
    made = steps(cluster_state, executor, {"pause": True})
    monkeypatch.setattr("canarytui.cli.gameday_steps.asyncio", SimpleNamespace(sleep=no_time))
    executor.errors = [ActionLost("Somebody else changed it.")]
    assert "25" in await made.pause(True)
    assert executor.plans[0].writes[0].body["metadata"]["resourceVersion"] == "9"
    executor.errors = [ActionUnknown("No answer.")]
    with pytest.raises(ActionUnknown):
        await made.pause(True)
    assert len(executor.plans) == 1


async def test_what_cannot_be_done_or_read_is_an_error() -> None:
    executor = Executor()
    cluster_state = await running()
    made = steps(cluster_state, executor, {"pause": True})
    await put(cluster_state)
    with pytest.raises(CanarytuiError, match="test/podinfo"):
        await made.pause(True)
    assert executor.plans == []

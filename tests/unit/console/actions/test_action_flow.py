"""The action flow with a person who answers: what is planned, asked, written and told."""

from __future__ import annotations

import asyncio
from datetime import UTC, tzinfo
from typing import Any

import pytest
from textual.screen import Screen

from canarytui.actions.requests import ActionUnknown
from canarytui.cluster.resources import DAEMONSETS, DEPLOYMENTS
from canarytui.console.actions import fresh_state
from canarytui.console.actions.confirm_screen import ConfirmScreen, SeveralScreen
from canarytui.console.actions.flow import ActionFlow
from canarytui.console.actions.fresh_state import first_read, read_again
from canarytui.console.actions.number_screen import NumberScreen
from canarytui.console.actions.planned import PlannedAction, local, oldest
from canarytui.console.actions.trigger_screen import TriggerScreen
from canarytui.console.actions.undo_screen import UndoScreen
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.plan import Intent
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError
from canarytui.session.state import ClusterState

CART, PODINFO, LEDGER = ("shop", "cart"), ("test", "podinfo"), ("pay", "ledger")


class Person:
    """A port: answers each dialog with what is next in `answers`."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[Screen[Any]] = []
        self.told: list[tuple[str, bool]] = []

    @property
    def zone(self) -> tzinfo | None:
        return UTC

    def tell(self, text: str, *, warning: bool = False, timeout_s: float) -> None:
        assert timeout_s > 0
        self.told.append((text, warning))

    async def ask(self, question: Screen[Any]) -> Any:
        self.asked.append(question)
        return self.answers.pop(0)


def read(state: ClusterState) -> ClusterState:
    fill(state)
    for store in state.stores.values():
        store.replace(list(store.objects()))
    return state


def flow_of(person: Person) -> tuple[ActionFlow, FixtureConnection, ClusterState]:
    state = read(fixture_state())
    connection = FixtureConnection(state=state)
    return ActionFlow(person, state, connection), connection, state


async def test_what_is_confirmed_is_written_and_noted_in_the_timeline() -> None:
    person = Person(True)
    flow, connection, state = flow_of(person)
    await flow.act(Intent.ROLL_BACK, [CART])
    assert [type(screen) for screen in person.asked] == [ConfirmScreen]
    assert [made.intent for made in connection.plans] == [Intent.ROLL_BACK]
    assert any("Roll back" in entry.text for entry in state.timeline.latest(3, *CART))


async def test_an_action_behind_a_question_about_the_same_canary_is_told() -> None:
    person, asked, answer = Person(), asyncio.Event(), asyncio.Event()

    async def ask(_: Screen[Any]) -> None:
        asked.set()
        await answer.wait()

    person.ask = ask  # type: ignore[method-assign]
    flow, connection, _ = flow_of(person)
    first = asyncio.create_task(flow.act(Intent.ROLL_BACK, [CART]))
    await asked.wait()
    assert not await flow.act(Intent.PAUSE, [CART])
    assert person.told == [("shop/cart: another action on it is still under way.", True)]
    answer.set()
    assert not await first
    assert connection.plans == []


@pytest.mark.parametrize("hangs", [False, True])
async def test_an_action_waits_until_the_last_write_is_in_the_audit_log(
    monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    person, sent, noted = Person(True, True), asyncio.Event(), asyncio.Event()
    flow, connection, _ = flow_of(person)
    carry_out = connection.executor.carry_out

    async def slowly(*arguments: Any) -> Any:
        sent.set()
        await noted.wait()
        return await carry_out(*arguments)

    monkeypatch.setattr(connection.executor, "carry_out", slowly)
    monkeypatch.setattr("canarytui.console.actions.flow._WRITTEN_S", 0.01 if hangs else 60)
    first = asyncio.create_task(flow.act(Intent.PAUSE, [PODINFO]))
    await sent.wait()
    second = asyncio.create_task(flow.act(Intent.ROLL_BACK, [PODINFO]))
    if hangs:
        assert not await second
        assert person.told == [("test/podinfo: another action on it is still under way.", True)]
    noted.set()
    assert await first
    if not hangs:
        assert await second
        assert [made.intent for made in connection.plans] == [Intent.PAUSE, Intent.ROLL_BACK]


async def test_a_no_writes_nothing() -> None:
    person = Person(None)
    flow, connection, _ = flow_of(person)
    await flow.act(Intent.ROLL_BACK, [CART])
    assert len(person.asked) == 1
    assert connection.plans == []


async def test_pausing_what_is_paused_resumes_it() -> None:
    flow, connection, _ = flow_of(Person(True))
    await flow.act(Intent.PAUSE, [LEDGER])
    assert [made.intent for made in connection.plans] == [Intent.RESUME]


async def test_several_are_asked_about_once_and_refusals_are_counted() -> None:
    person = Person(True)
    flow, connection, _ = flow_of(person)
    await flow.act(Intent.PROMOTE, [CART, PODINFO, LEDGER])
    assert [type(screen) for screen in person.asked] == [SeveralScreen]
    assert len(connection.plans) == 2
    assert person.told[-1] == ("Promote: 2 written, 0 not, 1 not possible", False)


async def test_choices_come_before_the_confirmation() -> None:
    person = Person(35, True)
    flow, connection, _ = flow_of(person)
    await flow.act(Intent.SKIP_TO, [PODINFO])
    assert [type(screen) for screen in person.asked] == [NumberScreen, ConfirmScreen]
    (made,) = connection.plans
    assert "35" in made.title
    person.answers = [ActionRequest(Intent.TRIGGER, restart=True), True]
    await flow.act(Intent.TRIGGER, [PODINFO])
    assert isinstance(person.asked[2], TriggerScreen)
    assert len(connection.plans) == 2
    await flow.act(Intent.TRIGGER, [PODINFO, CART])
    assert person.told[-1][1], "one at a time"
    assert len(person.asked) == 4


async def test_an_answer_that_is_lost_is_told_as_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person(True)
    flow, connection, _ = flow_of(person)

    async def lost(made: object, situation: object, *, dry_run: bool = False) -> Any:
        raise ActionUnknown("nobody knows whether it was written")

    monkeypatch.setattr(connection.executor, "carry_out", lost)
    await flow.act(Intent.ROLL_BACK, [CART, PODINFO])
    text, warning = person.told[-1]
    assert warning
    assert "shop/cart: Outcome unknown: nobody knows" in text
    assert "2 unknown" in text


async def test_reasons_are_those_of_the_plan() -> None:
    flow, _, _ = flow_of(Person())
    assert flow.reason(Intent.ROLL_BACK, CART) == ""
    assert flow.reason(Intent.RETRY, CART) != ""
    assert flow.reason(Intent.RETRY, ("no", "body")) != ""
    assert flow.drill_reason(CART) == ""
    assert flow.drill_reason(("web", "front")) != ""


async def test_one_action_at_a_time_for_each_canary() -> None:
    gate = asyncio.Event()

    class Slow(Person):
        async def ask(self, question: Screen[Any]) -> Any:
            await gate.wait()
            return await super().ask(question)

    person = Slow(True)
    flow, connection, _ = flow_of(person)
    first = asyncio.create_task(flow.act(Intent.ROLL_BACK, [CART]))
    await asyncio.sleep(0.01)
    await flow.act(Intent.PROMOTE, [CART])
    gate.set()
    await first
    assert [made.intent for made in connection.plans] == [Intent.ROLL_BACK]


async def test_plans_wait_until_workloads_were_read_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    state = fixture_state()
    waiting = asyncio.create_task(first_read(state))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    for resource in (DEPLOYMENTS, DAEMONSETS):
        state.stores[resource].replace([])
    await waiting
    monkeypatch.setattr(fresh_state, "FIRST_READ_S", 0.1)
    await first_read(fixture_state())


async def test_what_is_out_of_date_is_read_again_and_a_slow_reading_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh_state, "_SLOW_S", 0.0)
    state = read(fixture_state())
    asked: list[NamespacedName] = []
    slow: list[int] = []

    class Away(FixtureConnection):
        async def read_again(self, key: NamespacedName) -> None:
            asked.append(key)
            await asyncio.sleep(0.05)
            raise CanarytuiError("it cannot be read either")

    await read_again([CART, PODINFO], state, Away(), slow.append)
    assert asked == []
    state.canaries.stale("refused")
    await read_again([CART, PODINFO], state, Away(), slow.append)
    assert sorted(asked) == [CART, PODINFO]
    assert slow == [2]


async def test_the_oldest_state_is_named_in_local_time() -> None:
    state = read(fixture_state())
    state.canaries.stale("refused")
    situation = state.situation(CART)
    assert situation is not None
    assert situation.stale is not None
    request = ActionRequest(Intent.ROLL_BACK)
    planned = [PlannedAction(CART, request, situation, plan(situation, request))]
    found = local(oldest(planned), UTC)
    assert found is not None
    assert found.since == situation.stale.since
    assert local(None, UTC) is None
    assert oldest([]) is None


async def test_what_was_done_is_listed_and_undone_after_its_own_confirmation() -> None:
    line = {"server": "https://127.0.0.1:6443", "object": "pay/ledger", "intent": "pause", "title": "Pause pay/ledger"}
    stages = [{**line, "id": "1", "stage": "write", "plan": []}, {**line, "id": "1", "stage": "done"}]
    person = Person()
    flow, connection, _ = flow_of(person)
    await flow.undo(CART)
    assert person.told == [("Nothing has been done on canarytui-sandbox from this machine.", False)]

    async def entries(limit: int) -> list[dict[str, Any]]:
        return stages

    connection.executor.entries = entries  # type: ignore[method-assign]
    person.answers = [None]
    await flow.undo(CART)
    (screen,) = person.asked
    assert isinstance(screen, UndoScreen)
    (undoable,) = screen._listed
    assert undoable.way_back.title.startswith("Resume pay/ledger at weight ")
    person.answers = [undoable, True]
    await flow.undo(LEDGER)
    assert [type(each) for each in person.asked[1:]] == [UndoScreen, ConfirmScreen]
    assert [(made.intent, made.undoes) for made in connection.plans] == [(Intent.RESUME, "1")]

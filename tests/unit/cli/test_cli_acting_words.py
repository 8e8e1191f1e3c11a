"""What the commands that act say of what was done, and of an interruption: only what is so."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fake_cluster_state import canary, primary, put, target, world_of

from canarytui.cli import action_command as acting
from canarytui.cli.act import parser, request_of
from canarytui.cli.session import unreadable
from canarytui.domain.actions import plan
from canarytui.domain.sentences import Sentence
from canarytui.domain.sentences import command_action as words
from canarytui.errors import InvalidObject, UsageError
from canarytui.session.state import ClusterState

KEY = ("test", "podinfo")
GATED = [{"name": "gate", "type": "confirm-promotion", "url": "http://loadtester.test/gate/check"}]


class ActionExecutor:
    """Carries nothing out: the command is interrupted meanwhile, or it is done."""

    held: tuple[()] = ()

    def __init__(self, *, interrupted: bool = False, open_outcome: bool = False) -> None:
        self.has_open_outcome = open_outcome
        self._interrupted = interrupted

    async def carry_out(self, *_: Any, dry_run: bool) -> Any:
        if self._interrupted:
            raise asyncio.CancelledError
        return SimpleNamespace(notes=(), objects=())


async def world_with_gate() -> ClusterState:
    obj = canary("Progressing", weight=20)
    obj["spec"]["analysis"]["webhooks"] = GATED
    return await world_of(obj, target("podinfo:2"), primary("podinfo:1"))


async def carry_out(executor: ActionExecutor, verb: str, *arguments: str) -> acting.Task:
    cluster_state = await world_with_gate()
    options = parser(verb).parse_args([*arguments, "podinfo", "--yes"])
    situation = cluster_state.situation(KEY)
    assert situation is not None
    action_request = request_of(verb, options)
    task = acting.Task(KEY, action_request, situation, plan(situation, action_request))
    assert not task.plan.refusal
    connection = cast(Any, SimpleNamespace(executor=executor))
    follow_up = cast(Any, SimpleNamespace(concerns=lambda _: False))
    await acting._carry_out(options, cluster_state, connection, [task], follow_up)
    return task


@pytest.mark.parametrize(
    ("open_outcome", "said"), [(True, words.INTERRUPTED), (False, words.INTERRUPTED_DONE)], ids=["open", "done"]
)
async def test_an_interruption_leaves_an_outcome_to_find_out_only_where_it_is_open(
    open_outcome: bool, said: Sentence, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(asyncio.CancelledError):
        await carry_out(ActionExecutor(interrupted=True, open_outcome=open_outcome), "pause")
    assert said.read(capsys.readouterr().err.removeprefix("canarytui: ").rstrip()) is not None


async def test_an_interrupted_dry_run_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await carry_out(ActionExecutor(interrupted=True), "pause", "--dry-run")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("verb", "arguments", "said"),
    [
        ("pause", (), words.WRITTEN),
        ("gate", ("open",), words.CALLED),
    ],
)
async def test_a_call_is_not_said_to_be_written(
    verb: str, arguments: tuple[str, ...], said: Sentence, capsys: pytest.CaptureFixture[str]
) -> None:
    task = await carry_out(ActionExecutor(), verb, *arguments)
    assert capsys.readouterr().out == said.text(title=task.plan.title) + "\n"


@pytest.mark.parametrize(
    ("verb", "arguments", "checked"),
    [("pause", ("--dry-run",), words.ACCEPTED), ("gate", ("open", "--dry-run"), words.NOT_SENT)],
)
async def test_a_dry_run_says_what_was_checked(
    verb: str, arguments: tuple[str, ...], checked: Sentence, capsys: pytest.CaptureFixture[str]
) -> None:
    task = await carry_out(ActionExecutor(), verb, *arguments)
    first = capsys.readouterr().out.splitlines()[0]
    assert first == words.DRY_RUN.text(title=task.plan.title, checked=checked.text())


async def test_a_canary_that_cannot_be_driven_says_what_is_wrong_with_it() -> None:
    broken = canary("Progressing")
    broken["spec"] = "broken"
    cluster_state = await world_of(broken)
    assert isinstance(unreadable(cluster_state, KEY), InvalidObject)
    assert "test/podinfo: spec" in str(unreadable(cluster_state, KEY))
    await put(cluster_state)
    assert isinstance(unreadable(cluster_state, KEY), UsageError)
    assert str(unreadable(cluster_state, KEY)) == "The canary test/podinfo was deleted just now."

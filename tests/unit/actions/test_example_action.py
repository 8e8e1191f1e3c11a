"""One record makes an action: it is planned, done by a key and by a command, followed, and can be forbidden."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import example_action
import hostile_api
import pytest
from aiohttp import web
from example_action import EXAMPLE, STRICTER

from canarytui.actions.controller_answer import AnswerFollower
from canarytui.actions.rules import parse_rules
from canarytui.cli import commands
from canarytui.cli.candidates import candidates
from canarytui.cli.commands import COMMANDS, CliCommand
from canarytui.cli.main import main
from canarytui.console.demo_fixture import NOW, canary_object
from canarytui.domain.actions import registry
from canarytui.domain.actions.availability import reason
from canarytui.domain.actions.registry import action_of, actions, intents, verbs
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a contributor adds beside the action's own module: it is registered, and so is its command."""
    monkeypatch.setattr(registry, "ACTIONS", (*registry.ACTIONS, EXAMPLE))
    command = CliCommand(("stricter",), help="lower the threshold", module="act", by_name=True)
    monkeypatch.setattr(commands, "COMMANDS", (*COMMANDS, command))


class AcceptingApi(hostile_api.HostileApi):
    """Takes every PATCH, and keeps it."""

    def __init__(self, spoilt: int) -> None:
        super().__init__(spoilt)
        self._items["canaries"] = [canary_object("test", "cart", "Progressing", weight=20, failed=2)]
        self.patched: list[tuple[str, dict[str, Any]]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.method != "PATCH":
            return await super().handle(request)
        self.patched.append((request.path, json.loads(await request.read())))
        return web.json_response(self._items["canaries"][0])


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[AcceptingApi]:
    monkeypatch.setattr(hostile_api, "HostileApi", AcceptingApi)
    with hostile_api.serving(spoilt=0) as served:
        assert isinstance(served, AcceptingApi)
        yield served


def test_a_record_is_enough_for_a_command(
    example: None, api: AcceptingApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "config").write_text(hostile_api.kubeconfig(api.port))
    assert main(["stricter", "cart", "--by", "3", "--yes", "--kubeconfig", str(tmp_path / "config")]) == 0
    ((path, body),) = api.patched
    assert path == "/apis/flagger.app/v1beta1/namespaces/test/canaries/cart"
    assert body["spec"] == {"analysis": {"threshold": 5}}
    assert "Make test/cart stricter" in capsys.readouterr().out
    assert main(["audit"]) == 0
    assert "Make test/cart stricter" in capsys.readouterr().out
    assert candidates(["stricter", "--b"]) == ["--by"]
    with pytest.raises(SystemExit):
        main(["stricter", "--help"])
    assert "Lower the threshold." in capsys.readouterr().out


def test_a_record_is_enough_for_a_key() -> None:
    done = subprocess.run(
        [sys.executable, example_action.__file__], capture_output=True, text=True, check=True, timeout=60
    )
    found = json.loads(done.stdout)
    assert found["keys"] == [
        "trigger", "pause", "promote", "roll-back", "retry", "stricter", "extend", "skip", "edit", "fault",
    ]  # fmt: skip
    assert "Make shop/cart stricter" in found["asked"]
    ((intent, title, body),) = found["plans"]
    assert (intent, title) == (STRICTER, "Make shop/cart stricter")
    assert body["spec"] == {"analysis": {"threshold": 3 + 3}}
    assert "lower the threshold" in found["help"]


def situation(phase: str, failed: int = 0) -> Situation:
    return Situation(Canary.parse(canary_object("shop", "cart", phase, failed=failed)), NOW, 10.0)


@pytest.mark.parametrize(("phase", "wanted"), [("Failed", True), ("Succeeded", False)])
def test_a_record_says_which_answer_of_the_controller_is_the_wanted_one(
    example: None, phase: str, wanted: bool
) -> None:
    before = situation("Progressing")
    follow = AnswerFollower(EXAMPLE.planner(before, ActionRequest(STRICTER)), before, datetime.now(UTC))
    assert follow.look(before, datetime.now(UTC)) is None
    answer = follow.look(situation(phase), datetime.now(UTC) + timedelta(seconds=9))
    assert answer is not None
    assert (answer.final, answer.wanted) == (True, wanted)


def test_an_action_is_offered_and_can_be_forbidden(example: None) -> None:
    assert reason(situation("Progressing"), STRICTER, {}) == ""
    assert reason(situation("Succeeded"), STRICTER, {}) == "no analysis runs"
    rules = parse_rules({"prod": {"forbid": ["make stricter"]}})
    assert rules.forbidden("prod", STRICTER)
    assert not rules.forbidden("prod", Intent.PAUSE)


def test_names_keys_and_commands_are_unique() -> None:
    keys = [action.key for action in actions() if action.key is not None]
    for found in (
        intents(),
        [verb.name for verb in verbs()],
        [key.name for key in keys],
        [key.place for key in keys],
    ):
        assert len(found) == len(set(found))
    assert {verb.name for verb in verbs()} == {
        name for command in COMMANDS if command.module == "act" for name in command.names
    }


def test_equal_names_are_the_same_intent() -> None:
    assert Intent("roll back") is Intent.ROLL_BACK
    assert action_of(Intent("pause")).intent is Intent.PAUSE
    assert json.dumps({"action": Intent.PAUSE}) == '{"action": "pause"}'
    with pytest.raises(KeyError):
        action_of(Intent("no such action"))
    with pytest.raises(KeyError):
        registry.verb_named("no-such-command")

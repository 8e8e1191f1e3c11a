"""No command, word of the console nor game day leads to a write that does not do what it looks like."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.cli.act import parser, request_of
from canarytui.console.command_table import COMMANDS
from canarytui.console.keymap import ACTIONS
from canarytui.domain.actions.registry import intents, verbs
from canarytui.drills.gameday import parse_game_day
from canarytui.errors import ConfigError

DANGEROUS = ("phase", "set-phase", "weight", "set-weight", "status", "patch", "write", "annotate", "delete", "scale")


@pytest.mark.parametrize("word", DANGEROUS)
def test_a_game_day_has_no_word_for_it(word: str) -> None:
    for value in ("Promoting", 50, {"phase": "Promoting"}, {"status": {"canaryWeight": 50}}):
        day: dict[str, Any] = {"name": "x", "canary": "shop/cart", "steps": [{word: value}]}
        with pytest.raises(ConfigError, match="is not known"):
            parse_game_day(day, "day.yaml")


@pytest.mark.parametrize("step", [
    {"trigger": {"phase": "Promoting"}}, {"gate": "force"}, {"pause": {"status": {}}}, {"pause": True, "resume": True},
    {"trigger": {"image": "cart:3", "status": {}}}, {"trigger": {"image": "cart:3\nstatus: x"}},
])  # fmt: skip
def test_a_game_days_steps_have_no_room_for_it(step: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        parse_game_day({"name": "x", "canary": "shop/cart", "steps": [step]}, "day.yaml")


def test_commands_make_plans_of_known_intents_only() -> None:
    known = {verb.name for verb in verbs()}
    assert not set(DANGEROUS) & known
    more = {"trigger": ["--restart"], "gate": ["open"]}
    for verb in known:
        options = parser(verb).parse_args([*more.get(verb, []), "shop/cart"])
        assert request_of(verb, options).intent in intents()
    for option in ("--phase", "--weight", "--set", "--patch", "--force"):
        with pytest.raises(SystemExit):
            parser("promote").parse_args(["shop/cart", f"{option}=Promoting"])


def test_keys_and_words_of_the_console_have_no_name_for_it() -> None:
    names = {name for command in COMMANDS for name in command.names} | set(ACTIONS)
    assert not {"phase", "set-phase", "weight", "set-weight", "patch", "delete", "scale"} & names

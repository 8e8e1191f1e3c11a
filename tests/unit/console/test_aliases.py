"""The file of aliases: what each stands for, and how a mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.console.aliases import aliases_path, expanded, load_aliases, parse_aliases
from canarytui.console.commands import command_names
from canarytui.errors import ConfigError


def test_aliases_may_use_others_and_take_an_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load_aliases(command_names()) == {}
    aliases_path().parent.mkdir()
    aliases_path().write_text("prod: ':ctx prod-eu'\np: prod\nopen-it: detail\nrevert: roll-back\n")
    found = load_aliases(command_names())
    assert found == {"prod": "ctx prod-eu", "p": "ctx prod-eu", "open-it": "detail", "revert": "roll-back"}
    assert expanded(found, "open-it shop/cart") == "detail shop/cart"
    assert expanded(found, "events") == "events"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (["x"], "a.yaml is not a mapping: write `name: command` lines"),
        ({"events": "audit"}, "a.yaml: events cannot be an alias"),
        ({"two words": "audit"}, "a.yaml: two words cannot be an alias"),
        ({"x": 7}, "a.yaml: x is '7', which is no command"),
        ({"x": " : "}, "a.yaml: x is ':', which is no command"),
        ({"x": "y", "y": "x"}, "a.yaml: x stands for itself"),
        ({"x": "evnts now"}, "a.yaml: x stands for evnts, which is no command (did you mean events?)"),
    ],
)
def test_a_mistake_names_the_alias_and_the_remedy(content: object, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_aliases(content, "a.yaml", command_names())
    assert str(raised.value).startswith(told)

"""The plugin file: what it says, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.console.programs.plugins import Plugin, parse_plugins
from canarytui.console.programs.variables import editor, pager
from canarytui.console.settings import load
from canarytui.errors import ConfigError, UsageError


def key(wanted: object, path: str, where: str) -> str:
    return str(wanted)


def test_values_stay_one_word_whatever_is_in_them() -> None:
    (plugin,) = parse_plugins([{"name": "a", "command": "open 'x $NAME' ${CONTEXT} $$HOME --ns=$NAMESPACE"}], "p", key)
    values = {"NAME": "a b; $NAMESPACE", "CONTEXT": "c'd\"", "NAMESPACE": "-x"}
    assert plugin.filled(values) == ("open", "x a b; $NAMESPACE", "c'd\"", "$HOME", "--ns=-x")
    assert (plugin.writes, plugin.confirm, plugin.background, plugin.needs_canary) == (True, False, False, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x", "write a list of plugins"),
        ([1], "p: [0] is not a mapping"),
        ([{"command": "x"}], "p: [0].name is missing"),
        ([{"name": "a"}], "p: [0].command is missing"),
        ([{"name": "a", "command": "x 'y"}], "splits into words: no closing quotation"),
        ([{"name": "a", "command": ["x", 1]}], "write a list of words"),
        ([{"name": "a", "command": "x $NAMEE"}], "$NAMEE is unknown: use one of $NAMESPACE, $NAME"),
        ([{"name": "a", "command": "x", "confirm": "yes"}], "[0].confirm"),
        ([{"name": "a", "command": "x", "comand": "y"}], "did you mean command?"),
        ([{"name": "a", "command": "x"}, {"name": "a", "command": "y"}], "[1].name the name a is used twice"),
    ],
)
def test_a_mistake_names_its_place(content: object, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        parse_plugins(content, "p", key)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("p", "'p', which is pause's"), ("E", "sorts the list"), ("7", "chooses a namespace"), ("ctrl+c", "always quits")],
)
def test_a_key_that_is_taken_names_whose_it_is(
    wanted: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "canarytui").mkdir()
    file = tmp_path / "canarytui" / "plugins.yaml"
    file.write_text(f"- {{name: mine, key: '{wanted}', command: x}}")
    with pytest.raises(ConfigError) as told:
        load()
    assert said in str(told.value)
    assert str(file) in str(told.value)
    file.write_text("- {name: mine, key: ctrl+g, command: [x]}")
    assert load().plugins == (Plugin("mine", ("x",), "ctrl+g", "x"),)


def test_pager_and_editor_are_words_and_no_shell() -> None:
    assert pager({"PAGER": "less -R 'a b'; reboot"}) == ["less", "-R", "a b;", "reboot"]
    assert editor({"VISUAL": "", "EDITOR": "code --wait"}) == ["code", "--wait"]
    assert editor({"KUBE_EDITOR": "nano", "EDITOR": "vim"}) == ["nano"]
    assert editor({}) == ["vi"]
    with pytest.raises(UsageError, match=r"\$PAGER is \"less 'x\", which cannot be split"):
        pager({"PAGER": "less 'x"})

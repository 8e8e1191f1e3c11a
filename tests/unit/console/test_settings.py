"""The configuration file: what it changes, and how each mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.console.help_screen import help_text
from canarytui.console.keymap import ACTIONS, KEYS, readable, shown_keys
from canarytui.console.settings import ConsoleSettings, config_path, load, parse
from canarytui.errors import ConfigError


@pytest.fixture(autouse=True)
def config_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration folder of the test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_without_a_file_everything_is_as_it_comes() -> None:
    assert load() == ConsoleSettings()


def test_the_file_is_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_path() == tmp_path / "canarytui" / "config.yaml"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert config_path() == Path("~/.config/canarytui/config.yaml").expanduser()


def test_everything_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "canarytui" / "config.yaml"
    file.parent.mkdir()
    file.write_text(
        "theme: light\nbell: true\nread_only: true\nkeys:\n  roll-back: ctrl+r\n  filter: [/, F3]\n"
        "contexts:\n  prod: {read_only: true}\n"
    )
    found = load()
    assert (found.theme, found.bell, found.read_only) == ("light", True, True)
    assert found.keys == {"roll-back": "ctrl+r", "filter": "slash,f3"}
    assert found.contexts == {"prod": {"read_only": True}}


def test_two_actions_may_swap_their_keys() -> None:
    found = parse({"keys": {"trigger": "p", "pause": "t"}}, "c.yaml")
    assert found.keys == {"trigger": "p", "pause": "t"}


def test_a_capital_letter_has_both_names_that_terminals_give_it() -> None:
    assert parse({"keys": {"sort": "Z"}}, "c.yaml").keys == {"sort": "Z,shift+z"}
    assert readable("Z,shift+z") == "Z"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"keys": {"srot": "z"}}, "c.yaml: keys.srot is no action (did you mean sort?)"),
        ({"keys": {"sort": "t"}}, "c.yaml: keys.sort takes 't', which is trigger's"),
        ({"keys": {"sort": "z", "wide": "z"}}, "c.yaml: keys.wide takes 'z', which is sort's"),
        ({"keys": {"sort": 1}}, "c.yaml: keys.sort takes '1', which chooses a namespace"),
        ({"keys": {"sort": "N"}}, "c.yaml: keys.sort takes 'N', which sorts the list"),
        ({"keys": {"sort": ""}}, "c.yaml: keys.sort names no key with ''"),
        ({"keys": {"sort": []}}, "c.yaml: keys.sort has no key"),
        ({"keys": {"sort": {"a": 1}}}, "c.yaml: keys.sort names no key"),
        ({"keys": {"sort": "hyper+z"}}, "c.yaml: keys.sort names no key with 'hyper+z'"),
        ({"keys": {"sort": "zz"}}, "c.yaml: keys.sort names no key with 'zz'"),
        ({"keys": {"sort": "ctrl+c"}}, "c.yaml: keys.sort takes 'ctrl+c', which always quits"),
        ({"keys": {"sort": True}}, "c.yaml: keys.sort is read as yes or no by YAML"),
        ({"keys": ["sort"]}, "c.yaml: keys is not a mapping"),
        ({"bell": "loud"}, "c.yaml: bell is 'loud': write true or false"),
        ({"read_only": 1}, "c.yaml: read_only is '1': write true or false"),
        ({"theme": 3}, "c.yaml: theme is not a name"),
        ({"colour": "red"}, "c.yaml: colour is unknown"),
        ({"contexts": ["prod"]}, "c.yaml: contexts is not a mapping"),
        ("theme", "c.yaml is not a mapping"),
    ],
)
def test_each_mistake_is_one_sentence_with_file_key_and_remedy(content: object, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(content, "c.yaml")
    sentence = str(caught.value)
    assert sentence.startswith(told)
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("text", ["theme: [", "\x00", "a: b: c", "&a [*a, *b]"])
def test_a_file_that_is_no_yaml(text: str, tmp_path: Path) -> None:
    file = tmp_path / "canarytui" / "config.yaml"
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(ConfigError, match="is not valid YAML"):
        load()


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "canarytui" / "config.yaml"
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load()


def test_on_every_screen_every_action_has_a_key_of_its_own() -> None:
    for screen in {action.where for action in ACTIONS.values()}:
        owners: dict[str, str] = {}
        for name, action in ACTIONS.items():
            assert action.keys, name
            for key in action.keys.split(",") if action.where in ("", screen) else ():
                assert owners.setdefault(key, name) == name


def test_a_key_may_do_something_else_on_another_screen() -> None:
    assert parse({"keys": {"moment": "w", "wide": "f6"}}, "c.yaml").keys == {"moment": "w", "wide": "f6"}
    with pytest.raises(ConfigError, match=r"keys\.moment takes 'p', which is pause's"):
        parse({"keys": {"moment": "p"}}, "c.yaml")
    assert len(ACTIONS) == sum(bool(key.name) for key in KEYS)


def test_help_shows_the_keys_as_they_are_now() -> None:
    settings = parse({"keys": {"roll-back": "ctrl+r", "wide": "f2"}}, "c.yaml")
    lines = help_text(settings).plain.splitlines()
    assert any(line.split()[:3] == ["Ctrl+R", "roll", "back"] for line in lines)
    assert any(line.split()[0] == "F2" for line in lines if "wide columns" in line)
    shown = {key.name: key.shown for key in shown_keys(settings.keys)}
    assert shown["trigger"] == "t"


def test_help_of_a_read_only_console_has_no_actions() -> None:
    assert "roll back" in help_text(ConsoleSettings()).plain
    assert "roll back now" not in help_text(ConsoleSettings(read_only=True)).plain

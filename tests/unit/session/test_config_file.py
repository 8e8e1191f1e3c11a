"""The configuration file: what it says, and one sentence with the field for what it must not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.errors import ConfigError
from canarytui.session.config_file import ConfigFile, config_path, load


def written(tmp_path: Path, text: str) -> dict[str, str]:
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    path = config_path(environment)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return environment


def test_no_file_and_an_empty_one_say_nothing(tmp_path: Path) -> None:
    assert load({"XDG_CONFIG_HOME": str(tmp_path)}) == ConfigFile()
    assert load(written(tmp_path, "")) == ConfigFile()


def test_what_a_file_says_is_taken_over(tmp_path: Path) -> None:
    text = "theme: light\nbell: true\nread_only: true\nkeys: {pause: o}\ncontexts: {prod*: {forbid: all}}\n"
    found = load(written(tmp_path, text))
    assert (found.theme, found.bell, found.read_only) == ("light", True, True)
    assert found.keys == {"pause": "o"}
    assert found.contexts == {"prod*": {"forbid": "all"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("them: dark", "theme"),
        ("bell: loud", "bell"),
        ("theme: [dark]", "theme"),
        ("keys: pause", "keys"),
        ("contexts: 5", "contexts"),
        ("- dark", "config.yaml"),
        ("a: b: c", "config.yaml"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_field(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, text))
    assert said in str(refused.value)
    assert "config.yaml" in str(refused.value)
    assert "\n" not in str(refused.value)

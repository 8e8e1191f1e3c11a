"""Where files are kept: absolute paths only, and a sentence when there is no home at all."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from canarytui.cluster.folders import config_folder, state_folder
from canarytui.errors import ConfigError

_OF_DATABASE = pwd.getpwuid(os.getuid()).pw_dir
Environment = Callable[[dict[str, str]], None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Sets the variables that count, and no others."""

    def set_to(values: dict[str, str]) -> None:
        for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_to


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HOME": "/home/ann"}, "/home/ann/.local/state/canarytui"),
        ({"HOME": "/home/ann", "XDG_STATE_HOME": "/var/ann"}, "/var/ann/canarytui"),
        ({"HOME": "/home/ann", "XDG_STATE_HOME": ""}, "/home/ann/.local/state/canarytui"),
        ({"HOME": "/home/ann", "XDG_STATE_HOME": "state"}, "/home/ann/.local/state/canarytui"),
        ({"HOME": "/home/ann", "XDG_STATE_HOME": "./state"}, "/home/ann/.local/state/canarytui"),
        ({"HOME": "/home/ann", "XDG_STATE_HOME": "~/state"}, "/home/ann/.local/state/canarytui"),
        ({"HOME": ""}, f"{_OF_DATABASE}/.local/state/canarytui"),
        ({"HOME": "ann"}, f"{_OF_DATABASE}/.local/state/canarytui"),
        ({}, f"{_OF_DATABASE}/.local/state/canarytui"),
        ({"HOME": "", "XDG_STATE_HOME": "/var/ann"}, "/var/ann/canarytui"),
    ],
)
def test_the_state_folder(environment: Environment, variables: dict[str, str], expected: str) -> None:
    environment(variables)
    assert state_folder() == Path(expected)


def test_the_config_folder(environment: Environment) -> None:
    environment({"HOME": "/home/ann"})
    assert config_folder() == Path("/home/ann/.config/canarytui")
    environment({"HOME": "/home/ann", "XDG_CONFIG_HOME": "/etc/ann"})
    assert config_folder() == Path("/etc/ann/canarytui")


@pytest.mark.parametrize("home", ["", "home/ann"])
def test_without_a_home_there_is_a_sentence(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    def unknown(_: int) -> pwd.struct_passwd:
        raise KeyError

    environment({"HOME": home})
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(ConfigError, match=r"set \$HOME or \$XDG_STATE_HOME to an absolute path"):
        state_folder()
    with pytest.raises(ConfigError, match=r"set \$HOME or \$XDG_CONFIG_HOME to an absolute path"):
        config_folder()

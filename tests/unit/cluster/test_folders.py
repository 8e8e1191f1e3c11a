"""Where files are kept: absolute paths only, and a sentence when there is no home at all."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from canarytui.cluster.folders import cache_folder, config_folder, state_folder
from canarytui.errors import ConfigError

_OF_DATABASE = pwd.getpwuid(os.getuid()).pw_dir


@pytest.mark.parametrize(
    ("environment", "expected"),
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
def test_the_state_folder(environment: dict[str, str], expected: str) -> None:
    assert state_folder(environment) == Path(expected)


def test_config_and_cache() -> None:
    environment = {"HOME": "/home/ann", "XDG_CONFIG_HOME": "/etc/ann"}
    assert config_folder(environment) == Path("/etc/ann/canarytui")
    assert cache_folder(environment) == Path("/home/ann/.cache/canarytui")


@pytest.mark.parametrize("home", ["", "home/ann"])
def test_without_a_home_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    def unknown(_: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(ConfigError, match=r"set \$HOME or \$XDG_STATE_HOME to an absolute path"):
        state_folder({"HOME": home})

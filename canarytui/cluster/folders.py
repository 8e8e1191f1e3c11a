"""Where a person's files are: one place decides for the audit log, the journal, the history, the configuration, the
drills and the sandbox.

As the XDG base directory specification has it: a variable that is empty or holds a relative path is ignored.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

from canarytui.domain.sentences import records as words
from canarytui.errors import ConfigError

_OURS = "canarytui"


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """``$XDG_STATE_HOME/canarytui``, or ``~/.local/state/canarytui``. Raises ConfigError without a home."""
    return _folder(environment, "XDG_STATE_HOME", ".local/state")


def config_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """``$XDG_CONFIG_HOME/canarytui``, or ``~/.config/canarytui``. Raises ConfigError without a home."""
    return _folder(environment, "XDG_CONFIG_HOME", ".config")


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """``$XDG_CACHE_HOME/canarytui``, or ``~/.cache/canarytui``. Raises ConfigError without a home."""
    return _folder(environment, "XDG_CACHE_HOME", ".cache")


def _folder(environment: Mapping[str, str], variable: str, under_home: str) -> Path:
    named = environment.get(variable, "")
    if _usable(named):
        return Path(named) / _OURS
    home = _home(environment)
    if home is None:
        raise ConfigError(words.NO_HOME.text(variable=variable))
    return home / under_home / _OURS


def _home(environment: Mapping[str, str]) -> Path | None:
    """The person's home: ``$HOME``, else what the user database says."""
    named = environment.get("HOME", "")
    if not _usable(named):
        try:
            named = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return None
    return Path(named) if _usable(named) else None


def _usable(named: str) -> bool:
    return named.startswith("/") and "\0" not in named

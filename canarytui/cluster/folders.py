"""Where a person's files are: the audit log, the journal, the timeline, the configuration and the drills.

As the XDG base directory specification has it, by platformdirs: a variable that holds no absolute path is ignored.
"""

from __future__ import annotations

from pathlib import Path

from platformdirs.unix import Unix

from canarytui.domain.sentences import records as words
from canarytui.errors import ConfigError

_FOLDERS = Unix("canarytui", appauthor=False)


def state_folder() -> Path:
    """``$XDG_STATE_HOME/canarytui``, or ``~/.local/state/canarytui``. Raises ConfigError without a home."""
    try:
        return _FOLDERS.user_state_path
    except RuntimeError as error:
        raise ConfigError(words.NO_HOME.text(variable="XDG_STATE_HOME")) from error


def config_folder() -> Path:
    """``$XDG_CONFIG_HOME/canarytui``, or ``~/.config/canarytui``. Raises ConfigError without a home."""
    try:
        return _FOLDERS.user_config_path
    except RuntimeError as error:
        raise ConfigError(words.NO_HOME.text(variable="XDG_CONFIG_HOME")) from error

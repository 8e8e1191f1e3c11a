"""The rules of the person who sits here: from the configuration file and the environment."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from canarytui.driving.guards import READ_ONLY_VARIABLE, Rules, parse_rules
from canarytui.errors import ConfigError


def config_path() -> Path:
    """``$XDG_CONFIG_HOME/canarytui/config.yaml``, or under ~/.config."""
    folder = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(folder).expanduser() / "canarytui" / "config.yaml"


def configured_rules(*, read_only: bool = False, path: Path | None = None) -> Rules:
    """The rules in force; `read_only` is the command line's.

    Raises:
        ConfigError: the file cannot be read or understood; it might forbid what is about to be done.
    """
    path = path or config_path()
    rules = Rules()
    if path.exists():
        import yaml

        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            raise ConfigError(f"The configuration {path} cannot be read: {error}.") from error
        try:
            rules = parse_rules(content.get("actions") if isinstance(content, dict) else None)
        except ConfigError as error:
            raise ConfigError(f"The configuration {path} cannot be used: {error}") from error
    if read_only or os.environ.get(READ_ONLY_VARIABLE):
        rules = replace(rules, read_only=True)
    return rules

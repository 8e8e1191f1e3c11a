"""The layout that a person chose last: ``$XDG_STATE_HOME/canarytui/layout.json``."""

from __future__ import annotations

import json

from canarytui.cluster.folders import state_folder
from canarytui.cluster.regular_files import private_folder, read_start, replace_file
from canarytui.console.panes.screen_layout import LayoutPreset
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.values import as_mapping
from canarytui.errors import ConfigError

_MOST = 4096


def remembered_preset() -> LayoutPreset:
    """The preset that was chosen last; the default where none was, or where the file cannot be read: it is only a
    convenience."""
    try:
        content = parse_json(read_start(state_folder() / "layout.json", _MOST).decode("utf-8", "replace"))
    except (OSError, ValueError, ConfigError):
        return LayoutPreset.SPLIT
    chosen = as_mapping(content).get("preset")
    return next((preset for preset in LayoutPreset if preset == chosen), LayoutPreset.SPLIT)


def remember(preset: LayoutPreset) -> None:
    """Keep `preset` for the next start. A disk that is full or not there costs only that."""
    try:
        path = state_folder() / "layout.json"
        private_folder(path.parent)
        replace_file(path, json.dumps({"preset": preset}).encode(), 0o600)
    except (OSError, ConfigError):
        return

"""The line with the demo's tip, below the list; not there without one."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.detail.layout import fold
from canarytui.console.keymap import shown_keys
from canarytui.console.list.demo_guide import DemoGuide
from canarytui.console.model import ConsoleModel
from canarytui.console.widgets.lines import Lines


class GuideLine(Lines):
    """Follows the demo's only canary."""

    def __init__(self, model: ConsoleModel, guide: DemoGuide) -> None:
        super().__init__(id="guide")
        self._model = model
        self._guide = guide
        self._keys = {key.name: key.shown for key in shown_keys(model.settings.keys)}

    def say_next(self, columns: int) -> int:
        """Say what to press now, in `columns`; how many lines that takes."""
        state = self._model.state
        key = next(iter(sorted(state.keys())), None)
        tip = self._guide.tip(state.situation(key) if key is not None else None, self._keys)
        lines = fold(tip, columns) if tip else []
        self.display = bool(lines)
        self.styles.height = max(len(lines), 1)
        self.say(Text("\n".join(lines), style="strong"))
        return len(lines)

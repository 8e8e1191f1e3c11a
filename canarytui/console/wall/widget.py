"""The wall's text, with the loud tone that nothing else in the console has."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style

from canarytui.console.widgets.lines import TONES, Lines


class WallText(Lines):
    """Lines with one tone more: ``alarm``, for what must be seen from six metres."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"wall--alarm", *(f"lines--{tone}" for tone in TONES)}

    def _translate(self, style: str | Style) -> str | Style:
        if style == "alarm":
            return self.get_component_rich_style("wall--alarm", partial=False)
        return super()._translate(style)

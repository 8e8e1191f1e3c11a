"""From one style to the next in the fewest bytes: over a slow connection colours cost more than words."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29"}
_INVISIBLE_ON_BLANKS = frozenset("12358")
"""Bold, dim, italic, blink and conceal: a blank looks the same with and without."""


class SgrStyle(NamedTuple):
    """A style as a terminal takes it: SGR codes of attributes (``1`` bold), foreground (``38;5;253``), background."""

    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""

    @property
    def on_blanks(self) -> SgrStyle | None:
        """What is left of it on a blank, which has no foreground; None where blanks show more than a background."""
        if self.attributes - _INVISIBLE_ON_BLANKS:
            return None
        return SgrStyle(background=self.background)


PLAIN = SgrStyle()
RESET = "\x1b[m"
"""Back to the terminal's own style."""


def sgr_style_of(style: Style | None, colours: ColorSystem) -> SgrStyle:
    """The codes of `style` where there are these colours."""
    if style is None:
        return PLAIN
    codes = Strip.render_ansi(style.without_color, colours)
    foreground = style.color.downgrade(colours).get_ansi_codes() if style.color else ()
    background = style.bgcolor.downgrade(colours).get_ansi_codes(foreground=False) if style.bgcolor else ()
    return SgrStyle(frozenset(codes.split(";")) - {""}, ";".join(foreground), ";".join(background))


@lru_cache(maxsize=4096)
def change(before: SgrStyle, after: SgrStyle) -> str:
    """The shortest sequence that leads from one to the other; "" when they are the same."""
    if before == after:
        return ""
    anew = ";".join(filter(None, ["0", *sorted(after.attributes), after.foreground, after.background]))
    steps = _steps(before, after)
    codes = anew if steps is None or len(steps) > len(anew) else steps
    return f"\x1b[{'' if codes == '0' else codes}m"


def _steps(before: SgrStyle, after: SgrStyle) -> str | None:
    """Only what differs; None where that cannot be said."""
    removed = before.attributes - after.attributes
    off = {_OFF.get(code, "") for code in removed}
    kept = {_OFF.get(code, "") for code in after.attributes & before.attributes}
    if "" in off or off & kept:
        return None  # what ends bold ends dim, too
    codes = [*sorted(off), *sorted(after.attributes - before.attributes)]
    if after.foreground != before.foreground:
        codes.append(after.foreground or "39")
    if after.background != before.background:
        codes.append(after.background or "49")
    return ";".join(codes)

"""Shapes for the Linux console, whose own font has 256 characters: what it lacks is drawn with what it has.

Every stand-in is one column wide as the original is, and no two states that a shape tells apart become the same.
"""

from __future__ import annotations

from collections.abc import Mapping

_LACKING = "✗✓●○…–—▁▂▃▅▆▇▏▎▍▋▊▉▔╭╮╯╰┏┓┗┛━┃▶◀⏸⣿✎⚠ⓘ×²³¹“”‘’⋯⏎⇧↶‹›"
_INSTEAD = "x√•o.--__▄▄██│▌▌▌██▀┌┐┘└╔╗╚╝═║►◄=█*!ix231\"\"''.↵^<<>"
assert len(_LACKING) == len(_INSTEAD)

LINUX = {ord(lacking): instead for lacking, instead in zip(_LACKING, _INSTEAD, strict=True)}
LINUX.update({code: ":" for code in range(0x2801, 0x2900) if code not in LINUX})
LINUX[0x2800] = " "


def stand_ins(environment: Mapping[str, str]) -> dict[int, str]:
    """What to write instead of characters that this terminal does not have; nothing for a terminal of our time."""
    return LINUX if environment.get("TERM", "").startswith("linux") else {}

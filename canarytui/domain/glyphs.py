"""Shapes for terminals and encodings that lack ours: the Linux console, whose own font has 256 characters, and every
output whose encoding is not UTF-8. What is lacking is drawn with what there is.

Every stand-in is one column wide as the original is, and no two states that a shape tells apart become the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from canarytui.domain.plaintext import width

_LACKING = "✗✓●○…–—▁▂▃▅▆▇▏▎▍▋▊▉▔╭╮╯╰┏┓┗┛━┃▶◀⏸⣿✎⚠ⓘ×²³¹“”‘’⋯⏎⇧↶‹›"
_INSTEAD = "x√•o.--__▄▄██│▌▌▌██▀┌┐┘└╔╗╚╝═║►◄=█*!ix231\"\"''.↵^<<>"
assert len(_LACKING) == len(_INSTEAD)

LINUX = {ord(lacking): instead for lacking, instead in zip(_LACKING, _INSTEAD, strict=True)}
LINUX.update({code: ":" for code in range(0x2801, 0x2900) if code not in LINUX})
LINUX[0x2800] = " "

_PAIRS = (
    "✓+ √+ ✗x ●* •* ○o ◌. ⏸= █# ▉# ▊# ▋# ▌| ▍| ▎| ▏| ▀^ ▁_ ▂. ▃- ▄= ▅+ ▆* ▇% ░. ▒% ▓% ■# □o ▲^ △^ ▼v ▽v ▶> ►> "
    "◀< ◄< ←< →> ↑^ ↓v ↔- ↕| ↵< «< »> ·. µu °o ∞~ ≤< ≥> ¬! ─- ━= ═= ┄- ┈- │| ┃| ║| ┆| ┊| ♥* …. –- —-"
)
_TO_ASCII = {pair[0]: pair[1] for pair in _PAIRS.split(" ")}
_BOX, _BLOCKS = range(0x2500, 0x2580), range(0x2580, 0x25A0)


def stand_ins(environment: Mapping[str, str]) -> dict[int, str]:
    """What to write instead of characters that this terminal does not have; nothing for a terminal of our time."""
    return LINUX if environment.get("TERM", "").startswith("linux") else {}


def encodable(letter: str, encoding: str) -> str:
    """What to write instead of `letter`, which `encoding` does not have: as wide, and like it where that can be."""
    for instead in (LINUX.get(ord(letter), ""), _TO_ASCII.get(letter, ""), _like(letter)):
        if instead and _has(encoding, instead):
            return instead
    return "?" * width(letter)


def _like(letter: str) -> str:
    """A drawing character's nearest in ASCII, or a letter without its accents."""
    if ord(letter) in _BOX:
        return "+"
    if ord(letter) in _BLOCKS:
        return "#"
    plain = LINUX.get(ord(letter), letter)
    if plain != letter:
        return _TO_ASCII.get(plain, _like(plain))
    base = unicodedata.normalize("NFKD", letter)[:1]
    return base if base.isascii() and base.isprintable() and width(letter) == 1 else ""


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True

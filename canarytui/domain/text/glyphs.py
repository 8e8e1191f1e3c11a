"""Fallback characters for terminals and encodings without ours: the Linux console, whose font has 256 characters, and
any output that is not UTF-8.

Every fallback is one column wide, like the original, and different states keep different shapes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from canarytui.domain.text.plain import width

_LACKING = "✗✓●○…–—▁▂▃▅▆▇▏▎▍▋▊▉▔╭╮╯╰┏┓┗┛━┃▶◀⏸⣿✎⚠ⓘ×²³¹“”‘’⋯⏎⇧↶‹›┈★▾▸↩◇"
_INSTEAD = "x√•o.--__▄▄██│▌▌▌██▀┌┐┘└╔╗╚╝═║►◄=█*!ix231\"\"''.↵^<<>-*▼►<S"
assert len(_LACKING) == len(_INSTEAD)

LINUX = {ord(lacking): instead for lacking, instead in zip(_LACKING, _INSTEAD, strict=True)}
LINUX.update({code: ":" for code in range(0x2801, 0x2900) if code not in LINUX})
LINUX[0x2800] = " "

_PAIRS = (
    "✓+ √+ ✗x ●* •* ○o ◌. ⏸= █# ▉# ▊# ▋# ▌| ▍| ▎| ▏| ▀^ ▁_ ▂. ▃- ▄= ▅+ ▆* ▇% ░. ▒% ▓% ■# □o ▲^ △^ ▼v ▽v ▶> ►> ★* ▾v ▸> "
    "↩< ◀< ◄< ←< →> ↑^ ↓v ↔- ↕| ↵< «< »> ·. µu °o ∞~ ≤< ≥> ¬! ─- ━= ═= ┄- ┈- │| ┃| ║| ┆| ┊| ♥* …. –- —-"
)
_TO_ASCII = {pair[0]: pair[1] for pair in _PAIRS.split(" ")}
_BOX, _BLOCKS = range(0x2500, 0x2580), range(0x2580, 0x25A0)


def stand_ins(environment: Mapping[str, str]) -> dict[int, str]:
    """Fallbacks for characters that this terminal lacks; empty for a modern terminal."""
    return LINUX if environment.get("TERM", "").startswith("linux") else {}


def encodable(letter: str, encoding: str) -> str:
    """The fallback for `letter` in `encoding`: of the same width, and similar if possible."""
    for instead in (LINUX.get(ord(letter), ""), _TO_ASCII.get(letter, ""), _like(letter)):
        if instead and _has(encoding, instead):
            return instead
    return "?" * width(letter)


def _like(letter: str) -> str:
    """The closest ASCII character: of a line-drawing character, or a letter without accents."""
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

"""Text from a cluster made safe to show: whatever an object, an event or a metric's name holds is data.

Used by everything that puts a foreign string on a screen or into a log line. A terminal obeys escape
sequences, a reader trusts the direction in which letters run, and a table trusts that one character takes
one column; a hostile or merely broken object can abuse all three.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
MAX_LENGTH = 4000
"""Nothing longer than this is ever laid out; an event message can have a megabyte."""

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC strings
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI as one character
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
)
_SPACES = re.compile(r"\s+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me"})
"""Categories that draw nothing, or (marks) draw over their neighbours; composed letters are kept."""

_PLAIN = re.compile(r"[ -~]*")


def clean(text: object, limit: int = MAX_LENGTH) -> str:
    """One line of visible characters: no escape sequences, controls, bidi marks or zero-width characters.

    White space, line ends included, folds to single spaces. At most `limit` characters are returned; what
    was cut is marked with an ellipsis. Anything that is not a string is shown as ``str`` shows it.
    """
    raw = text if isinstance(text, str) else ("" if text is None else str(text))
    if len(raw) <= limit and _PLAIN.fullmatch(raw) and "  " not in raw:
        return raw.strip()
    # A bound before the work: a megabyte of escape sequences must not cost a megabyte of matching.
    raw = _ESCAPES.sub("", raw[: limit * 4])
    folded = _SPACES.sub(" ", raw)
    composed = unicodedata.normalize("NFC", folded)
    visible = "".join(letter for letter in composed if _visible(letter)).strip()
    return visible if len(visible) <= limit else visible[: max(limit - 1, 0)] + ELLIPSIS


def width(text: str) -> int:
    """Columns that `text` takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(_letter_width(letter) for letter in text)


def fit(text: str, columns: int, *, right: bool = False) -> str:
    """`text` padded or cut to exactly `columns` columns; a cut is marked with an ellipsis."""
    taken = width(text)
    if taken > columns:
        text = cut(text, columns)
        taken = width(text)
    padding = " " * (columns - taken)
    return padding + text if right else text + padding


def cut(text: str, columns: int) -> str:
    """The longest beginning of `text` in at most `columns` columns, its end marked when something is lost."""
    if width(text) <= columns:
        return text
    if columns <= 0:
        return ""
    kept, taken = [], 0
    for letter in text:
        taken += _letter_width(letter)
        if taken > columns - 1:
            break
        kept.append(letter)
    return "".join(kept) + ELLIPSIS


def _visible(letter: str) -> bool:
    if letter.isascii():
        return " " <= letter <= "~"
    return unicodedata.category(letter) not in _INVISIBLE


def _letter_width(letter: str) -> int:
    if letter.isascii():
        return 1
    if unicodedata.category(letter) in _INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1

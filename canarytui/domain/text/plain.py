"""Makes text from a cluster safe to show: objects, Events and metric names are untrusted data.

Everything that puts foreign text on a screen or into a log line uses this. Terminals obey escape sequences, readers
trust the direction of the letters, and tables trust that a character takes one column; a hostile or broken object can
abuse all three.
"""

from __future__ import annotations

import functools
import re
import unicodedata

ELLIPSIS = "…"
MAX_LENGTH = 4000
"""Limit of what is laid out; an Event's message can have a megabyte."""

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC strings
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI as one character
    r"|[\x90\x98\x9d-\x9f][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)"  # the strings, likewise
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
)
_SPACES = re.compile(r"\s+")
_MARKS = frozenset({"Mn", "Me"})
"""Categories drawn over their neighbours; composed letters are kept."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories that draw nothing, or something undefined."""

_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point, and the blank Braille pattern: characters that draw nothing."""

_JOINERS = frozenset("\u200d\ufe0e\ufe0f")
"""Joiners and colour selectors of emoji: dropped after an emoji, shown elsewhere."""
_PICTOGRAPHS = frozenset({"So", "Sk", "Sm"})

_PLAIN = re.compile(r"[ -~]*")
_PLAIN_LINES = re.compile(r"[ -~\n\t]*")
_LAYOUT = re.compile(r"([\n\t])")


def clean(text: object, limit: int = MAX_LENGTH) -> str:
    """One line of visible characters: escape sequences are dropped, and invisible characters (controls, bidi marks,
    zero-width and other ignorable characters) are written as their escape, such as ``\\u200b``, so that two names
    that differ only in them look different.

    White space, line breaks included, folds to single spaces. At most `limit` characters are returned, with an
    ellipsis where text was cut. Other types than text are converted by ``str``.
    """
    raw = text if isinstance(text, str) else ("" if text is None else str(text))
    if len(raw) <= limit and _PLAIN.fullmatch(raw) and "  " not in raw:
        return raw.strip()
    # Cut first: a megabyte of escape sequences must not cost a megabyte of matching.
    raw = _ESCAPES.sub("", raw[: limit * 4])
    folded = _SPACES.sub(" ", raw)
    visible = _shown(unicodedata.normalize("NFC", folded), marks=False).strip()
    return visible if len(visible) <= limit else visible[: max(limit - 1, 0)] + ELLIPSIS


def printable(text: str) -> str:
    """`text` with control and invisible characters escaped: the last check of what leaves the program. Line breaks and
    tabs are kept, and nothing is dropped, so that an escaped sequence can be read."""
    if _PLAIN_LINES.fullmatch(text):
        return text
    return "".join(part if part in ("\n", "\t") else _shown(part, marks=True) for part in _LAYOUT.split(text))


def sentence(text: object, limit: int = MAX_LENGTH) -> str:
    """:func:`printable` in one line of at most `limit` characters, as an error is told."""
    shown = printable(_SPACES.sub(" ", str(text)[: limit * 4])).strip()
    return shown if len(shown) <= limit else shown[: limit - 1] + ELLIPSIS


def unseen(letter: str) -> bool:
    """Whether a character draws nothing: a control, a format character, or one that is ignored by default."""
    if letter.isascii():
        return not " " <= letter <= "~"
    return unicodedata.category(letter) in _UNSEEN or _IGNORABLE.match(letter) is not None


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
    """The longest beginning of `text` in at most `columns` columns, with an ellipsis where it was cut."""
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


def cut_middle(text: str, columns: int) -> str:
    """`text` in at most `columns` columns, its middle cut if it is longer: names with a common prefix, such as those of
    contexts, still differ in their ends."""
    if width(text) <= columns or columns < 3:
        return cut(text, columns)
    tail = ""
    for letter in reversed(text):
        if width(letter + tail) > columns // 2:
            break
        tail = letter + tail
    return f"{cut(text, columns - width(tail))}{tail}"


def _shown(text: str, *, marks: bool) -> str:
    kept: list[str] = []
    for letter in text:
        if unseen(letter):
            if letter in _JOINERS and kept and unicodedata.category(kept[-1][-1]) in _PICTOGRAPHS:
                continue
            kept.append(escaped(letter))
        elif marks or letter.isascii() or unicodedata.category(letter) not in _MARKS:
            kept.append(letter)
    return "".join(kept)


def escaped(letter: str) -> str:
    """``\\x1b``, ``\\u200b`` or ``\\U000e0041``: the escape of a character that is not shown as itself."""
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@functools.lru_cache(maxsize=4096)
def _letter_width(letter: str) -> int:
    """As Rich lays it out: what we fit into a column and what is drawn there then take the same room."""
    if letter.isascii():
        return 1
    if unicodedata.category(letter) in _UNSEEN:
        return 0
    from rich.cells import get_character_cell_size  # commands that print ASCII only do without Rich

    return get_character_cell_size(letter)

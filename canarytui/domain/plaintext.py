"""Text from a cluster made safe to show: whatever an object, an event or a metric's name holds is data.

Used by everything that puts a foreign string on a screen or into a log line. A terminal obeys escape
sequences, a reader trusts the direction in which letters run, and a table trusts that one character takes
one column; a hostile or merely broken object can abuse all three.
"""

from __future__ import annotations

import functools
import re
import unicodedata

ELLIPSIS = "…"
MAX_LENGTH = 4000
"""Nothing longer than this is ever laid out; an event message can have a megabyte."""

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC strings
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI as one character
    r"|[\x90\x98\x9d-\x9f][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)"  # the strings, likewise
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
)
_SPACES = re.compile(r"\s+")
_MARKS = frozenset({"Mn", "Me"})
"""Draw over their neighbours; composed letters are kept."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Draw nothing, or nobody knows what."""

_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point, and the blank Braille pattern: letters and marks that draw nothing."""

_JOINERS = frozenset("\u200d\ufe0e\ufe0f")
"""What joins pictographs or chooses their colour; after one they are left out, elsewhere they are shown."""
_PICTOGRAPHS = frozenset({"So", "Sk", "Sm"})

_PLAIN = re.compile(r"[ -~]*")
_PLAIN_LINES = re.compile(r"[ -~\n\t]*")
_LAYOUT = re.compile(r"([\n\t])")


def clean(text: object, limit: int = MAX_LENGTH) -> str:
    """One line of visible characters: escape sequences are left out, and what cannot be seen (controls, bidi marks,
    zero-width and other ignorable characters) is written as its escape, such as ``\\u200b``: two names that differ
    in it do not look the same.

    White space, line ends included, folds to single spaces. At most `limit` characters are returned; what
    was cut is marked with an ellipsis. Anything that is not a string is shown as ``str`` shows it.
    """
    raw = text if isinstance(text, str) else ("" if text is None else str(text))
    if len(raw) <= limit and _PLAIN.fullmatch(raw) and "  " not in raw:
        return raw.strip()
    # A bound before the work: a megabyte of escape sequences must not cost a megabyte of matching.
    raw = _ESCAPES.sub("", raw[: limit * 4])
    folded = _SPACES.sub(" ", raw)
    visible = _shown(unicodedata.normalize("NFC", folded), marks=False).strip()
    return visible if len(visible) <= limit else visible[: max(limit - 1, 0)] + ELLIPSIS


def printable(text: str) -> str:
    """Lines as they are, with everything escaped that a terminal would obey or that cannot be seen: the last look at
    what leaves the program. Line ends and tabs are kept, and nothing is left out: a sequence that is disarmed can be
    read."""
    if _PLAIN_LINES.fullmatch(text):
        return text
    return "".join(part if part in ("\n", "\t") else _shown(part, marks=True) for part in _LAYOUT.split(text))


def sentence(text: object, limit: int = MAX_LENGTH) -> str:
    """:func:`printable` in one line of at most `limit` characters, as an error is told."""
    shown = printable(_SPACES.sub(" ", str(text)[: limit * 4])).strip()
    return shown if len(shown) <= limit else shown[: limit - 1] + ELLIPSIS


def unseen(letter: str) -> bool:
    """Whether a character draws nothing of its own: a control, a format character, one that is ignored by default."""
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


def cut_middle(text: str, columns: int) -> str:
    """`text` in at most `columns` columns, without its middle where it is longer: names that begin alike, as those of
    contexts do, stay told apart by their ends."""
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
    """``\\x1b``, ``\\u200b`` or ``\\U000e0041``: how a character is written that is not shown as itself."""
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

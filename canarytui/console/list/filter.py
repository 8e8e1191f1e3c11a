"""The list's filter: the words after ``/``, parsed once and applied to every row.

``cart`` is fuzzy in namespace/name and literal in all else that is shown; ``phase:failed`` (or ``:failed``) a phase,
a state as the list words it, or a group (``:problem :waiting :active :quiet``); ``ns:`` ``image:`` ``owner:`` look in
one column; ``-l app=web,tier!=db`` is kubectl's label selector; ``!`` before any of them leaves out what it finds.
"""

from __future__ import annotations

import re

from msgspec import Struct

from canarytui.domain.sentences import list_screen as words
from canarytui.domain.workloads.label_selector import labels
from canarytui.session.columns.canary_columns import filter_columns
from canarytui.session.columns.column import ListColumn, RowTest
from canarytui.session.rows import CanaryRow

HINT = words.HINT.words

_WORD = re.compile(r"!?(?:-l\s*)(?:[^\s()]|\([^)]*\)|\s+(?:in|notin)\s*\([^)]*\))+|\S+")


class KeptRows(Struct, frozen=True):
    """The rows that another screen has sent to the list, by a `test`; `name` is what they are. Without a test there are
    none, and all are shown."""

    name: str = ""
    test: RowTest | None = None


def matcher(pattern: str) -> RowTest:
    """The test for what somebody typed; never fails: a half-typed word narrows by what is there of it."""
    tests = [test for word in _WORD.findall(pattern) if (test := _test(word)) is not None]
    return lambda row: all(test(row) for test in tests)


def plain_words(pattern: str) -> list[str]:
    """The words of a pattern that are looked for as they are: what can be highlighted."""
    found = _WORD.findall(pattern)
    return [word for word in found if not word.startswith(("!", "-l")) and _aspect(word) is None]


def _test(word: str) -> RowTest | None:
    if word.startswith("!") and not word.startswith("!-l"):
        inner = _test(word[1:])
        return None if inner is None else lambda row: not inner(row)
    if word.startswith(("-l", "!-l")):
        wanted = labels(word.removeprefix("!").removeprefix("-l").strip())
        return (lambda row: not wanted(row.labels)) if word.startswith("!") else (lambda row: wanted(row.labels))
    column = _aspect(word)
    if column is not None:
        value = word.lower().partition(":")[2]
        return column.test(value) if value else None
    return _text(word.lower()) if word else None


def _aspect(word: str) -> ListColumn | None:
    """The column that ``word:value`` looks in."""
    aspect, colon, _ = word.lower().partition(":")
    return filter_columns().get(aspect) if colon else None


def _text(word: str) -> RowTest:
    def test(row: CanaryRow) -> bool:
        return word in row.haystack or _in_order(word, row.title)

    return test


def _in_order(word: str, text: str) -> bool:
    """Whether all letters of `word` occur in `text`, in that order. Not Textual's matcher, whose time is exponential in
    the number of repeated letters: a name from the cluster must not stop the console."""
    at = 0
    for letter in word:
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True

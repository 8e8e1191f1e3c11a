"""The timeline's filter: the words after ``/``, parsed once and applied to every entry.

``ns:shop``, ``canary:cart`` and ``from:log`` look at one thing, ``:warning`` and ``:normal`` at the severity; any other
word at canary and text. ``!`` before a word leaves out what it finds.
"""

from __future__ import annotations

from collections.abc import Callable

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.sentences import list_screen as words

Test = Callable[[TimelineEntry], bool]

HINT = words.HINT_TIMELINE.words
_SEVERITIES = {"warning": True, "warnings": True, "w": True, "normal": False, "n": False}


def matcher(pattern: str) -> Test:
    """The test for a typed filter; a half-typed word filters by what is there."""
    tests = [_test(word) for word in pattern.lower().split()]
    return lambda entry: all(test(entry) for test in tests)


def _test(word: str) -> Test:
    if word.startswith("!") and len(word) > 1:
        inner = _test(word[1:])
        return lambda entry: not inner(entry)
    aspect, colon, value = word.partition(":")
    if colon and not aspect:
        wanted = {warning for name, warning in _SEVERITIES.items() if value and name.startswith(value)}
        return lambda entry: not wanted or entry.warning in wanted
    if colon and aspect in ("ns", "namespace"):
        return lambda entry: entry.namespace.lower().startswith(value)
    if colon and aspect == "canary":
        return lambda entry: value in f"{entry.namespace}/{entry.name}".lower()
    if colon and aspect == "from":
        return lambda entry: any(source.value.startswith(value) for source in entry.sources)
    return lambda entry: word in f"{entry.namespace}/{entry.name} {entry.text}".lower()

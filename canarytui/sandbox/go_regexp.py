"""Regular expressions as Go reads them: RE2's, by the ``google-re2`` package.

Prometheus and Traefik take patterns from users and hand them to Go's ``regexp``; Python's ``re`` reads many of
them differently (``[[:digit:]]``, ``\\z``, ``\\Q…\\E``, ``a{1001}``, possessive repeats). Used by the embedded
Prometheus, the gateway and the validation of custom resources, with Go's error texts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

import re2

_MEMORY_BYTES_MOST = 64 << 20
_WORDS = {
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "trailing \\": "trailing backslash at end of expression",
    "no argument for repetition operator": "missing argument to repetition operator",
    "invalid repetition size": "invalid repeat count",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
}
"""RE2's error texts, and Go's for the same mistakes."""

_QUOTED_OR_ESCAPED = re.compile(r"\\Q.*?(?:\\E|$)|\\(.)", re.DOTALL)
_TEMPLATE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")


class BadPattern(ValueError):
    """The pattern is invalid; ``str`` is Go's sentence: ``error parsing regexp: missing closing ): `(a` ``."""


class RegexpMatch(Protocol):
    """Where a pattern was found."""

    def group(self, which: int = 0) -> str | None: ...
    def start(self, which: int = 0) -> int: ...
    def end(self, which: int = 0) -> int: ...


class Pattern(Protocol):
    """A compiled pattern."""

    groupindex: dict[str, int]
    groups: int

    def search(self, text: str) -> RegexpMatch | None: ...
    def finditer(self, text: str) -> list[RegexpMatch]: ...


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Pattern:
    """Compile a pattern; raises BadPattern."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY_BYTES_MOST
    try:
        compiled: Pattern = re2.compile(pattern, options)
    except UnicodeEncodeError as error:
        raise BadPattern("error parsing regexp: invalid UTF-8") from error
    except re2.error as error:
        raise BadPattern(_go_words(error.args[0])) from error
    # Two things that RE2 for C++ accepts and Go does not.
    if any(found[1] == "C" for found in _QUOTED_OR_ESCAPED.finditer(pattern)):
        raise BadPattern(r"error parsing regexp: invalid escape sequence: `\C`")
    named = re.findall(r"\(\?P?<(\w+)>", _QUOTED_OR_ESCAPED.sub("", pattern))
    for name in compiled.groupindex:
        if named.count(name) > 1:
            raise BadPattern(f"error parsing regexp: duplicate capture group name: `{name}`")
    return compiled


def compile_anchored(pattern: str) -> Pattern:
    """Compile a pattern that must match the whole text; raises BadPattern."""
    return compile_pattern(f"^(?:{pattern})$")


def expand(template: str, match: RegexpMatch, pattern: Pattern) -> str:
    """`template` with ``$1``, ``${1}``, ``$name`` and ``${name}`` replaced as Go's ``Expand`` does it.

    A name is as long as letters, digits and underscores go: ``$1x`` is the group "1x". Groups that are not there
    are empty, ``$$`` is a dollar.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        if name.isascii() and name.isdigit() and (name == "0" or name[0] != "0"):
            index = int(name)
            return (match.group(index) or "") if index <= pattern.groups else ""
        return (match.group(pattern.groupindex[name]) or "") if name in pattern.groupindex else ""

    return _TEMPLATE.sub(value, template)


def replace_all(pattern: Pattern, template: str, text: str) -> str:
    """`text` with every match replaced by the expanded template."""
    parts, last = [], 0
    for match in pattern.finditer(text):
        if match.end() > last or match.start() == 0:  # Go takes no empty match right behind another
            parts += [text[last : match.start()], expand(template, match, pattern)]
            last = match.end()
    return "".join([*parts, text[last:]])


def _go_words(text: bytes | str) -> str:
    shown = text.decode(errors="replace") if isinstance(text, bytes) else text
    kind, colon, fragment = shown.partition(": ")
    words = _WORDS.get(kind, kind)
    return f"error parsing regexp: {words}: `{fragment}`" if colon else f"error parsing regexp: {words}"

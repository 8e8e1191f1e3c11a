"""A sentence of the catalogue, and a phrase made of it that remembers which sentences it consists of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from string import Formatter

from msgspec import Struct

from canarytui.domain.counted import counted, plural

Part = tuple[str, Mapping[str, object]]
"""A sentence in use: its id and the values of its fields."""


class Phrase(Struct, frozen=True):
    """Text and the sentences it consists of, the outer one first."""

    text: str
    parts: tuple[Part, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(id for id, _ in self.parts)

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return format(self.text, spec)

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Phrase("", ())
"""For a field that stays empty."""


class Sentence(Struct, frozen=True):
    """`words` are a template with named fields, ``{ticks:n tick}`` for a number with its noun; `evidence` is what makes
    them true; `otherwise` is the id of the sentence for when the evidence is missing, "" if it cannot be."""

    id: str
    words: str
    evidence: str
    otherwise: str = ""

    def say(self, **fields: object) -> Phrase:
        """The words with `fields` filled in; phrases among them contribute their parts.

        Raises:
            KeyError: a field of the words is not given.
        """
        parts: list[Part] = [(self.id, fields)]
        for value in fields.values():
            if isinstance(value, Phrase):
                parts.extend(value.parts)
        return Phrase(self.text(**fields), tuple(parts))

    def text(self, **fields: object) -> str:
        """The words alone.

        Raises:
            KeyError: a field of the words is not given.
        """
        if _NUMBERED in self.words:
            return _FILLING.vformat(self.words, (), fields)
        return self.words.format(**fields)

    def read(self, text: str) -> Mapping[str, str] | None:
        """The fields of `text` when it is this sentence, said here or by another console; None when it is not."""
        found = _pattern(self.words).fullmatch(text)
        return found.groupdict() if found else None


def joined(*phrases: Phrase, by: str = "; ") -> Phrase:
    """The phrases that are not empty, joined with `by`."""
    said = [phrase for phrase in phrases if phrase]
    return Phrase(by.join(phrase.text for phrase in said), tuple(part for phrase in said for part in phrase.parts))


_NUMBERED = ":n "


class _Filling(Formatter):
    """Fills fields in, ``{ticks:n tick}`` as ``1 tick`` or ``3 ticks``."""

    def format_field(self, value: object, format_spec: str) -> str:
        noun = _noun(format_spec)
        return counted(value, noun) if noun else format(value, format_spec)


_FILLING = _Filling()


def _noun(spec: str | None) -> str:
    return spec[2:] if spec and spec.startswith("n ") else ""


@lru_cache(maxsize=64)
def _pattern(words: str) -> re.Pattern[str]:
    parts, known = [], set()
    for literal, name, spec, _ in Formatter().parse(words):
        parts.append(re.escape(literal))
        if name is not None:
            parts.append(f"(?P={name})" if name in known else f"(?P<{name}>.*?)")
            known.add(name)
            if noun := _noun(spec):
                parts.append(f" (?:{noun}|{plural(noun)})")
    return re.compile("".join(parts), re.DOTALL)

"""All sentences, for tests and for reading them as a whole.

Nothing that only uses sentences needs this module: it imports every area.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from canarytui.domain import sentences
from canarytui.domain.sentences.sentence import Sentence

AREAS: tuple[ModuleType, ...] = tuple(
    import_module(f"{sentences.__name__}.{found.name}")
    for found in iter_modules(sentences.__path__)
    if found.name not in ("catalogue", "sentence")
)


@cache
def catalogue() -> Mapping[str, Sentence]:
    """Every sentence by its id.

    Raises:
        ValueError: an id is used twice, or does not begin with the name of its module.
    """
    found: dict[str, Sentence] = {}
    for area in AREAS:
        for sentence in _of(area):
            if sentence.id in found or sentence.id.partition(".")[0] != area.__name__.rpartition(".")[2]:
                raise ValueError(f"{area.__name__}: the id {sentence.id} is used twice or belongs to another module")
            found[sentence.id] = sentence
    return found


def _of(area: ModuleType) -> Iterator[Sentence]:
    return (value for value in vars(area).values() if isinstance(value, Sentence))

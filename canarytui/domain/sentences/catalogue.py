"""All sentences by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType

from canarytui.domain.sentences import (
    action,
    audit_screen,
    cause,
    check_queries,
    checks,
    config_file,
    connecting,
    console,
    detail_screen,
    dialogs,
    drill,
    events_screen,
    forecast,
    hooks,
    invalid,
    legend,
    list_screen,
    objects,
    ownership,
    pods,
    reading,
    report_lines,
    rollout,
    serving,
    timeline,
    wall,
)
from canarytui.domain.sentences.sentence import Sentence

AREAS: tuple[ModuleType, ...] = (
    action, audit_screen, cause, check_queries, checks, config_file, connecting, console, detail_screen,
    dialogs, drill, events_screen, forecast, hooks, invalid, legend, list_screen, objects, ownership, pods,
    reading, report_lines, rollout, serving, timeline, wall,
)  # fmt: skip


@cache
def catalogue() -> Mapping[str, Sentence]:
    """Every sentence.

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

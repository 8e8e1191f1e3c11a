"""All sentences by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType

from canarytui.domain.sentences import (
    action,
    answers,
    bounds,
    cause,
    checks,
    credentials,
    drill,
    following,
    forecast,
    gating,
    guarding,
    hooks,
    images,
    invalid,
    kubeconfig,
    objects,
    outcomes,
    ownership,
    pausing,
    planning,
    pods,
    prometheus,
    promoting,
    providers,
    records,
    restoring,
    retrying,
    rolling_back,
    rollout,
    serving,
    skipping,
    stale,
    timeline,
    tls,
    triggering,
    unreachable,
)
from canarytui.domain.sentences.sentence import Sentence

AREAS: tuple[ModuleType, ...] = (
    action, answers, bounds, cause, checks, credentials, drill, following, forecast, gating, guarding, hooks,
    images, invalid, kubeconfig, objects, outcomes, ownership, pausing, planning, pods, prometheus, promoting,
    providers, records, restoring, retrying, rolling_back, rollout, serving, skipping, stale, timeline, tls,
    triggering, unreachable,
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

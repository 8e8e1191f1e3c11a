"""What the words of a ``:`` command may be: canaries, contexts, filters … by what the console knows now."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.console.model import ConsoleModel
from canarytui.console.pickers import saved_filters
from canarytui.console.themes import theme_names
from canarytui.domain.spec.canary import Canary


def checks(model: ConsoleModel) -> Iterable[str]:
    """``NAME CHECK=`` of every check."""
    known = model.state.keys()
    found = ((key, model.state.canary(key)) for key in known)
    return (
        f"{key[1]} {metric.name}="
        for key, canary in found
        if isinstance(canary, Canary)
        for metric in canary.spec.analysis.metrics
    )


def no_words(model: ConsoleModel) -> Iterable[str]:
    return ()


def namespaces(model: ConsoleModel) -> Iterable[str]:
    return ["all", *model.listing.namespaces()]


def contexts(model: ConsoleModel) -> Iterable[str]:
    return model.known_contexts()


def canaries(model: ConsoleModel) -> Iterable[str]:
    return sorted(f"{namespace}/{name}" for namespace, name in model.state.keys())  # noqa: SIM118 - no mapping


def link_titles(model: ConsoleModel) -> Iterable[str]:
    return model.settings.links


def themes(model: ConsoleModel) -> Iterable[str]:
    return theme_names()


def filters(model: ConsoleModel) -> Iterable[str]:
    return list(saved_filters(model))


def saved(model: ConsoleModel) -> Iterable[str]:
    return list(model.memory.filters)


def plugins(model: ConsoleModel) -> Iterable[str]:
    return [each.name for each in model.settings.plugins if not (each.writes and model.settings.read_only)]

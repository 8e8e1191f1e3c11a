"""``canarytui __complete WORD…``: what may come next on a command line, for the scripts of ``completion``.

The last WORD is the one being typed, "" when it is a new one. One candidate per line; silent and quick whatever goes
wrong, because the person is typing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from canarytui.arguments import Parser
from canarytui.cli.commands import CONSOLE, command_named, command_names
from canarytui.domain.text.plain import clean
from canarytui.output import say

PATIENCE_S = 0.9
"""How long listing canaries and namespaces may take."""

_CANARIES = frozenset({"names", "name", "canary"})
"""Arguments that name a canary."""

TypedOptions = tuple[str | None, str | None, str | None]
"""kubeconfig, context and namespace on the command line."""


def run(arguments: Sequence[str]) -> int:
    """Print the candidates; always 0."""
    with contextlib.suppress(Exception):
        for word in candidates(list(arguments) or [""]):
            say(word)
    return 0


def candidates(words: Sequence[str]) -> list[str]:
    """What the last of `words`, the arguments of ``canarytui``, may become."""
    *before, typed = words
    return sorted({word for word in _possible(list(before), typed) if word.startswith(typed) and word == clean(word)})


def _possible(before: list[str], typed: str) -> Iterable[str]:
    commands = command_names()
    if not before and not typed.startswith("-"):
        return commands
    command = before.pop(0) if before and before[0] in commands else ""
    if not command and before and not before[0].startswith("-"):
        return ()
    parser = (command_named(command) or CONSOLE).parser(command)
    while choice := _subcommands(parser):
        chosen = next((word for word in before if word in choice), None)
        if chosen is None:
            break
        parser, before = choice[chosen], before[before.index(chosen) + 1 :]
    options = {name: action for action in _declared(parser) for name in action.option_strings}
    previous = options.get(before[-1]) if before else None
    if previous is not None and previous.nargs is None:
        return _values(previous, before, options)
    if typed.startswith("-"):
        return (name for name, action in options.items() if action.help != argparse.SUPPRESS)
    return choice or _positional(parser, before, options)


def _subcommands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    return parser.commands if isinstance(parser, Parser) else {}


def _declared(parser: argparse.ArgumentParser) -> tuple[argparse.Action, ...]:
    return parser.declared if isinstance(parser, Parser) else ()


def _positional(
    parser: argparse.ArgumentParser, before: list[str], options: dict[str, argparse.Action]
) -> Iterable[str]:
    for action in _declared(parser):
        if not action.option_strings and action.choices is not None:
            return [str(choice) for choice in action.choices]
        if not action.option_strings and action.dest in _CANARIES and "--namespace" in options:
            return _canaries(_asked(before, options))
    return ()


def _values(option: argparse.Action, before: list[str], options: dict[str, argparse.Action]) -> Iterable[str]:
    if option.choices is not None:
        return [str(choice) for choice in option.choices]
    if option.dest == "context":
        from canarytui.session.context_names import context_names

        return context_names(_asked(before, options)[0])
    if option.dest == "namespace":
        return _namespaces(_asked(before, options))
    if option.dest == "sort_by":
        from canarytui.report.canaries import sorts

        return sorts()
    if option.dest == "mesh_provider":
        from canarytui.engine.routers.providers import provider_names

        return provider_names()
    return ()


def _asked(before: list[str], options: dict[str, argparse.Action]) -> TypedOptions:
    given: dict[str, str] = {}
    for name, value in zip(before, [*before[1:], ""], strict=False):
        long, equals, attached = name.partition("=")
        action = options.get(long)
        if action is not None:
            given[action.dest] = attached if equals else value
    return given.get("kubeconfig"), given.get("context"), given.get("namespace")


def _canaries(asked: TypedOptions) -> Iterable[str]:
    """``NAMESPACE/NAME``, and the name alone where it is the only one or the namespace is given."""
    found = _listed(asked, "canaries")
    names = [name for _, name in found]
    if asked[2]:
        return names
    return [f"{space}/{name}" for space, name in found] + [name for name in names if names.count(name) == 1]


def _namespaces(asked: TypedOptions) -> Iterable[str]:
    return {space for space, _ in _listed((asked[0], asked[1], None), "canaries")} | {
        name for _, name in _listed((asked[0], asked[1], None), "namespaces")
    }


def _listed(asked: TypedOptions, what: str) -> list[tuple[str, str]]:
    with _silence():
        return asyncio.run(_list(asked, what))


async def _list(asked: TypedOptions, what: str) -> list[tuple[str, str]]:
    from canarytui.cluster.client import ClusterTarget, connect
    from canarytui.cluster.resources import CANARIES, NAMESPACES

    kubeconfig, context, namespace = asked
    resource = {"canaries": CANARIES, "namespaces": NAMESPACES}[what]
    cluster = await connect(ClusterTarget(kubeconfig=kubeconfig, context=context))
    try:
        async with asyncio.timeout(PATIENCE_S):  # a credential plugin's time included
            page = await cluster.request("GET", resource.path(namespace), timeout_s=PATIENCE_S)
    finally:
        await cluster.close()
    metadata = [item.get("metadata") or {} for item in page.get("items") or []]
    return [(str(each.get("namespace") or ""), str(each.get("name") or "")) for each in metadata]


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep what credential plugins and libraries write to standard error off the person's command line."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)

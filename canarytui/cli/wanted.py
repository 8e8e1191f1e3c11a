"""Which cluster and which canaries a command is about: options in kubectl's manner, NAME or NAMESPACE/NAME."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from canarytui.domain.plaintext import clean
from canarytui.errors import UsageError

Key = tuple[str, str]
_FULL = "canary.flagger.app/"
_MOST_NAMED = 5


def add_cluster_options(parser: argparse.ArgumentParser, *, metrics: bool = True) -> None:
    """``--kubeconfig``, ``--context``, ``-n``, ``-A`` and, where values are shown, ``--prometheus``."""
    parser.add_argument("--kubeconfig", metavar="FILE", help="kubeconfig file (default: $KUBECONFIG or ~/.kube/config)")
    parser.add_argument("--context", metavar="NAME", help="context of the kubeconfig (default: its current one)")
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("-n", "--namespace", metavar="NS", help="look in one namespace only")
    scope.add_argument("-A", "--all-namespaces", action="store_true", help="look in all namespaces (the default)")
    if metrics:
        parser.add_argument(
            "--prometheus",
            metavar="URL",
            default="",
            help="where to ask for check values (default: what the controller itself uses)",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """The canaries that were named, (namespace, name) with "" for any namespace; none means all. `namespace` is
    where to look, None for everywhere."""

    names: tuple[Key, ...]
    namespace: str | None

    @classmethod
    def parse(cls, given: Sequence[str], namespace: str | None) -> Wanted:
        """Read the arguments of a command.

        Raises:
            UsageError: an empty name, or a namespace that is not the one of ``-n``.
        """
        names = tuple(_key(text, namespace) for text in given)
        spaces = {space for space, _ in names}
        return cls(names, namespace or (spaces.pop() if len(spaces) == 1 else None) or None)

    def has(self, key: Key) -> bool:
        """Whether a canary is among them."""
        if self.namespace and key[0] != self.namespace:
            return False
        return not self.names or any(key[1] == name and space in ("", key[0]) for space, name in self.names)

    def chosen(self, keys: Iterable[Key]) -> tuple[list[Key], list[str]]:
        """(those of `keys` that are wanted, in the order named; the names that are not among them)."""
        listed = list(keys)
        if not self.names:
            return listed, []
        found: dict[Key, None] = {}
        missing = []
        for space, name in self.names:
            hits = [key for key in listed if key[1] == name and space in ("", key[0])]
            found.update(dict.fromkeys(hits))
            if not hits:
                missing.append(f"{space}/{name}" if space else name)
        return list(found), missing

    def one(self, keys: Iterable[Key]) -> Key:
        """The one canary that was named.

        Raises:
            UsageError: it is not there, or several namespaces have one of that name.
        """
        found, missing = self.chosen(keys)
        if missing:
            raise UsageError(not_found(missing, self.namespace))
        if len(found) > 1:
            listed = ", ".join(clean("/".join(key), 120) for key in found[:_MOST_NAMED])
            raise UsageError(
                f"There are {len(found)} canaries called {clean(found[0][1], 100)} ({listed}): name one as "
                "NAMESPACE/NAME, or its namespace with -n."
            )
        return found[0]


def not_found(missing: Sequence[str], namespace: str | None) -> str:
    """The sentence for canaries that are not there."""
    where = f"namespace {clean(namespace, 100)}" if namespace else "any namespace that you can see"
    listed = ", ".join(clean(name, 120) for name in missing)
    if len(missing) == 1:
        return f"There is no canary {listed} in {where}: `canarytui get` lists the ones there are."
    return f"There are no canaries {listed} in {where}: `canarytui get` lists the ones there are."


def _key(text: str, namespace: str | None) -> Key:
    space, _, name = text.removeprefix(_FULL).rpartition("/")
    if not name or "/" in space:
        raise UsageError(f"{clean(text, 80)!r} names no canary: write NAME or NAMESPACE/NAME.")
    if space and namespace and space != namespace:
        raise UsageError(
            f"{clean(text, 120)} is not in namespace {clean(namespace, 100)}: leave out -n or the namespace."
        )
    return space or namespace or "", name

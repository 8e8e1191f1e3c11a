"""Which cluster and which canaries a command is about: options in kubectl's manner, NAME or NAMESPACE/NAME."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from msgspec import Struct

from canarytui.arguments import add_prometheus_argument
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.errors import UsageError

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
        add_prometheus_argument(parser)


class CanarySelection(Struct, frozen=True):
    """The canaries that were named: (namespace, name), with "" for any namespace; none means all. `namespace` is
    to search, None for all."""

    names: tuple[NamespacedName, ...]
    namespace: str | None

    @classmethod
    def parse(cls, given: Sequence[str], namespace: str | None) -> CanarySelection:
        """Read the arguments of a command.

        Raises:
            UsageError: an empty name, or a namespace that is not the one of ``-n``.
        """
        names = tuple(_key(text, namespace) for text in given)
        spaces = {space for space, _ in names}
        return cls(names, namespace or (spaces.pop() if len(spaces) == 1 else None) or None)

    def has(self, key: NamespacedName) -> bool:
        """Whether a canary is among them."""
        if self.namespace and key[0] != self.namespace:
            return False
        return not self.names or any(key[1] == name and space in ("", key[0]) for space, name in self.names)

    def chosen(self, keys: Iterable[NamespacedName]) -> tuple[list[NamespacedName], list[str]]:
        """(those of `keys` that are wanted, in the order named; the names that are not among them)."""
        listed = list(keys)
        if not self.names:
            return listed, []
        found: dict[NamespacedName, None] = {}
        missing = []
        for space, name in self.names:
            hits = [key for key in listed if key[1] == name and space in ("", key[0])]
            found.update(dict.fromkeys(hits))
            if not hits:
                missing.append(f"{space}/{name}" if space else name)
        return list(found), missing

    def one(self, keys: Iterable[NamespacedName], scope: str = "") -> NamespacedName:
        """The one canary that was named, of `keys`, which were listed in `scope` ("" is all namespaces).

        Raises:
            UsageError: it is not there, or several namespaces have one of that name.
        """
        from canarytui.domain.sentences import command as words

        found, missing = self.chosen(keys)
        if missing:
            raise UsageError(not_found(missing, self.namespace, scope))
        if len(found) > 1:
            listed = ", ".join(clean("/".join(key), 120) for key in found[:_MOST_NAMED])
            raise UsageError(words.AMBIGUOUS.text(count=len(found), name=clean(found[0][1], 100), listed=listed))
        return found[0]


def add_action_options(made: argparse.ArgumentParser) -> None:
    """Those of every command that writes to canaries."""
    add_cluster_options(made, metrics=False)
    made.add_argument("-y", "--yes", action="store_true", help="do not ask for confirmation")
    made.add_argument(
        "--dry-run", action="store_true", help="show the writes; the server checks them and stores nothing"
    )
    made.add_argument("--wait", action="store_true", help="wait until the controller has responded")
    made.add_argument("-o", "--output", choices=("json",), default="", help="one JSON document on standard output")


def not_found(missing: Sequence[str], namespace: str | None, scope: str = "") -> str:
    """The sentence for canaries that are not there. `namespace` is the one that was asked for, `scope` the one that was
    listed, "" for all."""
    from canarytui.domain.sentences import command as words

    where = _where(namespace, scope)
    listed = ", ".join(clean(name, 120) for name in missing)
    if len(missing) == 1:
        return words.NO_CANARY.text(name=listed, where=where)
    return words.NO_CANARIES.text(names=listed, where=where)


def none_found(namespace: str | None, scope: str, selector: str) -> str:
    """The sentence for a list that is empty, in a `namespace` or `scope` (see :func:`not_found`)."""
    from canarytui.domain.sentences import command as words

    where = _where(namespace, scope)
    if selector:
        return words.NONE_SELECTED.text(where=where, selector=clean(selector, 200))
    return words.NONE_FOUND.text(where=where)


def _where(namespace: str | None, scope: str) -> str:
    from canarytui.domain.sentences import command as words

    if namespace:
        return words.NAMESPACE.text(namespace=clean(namespace, 100))
    return words.OWN_NAMESPACE.text(namespace=clean(scope, 100)) if scope else words.ANY_NAMESPACE.text()


def _key(text: str, namespace: str | None) -> NamespacedName:
    from canarytui.domain.sentences import command as words

    space, _, name = text.removeprefix(_FULL).rpartition("/")
    if not name or "/" in space:
        raise UsageError(words.NO_NAME.text(given=repr(clean(text, 80))))
    if space and namespace and space != namespace:
        raise UsageError(words.TWO_NAMESPACES.text(given=clean(text, 120), namespace=clean(namespace, 100)))
    return space or namespace or "", name

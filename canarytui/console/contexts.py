"""The contexts that the console is on, one or many: each has a state, a connection and an action flow of its own.

A row of the list bears the key of its context (:class:`ContextKey`); everything about one canary happens in its own
context, with the plain key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from canarytui.console.actions.flow import ActionFlow
    from canarytui.session.connection import Connection


class ContextKey(tuple[str, str]):
    """(namespace, name) of a canary in one of several contexts; keys of different contexts differ."""

    context: str

    def __new__(cls, context: str, key: NamespacedName) -> ContextKey:
        made = super().__new__(cls, key)
        made.context = context
        return made

    @property
    def plain(self) -> NamespacedName:
        """The key in its own context."""
        return self[0], self[1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ContextKey) and other.context == self.context and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.context, self[0], self[1]))


class ConsoleContext(Struct):
    """One context. `name` is "" where none was asked for by name: the keys of its canaries are then the plain ones."""

    name: str
    state: ClusterState
    connection: Connection | None = None
    flow: ActionFlow | None = None

    def key(self, key: NamespacedName) -> NamespacedName:
        """`key` as the list has it."""
        return ContextKey(self.name, key) if self.name else key


class Contexts:
    """All contexts by name, in the order in which they were asked for; `current` is the one whose canary is selected.

    Without `names` there is one: the kubeconfig's current context, or another that takes its place.
    """

    def __init__(self, new_state: Callable[[], ClusterState], names: Sequence[str] = ()) -> None:
        self._new_state = new_state
        self.named = bool(names)
        """Whether they were asked for by name: rows then say which one they are in."""
        self._all = {name: ConsoleContext(name, new_state()) for name in names or ("",)}
        self.current = next(iter(self._all.values()))

    def __iter__(self) -> Iterator[ConsoleContext]:
        return iter(self._all.values())

    def __contains__(self, name: str) -> bool:
        return name in self._all

    def __getitem__(self, name: str) -> ConsoleContext:
        return self._all[name]

    def add(self, name: str) -> ConsoleContext:
        """One more, which is not open yet."""
        self._all[name] = ConsoleContext(name, self._new_state())
        return self._all[name]

    @property
    def opened(self) -> list[ConsoleContext]:
        """Those with a connection."""
        return [context for context in self if context.connection is not None]

    def connections(self) -> list[Connection]:
        """All that are open."""
        return [context.connection for context in self if context.connection is not None]

    async def close(self) -> None:
        """Close all that are open."""
        for connection in self.connections():
            await connection.close()

    def now(self) -> datetime:
        """This moment by the clock of the current cluster."""
        return self.current.state.now()

    def key(self, key: NamespacedName) -> NamespacedName:
        """`key` as the list has it; of the current context when it names none."""
        return key if isinstance(key, ContextKey) else self.current.key(key)

    def of(self, key: NamespacedName) -> ConsoleContext | None:
        """The context of a key of the list."""
        return self._all.get(key.context if isinstance(key, ContextKey) else "")

    def enter(self, key: NamespacedName) -> NamespacedName:
        """Make the context of a key of the list the current one; the key there."""
        context = self.of(key)
        if context is None:
            return key
        self.current = context
        return plain(key)

    def row(self, key: NamespacedName) -> CanaryRow | None:
        """The line of a canary by its key in the list; None when it is gone."""
        context = self.of(key)
        row = context.state.row(plain(key)) if context is not None else None
        if context is None or row is None or not context.name:
            return row
        name = clean(context.name, 120)
        return replace(row, key=key, context=name, haystack=f"{row.haystack} {name.lower()}")

    def changed(self) -> frozenset[NamespacedName]:
        """What :meth:`take_changed` would return."""
        return frozenset(context.key(key) for context in self for key in context.state.changed)

    def take_changed(self) -> frozenset[NamespacedName]:
        """What changed in any context since the last call, as keys of the list."""
        return frozenset(context.key(key) for context in self for key in context.state.take_changed())

    def keys(self) -> frozenset[NamespacedName]:
        """Every canary, as keys of the list."""
        return frozenset(context.key(key) for context in self for key in context.state.keys())  # noqa: SIM118

    def in_current(self, keys: Iterable[NamespacedName]) -> frozenset[NamespacedName]:
        """Those of the current context, as its own keys."""
        return frozenset(plain(key) for key in keys if self.of(key) is self.current)


def plain(key: NamespacedName) -> NamespacedName:
    """A key of the list as its own context has it."""
    return key.plain if isinstance(key, ContextKey) else key

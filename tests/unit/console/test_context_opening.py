"""Contexts are opened, replaced and closed without an app: a host keeps what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from textual.screen import Screen

from canarytui.cluster.resources import CANARIES
from canarytui.console.actions.port import Answer
from canarytui.console.context_opening import ContextOpening
from canarytui.console.contexts import Contexts
from canarytui.console.demo_fixture import NOW, FixtureConnection, canary_object
from canarytui.console.frame_loop import FrameLoop
from canarytui.console.model import ConsoleModel
from canarytui.console.settings import ConsoleSettings
from canarytui.console.wall.connection import WallConnection
from canarytui.console.wall.opening import WallOpening
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError, ConfigError
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState


class Begun:
    """Stands for a worker."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self.cancel = task.cancel


class Host:
    """What the app is to opening and to the frame loop."""

    bell_on = False
    zone: tzinfo | None = None

    def __init__(self) -> None:
        self.tasks: list[asyncio.Task[None]] = []
        self.errors: list[str] = []
        self.ended_by = ""
        self.lists_shown = 0
        self.ticks = 0
        self.lists_painted = 0

    def begin(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> Any:
        self.tasks.append(asyncio.create_task(work(), name=name))
        return Begun(self.tasks[-1])

    def cannot_start(self, error: CanarytuiError) -> None:
        self.ended_by = str(error)

    def report_unreachable(self, error: CanarytuiError) -> None:
        self.errors.append(str(error))

    def show_list(self) -> None:
        self.lists_shown += 1

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Nothing is drawn."""

    def tick(self) -> None:
        self.ticks += 1

    def show_first_list(self) -> None:
        self.lists_painted += 1

    def in_view(self, changed: frozenset[NamespacedName]) -> bool:
        return False

    def ringing_row(self, key: NamespacedName) -> CanaryRow | None:
        return None

    def bell(self) -> None:
        """Silent."""

    def run_directly(self, callback: Callable[[], None]) -> None:
        callback()

    def tell(self, text: str, *, warning: bool = False, timeout_s: float) -> None:
        raise AssertionError(text)

    async def hand_over(
        self,
        argv: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        text: str = "",
        errors: list[str] | None = None,
    ) -> int:
        raise AssertionError(argv)

    async def ask(self, question: Screen[Answer]) -> Answer | None:
        raise AssertionError(question)


class Closed(FixtureConnection):
    closed = 0

    async def close(self) -> None:
        self.closed += 1


class Console:
    """Contexts that are opened in the order asked for; `errors` says of each why it cannot be."""

    def __init__(
        self, *contexts: str, errors: Mapping[str | None, list[CanarytuiError]] | None = None, wall: bool = False
    ) -> None:
        self.errors = errors or {}
        self.opened: list[Closed] = []
        self.host = Host()
        self.model = ConsoleModel(Contexts(_state, contexts), settings=ConsoleSettings(), send=lambda message: None)
        frames = FrameLoop(self.model, self.host)
        kind = WallOpening if wall else ContextOpening
        self.opening = kind(self.model, frames, self.host, self._connect, _state)
        self.opening.drawn.set()

    async def _connect(self, cluster_state: ClusterState, *, context: str | None = None) -> Any:
        if self.errors.get(context):
            raise self.errors[context].pop(0)
        cluster_state.stores[CANARIES].replace([canary_object("shop", "basket", "Succeeded")])
        self.opened.append(Closed(context=context or "first", state=cluster_state))
        return self.opened[-1]

    async def begin(self) -> None:
        self.opening.begin()
        await asyncio.gather(*self.host.tasks)


def _state() -> ClusterState:
    return ClusterState(now=lambda: NOW)


def away() -> CanarytuiError:
    return CanarytuiError("The API server cannot be reached.")


async def test_a_context_gets_a_connection_and_a_flow_and_is_drawn() -> None:
    console = Console()
    await console.begin()
    assert console.model.connection is console.opened[0]
    assert console.model.flow is not None
    assert console.model.row(("shop", "basket")) is not None
    assert (console.host.lists_painted, console.host.ticks) == (1, 1)


async def test_without_its_first_context_the_console_ends() -> None:
    console = Console(errors={None: [away()]})
    await console.begin()
    assert console.host.ended_by == "The API server cannot be reached."
    assert console.model.contexts.opened == []


async def test_the_place_of_one_is_taken_only_by_one_that_is_open() -> None:
    console = Console(errors={"away": [away()]})
    await console.begin()
    await console.opening.switch("away")
    assert (console.host.errors, list(console.model.unreachable)) == ([str(away())], ["away"])
    assert (console.model.connection.context, console.opened[0].closed) == ("first", 0)
    await console.opening.switch("one")
    assert (console.model.connection.context, console.opened[0].closed) == ("one", 1)
    await console.model.contexts.close()
    assert [each.closed for each in console.opened] == [1, 1]


async def test_of_several_one_more_joins_and_the_list_shows_it() -> None:
    console = Console("eu", "us")
    await console.begin()
    await console.opening.switch("asia")
    await asyncio.gather(*console.host.tasks)
    assert [context.name for context in console.model.contexts.opened] == ["eu", "us", "asia"]
    assert [row.context for row in console.model.listing.shown] == ["asia"]
    assert console.host.lists_shown == 1
    assert [task.get_name() for task in console.host.tasks] == ["connect eu", "connect us", "connect asia"]


async def test_the_wall_keeps_trying_and_knows_since_when() -> None:
    console = Console(errors={None: [away()]}, wall=True)
    await console.begin()
    opening = console.opening
    assert isinstance(opening, WallOpening)
    assert (opening.lost_since, opening.lost_error) == (NOW, str(away()))
    assert isinstance(console.model.connection, WallConnection)
    assert console.model.flow is None


async def test_the_wall_ends_by_a_kubeconfig_that_cannot_be_used() -> None:
    console = Console(errors={None: [ConfigError("The kubeconfig names no cluster.")]}, wall=True)
    await console.begin()
    assert console.host.ended_by == "The kubeconfig names no cluster."

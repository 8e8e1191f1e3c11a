"""Opening, switching and closing the contexts of a console. What becomes of one is shown by the app, its host."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from canarytui.console.actions.port import ActionPort
from canarytui.console.connecting import connect, connect_in_the_end
from canarytui.console.contexts import ConsoleContext, Contexts
from canarytui.console.frame_loop import FrameLoop
from canarytui.console.list.ordering import Listing
from canarytui.console.model import ConsoleModel
from canarytui.domain.sentences import console as words
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError
from canarytui.session.connection import Connector
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from textual.worker import Worker


class OpeningHost(ActionPort, Protocol):
    """What opening needs of the app."""

    def begin(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> Worker[None]:
        """Run `work` in the background, under this name."""
        ...

    def cannot_start(self, error: CanarytuiError) -> None:
        """End the console: the context it begins with cannot be reached."""
        ...

    def report_unreachable(self, error: CanarytuiError) -> None:
        """Say why a context cannot be reached."""
        ...

    def show_list(self) -> None:
        """Go back to the list, whatever is open."""
        ...

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Draw what changed; everything when `changed` is empty."""
        ...

    def tick(self) -> None:
        """Bring what is drawn by the second up to date."""
        ...

    def show_first_list(self) -> None:
        """Paint the first frame, if it was held back for a list."""
        ...


class ContextOpening:
    """Opens the contexts of `model` with `connector`; one that takes the place of another fills a `new_state`."""

    def __init__(
        self,
        model: ConsoleModel,
        frames: FrameLoop,
        host: OpeningHost,
        connector: Connector,
        new_state: Callable[[], ClusterState],
    ) -> None:
        self._model = model
        self._frames = frames
        self._host = host
        self._connector = connector
        self._new_state = new_state
        self._begun: Worker[None] | None = None
        self._switching = asyncio.Lock()
        self.drawn = asyncio.Event()
        """Whether there is a screen to report on."""

    def begin(self) -> None:
        """Open all contexts in the background."""
        for context in self._model.contexts:
            self._begin(context)

    def _begin(self, context: ConsoleContext) -> None:
        self._begun = self._host.begin(partial(self.open, context, None), f"connect {context.name}".rstrip())

    async def open(self, context: ConsoleContext, name: str | None) -> None:
        """Open a context; one that is not named, with the kubeconfig's context `name`."""
        try:
            if context.name:
                failed = partial(self._not_reached, context.name)
                opened = await connect_in_the_end(self._connector, context, self.drawn, failed)
            else:
                opened = await connect(self._connector, context, name, self.drawn)
        except CanarytuiError as error:
            if name is None:
                self._host.cannot_start(error)
            else:
                self._not_reached(name, error)
            return
        self._model.unreachable.pop(context.name or opened.context, None)
        context.connection = opened
        if self._model.contexts.current.connection is None:
            self._model.contexts.current = context
        try:
            await self.opened()
        finally:  # also when another context takes its place meanwhile, and then cannot be reached
            from canarytui.console.actions.flow import ActionFlow  # once the list is painted

            context.flow = ActionFlow(self._host, context.state, opened)
        self._host.tick()

    def _not_reached(self, name: str, error: CanarytuiError) -> None:
        self._model.unreachable[name] = str(error)
        self._host.report_unreachable(error)

    async def opened(self) -> None:
        """A context has just been opened: draw it."""
        await asyncio.sleep(0)  # the stores report their first list
        self._frames.frame()
        if self._model.listing.out_of_order:
            self._model.listing.settle()  # a context that joins is not a change that has to wait for its turn
            self._host.redraw(frozenset())
        self._host.show_first_list()

    async def switch(self, name: str) -> None:
        """Show one context's canaries: one of several joins them if it is not open yet; a single one takes the other's
        place, which stays when that fails."""
        if self._model.contexts.named:
            self._join(name)
            return
        async with self._switching:
            await self._model.end_drill(words.CONTEXT_CHOSEN.text())
            await self._replace(name)

    def _join(self, name: str) -> None:
        contexts = self._model.contexts
        self._host.show_list()
        if name not in contexts:
            self._frames.follow(contexts.add(name).state)
            self._begin(contexts[name])
        self._model.listing.narrow(pattern=f"ctx:{name}")
        self._host.redraw(frozenset())

    async def _replace(self, name: str) -> None:
        if self._begun is not None:
            self._begun.cancel()  # a first context that is not open yet is not waited for
        model, before = self._model, (self._model.contexts, self._model.listing)
        model.contexts = Contexts(self._new_state)
        model.listing = Listing(model.contexts)
        self._frames.follow(model.state)
        await self.open(model.contexts.current, name)
        if model.contexts.opened:
            await before[0].close()
        else:
            model.contexts, model.listing = before
            if not before[0].opened:
                self._begin(before[0].current)
        self._host.show_list()
        self._host.redraw(model.contexts.keys())

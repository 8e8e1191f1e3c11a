"""When the screen is drawn: changes are gathered and drawn together, at most sixteen times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from canarytui.console.bell import Alarm
from canarytui.console.model import ConsoleModel
from canarytui.domain.values import NamespacedName
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

FRAME_S = 0.06
"""Changes are gathered for this long before they are drawn."""

_SWEEP_TICKS = 5


class FrameTarget(Protocol):
    """What frames are drawn on: the app."""

    bell_on: bool

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Draw what changed; everything when `changed` is empty."""
        ...

    def ringing_row(self, key: NamespacedName) -> CanaryRow | None:
        """The row whose failure rings the bell; None for a canary that is gone or does not matter here."""
        ...

    def bell(self) -> None:
        """Ring."""
        ...

    def run_directly(self, callback: Callable[[], None]) -> None:
        """Run `callback` past the queue of messages."""
        ...


class FrameLoop:
    """Keeps the listing of `model` in step with its contexts."""

    def __init__(self, model: ConsoleModel, target: FrameTarget) -> None:
        self._model = model
        self._target = target
        self._alarm = Alarm()
        self._due = False
        self._ticks = 0
        self._drawn_state: tuple[object, ...] = ()
        self._drawn_revision = 0
        self._was_loading = False

    def follow(self, state: ClusterState) -> None:
        """Draw a frame soon after anything in `state` changed."""
        for store in state.stores.values():
            store.subscribe(self._changed)

    def _changed(self, _keys: frozenset[NamespacedName]) -> None:
        if not self._due:
            self._due = True
            # Sixteen times a second, the way through the app's queue costs more than what is drawn.
            asyncio.get_running_loop().call_later(FRAME_S, self._target.run_directly, self.frame)

    def frame(self) -> None:
        """Take over what changed, and draw it."""
        self._due = False
        model, contexts = self._model, self._model.contexts
        changed = contexts.take_changed()
        shown = model.listing.refresh(changed)
        loading = any(context.state.canaries.loading for context in contexts)
        if (loading or self._was_loading) and model.listing.out_of_order:
            model.listing.settle()  # a page of the first list is not a change that has to wait for its turn
        self._was_loading = loading
        if self._alarm.news((key, self._target.ringing_row(key)) for key in shown) and self._target.bell_on:
            self._target.bell()
        revision = sum(context.state.timeline.revision for context in contexts)
        state = tuple(
            (
                context.name,
                context.state.canaries.synced,
                context.state.canaries.stale_since,
                context.connection is None,
            )
            for context in contexts
        )
        if state != self._drawn_state:
            self._target.redraw(frozenset())
        elif shown or revision != self._drawn_revision:
            news = shown or changed
            self._target.redraw(news | contexts.in_current(news))
        self._drawn_state, self._drawn_revision = state, revision

    def tick(self) -> None:
        """A second has passed: draw what no store reports, such as readings and the timeline."""
        self._ticks += 1
        if self._ticks % _SWEEP_TICKS == 0:
            # Time alone can turn an active rollout into one that no controller reconciles.
            now = self._model.contexts.now()
            self._model.listing.refresh(self._model.listing.silent(now))
            self._model.listing.recovered(now)
        self.frame()

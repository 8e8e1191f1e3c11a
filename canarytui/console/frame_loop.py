"""When the screen is drawn: a change in view at once, at most thirty times a second; the others are gathered and drawn
together, ten times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from canarytui.console.bell import Alarm
from canarytui.console.model import ConsoleModel
from canarytui.domain.values import NamespacedName
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

FRAME_S = 0.1
"""Changes out of view are gathered for this long: what they alter is counts, order and the timeline."""
PROMPT_S = 0.015
"""A change in view is drawn after so long, with what comes along with it on other watches, …"""
PACE_S = 0.03
"""… but not sooner than this after the last one."""

_SWEEP_TICKS = 5


class FrameTarget(Protocol):
    """What frames are drawn on: the app."""

    bell_on: bool

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Draw what changed; everything when `changed` is empty."""
        ...

    def in_view(self, changed: frozenset[NamespacedName]) -> bool:
        """Whether any of these canaries, as keys of the list, is on the screen."""
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
        self._due: asyncio.TimerHandle | None = None
        self._prompt = False
        """Whether what is due is prompt already: nothing can make it earlier."""
        self._prompt_at = 0.0
        self._ticks = 0
        self._drawn_state: tuple[object, ...] = ()
        self._drawn_revision = 0
        self._was_loading = False

    def follow(self, state: ClusterState) -> None:
        """Draw a frame soon after anything in `state` changed."""
        for store in state.stores.values():
            store.subscribe(self._changed)

    def _changed(self, _keys: frozenset[NamespacedName]) -> None:
        if self._prompt:
            return
        prompt = self._target.in_view(self._model.contexts.changed())
        if self._due is not None:
            if not prompt:
                return
            self._due.cancel()
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._prompt = prompt
        if prompt:
            at = self._prompt_at = max(now + PROMPT_S, self._prompt_at + PACE_S)
        else:
            at = now + FRAME_S
        # Thirty times a second, the way through the app's queue costs more than what is drawn.
        self._due = loop.call_at(at, self._target.run_directly, self.frame)

    def frame(self) -> None:
        """Take over what changed, and draw it."""
        if self._due is not None:
            self._due.cancel()
        self._due, self._prompt = None, False
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

"""How the wall gets its connection: it keeps trying, and knows since when there is none."""

from __future__ import annotations

import asyncio
from datetime import datetime

from canarytui.console.context_opening import ContextOpening
from canarytui.console.contexts import ConsoleContext
from canarytui.console.wall.connection import WallConnection
from canarytui.errors import CanarytuiError, ConfigError, UsageError

_FIRST_RETRY_S = 0.5
_LAST_RETRY_S = 10.0


class WallOpening(ContextOpening):
    """Opens its one context to read only."""

    lost_since: datetime | None = None
    """Since when the API server has not been reached; None before the first attempt failed."""
    lost_error = ""

    async def open(self, context: ConsoleContext, name: str | None) -> None:
        """Connect, however long it takes; only a kubeconfig that cannot be used ends it."""
        begun, wait_s = context.state.now(), _FIRST_RETRY_S
        while True:
            try:
                opened = await self._connector(context.state, context=name)
                break
            except (ConfigError, UsageError) as error:
                self._host.cannot_start(error)
                return
            except CanarytuiError as error:
                self.lost_since, self.lost_error = self.lost_since or begun, str(error)
            self._host.redraw(frozenset())
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LAST_RETRY_S)
        await self.drawn.wait()
        context.connection = WallConnection(opened)
        await self.opened()
        self._host.tick()

"""Opening a context: once, or again and again until it can be reached. What comes of it is reported when there is a
screen to report it on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from canarytui.console.contexts import ConsoleContext
from canarytui.errors import CanarytuiError
from canarytui.session.connection import Connection, Connector

AGAIN_S = 15.0
"""A context that cannot be reached is tried again after so long."""


async def connect(connector: Connector, context: ConsoleContext, name: str | None, drawn: asyncio.Event) -> Connection:
    """The connection of `context` to the kubeconfig's context `name` (None: the one that the connector begins with),
    not before there is a screen (`drawn`).

    Raises:
        CanarytuiError: it cannot be reached.
    """
    try:
        opened = await connector(context.state, context=name)
    except CanarytuiError:
        await drawn.wait()
        raise
    try:
        await drawn.wait()
    except BaseException:  # the console was left before it had drawn anything
        await opened.close()
        raise
    return opened


async def connect_in_the_end(
    connector: Connector,
    context: ConsoleContext,
    drawn: asyncio.Event,
    failed: Callable[[CanarytuiError], None],
) -> Connection:
    """The connection of a named context, however long that takes; `failed` is called once, with the first error."""
    reported = False
    while True:
        try:
            return await connect(connector, context, context.name, drawn)
        except CanarytuiError as error:
            if not reported:
                reported = True
                failed(error)
            await asyncio.sleep(AGAIN_S)

"""The live connector, loaded in a thread while the first frame is already on the screen."""

from __future__ import annotations

import asyncio
import importlib

from canarytui.console.connection import Connection, Connector
from canarytui.console.world import World


def _load() -> None:
    from canarytui.cluster.lean_client import only_what_is_asked_for

    only_what_is_asked_for()
    importlib.import_module("canarytui.console.live")


def live_connector(
    *, kubeconfig: str | None, context: str | None, namespace: str | None, all_namespaces: bool, prometheus: str
) -> Connector:
    """A connector for the app with the command line's choices; `context` is what it begins with."""
    first = context

    async def connector(world: World, *, context: str | None = None) -> Connection:
        await asyncio.to_thread(_load)
        from canarytui.cluster.connect import Target
        from canarytui.console.live import open_connection

        return await open_connection(
            world,
            Target(kubeconfig=kubeconfig, context=context or first),
            namespace=namespace,
            all_namespaces=all_namespaces,
            prometheus=prometheus,
        )

    return connector

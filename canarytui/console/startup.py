"""The live connector, and the Kubernetes client loaded in a thread while the console starts."""

from __future__ import annotations

import asyncio
import gc
import importlib
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canarytui.session.connection import Connection, Connector
    from canarytui.session.state import ClusterState


_loading: threading.Thread | None = None


def begin_loading() -> None:
    """Load the client in parallel with the rest of the start; call it first.

    Nothing made at the start is garbage, so collection is off until :func:`end_of_start`.
    """
    global _loading
    gc.disable()
    if _loading is None:
        _loading = threading.Thread(target=_load_client, name="load-client", daemon=True)
        _loading.start()


def end_of_start() -> None:
    """Turn garbage collection on again, without what the start made: modules and first objects live as long as the
    console, and scanning them again and again delays keys."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _load_client() -> None:
    # Nothing else of ours: two threads that import modules which import each other can meet half-made ones.
    with suppress(Exception):  # raised again when the client is needed, where it can be reported
        importlib.import_module("canarytui.cluster.official_client")


def _loaded() -> None:
    """Wait until the client is loaded; raises what loading raised."""
    begin_loading()
    if _loading is not None:
        _loading.join()
    importlib.import_module("canarytui.session.live")


def live_connector(
    *,
    kubeconfig: str | None,
    context: str | None,
    namespace: str | None,
    all_namespaces: bool,
    prometheus: str,
    flagger_logs: str = "",
    read_only: bool = False,
    by_pages: bool = False,
) -> Connector:
    """A connector for the app with the command line's choices; `context` is what it begins with. With `read_only`
    nothing can be written through it; with `by_pages` it is open as soon as the first page of canaries is there."""
    first = context

    async def connector(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        await asyncio.to_thread(_loaded)
        from canarytui.cluster.client import ClusterTarget
        from canarytui.session.live import open_connection
        from canarytui.session.read_only_connection import ReadOnlyConnection

        connection = await open_connection(
            cluster_state,
            ClusterTarget(
                kubeconfig=kubeconfig, context=context or first, read_only=read_only, waiting=cluster_state.waits_for
            ),
            namespace=namespace,
            all_namespaces=all_namespaces,
            prometheus=prometheus,
            logs=flagger_logs,
            by_pages=by_pages,
        )
        connection.compare_rolling()
        return ReadOnlyConnection(connection, connection.cluster.age_s) if read_only else connection

    return connector

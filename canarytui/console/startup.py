"""The live connector, and a start without garbage collection."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canarytui.session.connection import Connection, Connector
    from canarytui.session.state import ClusterState


def begin_start() -> None:
    """Turn garbage collection off until :func:`end_of_start`: nothing that is made at the start is garbage."""
    gc.disable()


def end_of_start() -> None:
    """Turn garbage collection on again, without what the start made: modules and first objects live as long as the
    console, and scanning them again and again delays keys."""
    gc.collect()
    gc.freeze()
    gc.enable()


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
    # Here, not in a thread beside Textual: two cores that hand Python's lock to each other are slower than one.
    from canarytui.cluster.client import ClusterTarget
    from canarytui.session.live import open_connection
    from canarytui.session.read_only_connection import ReadOnlyConnection

    first = context

    async def connector(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
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

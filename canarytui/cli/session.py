"""Sessions for commands: open one, wait for its first lists and values, close it."""

from __future__ import annotations

import argparse
import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from canarytui.background import to_the_end
from canarytui.cli.canary_selection import CanarySelection
from canarytui.cli.foreground import end_signal, until
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError, UsageError
from canarytui.session.polling import wait_until

if TYPE_CHECKING:
    from canarytui.session.live import LiveConnection
    from canarytui.session.opened_cluster import OpenedCluster
    from canarytui.session.state import ClusterState

T = TypeVar("T")
LOOK_EVERY_S = 0.2
_FIRST_LISTS_S = 3.0
_FIRST_VALUES_S = 2.5
MOST_MEASURED = 40
"""Most canaries whose checks are queried."""


def local_now() -> datetime:
    """Now, in the local time zone."""
    return datetime.now().astimezone()


def new_cluster_state() -> ClusterState:
    """The state of a cluster that nothing is known of yet, on local time."""
    from canarytui.session.state import ClusterState

    return ClusterState(now=local_now)


@asynccontextmanager
async def looking(
    options: argparse.Namespace, selection: CanarySelection
) -> AsyncIterator[tuple[ClusterState, OpenedCluster]]:
    """List the canaries once; closed at the end. Raises CanarytuiError when they cannot be listed."""
    from canarytui.cluster.client import ClusterTarget
    from canarytui.session.opened_cluster import open_cluster

    cluster_state = new_cluster_state()
    opened = await open_cluster(
        cluster_state,
        ClusterTarget(kubeconfig=options.kubeconfig, context=options.context, terminal=True),
        namespace=selection.namespace,
        all_namespaces=options.all_namespaces,
    )
    try:
        await asyncio.sleep(0)  # stores notify at the loop's next iteration
        yield cluster_state, opened
    finally:
        await to_the_end(opened.cluster.close())


@asynccontextmanager
async def following(
    options: argparse.Namespace, selection: CanarySelection
) -> AsyncIterator[tuple[ClusterState, LiveConnection]]:
    """A live connection like the console's, after its first lists; closed at the end. Raises CanarytuiError when the
    canaries cannot be listed."""
    from canarytui.cluster.client import ClusterTarget
    from canarytui.session.live import open_connection

    cluster_state = new_cluster_state()
    connection = await open_connection(
        cluster_state,
        ClusterTarget(kubeconfig=options.kubeconfig, context=options.context, terminal=True),
        namespace=selection.namespace,
        all_namespaces=options.all_namespaces,
        prometheus=getattr(options, "prometheus", ""),
    )
    try:
        connection.show_checks_of(())  # lists everything else, which otherwise waits for the first frame
        await first_lists(cluster_state)
        yield cluster_state, connection
    finally:
        await to_the_end(connection.close())


async def first_lists(cluster_state: ClusterState) -> None:
    """Wait until everything that is always watched has been listed, or cannot be listed."""
    from canarytui.session.state import WATCHED

    stores = [cluster_state.stores[resource] for resource in (*WATCHED, *cluster_state.routers.wanted)]
    await wait_until(lambda: all(store.synced or store.error for store in stores), _FIRST_LISTS_S)
    await asyncio.sleep(0)


async def first_values(cluster_state: ClusterState, keys: Iterable[NamespacedName]) -> None:
    """Wait until the checks of `keys` have been queried, and why they have no values is known, or for 2.5 s."""
    selection = tuple(keys)

    def known() -> bool:
        situations = (cluster_state.situation(key) for key in selection)
        checks = (check for situation in situations if situation for check in situation.checks)
        return all(check.asked and not check.seeking for check in checks)

    await wait_until(known, _FIRST_VALUES_S)


async def controller_sought(cluster_state: ClusterState) -> None:
    """Wait until the controller has been looked for, from which the address of Prometheus is known, or for 2.5 s."""
    await wait_until(lambda: cluster_state.engine_sought, _FIRST_VALUES_S)


async def first_comparisons(
    cluster_state: ClusterState, connection: LiveConnection, keys: Iterable[NamespacedName]
) -> None:
    """Compare canary and primary of `keys` from now on; wait for the first answers, or for 2.5 s."""
    selection = [key for key in keys if cluster_state.situation(key) is not None][:MOST_MEASURED]
    await controller_sought(cluster_state)
    for key in selection:
        connection.keep_comparing(key)
    await wait_until(lambda: all(key in cluster_state.comparisons for key in selection), _FIRST_VALUES_S)


def worth_measuring(cluster_state: ClusterState, keys: Iterable[NamespacedName]) -> list[NamespacedName]:
    """The canaries whose checks are queried: those with a rollout in progress, as others get no canary traffic."""
    from canarytui.domain.rollout.situation import ACTIVE_PHASES

    found = ((key, cluster_state.situation(key)) for key in keys)
    return [key for key, situation in found if situation is not None and situation.phase in ACTIVE_PHASES][
        :MOST_MEASURED
    ]


def unreadable(cluster_state: ClusterState, key: NamespacedName) -> CanarytuiError:
    """Why a listed canary has no situation: its object is invalid, or it was deleted."""
    from canarytui.domain.sentences.command import DELETED
    from canarytui.domain.text.plain import clean

    found = cluster_state.canary(key)
    return found if isinstance(found, CanarytuiError) else UsageError(DELETED.text(canary=clean("/".join(key), 200)))


class ContactMonitor:
    """Reports an outage of the API server once when it begins and once when it ends."""

    def __init__(self, cluster_state: ClusterState, context: str = "") -> None:
        self._cluster_state, self._context = cluster_state, context
        self._stale = False

    def news(self) -> str:
        """The line to print now, "" when nothing has changed."""
        from canarytui.domain.sentences.command_status import BACK, CONTEXT, KNOWN, STALE
        from canarytui.domain.text.plain import clean

        stale = self._cluster_state.stale()
        if (stale is not None) == self._stale:
            return ""
        self._stale = stale is not None
        now = self._cluster_state.now()
        if stale is None:
            return BACK.text(clock=f"{now:%H:%M:%S}")
        context = CONTEXT.text(name=self._context) if self._context else ""
        known = clean(", ".join(filter(None, (stale.reason, context))), 200)
        return STALE.text(
            clock=f"{stale.since.astimezone(now.tzinfo):%H:%M:%S}",
            known=KNOWN.text(known=known) if known else "",
            why=clean(self._cluster_state.canaries.error, 200),
        )


def run_until_signal(work: Callable[[], Coroutine[Any, Any, T]]) -> tuple[bool, T | None]:
    """Run `work` until it is done, or until a signal or a closed output pipe ends it: (whether done, its result)."""

    async def main() -> tuple[bool, T | None]:
        ended = end_signal()
        _end_with_reader(ended)
        return await until(ended, work())

    return asyncio.run(main())


def _end_with_reader(ended: asyncio.Event) -> None:
    """Set `ended` when standard output is a pipe without a reader: a command that has nothing to write would not
    notice."""
    try:
        number = sys.stdout.fileno()
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            asyncio.get_running_loop().add_reader(number, ended.set)
    except (OSError, ValueError):
        return  # not a real file, as in tests

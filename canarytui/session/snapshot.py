"""A snapshot of a cluster: the canaries and what explains them, listed once, and their checks queried once.

What the command line uses where nobody waits for changes; ``live`` begins with the same first list and then follows.
No screen is involved, and nothing here loads the terminal toolkit.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import CANARIES, CONFIGMAPS, DAEMONSETS, DEPLOYMENTS, EVENTS, SECRETS
from canarytui.domain.rollout.revision_outcome import Inputs, inputs_of
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError
from canarytui.session.controller_deployments import controller_deployments
from canarytui.session.controller_discovery import find_engine
from canarytui.session.metric_poller import MetricPoller
from canarytui.session.opened_cluster import OpenedCluster
from canarytui.session.state import WATCHED, ClusterState

PATIENCE_S = 2.0
"""How long a snapshot waits for metrics: a list without values is better than none."""
COMPARED_MOST = 24
"""Canaries: each takes queries of its own, and nobody waits long for a list."""
_COMPARED_AT_ONCE = 4


async def read_once(
    opened: OpenedCluster,
    cluster_state: ClusterState,
    *,
    prometheus: str,
    measured: Callable[[ClusterState], Iterable[NamespacedName]],
    compared: Callable[[ClusterState], Iterable[NamespacedName]] | None = None,
) -> None:
    """List once what explains the canaries, then ask for the checks of those that `measured` chooses, and compare
    canary and primary of those that `compared` chooses.

    What may not be read or does not answer stays unknown, as it does in the console.
    """
    reflectors = [reflector_of(opened, cluster_state, resource) for resource in WATCHED if resource is not CANARIES]
    await asyncio.sleep(0)  # stores notify at the loop's next iteration
    await asyncio.gather(*(_tolerantly(reflector) for reflector in reflectors))
    await asyncio.sleep(0)
    keys = tuple(measured(cluster_state))
    if keys or _names_no_provider(cluster_state):
        await find_controller(opened, cluster_state)
    routers = [reflector_of(opened, cluster_state, resource) for resource in cluster_state.routers.wanted]
    await asyncio.gather(*(_tolerantly(reflector) for reflector in routers))
    await asyncio.sleep(0)
    poller = MetricPoller(opened.cluster, cluster_state, prometheus)
    with contextlib.suppress(CanarytuiError, TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            await poller.ask_once(keys)
    if compared is not None:
        with contextlib.suppress(CanarytuiError, TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await _compare_once(opened, cluster_state, poller, tuple(compared(cluster_state)))


async def _compare_once(
    opened: OpenedCluster, cluster_state: ClusterState, poller: MetricPoller, keys: Iterable[NamespacedName]
) -> None:
    from canarytui.session.canary_detail import CanaryDetail
    from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch

    free = asyncio.Semaphore(_COMPARED_AT_ONCE)

    async def compare(key: NamespacedName) -> None:
        async with free:
            watch = RolloutNumbersWatch(opened.cluster, cluster_state, CanaryDetail(key), poller.address)
            await watch.compare_once()

    await asyncio.gather(*map(compare, keys), return_exceptions=True)


async def find_controller(opened: OpenedCluster, cluster_state: ClusterState) -> None:
    """Look for the controller once, after the first lists; what may not be read or does not answer stays unknown."""
    with contextlib.suppress(CanarytuiError, TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            cluster_state.engine = find_engine(
                await controller_deployments(opened.cluster, cluster_state, opened.scope)
            )
    cluster_state.engine_sought = True


def _names_no_provider(cluster_state: ClusterState) -> bool:
    """Whether it takes the controller's flag to know which objects split a canary's traffic."""
    canaries = map(cluster_state.canary, cluster_state.keys())
    return any(isinstance(canary, Canary) and not canary.spec.provider for canary in canaries)


def reflector_of(opened: OpenedCluster, cluster_state: ClusterState, resource: Any) -> Reflector:
    """The reflector that fills the store of `resource`."""
    return Reflector(
        opened.cluster,
        cluster_state.stores[resource],
        namespace=opened.scope or None,
        field_selector="involvedObject.kind=Canary" if resource is EVENTS else "",
    )


async def _tolerantly(reflector: Reflector) -> None:
    with contextlib.suppress(CanarytuiError):
        await reflector.list_once()


async def inputs_now(cluster: Cluster, canary: Canary) -> Inputs:
    """What `canary`'s rollout would be about now: its target and its tracked configs, as far as they may be read.

    The stores keep no ``managedFields``, so the objects are read again.
    """
    resource = DAEMONSETS if canary.spec.target.kind == "DaemonSet" else DEPLOYMENTS
    names = [name for name in canary.status.tracked_configs or {} if name.partition("/")[0] in _CONFIGS]
    target, *configs = await asyncio.gather(
        _read(cluster, resource.path(canary.namespace, canary.target_name)),
        *(_read(cluster, _CONFIGS[kind].path(canary.namespace, own)) for kind, _, own in _split(names)),
    )
    found = {name: config for name, config in zip(names, configs, strict=True) if config is not None}
    return inputs_of(canary, target, found)


_CONFIGS = {"configmap": CONFIGMAPS, "secret": SECRETS}


def _split(names: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    return (name.partition("/") for name in names)


async def _read(cluster: Cluster, path: str) -> dict[str, Any] | None:
    try:
        return await cluster.request("GET", path)
    except CanarytuiError:
        return None

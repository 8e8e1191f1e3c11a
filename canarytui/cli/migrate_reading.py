"""Lists what a migration looks at: what moves, and in its namespaces what belongs to it. Only GET requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from canarytui.domain.sentences import command_migrate as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ApiStatusError, InvalidObject, MissingApi
from canarytui.migration.objects import ObjectSet
from canarytui.migration.resources import GATEWAYS

if TYPE_CHECKING:
    from canarytui.cli.canary_selection import CanarySelection
    from canarytui.cluster.client import Cluster
    from canarytui.domain.resource import Resource
    from canarytui.migration.targets import MigrationTarget
    from canarytui.migration.to_gateway_api import GatewayWishes

_PAGE = 500
_OF_ALL_NAMESPACES = (GATEWAYS,)
"""Gateways are shared; everything else is beside what moves."""

_FORBIDDEN, _NOT_SERVED = 403, 404


async def read_for(
    cluster: Cluster, target: MigrationTarget, selection: CanarySelection, wishes: GatewayWishes, *, everywhere: bool
) -> tuple[ObjectSet, str]:
    """(what moves and what belongs to it, the namespace that was listed or "" for all).

    What may not be listed is named in `unread`. Where all namespaces may not be listed, the context's own is, unless
    `everywhere` asks for all.

    Raises:
        MissingApi: the cluster does not serve what moves.
        ApiStatusError, ClusterUnreachable: it cannot be listed.
    """
    moving, scope = await _moving(cluster, target, selection, everywhere=everywhere)
    chosen = [each for each in moving if selection.has(_key(each))]
    wanted: dict[tuple[Resource, str | None], None] = {}
    for each in chosen:
        try:
            resources = target.reads(each, wishes)
        except InvalidObject:
            continue  # the translation says what is wrong with it
        for resource in resources:
            shared = resource in _OF_ALL_NAMESPACES or not resource.namespaced
            wanted[resource, None if shared else _key(each)[0]] = None
    found, unread = list(moving), []
    for resource, namespace in wanted:
        try:
            found += await _listed(cluster, resource, namespace)
        except ApiStatusError as error:
            if error.code == _NOT_SERVED:
                continue  # a kind that the cluster does not have has no objects
            unread.append(words.NOT_READ.text(resource=resource.full_name, why=clean(error, 200)))
    return ObjectSet(found, unread=unread), scope


async def _moving(
    cluster: Cluster, target: MigrationTarget, selection: CanarySelection, *, everywhere: bool
) -> tuple[list[dict[str, Any]], str]:
    try:
        return await _listed(cluster, target.moves, selection.namespace), selection.namespace or ""
    except ApiStatusError as error:
        if error.code == _NOT_SERVED:
            context, moves = clean(cluster.context, 100), target.moves
            text = words.NOT_SERVED.text(context=context, resource=moves.full_name, kind=moves.kind)
            raise MissingApi(text) from error
        if error.code != _FORBIDDEN or selection.namespace or everywhere:
            raise
        return await _listed(cluster, target.moves, cluster.namespace), cluster.namespace


async def _listed(cluster: Cluster, resource: Resource, namespace: str | None) -> list[dict[str, Any]]:
    """Every object, page by page; lists leave out the items' own apiVersion and kind."""
    found: list[dict[str, Any]] = []
    query = {"limit": str(_PAGE)}
    while True:
        page = await cluster.request("GET", resource.path(namespace), query=query)
        found += _named(resource, page.get("items") or [])
        following = (page.get("metadata") or {}).get("continue")
        if not following:
            return found
        query = {"limit": str(_PAGE), "continue": str(following)}


def _named(resource: Resource, items: Iterable[Any]) -> list[dict[str, Any]]:
    named = {"apiVersion": resource.api_version, "kind": resource.kind}
    return [{**named, **each} for each in items if isinstance(each, dict)]


def _key(obj: dict[str, Any]) -> tuple[str, str]:
    metadata = obj.get("metadata") or {}
    return str(metadata.get("namespace") or ""), str(metadata.get("name") or "")

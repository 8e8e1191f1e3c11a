"""Writes to the API server, each with the precondition that nobody else wrote in between.

Used by the engine's effects and by actions. A conflict comes out as ApiStatusError 409, and the caller decides: the
engine reads again, a person is told.
"""

from __future__ import annotations

from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import Resource

MERGE_PATCH = "application/merge-patch+json"


async def merge_patch(
    cluster: Cluster,
    resource: Resource,
    namespace: str | None,
    name: str,
    patch: dict[str, Any],
    *,
    subresource: str | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Apply a JSON merge patch; ``patch["metadata"]["resourceVersion"]``, if given, is the precondition.

    Raises:
        ApiStatusError: 409 when the precondition fails, or any other refusal.
        ClusterUnreachable: no answer.
    """
    return await cluster.request(
        "PATCH",
        resource.path(namespace, name, subresource),
        query=_dry(dry_run),
        body=patch,
        content_type=MERGE_PATCH,
    )


async def replace(
    cluster: Cluster,
    resource: Resource,
    obj: dict[str, Any],
    *,
    subresource: str | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """PUT `obj`; its own resourceVersion is the precondition. Raises as :func:`merge_patch`."""
    metadata = obj["metadata"]
    path = resource.path(metadata.get("namespace"), metadata["name"], subresource)
    return await cluster.request("PUT", path, query=_dry(dry_run), body=obj)


async def create(cluster: Cluster, resource: Resource, obj: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
    """POST `obj` into the namespace it names. Raises as :func:`merge_patch`; 409 is AlreadyExists."""
    path = resource.path(obj["metadata"].get("namespace"))
    return await cluster.request("POST", path, query=_dry(dry_run), body=obj)


async def delete(cluster: Cluster, resource: Resource, namespace: str | None, name: str, *, grace_s: int) -> None:
    """Delete one object; its dependents go in the background. Raises as :func:`merge_patch`; 404 when it is gone."""
    query = {"gracePeriodSeconds": str(grace_s), "propagationPolicy": "Background"}
    await cluster.request("DELETE", resource.path(namespace, name), query=query)


def _dry(dry_run: bool) -> dict[str, str] | None:
    return {"dryRun": "All"} if dry_run else None

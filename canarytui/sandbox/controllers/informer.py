"""Keeps one cache in step with the API: list once, then watch, and begin again when the watch has expired.

The manager runs one for each resource that a controller reads.
"""

from __future__ import annotations

import asyncio
import logging

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.cache import Cache
from canarytui.sandbox.controllers.client import Client

log = logging.getLogger(__name__)

RELIST_PAUSE_S = 0.2


async def follow(client: Client, cache: Cache) -> None:
    """Follow the cache's resource until cancelled, or until it is no longer served (its CRD was removed)."""
    while True:
        try:
            await _list_and_watch(client, cache)
        except StatusError as error:
            if error.code == 404:
                cache.replace([])
                return
            log.info("watch of %s begins again: %s", cache.resource.plural, error)
        await asyncio.sleep(RELIST_PAUSE_S)


async def _list_and_watch(client: Client, cache: Cache) -> None:
    resource_type = client.resource_type(cache.resource)
    listed = client.api.list(resource_type)
    cache.replace(listed.items)
    watch = client.api.watch(resource_type, resource_version=listed.resource_version)
    try:
        async for event in watch:
            if event.type == "DELETED":
                cache.discard(event.object, by_watch=True)
            elif event.type in ("ADDED", "MODIFIED"):
                cache.put(event.object)
            elif event.type == "ERROR":
                return
    finally:
        watch.close()

"""Writes of the engine whose answer was lost: the object is read again before anything is decided from it.

A watch may lag behind the write, so it is not used: a step would be repeated or skipped.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any, Final

from canarytui.cluster.client import Cluster
from canarytui.cluster.store import ObjectStore
from canarytui.domain.values import KubernetesObject
from canarytui.domain.write_evidence import differing, is_object, is_replaced
from canarytui.engine.decide import effects as fx
from canarytui.errors import ApiStatusError, CanarytuiError

_PAUSES_S = (0.0, 0.3, 1.0)
TRIES = len(_PAUSES_S)
"""How often an object is read again at most."""
_READ_S = 3.0


class Unread(Enum):
    """The object could not be read."""

    UNREAD = "unread"


UNREAD: Final = Unread.UNREAD


def called(namespace: str, name: str) -> str:
    """``name.namespace``, as Flagger's messages have it; the name alone of an object without a namespace."""
    return f"{name}.{namespace}" if namespace else name


def is_written(
    effect: fx.Create | fx.Replace | fx.Patch | fx.PatchStatus, before: KubernetesObject | None, found: KubernetesObject
) -> bool:
    """Whether `found` is what the write makes of `before`. Pure."""
    match effect:
        case fx.Create(obj):
            return is_replaced(obj, None, found)
        case fx.Replace(obj):
            return is_replaced(obj, before, found)
        case fx.Patch(patch=patch):
            return not differing(patch, found)
        case fx.PatchStatus(status=status):
            return not differing({"status": status}, found)


async def read_again(
    cluster: Cluster, store: ObjectStore, namespace: str, name: str, *, tries: int = TRIES
) -> dict[str, Any] | Unread | None:
    """The object's current state, also stored in the cluster view; None if it is gone."""
    for pause_s in _PAUSES_S[:tries]:
        await asyncio.sleep(pause_s)
        try:
            found = await cluster.request("GET", store.resource.path(namespace, name), timeout_s=_READ_S)
        except ApiStatusError as error:
            if not (error.is_status and error.code == 404):
                continue
            known = store.get(namespace, name)
            if known is not None:
                store.remove(known)
            return None
        except CanarytuiError:
            continue
        if is_object(found, name):
            store.put(found)
            return found
    return UNREAD


class LostWrites:
    """By canary the objects whose state in the cluster view may be outdated."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str], set[tuple[ObjectStore, str, str]]] = {}

    def add(self, key: tuple[str, str], store: ObjectStore, namespace: str, name: str) -> None:
        self._objects.setdefault(key, set()).add((store, namespace, name))

    async def settle(self, cluster: Cluster, key: tuple[str, str]) -> str:
        """Read all of a canary's; returns the one that cannot be read, "" when all are current."""
        for store, namespace, name in list(self._objects.get(key, ())):
            if await read_again(cluster, store, namespace, name, tries=1) is UNREAD:
                kind = store.resource.kind.lower()
                return f"{kind} {called(namespace, name)} cannot be read after a write whose answer was lost"
            self._objects[key].discard((store, namespace, name))
        self._objects.pop(key, None)
        return ""

    def forget(self, key: tuple[str, str]) -> None:
        """The canary is gone."""
        self._objects.pop(key, None)

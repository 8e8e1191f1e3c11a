"""The Secrets with the credentials of metric providers, as far as checks in view need them.

Each is read by one GET when a template names it, and kept in memory for :data:`KEPT_S`, so that a rotated credential is
followed. Nothing of it is written down or shown; the provider alone gets it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import SECRETS
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ApiStatusError, CanarytuiError

KEPT_S = 300.0
REFUSED_S = 30.0
"""After which a Secret that could not be read is tried again."""
_REASON_CHARS_MOST = 200

Place = tuple[str, str]
"""Namespace and name."""


class _Read(Struct, frozen=True):
    """`secret` is None when there is none; `problem` says why that is not known."""

    at: float
    secret: Mapping[str, Any] | None = None
    problem: str = ""


class ProviderSecrets:
    """:meth:`read` asks the cluster; afterwards :meth:`get` and :meth:`problem` tell what it said."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._kept: dict[Place, _Read] = {}
        self._one_by_one = asyncio.Lock()
        """Canaries that share a template ask at the same time."""

    def get(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        """The Secret, None when there is none or it could not be read."""
        found = self._kept.get((namespace, name))
        return found.secret if found else None

    def problem(self, namespace: str, name: str) -> str:
        """The sentence that says why the Secret could not be read, "" when it could."""
        found = self._kept.get((namespace, name))
        return found.problem if found else ""

    async def read(self, namespace: str, name: str) -> None:
        """Ask for the Secret, unless that was done lately."""
        async with self._one_by_one:
            now = asyncio.get_running_loop().time()
            self._kept = {place: read for place, read in self._kept.items() if now - read.at < _kept_s(read)}
            if (namespace, name) not in self._kept:
                self._kept[namespace, name] = await self._ask(namespace, name, now)

    async def _ask(self, namespace: str, name: str, now: float) -> _Read:
        shown = clean(f"{namespace}/{name}", 320)
        try:
            return _Read(now, await self._cluster.request("GET", SECRETS.path(namespace, name)))
        except ApiStatusError as error:
            if error.code == 404:
                return _Read(now)
            if error.code == 403:
                return _Read(now, problem=words.SECRET_FORBIDDEN.text(name=shown, namespace=clean(namespace, 63)))
            reason: CanarytuiError = error
        except CanarytuiError as error:
            reason = error
        return _Read(now, problem=words.SECRET_UNREAD.text(name=shown, reason=clean(str(reason), _REASON_CHARS_MOST)))


def _kept_s(read: _Read) -> float:
    return REFUSED_S if read.problem or read.secret is None else KEPT_S

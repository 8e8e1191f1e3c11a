"""What this person may do here, asked of the API server and remembered for a minute.

Asked in the background for the selected canary, so that key hints need not wait, and again before a plan is shown, so
that an action that would be refused says so at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from canarytui.background import in_background
from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import SELF_SUBJECT_ACCESS_REVIEWS
from canarytui.domain.plan import Permission
from canarytui.domain.text.plain import clean
from canarytui.errors import ApiStatusError, CanarytuiError

_REMEMBERED_S = 60.0


class Permissions:
    """Asks one cluster. If its server has no access reviews, the write itself decides.

    Attributes:
        known: the last answer to each question, however old: "" for yes, else the reason why not.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._asked_at: dict[Permission, float] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self.known: dict[Permission, str] = {}

    async def refusal(self, permission: Permission) -> str:
        """Why `permission` is not granted; "" if it is.

        Raises:
            ClusterUnreachable: no answer.
        """
        asked_at = self._asked_at.get(permission)
        if permission in self.known and asked_at is not None and time.monotonic() - asked_at < _REMEMBERED_S:
            return self.known[permission]
        refused = await self._ask(permission)
        self.known[permission] = refused
        self._asked_at[permission] = time.monotonic()
        return refused

    def learn(self, permissions: Iterable[Permission]) -> None:
        """Ask in the background for those that are unknown or were asked too long ago."""
        now = time.monotonic()
        wanted = [each for each in permissions if now - self._asked_at.get(each, -_REMEMBERED_S) >= _REMEMBERED_S]
        if wanted:
            self._asked_at.update(dict.fromkeys(wanted, now))  # nobody else needs to ask meanwhile
            task = in_background(self._learn(wanted), "permissions")
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    def close(self) -> None:
        """Stop asking."""
        for task in self._asking:
            task.cancel()

    async def _learn(self, wanted: list[Permission]) -> None:
        for permission in wanted:
            try:
                self.known[permission] = await self._ask(permission)
            except CanarytuiError:
                self._asked_at.pop(permission, None)  # asked again at the next look

    async def _ask(self, permission: Permission) -> str:
        attributes = {
            "verb": permission.verb,
            "group": permission.group,
            "resource": permission.resource,
            "subresource": permission.subresource,
            "namespace": permission.namespace,
            "name": permission.name,
        }
        review = {
            "apiVersion": SELF_SUBJECT_ACCESS_REVIEWS.api_version,
            "kind": SELF_SUBJECT_ACCESS_REVIEWS.kind,
            "spec": {"resourceAttributes": {key: value for key, value in attributes.items() if value}},
        }
        try:
            answer = await self._cluster.request("POST", SELF_SUBJECT_ACCESS_REVIEWS.path(), body=review)
        except ApiStatusError:
            return ""
        status = answer.get("status")
        status = status if isinstance(status, dict) else {}
        if status.get("allowed") is True:
            return ""
        reason = clean(status.get("reason"), 200)
        return permission.sentence + (f" ({reason})" if reason else "")

"""What this person may do here, asked of the API server and remembered for a minute.

Used by ``driving`` before a plan is shown, so that an action that would be refused says so at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from canarytui.cluster.connect import Cluster
from canarytui.cluster.resources import SELF_SUBJECT_ACCESS_REVIEWS
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Write
from canarytui.errors import ApiStatusError

_REMEMBERED_S = 60.0


@dataclass(frozen=True, slots=True)
class Permission:
    """One question to the authorizer."""

    verb: str
    group: str
    resource: str
    subresource: str
    namespace: str
    name: str = ""


def permission_of(write: Write) -> Permission:
    """What one must be allowed for `write`."""
    return Permission("patch", write.group, write.plural, write.subresource, write.namespace, write.name)


class Access:
    """Asks for one cluster. A server that has no access reviews lets the write itself decide."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._answers: dict[Permission, tuple[float, str]] = {}

    async def refusal(self, permission: Permission) -> str:
        """Why `permission` is not given; "" when it is.

        Raises:
            ClusterUnreachable: no answer.
        """
        known = self._answers.get(permission)
        if known is not None and time.monotonic() - known[0] < _REMEMBERED_S:
            return known[1]
        refused = await self._ask(permission)
        self._answers[permission] = (time.monotonic(), refused)
        return refused

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
        resource = "/".join(part for part in (permission.resource, permission.subresource) if part)
        reason = clean(status.get("reason"), 200)
        return f"you may not {permission.verb} {resource} in namespace {permission.namespace}" + (
            f" ({reason})" if reason else ""
        )

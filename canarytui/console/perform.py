"""Carrying out a confirmed plan: write by write, each under its precondition, with an audit line before and after.

Called by ``driving`` only. A conflict is not resolved here: somebody else changed the object after it was
shown, so the person has to look again.
"""

from __future__ import annotations

from typing import Any

from canarytui.cluster.audit import AuditLog
from canarytui.cluster.connect import Cluster
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Plan
from canarytui.errors import ApiStatusError, CanarytuiError


class ActionFailed(CanarytuiError):
    """A write of a plan was refused or got no answer; names the write and says what is left undone."""


async def perform(plan: Plan, cluster: Cluster, audit: AuditLog) -> list[dict[str, Any]]:
    """Do `plan`'s writes in order; the objects as the server answered them.

    Raises:
        ActionFailed: a write did not succeed; those after it were not tried.
        ConfigError: the audit log cannot be written; nothing was done.
    """
    entry = {
        "context": cluster.context,
        "server": cluster.server,
        "user": cluster.user,
        "intent": plan.intent.value,
        "title": plan.title,
    }
    answers: list[dict[str, Any]] = []
    for write in plan.writes:
        what = {"method": write.method, "path": write.path, "type": write.content_type, "body": write.body}
        audit.append({**entry, "stage": "write", "write": what})
        try:
            answer = await cluster.request(
                write.method, write.path, body=dict(write.body), content_type=write.content_type
            )
        except CanarytuiError as error:
            audit.append({**entry, "stage": "refused", "error": str(error)})
            raise ActionFailed(_failure(error)) from error
        metadata = answer.get("metadata")
        version = metadata.get("resourceVersion") if isinstance(metadata, dict) else None
        audit.append({**entry, "stage": "done", "resourceVersion": version})
        answers.append(answer)
    return answers


def _failure(error: CanarytuiError) -> str:
    if isinstance(error, ApiStatusError) and error.code == 409:
        return "Nothing was written: the object changed after you looked at it. Look again and repeat."
    if isinstance(error, ApiStatusError) and error.code == 403:
        return f"Nothing was written: {clean(str(error), 300)}"
    return f"The write did not succeed: {clean(str(error), 300)}"

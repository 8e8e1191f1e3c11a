"""Carrying out a confirmed plan: write by write, each under its precondition, then what is sent to a load tester.

An object in a rollout is written at every tick, so a conflict alone says little: the object is read, and when only the
controller's bookkeeping has moved, the same write is made against what is there now. When anything that the person was
shown has changed, nothing is written, and they are told who changed what.
"""

from __future__ import annotations

import json
from typing import Any

from canarytui.cluster.connect import Cluster
from canarytui.cluster.reach import fetch
from canarytui.domain.matters import what_changed
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Call, Write
from canarytui.domain.public_url import place_url
from canarytui.errors import ApiStatusError, CanarytuiError

_ATTEMPTS = 4
FIELD_MANAGER = "canarytui"


class ActionFailed(CanarytuiError):
    """A write of a plan was refused; nothing was written by it."""


class ActionLost(ActionFailed):
    """Somebody else changed the object first."""


async def write_once(
    cluster: Cluster, write: Write, *, manager: str = FIELD_MANAGER, dry_run: bool = False
) -> dict[str, Any]:
    """Make `write`; the object as the server answered it.

    Raises:
        ActionLost: what the person was shown of the object has changed.
        ActionFailed: any other refusal.
        ClusterUnreachable: no answer; whether it was written is not known.
    """
    query = {"fieldManager": manager, **({"dryRun": "All"} if dry_run else {})}
    body = dict(write.body)
    for _ in range(_ATTEMPTS):
        try:
            return await cluster.request(
                write.method, write.path, query=query, body=body, content_type=write.content_type
            )
        except ApiStatusError as error:
            if error.code != 409:
                raise ActionFailed(f"Nothing was written: {clean(str(error), 300)}") from error
            body["metadata"] = {"resourceVersion": await _still_means_the_same(cluster, write)}
    raise ActionLost("Nothing was written: others write the object faster than it can be read. Try again.")


async def send(cluster: Cluster, call: Call) -> int:
    """Make `call`; the status of the load tester's answer.

    Raises:
        ActionFailed: it refused, or does not know the path.
        ProviderUnreachable: no answer.
    """
    headers = {"Content-Type": "application/json"}
    status, answer = await fetch(cluster, call.method, call.url, headers=headers, body=json.dumps(call.body).encode())
    if status > 202:
        said = clean(answer.decode("utf-8", "replace"), 200)
        raise ActionFailed(f"{place_url(call.url)} refused ({status}): {said}")
    return status


async def _still_means_the_same(cluster: Cluster, write: Write) -> str:
    """The resourceVersion that the write may go against now."""
    try:
        now = await cluster.request("GET", write.object_path)
    except ApiStatusError as error:
        raise ActionLost(f"Nothing was written: {clean(str(error), 300)}") from error
    changed = what_changed(write.plural, write.seen, now) if write.seen else "somebody else changed the object"
    if changed:
        raise ActionLost(f"Nothing was written: {changed}, after you looked at it. Look again and repeat.")
    return version_of(now)


def version_of(obj: dict[str, Any]) -> str:
    """The object's resourceVersion, "" without one."""
    metadata = obj.get("metadata")
    return str(metadata.get("resourceVersion") or "") if isinstance(metadata, dict) else ""

"""Template history of DaemonSets: one ControllerRevision for each template.

``kubectl rollout history`` and ``undo`` read them. Deployments keep theirs in ReplicaSets instead.
"""

from __future__ import annotations

from collections.abc import Collection

from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.objects import (
    CONTROLLER_REVISIONS,
    Manifest,
    annotations_of,
    is_controlled_by,
    key_of,
    owner_reference,
    uid_of,
)
from canarytui.sandbox.controllers.template import template_hash

REVISION_HASH = "controller-revision-hash"
_NOT_COPIED = frozenset({"kubectl.kubernetes.io/last-applied-configuration"})


def revisions_of(client: Client, owner: Manifest) -> list[Manifest]:
    """The owner's ControllerRevisions, oldest first."""
    owned = client.cache(CONTROLLER_REVISIONS).owned_by(uid_of(owner))
    ours = [each for each in owned if is_controlled_by(each, owner)]
    return sorted(ours, key=lambda revision: int(revision["revision"]))


def current_revision(client: Client, owner: Manifest) -> Manifest:
    """The ControllerRevision of the owner's present template, made or moved to the newest number if need
    be."""
    history = revisions_of(client, owner)
    data = {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}
    newest = int(history[-1]["revision"]) if history else 0
    for revision in reversed(history):
        if revision["data"] == data:
            if int(revision["revision"]) == newest:
                return revision
            return client.update(CONTROLLER_REVISIONS, {**revision, "revision": newest + 1})
    return _create(client, owner, data, newest + 1)


def _create(client: Client, owner: Manifest, data: Manifest, number: int) -> Manifest:
    namespace, name = key_of(owner)
    template = owner["spec"]["template"]
    label = template_hash(template, (owner.get("status") or {}).get("collisionCount", 0))
    annotations = {key: value for key, value in annotations_of(owner).items() if key not in _NOT_COPIED}
    return client.create(
        CONTROLLER_REVISIONS,
        {
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": {
                "name": f"{name}-{label}",
                "namespace": namespace,
                "labels": {**((template.get("metadata") or {}).get("labels") or {}), REVISION_HASH: label},
                "annotations": annotations,
                "ownerReferences": [owner_reference(owner)],
            },
            "data": data,
            "revision": number,
        },
    )


def hash_of(revision: Manifest) -> str:
    label: str = revision["metadata"]["labels"][REVISION_HASH]
    return label


def forget_old(client: Client, owner: Manifest, in_use: Collection[str]) -> None:
    """Delete revisions beyond ``revisionHistoryLimit``, except those whose hash is `in_use` by pods."""
    limit = owner["spec"].get("revisionHistoryLimit", 10)
    idle = [each for each in revisions_of(client, owner)[:-1] if hash_of(each) not in in_use]
    for revision in idle[: max(0, len(idle) - limit)]:
        client.delete(CONTROLLER_REVISIONS, revision)

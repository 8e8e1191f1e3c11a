"""Pod templates: comparison, revision hash, and pods from them.

Shared by the Deployment, ReplicaSet and DaemonSet controllers.
"""

from __future__ import annotations

import json
from hashlib import blake2b

from canarytui.sandbox.controllers.objects import Manifest, editable, key_of, owner_reference

POD_TEMPLATE_HASH = "pod-template-hash"

_SAFE_LETTERS = "bcdfghjklmnpqrstvwxz2456789"  # no vowels, so that names spell no words
_HASH_BYTES = 4


def template_hash(template: Manifest, collision_count: int = 0) -> str:
    """Name of a template's revision: up to ten letters, the same for equal templates.

    `collision_count` gives another name when the first is taken by a different template.
    """
    text = json.dumps(template, sort_keys=True, separators=(",", ":"))
    if collision_count:
        text += str(collision_count)
    number = int.from_bytes(blake2b(text.encode(), digest_size=_HASH_BYTES).digest())
    return "".join(_SAFE_LETTERS[ord(digit) % len(_SAFE_LETTERS)] for digit in str(number))


def same_template(one: Manifest, other: Manifest) -> bool:
    """Whether two templates describe the same pods, ignoring the revision label."""
    return _without_hash(one) == _without_hash(other)


def _without_hash(template: Manifest) -> Manifest:
    metadata = dict(template.get("metadata") or {})
    labels = {name: value for name, value in (metadata.get("labels") or {}).items() if name != POD_TEMPLATE_HASH}
    metadata.pop("creationTimestamp", None)
    metadata["labels"] = labels
    return {**template, "metadata": metadata}


def with_label(template: Manifest, name: str, value: str) -> Manifest:
    """A copy of the template with one more label."""
    copy = editable(template)
    copy.setdefault("metadata", {}).setdefault("labels", {})[name] = value
    return copy


def pod_from_template(template: Manifest, owner: Manifest) -> Manifest:
    """A pod of `owner`, under a generated name that begins with the owner's."""
    namespace, owner_name = key_of(owner)
    copy = editable(template)
    given = copy.get("metadata") or {}
    metadata: Manifest = {
        "namespace": namespace,
        "generateName": f"{owner_name}-",
        "ownerReferences": [owner_reference(owner)],
    }
    metadata.update({field: given[field] for field in ("labels", "annotations", "finalizers") if given.get(field)})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": copy["spec"]}

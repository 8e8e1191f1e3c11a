"""Which images a target has run before, from its ReplicaSets, as in ``kubectl rollout history``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import REPLICASETS
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError


async def images_before(cluster: Cluster, situation: Situation) -> dict[str, list[str]]:
    """The images of target and primary by container, newest first, each once; empty if they cannot be read."""
    canary = situation.canary
    if canary.spec.target.kind != "Deployment":
        return {}
    try:
        page = await cluster.request("GET", REPLICASETS.path(canary.namespace))
    except CanarytuiError:
        return {}
    items = page.get("items")
    sets = [each for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []
    return image_history(sets, {canary.target_name, canary.primary_name})


def image_history(replica_sets: list[Mapping[str, Any]], owners: set[str]) -> dict[str, list[str]]:
    """The same from ReplicaSets as the API returns them."""
    owned = [each for each in replica_sets if _owner(each) in owners]
    owned.sort(key=lambda each: str(_part(each, "metadata").get("creationTimestamp") or ""), reverse=True)
    found: dict[str, dict[str, None]] = {}
    for each in owned:
        pod = _part(_part(_part(each, "spec"), "template"), "spec")
        containers = pod.get("containers")
        for container in containers if isinstance(containers, list) else ():
            if isinstance(container, Mapping):
                name, image = clean(container.get("name"), 63), clean(container.get("image"), 500)
                found.setdefault(name, {})[image] = None
    return {name: list(images) for name, images in found.items()}


def _owner(obj: Mapping[str, Any]) -> str:
    references = _part(obj, "metadata").get("ownerReferences")
    for reference in references if isinstance(references, list) else ():
        if isinstance(reference, Mapping) and reference.get("kind") == "Deployment":
            return str(reference.get("name") or "")
    return ""


def _part(obj: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = obj.get(name)
    return value if isinstance(value, Mapping) else {}

"""A Deployment's revision history in its ReplicaSets. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from canarytui.sandbox.controllers.deployment.scaling import DESIRED_ANNOTATION, MAX_ANNOTATION
from canarytui.sandbox.controllers.deployment.strategy import desired_replicas
from canarytui.sandbox.controllers.objects import (
    Manifest,
    annotations_of,
    creation_order,
    is_terminating,
    owner_reference,
)
from canarytui.sandbox.controllers.template import (
    POD_TEMPLATE_HASH,
    same_template,
    template_hash,
    with_label,
)
from canarytui.sandbox.whole_number import whole_number

REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"

_NOT_COPIED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        REVISION_HISTORY,
        DESIRED_ANNOTATION,
        MAX_ANNOTATION,
        "deprecated.deployment.rollback.to",
    }
)


def revision_of(manifest: Manifest) -> int:
    """The revision number in an object's annotation; 0 when there is none."""
    return whole_number(annotations_of(manifest).get(REVISION, "0")) or 0


def find_new(deployment: Manifest, replica_sets: Sequence[Manifest]) -> Manifest | None:
    """The ReplicaSet of the Deployment's current template: the oldest with that template."""
    template = deployment["spec"]["template"]
    for each in sorted(replica_sets, key=creation_order):
        if same_template(each["spec"]["template"], template):
            return each
    return None


def next_revision(old_sets: Iterable[Manifest]) -> int:
    return max((revision_of(each) for each in old_sets), default=0) + 1


def copied_annotations(deployment: Manifest) -> dict[str, str]:
    """The Deployment's annotations that its ReplicaSets carry too."""
    return {name: value for name, value in annotations_of(deployment).items() if name not in _NOT_COPIED}


def revision_annotations(replica_set: Manifest, deployment: Manifest, revision: int) -> dict[str, str]:
    """The ReplicaSet's annotations once it is `revision`: earlier revisions it was are remembered."""
    annotations = {**annotations_of(replica_set), **copied_annotations(deployment)}
    was = revision_of(replica_set)
    if was >= revision:
        return annotations
    annotations[REVISION] = str(revision)
    if was:
        history = [entry for entry in annotations.get(REVISION_HISTORY, "").split(",") if entry]
        annotations[REVISION_HISTORY] = ",".join([*history, str(was)])
    return annotations


def new_replica_set(deployment: Manifest, replicas: int, annotations: dict[str, str]) -> Manifest:
    """The ReplicaSet for the current template."""
    metadata = deployment["metadata"]
    template = deployment["spec"]["template"]
    revision_label = template_hash(template, (deployment.get("status") or {}).get("collisionCount", 0))
    selector = deployment["spec"]["selector"]
    labels = {**((template.get("metadata") or {}).get("labels") or {}), POD_TEMPLATE_HASH: revision_label}
    spec: Manifest = {
        "replicas": replicas,
        "selector": {
            **selector,
            "matchLabels": {**(selector.get("matchLabels") or {}), POD_TEMPLATE_HASH: revision_label},
        },
        "template": with_label(template, POD_TEMPLATE_HASH, revision_label),
    }
    if deployment["spec"].get("minReadySeconds"):
        spec["minReadySeconds"] = deployment["spec"]["minReadySeconds"]
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{metadata['name']}-{revision_label}",
            "namespace": metadata["namespace"],
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": spec,
    }


def expired(deployment: Manifest, old_sets: Sequence[Manifest]) -> list[Manifest]:
    """Old ReplicaSets beyond ``revisionHistoryLimit`` that have no pods left: oldest revision first."""
    limit = deployment["spec"].get("revisionHistoryLimit", 10)
    alive = sorted((each for each in old_sets if not is_terminating(each)), key=revision_of)
    return [
        each
        for each in alive[: max(0, len(alive) - limit)]
        if desired_replicas(each) == 0
        and not (each.get("status") or {}).get("replicas", 0)
        and (each.get("status") or {}).get("observedGeneration", 0) >= each["metadata"].get("generation", 0)
    ]

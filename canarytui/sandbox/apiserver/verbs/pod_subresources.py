"""Subresources POSTed to a pod: binding and eviction."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from canarytui.sandbox.apiserver import errors, objects
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.verbs import delete as deletion
from canarytui.sandbox.apiserver.verbs import update
from canarytui.sandbox.apiserver.verbs.core import Core
from canarytui.sandbox.apiserver.verbs.options import WriteOptions
from canarytui.sandbox.values import KubernetesObject


def bind(
    core: Core, rt: ResourceType, namespace: str | None, name: str, body: Mapping[str, Any], *, dry_run: bool
) -> KubernetesObject:
    """Bind a pod to a node, once; raises :class:`StatusError` 404, 409 or 422."""
    node = objects.at(body, "target", "name")
    if not node:
        cause = errors.Cause("FieldValueRequired", "target.name", "Required value")
        raise errors.invalid("Binding", "", name, [cause])
    existing = core.find(rt, namespace, name)
    pod = existing.copy()
    present = objects.at(pod, "spec", "nodeName")
    if present:
        raise errors.conflict(rt, name, f"pod {name} is already assigned to node {present!r}".replace("'", '"'))
    pod["spec"]["nodeName"] = node
    annotations = objects.at(body, "metadata", "annotations")
    if annotations:
        pod["metadata"]["annotations"] = {**(pod["metadata"].get("annotations") or {}), **annotations}
    status = pod.setdefault("status", {})
    scheduled = {
        "type": "PodScheduled",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": core.now(),
    }
    others = [c for c in status.get("conditions") or [] if c.get("type") != "PodScheduled"]
    status["conditions"] = [*others, scheduled]
    old = copy.deepcopy(pod)
    options = WriteOptions(dry_run=dry_run, field_manager="kube-scheduler", subresource="binding")
    update.commit(core, rt, existing, old, options)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def evict(
    core: Core, rt: ResourceType, namespace: str | None, name: str, body: Mapping[str, Any], *, dry_run: bool
) -> KubernetesObject:
    """Delete a pod unless a disruption budget forbids it; raises :class:`StatusError` 404, 409 or 429."""
    existing = core.find(rt, namespace, name)
    budgets = core.store.records(("policy", "poddisruptionbudgets"), namespace)
    labels = existing.obj["metadata"].get("labels") or {}
    for budget in budgets:
        wanted = objects.at(budget.obj, "spec", "selector", "matchLabels") or {}
        if not wanted or any(labels.get(key) != value for key, value in wanted.items()):
            continue
        if not objects.at(budget.obj, "status", "disruptionsAllowed"):
            cause = {
                "reason": "DisruptionBudget",
                "message": f"The disruption budget {budget.name} needs more pods",
            }
            raise errors.StatusError(
                429,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
                {"causes": [cause]},
            )
    options = body.get("deleteOptions") or {}
    deletion.delete(
        core,
        rt,
        namespace,
        name,
        preconditions=options.get("preconditions"),
        grace_period_s=options.get("gracePeriodSeconds"),
        dry_run=dry_run,
    )
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}

"""The scale subresource: replicas of a workload or custom resource as an autoscaling/v1 Scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.sandbox.apiserver import errors, objects
from canarytui.sandbox.apiserver.types.custom import version_of
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.verbs.core import Core
from canarytui.sandbox.values import KubernetesObject

_BUILTIN = ("spec.replicas", "status.replicas", "")


def scale_of(core: Core, rt: ResourceType, obj: Mapping[str, Any]) -> KubernetesObject:
    """The Scale object of `obj`; raises :class:`StatusError` 404 when its version has none."""
    spec_path, status_path, selector_path = _paths(core, rt)
    meta = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    selector = objects.at(obj, *selector_path.split(".")) if selector_path else _selector(obj)
    status: KubernetesObject = {"replicas": objects.at(obj, *status_path.split(".")) or 0}
    if selector:
        status["selector"] = selector
    replicas = objects.at(obj, *spec_path.split("."))
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {field: meta[field] for field in kept if field in meta},
        "spec": {} if replicas is None else {"replicas": replicas},
        "status": status,
    }


def with_scale(core: Core, rt: ResourceType, obj: KubernetesObject, scale: Mapping[str, Any]) -> KubernetesObject:
    """A copy of `obj` with the replicas of `scale`; raises :class:`StatusError` 422."""
    replicas = objects.at(scale, "spec", "replicas")
    replicas = 0 if replicas is None else replicas
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
        text = f"Invalid value: {replicas}: must be greater than or equal to 0"
        cause = errors.Cause("FieldValueInvalid", "spec.replicas", text)
        raise errors.invalid("Scale", "autoscaling", obj["metadata"]["name"], [cause])
    spec_path, _, _ = _paths(core, rt)
    changed = _set(obj, spec_path.split("."), replicas)
    meta = {**changed["metadata"]}
    meta.pop("resourceVersion", None)
    version = objects.at(scale, "metadata", "resourceVersion")
    if version:
        meta["resourceVersion"] = version
    elif rt.crd is not None:
        meta["resourceVersion"] = obj["metadata"]["resourceVersion"]
    return {**changed, "metadata": meta}


def _paths(core: Core, rt: ResourceType) -> tuple[str, str, str]:
    if rt.crd is None:
        return _BUILTIN
    found = (version_of(core.crd(rt), rt.version).get("subresources") or {}).get("scale")
    if not found:
        raise errors.unknown_path()
    return (
        found["specReplicasPath"].removeprefix("."),
        found["statusReplicasPath"].removeprefix("."),
        (found.get("labelSelectorPath") or "").removeprefix("."),
    )


def _set(obj: Mapping[str, Any], path: list[str], value: Any) -> KubernetesObject:
    head, *rest = path
    inner = obj.get(head)
    below = _set(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value
    return {**obj, head: below}


def _selector(obj: Mapping[str, Any]) -> str:
    selector = objects.at(obj, "spec", "selector") or {}
    labels = selector.get("matchLabels", {} if "matchExpressions" in selector else selector)
    parts = [f"{key}={value}" for key, value in sorted(labels.items())]
    operators = {"In": "in", "NotIn": "notin"}
    for rule in selector.get("matchExpressions") or ():
        values = ",".join(sorted(rule.get("values") or ()))
        if rule["operator"] in operators:
            parts.append(f"{rule['key']} {operators[rule['operator']]} ({values})")
        else:
            parts.append(rule["key"] if rule["operator"] == "Exists" else f"!{rule['key']}")
    return ",".join(parts)

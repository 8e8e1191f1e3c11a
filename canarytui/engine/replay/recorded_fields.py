"""The part of an object that recordings show, so that an object of a replay can be compared with it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from canarytui.domain.values import KubernetesObject

KINDS = {
    "Deployment": "Deployment",
    "DaemonSet": "DaemonSet",
    "Service": "Service",
    "HPA": "HorizontalPodAutoscaler",
    "HorizontalPodAutoscaler": "HorizontalPodAutoscaler",
    "ScaledObject": "ScaledObject",
    "VirtualService": "VirtualService",
    "DestinationRule": "DestinationRule",
    "Ingress": "Ingress",
    "HTTPRoute": "HTTPRoute",
}
"""From the name that recordings have for a kind to its own."""

NOT_SHOWN = ("Canary", "MetricTemplate", "AlertProvider", "ConfigMap", "Secret", "Revision")
"""What recordings do not hold as objects, or what others than Flagger write: the stand-in for Knative its revisions."""

_SCALER = ("minReplicas", "maxReplicas", "scaleTargetRef")
_COOKIE = re.compile(r"(?<=[=*])[A-Za-z]{10}(?=[.;]|$)")


def shown(obj: KubernetesObject) -> dict[str, Any]:
    """What a recording would hold of `obj`."""
    spec, metadata = obj.get("spec") or {}, obj["metadata"]
    match obj["kind"]:
        case "Deployment":
            return {"replicas": spec["replicas"], "image": _image(spec)}
        case "DaemonSet":
            return {"image": _image(spec)}
        case "HorizontalPodAutoscaler":
            return {key: spec[key] for key in _SCALER if key in spec}
        case "Service":
            facts = {"selector": spec.get("selector"), "ports": spec["ports"]}
            return {**facts, "labels": metadata.get("labels"), "annotations": metadata.get("annotations")}
        case "Ingress":
            backend = json.dumps(spec["rules"][0]["http"]["paths"][0]["backend"])
            return {"annotations": metadata.get("annotations") or {}, "backend": backend}
    return as_shown(spec)


def identity(kind: str, api_version: str) -> str:
    """``Kind.group``, so that Knative's Service is not Kubernetes', nor App Mesh's VirtualService Istio's."""
    group = api_version.rpartition("/")[0]
    return f"{kind}.{group}" if group else kind


def whole(api_version: str, fact: Mapping[str, Any]) -> dict[str, Any]:
    """An object as the recordings of further providers hold it: all that Flagger writes, without what differs between
    any two runs.

    `fact` has the recording's keys: ``spec``, ``labels``, ``annotations``, ``ownerReferences`` and, of Kuma, ``mesh``.
    """
    owners = [{key: owner[key] for key in sorted(owner) if key != "uid"} for owner in fact.get("ownerReferences") or []]
    spec = as_shown(fact.get("spec") or {})
    return {
        "apiVersion": api_version,
        "spec": _without_defaults(spec) if api_version.startswith("serving.knative.dev/") else spec,
        "labels": fact.get("labels") or {},
        "annotations": fact.get("annotations") or {},
        "ownerReferences": owners,
        **({"mesh": fact["mesh"]} if fact.get("mesh") else {}),
    }


def shown_whole(obj: KubernetesObject) -> dict[str, Any]:
    """:func:`whole` of an object of the replay."""
    metadata = {key: obj["metadata"].get(key) for key in ("labels", "annotations", "ownerReferences")}
    return whole(str(obj.get("apiVersion") or ""), {**metadata, "spec": obj.get("spec"), "mesh": obj.get("mesh")})


def _without_defaults(value: Any) -> Any:
    """A Knative Service without what Go's types and Knative's webhook add: empty maps, ``latestRevision: false``."""
    if isinstance(value, dict):
        pruned = {key: _without_defaults(each) for key, each in value.items()}
        return {key: each for key, each in pruned.items() if each != {} and (key, each) != ("latestRevision", False)}
    return [_without_defaults(each) for each in value] if isinstance(value, list) else value


def as_shown(spec: Mapping[str, Any]) -> dict[str, Any]:
    """`spec` without what differs between any two runs: names of routes, and the letters of session cookies."""
    plain: dict[str, Any] = copy.deepcopy(dict(spec))
    for route in plain.get("http") or []:
        if isinstance(route, dict):
            route.pop("name", None)
    letters: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        if found[0] not in letters:
            letters.append(found[0])
        return f"cookie{letters.index(found[0])}"

    result: dict[str, Any] = _changed(plain, numbered)
    return result


def _changed(value: Any, numbered: Any) -> Any:
    if isinstance(value, dict):
        return {key: _changed(each, numbered) for key, each in value.items()}
    if isinstance(value, list):
        return [_changed(each, numbered) for each in value]
    return _COOKIE.sub(numbered, value) if isinstance(value, str) else value


def _image(spec: Mapping[str, Any]) -> str:
    return str(spec["template"]["spec"]["containers"][0]["image"])

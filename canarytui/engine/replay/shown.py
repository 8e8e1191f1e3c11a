"""The part of an object that recordings show, so that an object of a replay can be compared with it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from canarytui.engine.decide.effects import Object

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

_SCALER = ("minReplicas", "maxReplicas", "scaleTargetRef")
_COOKIE = re.compile(r"(?<=[=*])[A-Za-z]{10}(?=[.;]|$)")


def shown(obj: Object) -> dict[str, Any]:
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

"""Objects as they can be applied: without what the cluster or kubectl wrote into them."""

from __future__ import annotations

import copy
import re
from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject, as_mapping
from canarytui.errors import InvalidObject

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_KEPT = ("name", "namespace", "labels")
_KUBECTL = "kubectl.kubernetes.io/last-applied-configuration"


def require_names(canary: Canary) -> None:
    """Raises InvalidObject: a name that no object can have, which would be something else in a command line."""
    spec = canary.spec
    for field, name in (
        ("metadata.name", canary.name),
        ("metadata.namespace", canary.namespace),
        ("spec.targetRef.name", spec.target.name),
        ("spec.service.name", canary.apex_name),
        ("spec.ingressRef.name", spec.ingress_name or canary.target_name),
        ("spec.routeRef.name", spec.route_name or canary.target_name),
    ):
        require_name(f"Canary {canary.namespace}/{canary.name}", field, name)


def require_name(owner: str, field: str, name: str) -> None:
    """Raises InvalidObject: no object can have this name."""
    if not _NAME.fullmatch(name):
        raise InvalidObject(
            f"{clean(owner, 200)}: {field} is {clean(repr(name), 120)}, but a name has lower-case letters, digits and "
            "dashes."
        )


def applicable(obj: KubernetesObject) -> dict[str, Any]:
    """A copy with apiVersion, kind, name, namespace, labels, annotations and spec alone."""
    metadata = as_mapping(obj.get("metadata"))
    kept = {key: copy.deepcopy(metadata[key]) for key in _KEPT if metadata.get(key)}
    annotations = {key: value for key, value in as_mapping(metadata.get("annotations")).items() if key != _KUBECTL}
    if annotations:
        kept["annotations"] = annotations
    return {
        "apiVersion": obj.get("apiVersion"),
        "kind": obj.get("kind"),
        "metadata": kept,
        "spec": copy.deepcopy(dict(as_mapping(obj.get("spec")))),
    }

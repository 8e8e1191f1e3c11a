"""Helpers for Kubernetes objects that all controllers share: keys, owners, labels, times.

Objects are plain dicts as the API core stores them. They are shared: a controller copies before it changes
one.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from canarytui.sandbox.values import NamespacedName

Manifest = dict[str, Any]
"""A Kubernetes object as JSON."""


class GroupResource(NamedTuple):
    """A kind of object by API group and plural, whatever its versions."""

    group: str
    plural: str


PODS = GroupResource("", "pods")
NODES = GroupResource("", "nodes")
EVENTS = GroupResource("", "events")
SERVICES = GroupResource("", "services")
ENDPOINTS = GroupResource("", "endpoints")
NAMESPACES = GroupResource("", "namespaces")
CONFIG_MAPS = GroupResource("", "configmaps")
SERVICE_ACCOUNTS = GroupResource("", "serviceaccounts")
DEPLOYMENTS = GroupResource("apps", "deployments")
REPLICA_SETS = GroupResource("apps", "replicasets")
DAEMON_SETS = GroupResource("apps", "daemonsets")
STATEFUL_SETS = GroupResource("apps", "statefulsets")
CONTROLLER_REVISIONS = GroupResource("apps", "controllerrevisions")
HPAS = GroupResource("autoscaling", "horizontalpodautoscalers")
ENDPOINT_SLICES = GroupResource("discovery.k8s.io", "endpointslices")
CRDS = GroupResource("apiextensions.k8s.io", "customresourcedefinitions")


def key_of(manifest: Manifest) -> NamespacedName:
    """Namespace and name of an object."""
    metadata = manifest["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def uid_of(manifest: Manifest) -> str:
    uid: str = manifest["metadata"]["uid"]
    return uid


def labels_of(manifest: Manifest) -> dict[str, str]:
    return manifest["metadata"].get("labels") or {}


def annotations_of(manifest: Manifest) -> dict[str, str]:
    return manifest["metadata"].get("annotations") or {}


def is_terminating(manifest: Manifest) -> bool:
    """Whether the object's deletion has been requested."""
    return bool(manifest["metadata"].get("deletionTimestamp"))


def controller_of(manifest: Manifest) -> Manifest | None:
    """The owner reference with ``controller: true``, if there is one."""
    for reference in manifest["metadata"].get("ownerReferences") or []:
        if reference.get("controller"):
            found: Manifest = reference
            return found
    return None


def is_controlled_by(manifest: Manifest, owner: Manifest) -> bool:
    reference = controller_of(manifest)
    return reference is not None and reference["uid"] == uid_of(owner)


def owner_reference(owner: Manifest) -> Manifest:
    """A controlling, blocking reference to `owner`."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": uid_of(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def creation_order(manifest: Manifest) -> tuple[str, str]:
    """Sort key: oldest first, names decide within a second."""
    return manifest["metadata"].get("creationTimestamp") or "", manifest["metadata"]["name"]


def editable(manifest: Manifest) -> Manifest:
    """A deep copy to change and send back."""
    return copy.deepcopy(manifest)


def selects(selector: Manifest | None, labels: dict[str, str]) -> bool:
    """Whether a LabelSelector (``matchLabels``, ``matchExpressions``) selects `labels`; an absent one
    nothing."""
    if selector is None:
        return False
    if any(labels.get(name) != value for name, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_expression_holds(entry, labels) for entry in selector.get("matchExpressions") or [])


def _expression_holds(expression: Manifest, labels: dict[str, str]) -> bool:
    value = labels.get(expression["key"])
    wanted = expression.get("values") or []
    match expression["operator"]:
        case "In":
            return value in wanted
        case "NotIn":
            return value not in wanted
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            return False

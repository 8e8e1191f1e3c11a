"""Storage, quotas, network and disruption rules: kinds that the sandbox keeps but that no controller acts on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.types.ages import age
from canarytui.sandbox.apiserver.types.printing import (
    NONE,
    Object,
    Printer,
    at,
    columns,
    containers_and_images,
    selector_text,
)

_UNSET = "<unset>"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def _born(obj: Object, now: datetime) -> str:
    return age(at(obj, "metadata", "creationTimestamp"), now)


def _modes(modes: Any) -> str:
    # In Kubernetes' own order, whatever the order in the object.
    return ",".join(short for mode, short in _MODES.items() if mode in (modes or ()))


def _claim(obj: Object, now: datetime) -> list[Any]:
    deleting = at(obj, "metadata", "deletionTimestamp")
    volume = at(obj, "spec", "volumeName") or ""
    return [
        "Terminating" if deleting else at(obj, "status", "phase") or "",
        volume,
        (at(obj, "status", "capacity", "storage") or "") if volume else "",
        _modes(at(obj, "status", "accessModes")) if volume else "",
        at(obj, "spec", "storageClassName") or "",
        at(obj, "spec", "volumeAttributesClassName") or _UNSET,
        _born(obj, now),
        at(obj, "spec", "volumeMode") or _UNSET,
    ]


def _volume(obj: Object, now: datetime) -> list[Any]:
    claim = at(obj, "spec", "claimRef")
    return [
        at(obj, "spec", "capacity", "storage") or "",
        _modes(at(obj, "spec", "accessModes")),
        at(obj, "spec", "persistentVolumeReclaimPolicy") or "",
        "Terminating" if at(obj, "metadata", "deletionTimestamp") else at(obj, "status", "phase") or "",
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        at(obj, "spec", "storageClassName") or "",
        at(obj, "spec", "volumeAttributesClassName") or _UNSET,
        at(obj, "status", "reason") or "",
        _born(obj, now),
        at(obj, "spec", "volumeMode") or _UNSET,
    ]


def _storage_class(obj: Object, now: datetime) -> list[Any]:
    return [
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy") or "Delete",
        obj.get("volumeBindingMode") or "Immediate",
        "true" if obj.get("allowVolumeExpansion") else "false",
        _born(obj, now),
    ]


def shown_name(obj: Object) -> str:
    """A storage class's name; the default one says so."""
    name = str(at(obj, "metadata", "name") or "")
    marked = (at(obj, "metadata", "annotations") or {}).get(_DEFAULT_CLASS) == "true"
    return f"{name} (default)" if marked else name


def _quota(obj: Object, now: datetime) -> list[Any]:
    hard: Mapping[str, Any] = at(obj, "status", "hard") or {}
    used: Mapping[str, Any] = at(obj, "status", "used") or {}
    shown = {
        limits: ", ".join(
            f"{key}: {used.get(key, 0)}/{hard[key]}" for key in sorted(hard) if key.startswith("limits.") is limits
        )
        for limits in (False, True)
    }
    return [shown[False], shown[True], _born(obj, now)]


def _network_policy(obj: Object, now: datetime) -> list[Any]:
    return [selector_text(at(obj, "spec", "podSelector")), _born(obj, now)]


def _ingress_class(obj: Object, now: datetime) -> list[Any]:
    parameters = at(obj, "spec", "parameters")
    shown = NONE
    if parameters:
        group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") else ""
        shown = f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"
    return [at(obj, "spec", "controller") or "", shown, _born(obj, now)]


def _priority(obj: Object, now: datetime) -> list[Any]:
    return [
        obj.get("value", 0),
        "true" if obj.get("globalDefault") else "false",
        _born(obj, now),
        obj.get("preemptionPolicy") or "PreemptLowerPriority",
    ]


def _revision(obj: Object, now: datetime) -> list[Any]:
    owners = at(obj, "metadata", "ownerReferences") or []
    controller = next((owner for owner in owners if owner.get("controller")), None)
    shown = NONE
    if controller:
        group = str(controller.get("apiVersion", "")).rpartition("/")[0]
        kind = str(controller.get("kind", "")).lower()
        shown = f"{kind}{'.' if group else ''}{group}/{controller.get('name', '')}"
    return [shown, obj.get("revision", 0), _born(obj, now)]


def _pod_template(obj: Object, now: datetime) -> list[Any]:
    template = obj.get("template") or {}
    labels = at(template, "metadata", "labels") or {}
    text = ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or NONE
    return [*containers_and_images(template), text]


def _component(obj: Object, now: datetime) -> list[Any]:
    healthy: Mapping[str, Any] = next((c for c in obj.get("conditions") or () if c.get("type") == "Healthy"), {})
    words = {"True": "Healthy", "False": "Unhealthy"}
    return [words.get(healthy.get("status", ""), "Unknown"), healthy.get("message", ""), healthy.get("error", "")]


def _webhooks(obj: Object, now: datetime) -> list[Any]:
    return [len(obj.get("webhooks") or ()), _born(obj, now)]


def _api_service(obj: Object, now: datetime) -> list[Any]:
    service = at(obj, "spec", "service")
    available: Mapping[str, Any] = next(
        (c for c in at(obj, "status", "conditions") or () if c.get("type") == "Available"), {}
    )
    word = str(available.get("status", "Unknown"))
    if word != "True" and available.get("reason"):
        word = f"{word} ({available['reason']})"
    return [
        f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local",
        word,
        _born(obj, now),
    ]


_WEBHOOKS = Printer(columns("#Webhooks|Age"), _webhooks)

POLICIES = {
    ("", "persistentvolumeclaims"): Printer(
        columns("Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age", "VolumeMode"), _claim
    ),
    ("", "persistentvolumes"): Printer(
        columns(
            "Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age",
            "VolumeMode",
        ),
        _volume,
    ),
    ("storage.k8s.io", "storageclasses"): Printer(
        columns("Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age"), _storage_class, shown_name
    ),
    ("", "resourcequotas"): Printer(columns("Request|Limit|Age"), _quota),
    ("networking.k8s.io", "networkpolicies"): Printer(columns("Pod-Selector|Age"), _network_policy),
    ("networking.k8s.io", "ingressclasses"): Printer(columns("Controller|Parameters|Age"), _ingress_class),
    ("scheduling.k8s.io", "priorityclasses"): Printer(columns("Value|Global-Default|Age|PreemptionPolicy"), _priority),
    ("apps", "controllerrevisions"): Printer(columns("Controller|#Revision|Age"), _revision),
    ("", "podtemplates"): Printer(columns("Containers|Images|Pod Labels"), _pod_template),
    ("", "componentstatuses"): Printer(columns("Status|Message|Error"), _component),
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"): _WEBHOOKS,
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"): _WEBHOOKS,
    ("apiregistration.k8s.io", "apiservices"): Printer(columns("Service|Available|Age"), _api_service),
}

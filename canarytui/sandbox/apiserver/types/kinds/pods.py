"""Pods, and the validation of pod templates that the workload kinds share."""

from __future__ import annotations

from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import names
from canarytui.sandbox.apiserver.types.kinds.pod_defaults import default_pod_spec, qos_class
from canarytui.sandbox.apiserver.types.strategy import Object, Strategy

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
    "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if "
    "it was previously negative)"
)
_NOT_READY_TOLERATIONS = tuple(
    {
        "key": f"node.kubernetes.io/{what}",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 300,
    }
    for what in ("not-ready", "unreachable")
)


class PodStrategy(Strategy):
    """A pod as the scheduler and the kubelet expect to find it."""

    graceful = True
    has_generation = False

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {"phase": "Pending", "qosClass": qos_class(obj.get("spec") or {})}

    def default(self, obj: Object) -> None:
        spec = obj.setdefault("spec", {})
        default_pod_spec(spec)
        spec.setdefault("serviceAccountName", "default")
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
        spec.setdefault("enableServiceLinks", True)
        spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
        spec.setdefault("priority", 0)
        present = {toleration.get("key") for toleration in spec.get("tolerations") or ()}
        if None not in present:
            added = [dict(t) for t in _NOT_READY_TOLERATIONS if t["key"] not in present]
            spec["tolerations"] = [*(spec.get("tolerations") or ()), *added]

    def validate(self, obj: Object) -> list[Cause]:
        return pod_spec_problems(obj.get("spec") or {}, "spec")

    def validate_update(self, obj: Object, old: Object) -> list[Cause]:
        if _frozen(obj["spec"]) == _frozen(old["spec"]):
            return []
        return [
            problems.forbidden("spec", f"pod updates may not change fields other than {_UPDATABLE}"),
        ]


def _frozen(spec: Object) -> Object:
    """The part of a pod spec that an update may not touch."""
    kept = {
        key: value
        for key, value in spec.items()
        if key not in ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName",
                       "ephemeralContainers")
    }  # fmt: skip
    for field in ("containers", "initContainers"):
        kept[field] = [
            {k: v for k, v in container.items() if k not in ("image", "resources")}
            for container in spec.get(field) or ()
        ]
    return kept


def pod_spec_problems(spec: Object, path: str) -> list[Cause]:
    """What is wrong with a pod spec at `path`."""
    containers = spec.get("containers") or []
    found: list[Cause] = [] if containers else [problems.required(f"{path}.containers")]
    volumes = {volume.get("name") for volume in spec.get("volumes") or ()}
    seen: set[str] = set()
    for field in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(field) or ()):
            here = f"{path}.{field}[{index}]"
            found += _container_problems(container, here, volumes)
            name = container.get("name")
            if name in seen:
                found.append(problems.duplicate(f"{here}.name", name))
            seen.add(name)
    policy = spec.get("restartPolicy")
    if policy not in _RESTART_POLICIES:
        found.append(problems.unsupported(f"{path}.restartPolicy", str(policy), _RESTART_POLICIES))
    return found


def _container_problems(container: Object, path: str, volumes: set[Any]) -> list[Cause]:
    found: list[Cause] = []
    name = container.get("name")
    if not name:
        found.append(problems.required(f"{path}.name"))
    else:
        found += [problems.wrong(f"{path}.name", name, text) for text in names.label(name)]
    if not container.get("image"):
        found.append(problems.required(f"{path}.image"))
    policy = container.get("imagePullPolicy")
    if policy not in _PULL_POLICIES:
        found.append(problems.unsupported(f"{path}.imagePullPolicy", str(policy), _PULL_POLICIES))
    for index, port in enumerate(container.get("ports") or ()):
        found += port_problems(port.get("containerPort"), f"{path}.ports[{index}].containerPort")
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        if mount.get("name") not in volumes:
            text = f'Not found: "{mount.get("name")}"'
            found.append(Cause("FieldValueNotFound", f"{path}.volumeMounts[{index}].name", text))
    for index, variable in enumerate(container.get("env") or ()):
        if not variable.get("name"):
            found.append(problems.required(f"{path}.env[{index}].name"))
    return found


def port_problems(port: Any, path: str) -> list[Cause]:
    """What is wrong with a port number."""
    if port is None:
        return [problems.required(path)]
    if isinstance(port, int) and 1 <= port <= 65535:
        return []
    return [problems.wrong(path, port, "must be between 1 and 65535, inclusive")]

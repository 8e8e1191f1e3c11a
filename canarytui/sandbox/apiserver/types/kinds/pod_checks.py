"""What is wrong with a pod spec: of a pod, or of a workload's template."""

from __future__ import annotations

from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import names
from canarytui.sandbox.values import KubernetesObject

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")


def pod_spec_problems(spec: KubernetesObject, path: str) -> list[Cause]:
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


def _container_problems(container: KubernetesObject, path: str, volumes: set[Any]) -> list[Cause]:
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

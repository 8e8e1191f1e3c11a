"""What the API server fills into pods and pod templates, as ``kubectl get -o yaml`` shows it afterwards."""

from __future__ import annotations

from canarytui.sandbox.values import KubernetesObject

_CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")
_MODED_VOLUMES = ("configMap", "secret", "projected", "downwardAPI")


def default_pod_spec(spec: KubernetesObject) -> None:
    """Defaults of a pod spec and all in it, in place."""
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    if spec.get("serviceAccountName"):
        spec["serviceAccount"] = spec["serviceAccountName"]
    elif spec.get("serviceAccount"):
        spec["serviceAccountName"] = spec["serviceAccount"]
    for field in _CONTAINER_LISTS:
        for container in spec.get(field) or ():
            _default_container(container)
    for volume in spec.get("volumes") or ():
        for kind in _MODED_VOLUMES:
            if kind in volume:
                volume[kind].setdefault("defaultMode", 0o644)
        if set(volume) == {"name"}:
            volume["emptyDir"] = {}
        for source in (volume.get("projected") or {}).get("sources") or ():
            if "serviceAccountToken" in source:
                source["serviceAccountToken"].setdefault("expirationSeconds", 3600)


def _default_container(container: KubernetesObject) -> None:
    container.setdefault("imagePullPolicy", _pull_policy(container.get("image") or ""))
    container.setdefault("resources", {})
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    limits = container["resources"].get("limits") or {}
    if limits:
        requests = container["resources"].setdefault("requests", {})
        for name, quantity in limits.items():
            requests.setdefault(name, quantity)
    for variable in container.get("env") or ():
        reference = (variable.get("valueFrom") or {}).get("fieldRef")
        if reference is not None:
            reference.setdefault("apiVersion", "v1")
    for field in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(field) is not None:
            _default_probe(container[field])
    for hook in ("postStart", "preStop"):
        action = (container.get("lifecycle") or {}).get(hook)
        if action and "httpGet" in action:
            _default_http(action["httpGet"])


def _pull_policy(image: str) -> str:
    name = image.partition("@")[0]
    last = name.rpartition("/")[2]
    tag = last.partition(":")[2]
    latest = tag in ("", "latest") and "@" not in image
    return "Always" if latest else "IfNotPresent"


def _default_probe(probe: KubernetesObject) -> None:
    probe.setdefault("timeoutSeconds", 1)
    probe.setdefault("periodSeconds", 10)
    probe.setdefault("successThreshold", 1)
    probe.setdefault("failureThreshold", 3)
    if "httpGet" in probe:
        _default_http(probe["httpGet"])
    if "grpc" in probe:
        probe["grpc"].setdefault("service", "")


def _default_http(action: KubernetesObject) -> None:
    action.setdefault("path", "/")
    action.setdefault("scheme", "HTTP")


def qos_class(spec: KubernetesObject) -> str:
    """Guaranteed, Burstable or BestEffort, by the containers' requests and limits."""
    containers = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    resources = [container.get("resources") or {} for container in containers]
    if not any(each.get("requests") or each.get("limits") for each in resources):
        return "BestEffort"
    guaranteed = all(
        {"cpu", "memory"} <= set(each.get("limits") or {}) and each.get("requests") == each.get("limits")
        for each in resources
    )
    return "Guaranteed" if guaranteed else "Burstable"

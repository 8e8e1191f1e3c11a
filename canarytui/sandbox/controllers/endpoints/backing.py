"""Which pods back a Service, with which ports, for both forms of endpoints. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from canarytui.sandbox.controllers.objects import Manifest, is_terminating, key_of, labels_of, uid_of
from canarytui.sandbox.controllers.pods import is_finished, is_ready
from canarytui.sandbox.whole_number import whole_number


class Port(Struct, frozen=True):
    """A Service port as one pod serves it."""

    name: str
    number: int
    protocol: str
    app_protocol: str | None = None


class Backing(Struct, frozen=True):
    """One pod that backs a Service."""

    pod: Manifest
    ports: tuple[Port, ...]
    ready: bool
    serving: bool
    terminating: bool

    @property
    def address(self) -> str:
        ip: str = self.pod["status"]["podIP"]
        return ip

    @property
    def target_reference(self) -> Manifest:
        namespace, name = key_of(self.pod)
        return {"kind": "Pod", "namespace": namespace, "name": name, "uid": uid_of(self.pod)}


def has_own_endpoints(service: Manifest) -> bool:
    """Whether we manage its endpoints: the Service has a selector and is no ExternalName."""
    spec = service["spec"]
    return bool(spec.get("selector")) and spec.get("type") != "ExternalName"


def is_headless(service: Manifest) -> bool:
    return bool(service["spec"].get("clusterIP") == "None")


def is_selected(service: Manifest, pod: Manifest) -> bool:
    selector = service["spec"].get("selector") or {}
    return bool(selector) and selector.items() <= labels_of(pod).items()


def backings(service: Manifest, pods: Iterable[Manifest]) -> list[Backing]:
    """The pods that `service` selects and that have an address, ordered by name; finished ones are out."""
    publish_all = bool(service["spec"].get("publishNotReadyAddresses"))
    found = []
    for pod in pods:
        if not is_selected(service, pod) or is_finished(pod) or not (pod.get("status") or {}).get("podIP"):
            continue
        ready, terminating = is_ready(pod), is_terminating(pod)
        ports = pod_ports(service, pod)
        if service["spec"].get("ports") and not ports:
            continue  # no container of this pod has the named port
        found.append(Backing(pod, ports, publish_all or (ready and not terminating), ready, terminating))
    return sorted(found, key=lambda backing: key_of(backing.pod))


def pod_ports(service: Manifest, pod: Manifest) -> tuple[Port, ...]:
    """The Service's ports that this pod serves, with the container's numbers."""
    ports = []
    for entry in service["spec"].get("ports") or []:
        protocol = entry.get("protocol", "TCP")
        number = _container_port(entry.get("targetPort") or entry["port"], protocol, pod)
        if number is not None:
            ports.append(Port(entry.get("name", ""), number, protocol, entry.get("appProtocol")))
    return tuple(sorted(ports, key=lambda port: (port.name, port.number, port.protocol)))


def _container_port(target: int | str, protocol: str, pod: Manifest) -> int | None:
    if isinstance(target, int):
        return target
    for container in pod["spec"].get("containers") or []:
        for port in container.get("ports") or []:
            if port.get("name") == target and port.get("protocol", "TCP") == protocol:
                number: int = port["containerPort"]
                return number
    return whole_number(target)

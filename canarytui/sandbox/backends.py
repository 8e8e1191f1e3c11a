"""From a Service to the loopback addresses of its ready pods, as pure functions.

In a real cluster kube-proxy turns a ClusterIP into pod IPs and the network does the rest. In the sandbox both
kinds of IP are only names: the kubelet annotates each pod with where it really listens
(:data:`~canarytui.sandbox.constants.LISTEN_ANNOTATION`). Called by the gateway, the cluster proxy and the API
server's ``services/…/proxy`` and ``pods/…/proxy``, so that all three reach exactly the same pods.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from canarytui.sandbox.constants import LISTEN_ANNOTATION
from canarytui.sandbox.nesting import load_json

PodLookup = Callable[[str, str], Mapping[str, Any] | None]
"""(namespace, name) -> Pod object or None."""


class Backend(Struct, frozen=True):
    """One ready pod behind a Service port; `address` is ``127.0.0.1:PORT``."""

    pod_name: str
    address: str


def service_backends(
    service: Mapping[str, Any],
    endpoints: Mapping[str, Any] | None,
    pod_of: PodLookup,
    port: str | int,
) -> list[Backend]:
    """Ready backends of `service` at `port` (a service port's number or name), in the order of the Endpoints.

    Empty when the Service has no such port, no Endpoints, or no ready pod whose server accepts connections.
    """
    service_port = find_service_port(service, port)
    if service_port is None or endpoints is None:
        return []
    namespace = str(service["metadata"].get("namespace", ""))
    found: dict[Backend, None] = {}
    for subset in endpoints.get("subsets") or ():
        container_port = _subset_port(subset, str(service_port.get("name") or ""))
        if container_port is None:
            continue
        for pod_name in _ready_pods(subset):
            pod = pod_of(namespace, pod_name)
            address = pod_address(pod, container_port) if pod is not None else None
            if address is not None:
                found[Backend(pod_name, address)] = None
    return list(found)


def find_service_port(service: Mapping[str, Any], port: str | int) -> Mapping[str, Any] | None:
    """The entry of ``spec.ports`` by number or name; ``""`` finds the only port of a one-port Service."""
    ports: list[Mapping[str, Any]] = list(service.get("spec", {}).get("ports") or ())
    if port == "" and len(ports) == 1:
        return ports[0]
    wanted = str(port)
    for candidate in ports:
        if str(candidate.get("port")) == wanted or (wanted and candidate.get("name") == wanted):
            return candidate
    return None


def pod_address(pod: Mapping[str, Any], port: str | int) -> str | None:
    """Where `pod` listens for that container port (number or name); None while nothing listens."""
    listens = pod_listens(pod)
    wanted = str(port)
    if wanted in listens:
        return listens[wanted]
    for container in pod.get("spec", {}).get("containers") or ():
        for container_port in container.get("ports") or ():
            if container_port.get("name") == wanted:
                return listens.get(str(container_port.get("containerPort")))
    return None


def pod_listens(pod: Mapping[str, Any]) -> dict[str, str]:
    """Container port number as text -> ``127.0.0.1:PORT``; empty if the annotation is not ours."""
    text = (pod.get("metadata", {}).get("annotations") or {}).get(LISTEN_ANNOTATION)
    if not text:
        return {}
    try:
        listens = load_json(text)
    except ValueError:
        return {}
    if not isinstance(listens, dict):
        return {}
    # Anyone who may patch pods can annotate them: only loopback is ever a backend.
    return {str(port): address for port, address in listens.items() if _is_loopback_place(address)}


def _is_loopback_place(address: object) -> bool:
    """Whether it is ``127.x.x.x:PORT``, and not a name that begins like that."""
    if not isinstance(address, str):
        return False
    host, _, port = address.rpartition(":")
    try:
        loopback = ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False
    return loopback and port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536


def _subset_port(subset: Mapping[str, Any], name: str) -> int | None:
    for port in subset.get("ports") or ():
        if str(port.get("name") or "") == name:
            return int(port["port"])
    return None


def _ready_pods(subset: Mapping[str, Any]) -> Iterator[str]:
    for address in subset.get("addresses") or ():
        reference = address.get("targetRef") or {}
        if reference.get("kind") == "Pod":
            yield str(reference.get("name"))

"""Keeps an Endpoints object beside each Service that selects pods."""

from __future__ import annotations

from collections.abc import Sequence

from canarytui.sandbox.controllers.cache import Cache
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.endpoints.backing import (
    Backing,
    Port,
    backings,
    has_own_endpoints,
    is_headless,
    is_selected,
)
from canarytui.sandbox.controllers.objects import ENDPOINTS, PODS, SERVICES, Manifest, is_terminating, key_of, labels_of
from canarytui.sandbox.values import NamespacedName

MANAGED_BY = "endpoints.kubernetes.io/managed-by"
HEADLESS = "service.kubernetes.io/headless"


class ServiceFollower(Controller):
    """Base of both endpoints controllers: enqueues the Services that a change of a pod concerns."""

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._services: Cache = client.cache(SERVICES)
        self._pods: Cache = client.cache(PODS)
        self.watch(SERVICES)
        self._pods.subscribe(self._pod_changed)

    def _pod_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        manifest = after or before
        assert manifest is not None
        for service in self._services.in_namespace(key_of(manifest)[0]):
            if any(pod is not None and is_selected(service, pod) for pod in (before, after)):
                self.queue.add(key_of(service))

    def _backings(self, service: Manifest) -> list[Backing]:
        return backings(service, self._pods.in_namespace(key_of(service)[0]))


class EndpointsController(ServiceFollower):
    """Writes ``v1`` Endpoints."""

    component = "endpoint-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._endpoints = client.cache(ENDPOINTS)
        self.watch(ENDPOINTS)

    def reconcile(self, key: NamespacedName) -> None:
        service = self._services.get(*key)
        current = self._endpoints.get(*key)
        if service is None:
            if current is not None and labels_of(current).get(MANAGED_BY):
                self.client.delete(ENDPOINTS, current)
            return
        if is_terminating(service) or not has_own_endpoints(service):
            return
        wanted = endpoints_of(service, self._backings(service))
        if current is None:
            self.client.create(ENDPOINTS, wanted)
        elif (current.get("subsets") or []) != wanted["subsets"] or labels_of(current) != labels_of(wanted):
            metadata = {**current["metadata"], "labels": labels_of(wanted)}
            self.client.update(ENDPOINTS, {**current, "metadata": metadata, "subsets": wanted["subsets"]})


def endpoints_of(service: Manifest, found: Sequence[Backing]) -> Manifest:
    """The Endpoints object of `service`: pods with the same ports share a subset, ready and not ready
    apart."""
    namespace, name = key_of(service)
    labels = {**labels_of(service), MANAGED_BY: "endpoint-controller"}
    if is_headless(service):
        labels[HEADLESS] = ""
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "subsets": _subsets(service, found),
    }


def _subsets(service: Manifest, found: Sequence[Backing]) -> list[Manifest]:
    publish_all = bool(service["spec"].get("publishNotReadyAddresses"))
    by_ports: dict[tuple[Port, ...], list[Backing]] = {}
    for backing in found:
        if publish_all or not backing.terminating:
            by_ports.setdefault(backing.ports, []).append(backing)
    subsets = []
    for ports, members in by_ports.items():
        subset: Manifest = {}
        ready = [_address(backing) for backing in members if backing.ready]
        not_ready = [_address(backing) for backing in members if not backing.ready]
        if ready:
            subset["addresses"] = ready
        if not_ready:
            subset["notReadyAddresses"] = not_ready
        if ports:
            subset["ports"] = [_port(port) for port in ports]
        subsets.append(subset)
    return subsets


def _address(backing: Backing) -> Manifest:
    spec = backing.pod["spec"]
    address: Manifest = {"ip": backing.address}
    if spec.get("hostname") and spec.get("subdomain"):
        address["hostname"] = spec["hostname"]
    return {**address, "nodeName": spec.get("nodeName"), "targetRef": backing.target_reference}


def _port(port: Port) -> Manifest:
    entry: Manifest = {"name": port.name} if port.name else {}
    entry.update({"port": port.number, "protocol": port.protocol})
    return {**entry, "appProtocol": port.app_protocol} if port.app_protocol else entry

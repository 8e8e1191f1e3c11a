"""Keeps EndpointSlices beside each Service that selects pods: at most a hundred endpoints a slice."""

from __future__ import annotations

from collections.abc import Sequence

from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.endpoints.backing import Backing, Port, has_own_endpoints, is_headless
from canarytui.sandbox.controllers.endpoints.controller import HEADLESS, ServiceFollower
from canarytui.sandbox.controllers.objects import (
    ENDPOINT_SLICES,
    Manifest,
    is_terminating,
    key_of,
    labels_of,
    owner_reference,
)
from canarytui.sandbox.values import NamespacedName

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
CONTROLLER_NAME = "endpointslice-controller.k8s.io"
SLICE_SIZE = 100


class EndpointSliceController(ServiceFollower):
    """Writes ``discovery.k8s.io/v1`` EndpointSlices."""

    component = "endpoint-slice-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._slices = client.cache(ENDPOINT_SLICES)
        self._slices.subscribe(self._slice_changed)

    def _slice_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        manifest = after or before
        if manifest is not None and SERVICE_NAME in labels_of(manifest):
            self.queue.add((key_of(manifest)[0], labels_of(manifest)[SERVICE_NAME]))

    def reconcile(self, key: NamespacedName) -> None:
        service = self._services.get(*key)
        ours = [each for each in self._slices.in_namespace(key[0]) if _belongs(each, key[1])]
        if service is None:
            for each in ours:
                self.client.delete(ENDPOINT_SLICES, each)
            return
        if is_terminating(service) or not has_own_endpoints(service):
            return
        wanted = slices_of(service, self._backings(service))
        # Slices are matched in order of age, so that a Service of fewer than a hundred pods keeps
        # its one slice.
        ours.sort(key=lambda each: (each["metadata"].get("creationTimestamp") or "", each["metadata"]["name"]))
        for current, target in zip(ours, wanted, strict=False):
            if any(current.get(part) != target.get(part) for part in ("endpoints", "ports")):
                self.client.update(
                    ENDPOINT_SLICES, {**current, "endpoints": target["endpoints"], "ports": target["ports"]}
                )
        for target in wanted[len(ours) :]:
            self.client.create(ENDPOINT_SLICES, target)
        for surplus in ours[len(wanted) :]:
            self.client.delete(ENDPOINT_SLICES, surplus)


def _belongs(endpoint_slice: Manifest, service_name: str) -> bool:
    labels = labels_of(endpoint_slice)
    return labels.get(SERVICE_NAME) == service_name and labels.get(MANAGED_BY) == CONTROLLER_NAME


def slices_of(service: Manifest, found: Sequence[Backing]) -> list[Manifest]:
    """The slices of `service`: one for each set of ports and hundred pods; an empty one when there are
    none."""
    by_ports: dict[tuple[Port, ...], list[Backing]] = {}
    for backing in found:
        by_ports.setdefault(backing.ports, []).append(backing)
    if not by_ports:
        return [_slice(service, (), [])]
    return [
        _slice(service, ports, members[start : start + SLICE_SIZE])
        for ports, members in by_ports.items()
        for start in range(0, len(members), SLICE_SIZE)
    ]


def _slice(service: Manifest, ports: Sequence[Port], members: Sequence[Backing]) -> Manifest:
    namespace, name = key_of(service)
    labels = {**labels_of(service), MANAGED_BY: CONTROLLER_NAME, SERVICE_NAME: name}
    if is_headless(service):
        labels[HEADLESS] = ""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": f"{name}-",
            "namespace": namespace,
            "labels": labels,
            "ownerReferences": [owner_reference(service)],
        },
        "addressType": "IPv4",
        "endpoints": [_endpoint(backing) for backing in members],
        "ports": [_port(port) for port in ports],
    }


def _endpoint(backing: Backing) -> Manifest:
    endpoint: Manifest = {
        "addresses": [backing.address],
        "conditions": {
            "ready": backing.ready,
            "serving": backing.serving,
            "terminating": backing.terminating,
        },
        "nodeName": backing.pod["spec"].get("nodeName"),
        "targetRef": backing.target_reference,
    }
    if backing.pod["spec"].get("hostname"):
        endpoint["hostname"] = backing.pod["spec"]["hostname"]
    return endpoint


def _port(port: Port) -> Manifest:
    entry: Manifest = {"name": port.name, "port": port.number, "protocol": port.protocol}
    return {**entry, "appProtocol": port.app_protocol} if port.app_protocol else entry

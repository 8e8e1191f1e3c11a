"""What the data plane knows of the cluster: watched stores, and look-ups in them.

The kubelet gets its pods here, the gateway its configuration, the cluster proxy its names. No look-up costs a
request.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator

from canarytui.sandbox.backends import Backend, find_service_port, pod_address, service_backends
from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.client.object_store import WatchedStore
from canarytui.sandbox.client.resources import (
    ENDPOINTS,
    GATEWAY_CLASSES,
    GATEWAYS,
    HTTP_ROUTES,
    INGRESS_CLASSES,
    INGRESS_ROUTES,
    INGRESS_ROUTES_OLD,
    INGRESSES,
    MIDDLEWARES,
    MIDDLEWARES_OLD,
    PODS,
    SERVICES,
    TRAEFIK_SERVICES,
    TRAEFIK_SERVICES_OLD,
)
from canarytui.sandbox.client.store_reflector import StoreReflector
from canarytui.sandbox.constants import NODE_NAME
from canarytui.sandbox.gateway import provider
from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.httproutes import provider as httproutes
from canarytui.sandbox.gateway.ingresses import provider as ingresses
from canarytui.sandbox.node.images import ImageKind, parse_image
from canarytui.sandbox.values import ReadOnlyObject

_SETTLE_S = 0.2
_INGRESS_SERVICE = ("ingress-nginx", "ingress-nginx-controller")
"""The Service through which ingress-nginx is reached; Ingresses' statuses have its address."""


class DataplaneState:
    """Stores and their reflectors; :meth:`run` keeps them up to date."""

    def __init__(self, client: KubeClient) -> None:
        self.pods = WatchedStore(PODS)
        self.services = WatchedStore(SERVICES)
        self.endpoints = WatchedStore(ENDPOINTS)
        self.traefik_services = (WatchedStore(TRAEFIK_SERVICES_OLD), WatchedStore(TRAEFIK_SERVICES))
        self.ingress_routes = (WatchedStore(INGRESS_ROUTES_OLD), WatchedStore(INGRESS_ROUTES))
        self.middlewares = (WatchedStore(MIDDLEWARES_OLD), WatchedStore(MIDDLEWARES))
        self.with_status = {
            "GatewayClass": WatchedStore(GATEWAY_CLASSES),
            "Gateway": WatchedStore(GATEWAYS),
            "HTTPRoute": WatchedStore(HTTP_ROUTES),
            "Ingress": WatchedStore(INGRESSES),
        }
        self.ingress_classes = WatchedStore(INGRESS_CLASSES)
        self._core = (self.pods, self.services, self.endpoints)
        traefik = (*self.traefik_services, *self.ingress_routes, *self.middlewares)
        self._stores = (*self._core, *traefik, self.ingress_classes, *self.with_status.values())
        on_node = f"spec.nodeName={NODE_NAME}"
        self._reflectors = [
            StoreReflector(client, store, field_selector=on_node if store is self.pods else "")
            for store in self._stores
        ]
        self._configuration = Configuration()
        self._is_current = False
        self._listening: list[asyncio.Event] = []
        for store in self._stores:
            store.subscribe(self._outdated)

    async def run(self) -> None:
        """List and watch until cancelled."""
        await asyncio.gather(*(reflector.run() for reflector in self._reflectors))

    async def wait_synced(self, timeout_s: float) -> bool:
        """Whether pods, services and endpoints have been listed. Custom resources may come later."""
        return all(await asyncio.gather(*(store.wait_synced(timeout_s) for store in self._core)))

    def backends(self, namespace: str, service: str, port: str | int) -> list[Backend] | None:
        """Ready backends; None when there is no such Service or port."""
        found = self.services.get(namespace, service)
        if found is None or find_service_port(found, port) is None:
            return None
        return service_backends(found, self.endpoints.get(namespace, service), self.pods.get, port)

    def configuration(self) -> Configuration:
        """The gateway's configuration; rebuilt only after a change, and the same object as long as it says the same."""
        if not self._is_current:
            rebuilt = provider.build(
                itertools.chain.from_iterable(store.objects() for store in self.ingress_routes),
                itertools.chain.from_iterable(store.objects() for store in self.traefik_services),
                self._addresses,
                itertools.chain.from_iterable(store.objects() for store in self.middlewares),
            )
            rebuilt = rebuilt.followed_by(self._from_http_routes()).followed_by(self._from_ingresses())
            if rebuilt != self._configuration:
                self._configuration = rebuilt
            self._is_current = True
        return self._configuration

    def _from_http_routes(self) -> Configuration:
        classes, gateways, routes = (
            self.with_status[kind].objects() for kind in ("GatewayClass", "Gateway", "HTTPRoute")
        )
        return httproutes.build(classes, gateways, routes, self._addresses)

    def _from_ingresses(self) -> Configuration:
        service = self.services.get(*_INGRESS_SERVICE) or {}
        address = str((service.get("spec") or {}).get("clusterIP") or "")
        found = self.with_status["Ingress"].objects()
        return ingresses.build(self.ingress_classes.objects(), found, self._addresses, address)

    async def configurations(self) -> AsyncIterator[Configuration]:
        """The configuration, and again after each change; changes in quick succession are combined."""
        changed = asyncio.Event()
        changed.set()
        self._listening.append(changed)
        try:
            while True:
                await changed.wait()
                await asyncio.sleep(_SETTLE_S)
                changed.clear()
                yield self.configuration()
        finally:
            self._listening.remove(changed)

    def gateways(self, host: str = "") -> list[str]:
        """Addresses of the ready gateway pods for `host`: ingress-nginx's where an Ingress has it, else Traefik's,
        and the others' where there are none."""
        traefik = self._listening_pods(ImageKind.GATEWAY, "web")
        nginx = self._listening_pods(ImageKind.INGRESS_NGINX, "http")
        return (nginx or traefik) if self.configuration().ingresses.host_of(host) else (traefik or nginx)

    def pod_by_ip(self, ip: str) -> ReadOnlyObject | None:
        """The pod that has this address and has not ended."""
        for pod in self.pods.objects():
            status = pod.get("status") or {}
            if status.get("podIP") == ip and status.get("phase") not in ("Succeeded", "Failed"):
                return pod
        return None

    def service_by_ip(self, ip: str) -> ReadOnlyObject | None:
        """The Service with this ClusterIP."""
        for service in self.services.objects():
            if (service.get("spec") or {}).get("clusterIP") == ip:
                return service
        return None

    def has_namespace(self, namespace: str) -> bool:
        """Whether any Service or pod lives there."""
        found = itertools.chain(self.services.objects(), self.pods.objects())
        return any(obj["metadata"].get("namespace") == namespace for obj in found)

    def _listening_pods(self, kind: ImageKind, port: str) -> list[str]:
        found = (pod_address(pod, port) for pod in self._ready_pods(kind))
        return [address for address in found if address is not None]

    def _ready_pods(self, kind: ImageKind) -> Iterator[ReadOnlyObject]:
        for pod in self.pods.objects():
            images = [parse_image(str(c["image"])) for c in pod["spec"]["containers"]]
            if not any(image is not None and image.kind is kind for image in images):
                continue
            conditions = (pod.get("status") or {}).get("conditions") or ()
            if any(c["type"] == "Ready" and c["status"] == "True" for c in conditions):
                yield pod

    def _addresses(self, namespace: str, service: str, port: str | int) -> list[str] | None:
        backends = self.backends(namespace, service, port)
        return None if backends is None else [backend.address for backend in backends]

    def _outdated(self, keys: frozenset[tuple[str, str]]) -> None:
        if keys:
            self._is_current = False
            for changed in self._listening:
                changed.set()

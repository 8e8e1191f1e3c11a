"""Names of the cluster: which loopback address stands for ``podinfo-canary.test`` or ``app.example.com``.

The cluster proxy asks for every request. Names that are not the sandbox's are refused, so that the proxy leads
to nothing else on the machine or the network.
"""

from __future__ import annotations

import itertools

from canarytui.sandbox.backends import Backend, pod_address
from canarytui.sandbox.constants import CLUSTER_DOMAIN
from canarytui.sandbox.dataplane.cluster_state import DataplaneState
from canarytui.sandbox.gateway.rules import admits_host

_EXAMPLE_DOMAINS = (
    "example",
    "example.com",
    "example.net",
    "example.org",
    "localhost",
)  # reserved, so that no site has them


class AddressRefused(Exception):
    """No address; `status` is the HTTP status to answer with, ``str`` the explanation for a person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Names:
    """Resolves names; backends of a Service take turns."""

    def __init__(self, state: DataplaneState) -> None:
        self._state = state
        self._turn = itertools.count()

    def resolve(self, host: str, port: int) -> str:
        """The address (``127.0.0.1:PORT``) that stands for `host` (lower case, no port) at `port`.

        Raises:
            Refused: 502 for a Service that is not there, 503 for one without ready pods, 403 for others.
        """
        if address := self._by_ip(host, port):
            return address
        cluster_name = split_cluster_name(host)
        if cluster_name is not None:
            service, namespace = cluster_name
            backends = self._state.backends(namespace, service, port)
            if backends is not None:
                return self._next(backends, f"Service {namespace}/{service} at port {port}")
        if self._routed(host):
            return self._gateway(host)
        if cluster_name is not None and (host.endswith(CLUSTER_DOMAIN) or self._state.has_namespace(cluster_name[1])):
            service, namespace = cluster_name
            if self._state.services.get(namespace, service) is not None:
                raise AddressRefused(502, f"Service {namespace}/{service} has no port {port}.")
            raise AddressRefused(502, f"There is no Service {service} in namespace {namespace}.")
        if host.endswith(tuple(f".{domain}" for domain in _EXAMPLE_DOMAINS)):
            return self._gateway(host)
        raise AddressRefused(
            403,
            f"{host or 'This request'} is not a name of the sandbox: the cluster proxy reaches only "
            "<service>.<namespace> and hosts of routes, never the machine or the internet.",
        )

    def _by_ip(self, host: str, port: int) -> str | None:
        if host.startswith("10.42."):
            pod = self._state.pod_by_ip(host)
            address = pod_address(pod, port) if pod is not None else None
            if address is None:
                raise AddressRefused(502, f"No pod listens at {host}:{port}.")
            return address
        if host.startswith("10.43."):
            service = self._state.service_by_ip(host)
            metadata = service["metadata"] if service is not None else {}
            found = self._state.backends(str(metadata.get("namespace")), str(metadata.get("name")), port)
            return self._next(found or [], f"{host}:{port}")
        return None

    def _routed(self, host: str) -> bool:
        configuration = self._state.configuration()
        return bool(configuration.ingresses.host_of(host)) or any(
            admits_host(rule, host) for rule in configuration.rules
        )

    def _gateway(self, host: str) -> str:
        addresses = self._state.gateways(host)
        if not addresses:
            raise AddressRefused(503, "The gateway has no ready pod.")
        return addresses[next(self._turn) % len(addresses)]

    def _next(self, backends: list[Backend], what: str) -> str:
        if not backends:
            raise AddressRefused(503, f"{what} has no ready pod.")
        return backends[next(self._turn) % len(backends)].address


def split_cluster_name(host: str) -> tuple[str, str] | None:
    """``name.ns``, ``name.ns.svc`` or ``name.ns.svc.cluster.local`` -> (name, ns); None otherwise."""
    bare = host.rstrip(".").removesuffix(f".{CLUSTER_DOMAIN}").removesuffix(".svc")
    name, dot, namespace = bare.partition(".")
    return (name, namespace) if dot and name and namespace and "." not in namespace else None

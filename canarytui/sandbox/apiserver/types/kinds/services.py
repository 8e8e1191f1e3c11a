"""Services and their endpoints. Cluster IPs and node ports are allocated here, as the API server does it."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import label_problems, names
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.kinds.pod_checks import port_problems
from canarytui.sandbox.apiserver.types.printing import NONE, Printer, age_of, columns, selector_text
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject

SERVICE_NETWORK = ipaddress.ip_network("10.43.0.0/16")
KUBERNETES_SERVICE_IP = str(SERVICE_NETWORK[1])
_NODE_PORTS = range(30000, 32768)
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_HEADLESS = "None"
_ENDPOINTS_SHOWN = 3


class ServiceStrategy(KindStrategy):
    """A service's addresses are chosen once and kept."""

    allocates = True

    def name_problems(self, name: str) -> list[str]:
        return names.label_1035(name)

    def default(self, obj: KubernetesObject) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("type", "ClusterIP")
        spec.setdefault("sessionAffinity", "None")
        if spec["type"] != "ExternalName":
            spec.setdefault("internalTrafficPolicy", "Cluster")
            spec.setdefault("ipFamilies", ["IPv4"])
            spec.setdefault("ipFamilyPolicy", "SingleStack")
        if spec["type"] in ("NodePort", "LoadBalancer"):
            spec.setdefault("externalTrafficPolicy", "Cluster")
        for port in spec.get("ports") or ():
            port.setdefault("protocol", "TCP")
            if "port" in port:
                port.setdefault("targetPort", port["port"])
        obj.setdefault("status", {}).setdefault("loadBalancer", {})

    def prepare_create(self, obj: KubernetesObject) -> None:
        obj["status"] = {}

    def prepare_update(self, obj: KubernetesObject, old: KubernetesObject) -> None:
        super().prepare_update(obj, old)
        spec, before = obj.setdefault("spec", {}), old["spec"]
        if spec.get("type", "ClusterIP") != "ExternalName":
            for field in ("clusterIP", "clusterIPs"):
                if not spec.get(field) and field in before:
                    spec[field] = before[field]
        if spec.get("type") in ("NodePort", "LoadBalancer"):
            ports = {port.get("port"): port.get("nodePort") for port in before.get("ports") or ()}
            for port in spec.get("ports") or ():
                if not port.get("nodePort"):
                    port["nodePort"] = ports.get(port.get("port")) or random.choice(_NODE_PORTS)

    def allocate(self, obj: KubernetesObject, peers: list[KubernetesObject]) -> None:
        spec = obj["spec"]
        if spec["type"] == "ExternalName":
            return
        if not spec.get("clusterIP"):
            taken = {peer["spec"].get("clusterIP") for peer in peers} | {KUBERNETES_SERVICE_IP}
            spec["clusterIP"] = _free_address(taken)
        spec.setdefault("clusterIPs", [spec["clusterIP"]])
        if spec["type"] in ("NodePort", "LoadBalancer"):
            used = {port.get("nodePort") for peer in peers for port in peer["spec"].get("ports") or ()}
            for port in spec.get("ports") or ():
                if not port.get("nodePort"):
                    port["nodePort"] = random.choice([p for p in _NODE_PORTS if p not in used])
                    used.add(port["nodePort"])

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        spec = obj["spec"]
        found: list[Cause] = []
        if spec["type"] not in _TYPES:
            found.append(problems.unsupported("spec.type", spec["type"], _TYPES))
        found += label_problems.in_labels(spec.get("selector"), "spec.selector")
        ports = spec.get("ports") or []
        if not ports and spec["type"] != "ExternalName" and spec.get("clusterIP") != _HEADLESS:
            found.append(problems.required("spec.ports"))
        seen: set[Any] = set()
        for index, port in enumerate(ports):
            here = f"spec.ports[{index}]"
            if len(ports) > 1 and not port.get("name"):
                found.append(problems.required(f"{here}.name"))
            found += port_problems(port.get("port"), f"{here}.port")
            if isinstance(port.get("targetPort"), int):
                found += port_problems(port["targetPort"], f"{here}.targetPort")
            identity = (port.get("port"), port.get("protocol"))
            if identity in seen:
                found.append(problems.duplicate(here, {"port": identity[0], "protocol": identity[1]}))
            seen.add(identity)
        return found

    def validate_update(self, obj: KubernetesObject, old: KubernetesObject) -> list[Cause]:
        now, before = obj["spec"].get("clusterIP"), old["spec"].get("clusterIP")
        if before and now and now != before and obj["spec"]["type"] != "ExternalName":
            return [problems.wrong("spec.clusterIPs[0]", [now], "may not change once set")]
        return []


def _free_address(taken: set[str | None]) -> str:
    while True:
        address = str(SERVICE_NETWORK[random.randrange(10, SERVICE_NETWORK.num_addresses - 1)])
        if address not in taken:
            return address


def _service(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    spec = obj.get("spec") or {}
    kind = spec.get("type", "ClusterIP")
    external = ",".join(spec.get("externalIPs") or ()) or NONE
    if kind == "ExternalName":
        external = spec.get("externalName", "")
    elif kind == "LoadBalancer":
        addresses = at(obj, "status", "loadBalancer", "ingress") or []
        external = ",".join(each.get("ip") or each.get("hostname", "") for each in addresses) or "<pending>"
    ports = ",".join(
        f"{port['port']}" + (f":{port['nodePort']}" if port.get("nodePort") else "") + f"/{port.get('protocol', 'TCP')}"
        for port in spec.get("ports") or ()
    )
    address = spec.get("clusterIP") or NONE
    return [kind, address, external, ports or NONE, age_of(obj, now), selector_text(spec.get("selector"))]


def _endpoints(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    pairs = []
    for subset in obj.get("subsets") or ():
        ports = [port["port"] for port in subset.get("ports") or ()]
        for address in subset.get("addresses") or ():
            pairs += [f"{address['ip']}:{port}" for port in ports] or [address["ip"]]
    return [_shortened(pairs), age_of(obj, now)]


def _slice(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    ports = [str(port["port"]) for port in obj.get("ports") or () if port.get("port") is not None]
    addresses = [address for each in obj.get("endpoints") or () for address in each.get("addresses") or ()]
    names = ",".join(ports[:_ENDPOINTS_SHOWN]) or "<unset>"
    listed = ",".join(addresses[:_ENDPOINTS_SHOWN]) or "<unset>"
    if len(addresses) > _ENDPOINTS_SHOWN:
        listed += f" + {len(addresses) - _ENDPOINTS_SHOWN} more..."
    return [obj.get("addressType", ""), names, listed, age_of(obj, now)]


def _shortened(pairs: list[str]) -> str:
    more = f" + {len(pairs) - _ENDPOINTS_SHOWN} more..." if len(pairs) > _ENDPOINTS_SHOWN else ""
    return ",".join(pairs[:_ENDPOINTS_SHOWN]) + more if pairs else NONE


SERVICE = ResourceKind(
    name="Service",
    plural="services",
    short_names=("svc",),
    categories=("all",),
    subresources=frozenset({"status", "proxy"}),
    strategy=ServiceStrategy,
    printer=Printer(columns("Type|Cluster-IP|External-IP|Port(s)|Age", "Selector"), _service),
    selectable_fields=("spec.clusterIP", "spec.type"),
)
ENDPOINTS = ResourceKind(
    name="Endpoints",
    plural="endpoints",
    short_names=("ep",),
    printer=Printer(columns("Endpoints|Age"), _endpoints),
)
ENDPOINT_SLICE = ResourceKind(
    name="EndpointSlice",
    plural="endpointslices",
    group="discovery.k8s.io",
    printer=Printer(columns("AddressType|Ports|Endpoints|Age"), _slice),
)

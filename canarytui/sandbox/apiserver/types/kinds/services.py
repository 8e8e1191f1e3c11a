"""Services: cluster IPs and node ports are given here, as the API server gives them."""

from __future__ import annotations

import ipaddress
import random
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import label_problems, names
from canarytui.sandbox.apiserver.types.kinds.pods import port_problems
from canarytui.sandbox.apiserver.types.strategy import Object, Strategy

SERVICE_NETWORK = ipaddress.ip_network("10.43.0.0/16")
KUBERNETES_SERVICE_IP = str(SERVICE_NETWORK[1])
_NODE_PORTS = range(30000, 32768)
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_HEADLESS = "None"


class ServiceStrategy(Strategy):
    """A service's addresses are chosen once and kept."""

    def name_problems(self, name: str) -> list[str]:
        return names.label_1035(name)

    def default(self, obj: Object) -> None:
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

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {}

    def prepare_update(self, obj: Object, old: Object) -> None:
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

    def allocate(self, obj: Object, peers: list[Object]) -> None:
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

    def validate(self, obj: Object) -> list[Cause]:
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

    def validate_update(self, obj: Object, old: Object) -> list[Cause]:
        now, before = obj["spec"].get("clusterIP"), old["spec"].get("clusterIP")
        if before and now and now != before and obj["spec"]["type"] != "ExternalName":
            return [problems.wrong("spec.clusterIPs[0]", [now], "may not change once set")]
        return []


def _free_address(taken: set[str | None]) -> str:
    while True:
        address = str(SERVICE_NETWORK[random.randrange(10, SERVICE_NETWORK.num_addresses - 1)])
        if address not in taken:
            return address

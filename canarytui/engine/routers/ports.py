"""The ports of a canary's Services: the one in its spec, and with ``portDiscovery`` all of its pods'."""

from __future__ import annotations

from typing import Any

from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.tick import Tick
from canarytui.engine.workloads import workload_of

_SIDECARS = ("istio-proxy", "envoy")


def service_ports(tick: Tick) -> list[dict[str, Any]]:
    """First the port that traffic is routed to."""
    service = tick.canary.spec.service
    first: dict[str, Any] = {
        "name": service.port_name,
        "protocol": "TCP",
        "port": service.port,
        "targetPort": service.target_port,
    }
    if service.app_protocol:
        first["appProtocol"] = service.app_protocol
    return [first, *_discovered(tick, first)] if service.port_discovery else [first]


def with_node_ports(ports: list[dict[str, Any]], live: KubernetesObject) -> list[dict[str, Any]]:
    """`ports` with the node ports that a Service already has, by name, else by number."""
    known = [port for port in live["spec"].get("ports") or () if port.get("nodePort")]
    used: set[int] = set()
    found: list[dict[str, Any]] = []
    for port in ports:
        namesakes = [each["nodePort"] for each in known if each.get("name") == port["name"]]
        same = [each["nodePort"] for each in known if _place(each) == _place(port)]
        free = [node_port for node_port in (*namesakes, *same) if node_port not in used]
        used.update(free[:1])
        found.append({**port, "nodePort": free[0]} if free else port)
    return found


def _discovered(tick: Tick, first: dict[str, Any]) -> list[dict[str, Any]]:
    """The other container ports; in strict mode all as TCP, like Flagger.

    Duplicate ports are left out and duplicate names replaced: the API server accepts neither.
    """
    service = tick.canary.spec.service
    names, places = {first["name"]}, {_place(first)}
    found: list[dict[str, Any]] = []
    template = workload_of(tick.canary).pod_template(tick)
    for container in (template.get("spec") or {}).get("containers") or ():
        if container.get("name") in _SIDECARS:
            continue
        for index, port in enumerate(container.get("ports") or ()):
            number = port.get("containerPort")
            protocol = "TCP" if tick.settings.strict else port.get("protocol") or "TCP"
            if service.target_port in (number, port.get("name")) and protocol == "TCP":
                continue
            made = {"name": port.get("name"), "protocol": protocol, "port": number, "targetPort": number}
            if not made["name"] or made["name"] in names:
                made["name"] = f"{protocol.lower()}-{container.get('name')}-{index}"
            if _place(made) in places:
                continue
            names.add(made["name"])
            places.add(_place(made))
            found.append(made)
    return found


def _place(port: KubernetesObject) -> tuple[str, Any]:
    return str(port.get("protocol") or "TCP"), port.get("port")

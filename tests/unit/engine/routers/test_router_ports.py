"""The ports of a canary's Services, and the node ports that they keep."""

from __future__ import annotations

from typing import Any

from router_rig import RouterRig

from canarytui.engine.routers.ports import service_ports, with_node_ports


def test_the_first_port_is_the_one_that_traffic_is_routed_to() -> None:
    rig = RouterRig({"service": {"portName": "grpc", "appProtocol": "grpc"}})
    assert service_ports(rig.tick) == [
        {"name": "grpc", "protocol": "TCP", "port": 80, "targetPort": 9898, "appProtocol": "grpc"}
    ]


def test_discovery_adds_the_pods_other_ports() -> None:
    rig = RouterRig({"service": {"portDiscovery": True}})
    containers = [
        {
            "name": "podinfod",
            "ports": [{"name": "http", "containerPort": 9898}, {"name": "metrics", "containerPort": 97}],
        },
        {"name": "istio-proxy", "ports": [{"name": "admin", "containerPort": 15000}]},
        {"name": "dns", "ports": [{"containerPort": 53, "protocol": "UDP"}]},
    ]
    rig.change("Deployment", {"spec": {"template": {"spec": {"containers": containers}}}})
    first, *others = service_ports(rig.tick)
    assert first["targetPort"] == 9898
    assert others == [
        {"name": "metrics", "protocol": "TCP", "port": 97, "targetPort": 97},
        {"name": "udp-dns-0", "protocol": "UDP", "port": 53, "targetPort": 53},
    ]


def test_a_node_port_stays_with_its_name_else_with_its_number() -> None:
    wanted = [{"name": "http", "port": 80}, {"name": "new", "port": 81}, {"name": "third", "port": 82}]
    known = [{"name": "http", "port": 8080, "nodePort": 30080}, {"name": "old", "port": 81, "nodePort": 30081}]
    live: dict[str, Any] = {"spec": {"ports": known}}
    assert with_node_ports(wanted, live) == [
        {"name": "http", "port": 80, "nodePort": 30080}, {"name": "new", "port": 81, "nodePort": 30081}, wanted[2],
    ]  # fmt: skip
    assert with_node_ports(wanted, {"spec": {}}) == wanted

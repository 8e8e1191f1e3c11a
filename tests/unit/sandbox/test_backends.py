from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from canarytui.sandbox.backends import Backend, find_service_port, pod_address, pod_listens, service_backends
from canarytui.sandbox.constants import LISTEN_ANNOTATION


def pod(name: str, listens: Mapping[str, object] | str) -> dict[str, Any]:
    text = listens if isinstance(listens, str) else json.dumps(listens)
    return {
        "metadata": {"namespace": "test", "name": name, "annotations": {LISTEN_ANNOTATION: text}},
        "spec": {"containers": [{"name": "podinfod", "ports": [{"name": "http", "containerPort": 9898}]}]},
    }


def service(*ports: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"namespace": "test", "name": "podinfo"}, "spec": {"ports": list(ports)}}


def endpoints(ready: list[str], port: dict[str, Any], not_ready: list[str] | None = None) -> dict[str, Any]:
    def addresses(names: list[str]) -> list[dict[str, Any]]:
        return [{"ip": "10.42.0.9", "targetRef": {"kind": "Pod", "namespace": "test", "name": n}} for n in names]

    return {
        "subsets": [{"addresses": addresses(ready), "notReadyAddresses": addresses(not_ready or []), "ports": [port]}]
    }


HTTP = {"name": "http", "port": 80, "targetPort": 9898}


def test_a_service_port_reaches_the_listening_address_of_each_ready_pod() -> None:
    pods = {n: pod(n, {"9898": f"127.0.0.1:4000{i}"}) for i, n in enumerate(["a", "b", "c"])}
    found = service_backends(
        service(HTTP),
        endpoints(["b", "a"], {"name": "http", "port": 9898}, not_ready=["c"]),
        lambda ns, n: pods[n],
        80,
    )
    assert found == [Backend("b", "127.0.0.1:40001"), Backend("a", "127.0.0.1:40000")]


@pytest.mark.parametrize("port", [80, "80", "http"])
def test_a_service_port_is_named_by_number_or_name(port: str | int) -> None:
    assert find_service_port(service(HTTP, {"name": "grpc", "port": 9999}), port) == HTTP


def test_an_unknown_port_or_missing_endpoints_have_no_backend() -> None:
    one = pod("a", {"9898": "127.0.0.1:1"})
    ready = endpoints(["a"], {"name": "http", "port": 9898})
    assert service_backends(service(HTTP), ready, lambda ns, n: one, 8080) == []
    assert service_backends(service(HTTP), None, lambda ns, n: one, 80) == []


def test_a_pod_that_went_away_or_does_not_listen_yet_is_no_backend() -> None:
    ready = endpoints(["gone", "starting"], {"name": "http", "port": 9898})
    pods = {"starting": pod("starting", {})}
    assert service_backends(service(HTTP), ready, lambda ns, n: pods.get(n), 80) == []


@pytest.mark.parametrize("text", ["not json", "[]", '{"9898": "10.0.0.1:80"}', '{"9898": 5}'])
def test_an_annotation_that_is_not_ours_never_becomes_an_address(text: str) -> None:
    assert pod_address(pod("a", text), 9898) is None


def test_a_container_port_is_found_by_its_name_too() -> None:
    assert pod_address(pod("a", {"9898": "127.0.0.1:7"}), "http") == "127.0.0.1:7"


@pytest.mark.parametrize(
    "address",
    ["127.evil.example:80", "127.0.0.1.evil.example:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
     "127.0.0.1:8x", "127.0.0.1:80:80", "user@127.0.0.1:80", "127.0.0.1:80/path", "127.1:80", "0127.0.0.1:80",
     "127.0.0.1 :80", " 127.0.0.1:80", "10.0.0.1:80", "0.0.0.0:80", "localhost:80", "[::1]:80", "127.0.0.1:²", "", 7,
     None, ["127.0.0.1:80"]],
)  # fmt: skip
def test_annotation_leads_nowhere_but_to_loopback(address: object) -> None:
    listens = {"9898": address, "80": "127.0.0.1:4", "81": "127.8.8.8:65535"}
    assert pod_listens(pod("a", listens)) == {"80": "127.0.0.1:4", "81": "127.8.8.8:65535"}

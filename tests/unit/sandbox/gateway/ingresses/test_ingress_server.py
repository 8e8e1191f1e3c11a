"""Ingresses with real pods behind a real gateway pod: a rollout as Flagger drives it, and what is counted of it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from dataplane_fakes import (
    Object,
    endpoints,
    events_about,
    ingress,
    ingress_class,
    ingress_nginx_pod,
    podinfo_pod,
    service,
)
from dataplane_rig import Sandbox

HOST = {"Host": "app.example.com"}


@pytest.fixture
async def routed(sandbox: Sandbox) -> Sandbox:
    """A primary at 6.0.0 behind app.example.com, with a canary Ingress for one at 6.0.1 without weight."""
    for name, tag in (("podinfo", "6.0.0"), ("podinfo-canary", "6.0.1")):
        await sandbox.run_pod(podinfo_pod(f"{name}-1", image=f"stefanprodan/podinfo:{tag}"))
        sandbox.api.put("services", service(name))
        sandbox.api.put("endpoints", endpoints(name, [f"{name}-1"]))
    controller = service("ingress-nginx-controller", namespace="ingress-nginx", target="http")
    sandbox.api.put("services", {**controller, "spec": {**controller["spec"], "clusterIP": "10.43.0.9"}})
    sandbox.api.put("ingressclasses", ingress_class())
    await put(sandbox, ingress("podinfo", ("/", "Prefix", "podinfo")))
    await canary(sandbox, canary_weight="0")
    await sandbox.run_pod(ingress_nginx_pod())
    return sandbox


async def put(sandbox: Sandbox, obj: Object) -> None:
    """Create or replace an Ingress, and wait for its watch event."""
    sandbox.api.put("ingresses", obj)
    store, name = sandbox.plane.state.with_status["Ingress"], obj["metadata"]["name"]

    def arrived() -> bool:
        stored = store.get("test", name) or {"metadata": {}}
        return bool(stored["metadata"].get("annotations") == obj["metadata"]["annotations"])

    await sandbox.until(arrived, "watch event")


async def canary(sandbox: Sandbox, **annotations: str) -> None:
    await put(sandbox, ingress("podinfo-canary", ("/", "Prefix", "podinfo-canary"), canary="true", **annotations))


async def ask(sandbox: Sandbox, path: str = "/version", **headers: str) -> tuple[int, str]:
    return await sandbox.get(f"http://{sandbox.addresses['gateway']}{path}", headers={**HOST, **headers})


async def version(sandbox: Sandbox, **headers: str) -> str:
    status, text = await ask(sandbox, **headers)
    return str(json.loads(text)["version"]) if status == 200 else f"status {status}"


async def metrics(sandbox: Sandbox) -> list[str]:
    pod = sandbox.api.get("pods", "ingress-nginx", "ingress-nginx-1")
    assert pod is not None
    status, text = await sandbox.get(sandbox.url(pod, 10254, "/metrics"))
    assert status == 200
    return text.splitlines()


def counted(lines: list[str], name: str, *labels: str) -> float:
    """The sum of the samples with these labels."""
    found = [line for line in lines if line.startswith(f"{name}{{") and all(label in line for label in labels)]
    return sum(float(line.rpartition(" ")[2]) for line in found)


async def test_a_change_of_the_weight_holds_for_the_next_request_and_is_counted(routed: Sandbox) -> None:
    assert [await version(routed) for _ in range(20)] == ["6.0.0"] * 20
    await canary(routed, canary_weight="50")
    seen = Counter([await version(routed) for _ in range(60)])
    assert seen.keys() == {"6.0.0", "6.0.1"}
    await canary(routed, canary_weight="100")
    assert [await version(routed) for _ in range(5)] == ["6.0.1"] * 5
    assert (await ask(routed, "/status/500"))[0] == 500
    lines = await metrics(routed)
    requests, main = "nginx_ingress_controller_requests", ('namespace="test"', 'ingress="podinfo"')
    of_canary = (*main, 'canary="test-podinfo-canary-80"', 'service="podinfo"', 'host="app.example.com"', 'path="/"')
    assert f"# TYPE {requests} counter" in lines
    assert counted(lines, requests, *main, 'canary=""') == 20 + seen["6.0.0"]
    assert counted(lines, requests, *of_canary, 'status="200"', 'method="GET"') == 5 + seen["6.0.1"]
    assert counted(lines, requests, *of_canary, 'status="500"') == 1
    took = "nginx_ingress_controller_response_duration_seconds"
    assert counted(lines, f"{took}_count", *of_canary) == 6 + seen["6.0.1"]
    assert (
        0
        < counted(lines, f"{took}_sum", *of_canary)
        <= counted(lines, "nginx_ingress_controller_request_duration_seconds_sum", *of_canary)
    )


async def test_a_b_testing_and_what_pods_see_of_a_request(routed: Sandbox) -> None:
    await canary(routed, canary_weight="0", canary_by_header="X-Canary", canary_by_header_value="insider")
    assert await version(routed) == "6.0.0"
    assert await version(routed, **{"X-Canary": "insider"}) == "6.0.1"
    await canary(routed, canary_weight="0", canary_by_cookie="canary")
    assert await version(routed, Cookie="a=b; canary=always") == "6.0.1"
    sent: dict[str, Any] = json.loads((await ask(routed, "/headers", **{"X-Forwarded-For": "1.2.3.4"}))[1])
    assert sent["X-Forwarded-For"] == sent["X-Real-Ip"] == ["127.0.0.1"]
    assert sent["X-Original-Forwarded-For"] == ["1.2.3.4"]
    assert sent["X-Forwarded-Host"] == ["app.example.com"]
    assert len(sent["X-Request-Id"][0]) == 32


async def test_pages_of_its_own_and_hosts_that_are_not_counted(routed: Sandbox) -> None:
    status, text = await ask(routed, Host="else.where")
    assert (status, "<center>nginx</center>" in text) == (404, True)
    await put(routed, ingress("slow", ("/delay", "Prefix", "podinfo"), host="slow.example", proxy_read_timeout="1"))
    status, text = await ask(routed, "/delay/3", Host="slow.example")
    assert (status, "504 Gateway Time-out" in text) == (504, True)
    assert (await ask(routed, "/", Host="slow.example"))[0] == 404
    routed.api.put("endpoints", endpoints("podinfo", []))
    await routed.until(lambda: routed.plane.state.backends("test", "podinfo", 80) == [], "no pods")
    assert (await ask(routed))[0] == 503
    lines = await metrics(routed)
    requests = "nginx_ingress_controller_requests"
    statuses = {
        (host, status): counted(lines, requests, f'host="{host}"', f'status="{status}"')
        for host, status in [
            ("else.where", 404),
            ("slow.example", 504),
            ("slow.example", 404),
            ("app.example.com", 503),
        ]
    }
    assert list(statuses.values()) == [0, 1, 1, 1]


async def test_statuses_events_and_names(routed: Sandbox) -> None:
    def address(name: str) -> Any:
        status = (routed.api.get("ingresses", "test", name) or {}).get("status") or {}
        return (status.get("loadBalancer") or {}).get("ingress")

    for name in ("podinfo", "podinfo-canary"):
        await routed.until(lambda name=name: address(name) == [{"ip": "10.43.0.9"}], "an address")
    await put(routed, ingress("podinfo", ("/", "Prefix", "podinfo"), auth_url="http://x"))
    await routed.until(lambda: list(events_about(routed.api, "podinfo")), "an Event")
    assert [reason for reason, _ in events_about(routed.api, "podinfo")] == ["NotPlayed"]
    proxy = f"http://{routed.addresses['proxy']}"
    status, text = await routed.get("http://app.example.com/version", proxy=proxy)
    assert (status, json.loads(text)["version"]) == (200, "6.0.0")

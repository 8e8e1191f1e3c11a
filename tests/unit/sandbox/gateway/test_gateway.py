from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest
from dataplane_fakes import (
    Object,
    endpoints,
    gateway_pod,
    ingress_route,
    podinfo_pod,
    service,
    traefik_service,
    weighted,
)
from dataplane_rig import Sandbox

APEX = [{"name": "podinfo", "kind": "TraefikService", "port": 80}]
HOST = {"Host": "app.example.com"}


@pytest.fixture
async def rollout(sandbox: Sandbox) -> Sandbox:
    """A primary at 6.0.0 and a canary at 6.0.1 behind app.example.com, all traffic to the primary."""
    for role, tag in (("primary", "6.0.0"), ("canary", "6.0.1")):
        await sandbox.run_pod(podinfo_pod(f"podinfo-{role}-1", image=f"stefanprodan/podinfo:{tag}"))
        sandbox.api.put("services", service(f"podinfo-{role}"))
        sandbox.api.put("endpoints", endpoints(f"podinfo-{role}", [f"podinfo-{role}-1"]))
    sandbox.api.put("traefikservices", traefik_service("podinfo", weighted(("podinfo-primary", 100))))
    sandbox.api.put("ingressroutes", ingress_route("Host(`app.example.com`)", APEX))
    await sandbox.run_pod(gateway_pod())
    await sandbox.until(lambda: sandbox.plane.state.configuration().routers, "a router")
    return sandbox


def gateway_url(sandbox: Sandbox, path: str = "/") -> str:
    return f"http://{sandbox.addresses['gateway']}{path}"


async def version(sandbox: Sandbox, headers: dict[str, str] | None = None) -> str:
    status, text = await sandbox.get(gateway_url(sandbox, "/version"), headers=headers or HOST)
    return str(json.loads(text)["version"]) if status == 200 else f"status {status}"


async def set_router(sandbox: Sandbox, spec: Object) -> None:
    """Change the TraefikService and wait for the watch event, no longer."""
    obj = sandbox.api.put("traefikservices", traefik_service("podinfo", spec))
    store = sandbox.plane.state.traefik_services[1]
    wanted = obj["metadata"]["resourceVersion"]

    def arrived() -> bool:
        stored = store.get("test", "podinfo")
        return stored is not None and stored["metadata"]["resourceVersion"] == wanted

    await sandbox.until(arrived, "watch event")


async def test_weights_are_kept_exactly_over_every_hundred_requests(rollout: Sandbox) -> None:
    await set_router(rollout, weighted(("podinfo-primary", 95), ("podinfo-canary", 5)))
    versions = [await version(rollout) for _ in range(200)]
    assert Counter(versions) == {"6.0.0": 190, "6.0.1": 10}
    assert "6.0.1" in versions[:20]


async def test_a_changed_weight_holds_for_the_next_request(rollout: Sandbox) -> None:
    assert await version(rollout) == "6.0.0"
    await set_router(rollout, weighted(("podinfo-primary", 0), ("podinfo-canary", 100)))
    assert [await version(rollout) for _ in range(5)] == ["6.0.1"] * 5


async def test_a_listed_service_without_ready_pods_takes_the_whole_router_away(rollout: Sandbox) -> None:
    rollout.api.put("endpoints", endpoints("podinfo-canary", []))
    await set_router(rollout, weighted(("podinfo-primary", 95), ("podinfo-canary", 5)))
    await rollout.until(lambda: not rollout.plane.state.configuration().routers, "router gone")
    assert await rollout.get(gateway_url(rollout), headers=HOST) == (404, "404 page not found\n")


async def test_requests_to_no_router_are_not_found(rollout: Sandbox) -> None:
    status, _ = await rollout.get(gateway_url(rollout), headers={"Host": "other.example.com"})
    assert status == 404


async def test_metrics_bear_traefiks_names_and_labels(rollout: Sandbox) -> None:
    await set_router(rollout, weighted(("podinfo-primary", 50), ("podinfo-canary", 50)))
    for path in ("/", "/", "/status/500", "/status/404"):
        await rollout.get(gateway_url(rollout, path), headers=HOST)
    pod = gateway_pod()
    _, text = await rollout.get(rollout.url(pod, 9100, "/metrics"))
    lines = text.splitlines()
    canary = 'method="GET",protocol="http",service="test-podinfo-canary-80@kubernetescrd"'
    primary = 'method="GET",protocol="http",service="test-podinfo-primary-80@kubernetescrd"'
    assert f'traefik_service_requests_total{{code="200",{canary}}} 1.0' in lines
    assert f'traefik_service_requests_total{{code="200",{primary}}} 1.0' in lines
    assert f'traefik_service_requests_total{{code="500",{primary}}} 1.0' in lines
    assert f'traefik_service_requests_total{{code="404",{canary}}} 1.0' in lines
    for bound in ("0.1", "0.3", "1.2", "5", "+Inf"):
        name = "traefik_service_request_duration_seconds_bucket"
        assert f'{name}{{code="500",le="{bound}",{primary}}} 1.0' in lines
    assert f'traefik_service_request_duration_seconds_count{{code="500",{primary}}} 1.0' in lines
    entry = 'code="200",entrypoint="web",method="GET",protocol="http"'
    assert f"traefik_entrypoint_requests_total{{{entry}}} 2.0" in lines
    assert 'traefik_open_connections{entrypoint="web",protocol="TCP"} 0.0' in lines


async def test_an_ingressroute_straight_to_a_service_is_counted_under_its_rule(rollout: Sandbox) -> None:
    direct = [{"name": "podinfo-primary", "port": "http"}]
    rollout.api.put("ingressroutes", ingress_route("Host(`direct.example.com`)", direct, name="direct"))
    await rollout.until(lambda: len(rollout.plane.state.configuration().routers) == 2)
    assert (await rollout.get(gateway_url(rollout), headers={"Host": "direct.example.com"}))[0] == 200
    _, text = await rollout.get(rollout.url(gateway_pod(), 9100, "/metrics"))
    assert 'service="test-direct-' in text


async def test_a_sticky_cookie_keeps_a_client_on_its_version(rollout: Sandbox) -> None:
    cookie = {"cookie": {"name": "who", "httpOnly": True, "maxAge": 60}}
    spec = weighted(("podinfo-primary", 50), ("podinfo-canary", 50), sticky=cookie)
    await set_router(rollout, spec)
    url = gateway_url(rollout, "/version")
    seen: dict[str, str] = {}
    for _ in range(2):
        async with rollout.session.get(url, headers=HOST) as response:
            given = response.headers["Set-Cookie"]
            assert given.endswith("; Path=/; Max-Age=60; HttpOnly")
            seen[given.partition(";")[0]] = json.loads(await response.text())["version"]
    assert sorted(seen.values()) == ["6.0.0", "6.0.1"]
    for value, wanted in seen.items():
        for _ in range(5):
            async with rollout.session.get(url, headers={**HOST, "Cookie": value}) as response:
                assert json.loads(await response.text())["version"] == wanted
                assert "Set-Cookie" not in response.headers


async def test_a_mirror_gets_its_percentage_with_the_body_and_answers_nobody(rollout: Sandbox) -> None:
    mirror = {"name": "podinfo-canary", "port": 80, "percent": 25}
    await set_router(rollout, {"mirroring": {"name": "podinfo-primary", "port": 80, "mirrors": [mirror]}})
    for _ in range(8):
        async with rollout.session.post(gateway_url(rollout, "/echo"), headers=HOST, data=b"hi") as response:
            assert (response.status, await response.read()) == (202, b"hi")

    async def mirrored() -> bool:
        _, text = await rollout.get(rollout.url(podinfo_pod("podinfo-canary-1"), 9898, "/metrics"))
        return 'http_requests_total{status="202"} 2.0' in text

    for _ in range(100):
        if await mirrored():
            break
        await asyncio.sleep(0.02)
    assert await mirrored()


async def test_the_pod_sees_host_path_and_forwarded_headers_as_sent(rollout: Sandbox) -> None:
    headers = {**HOST, "X-Forwarded-For": "203.0.113.9", "Connection": "x-hop", "X-Hop": "1"}
    status, text = await rollout.get(gateway_url(rollout, "/headers?a=%2Fb"), headers=headers)
    assert status == 200
    seen = json.loads(text)
    assert seen["Host"] == ["app.example.com"]
    assert seen["X-Forwarded-For"] == ["203.0.113.9, 127.0.0.1"]
    assert seen["X-Forwarded-Host"] == ["app.example.com"]
    assert seen["X-Forwarded-Server"] == ["traefik-1"]
    assert "X-Hop" not in seen


async def test_a_pod_that_breaks_off_is_a_bad_gateway(rollout: Sandbox) -> None:
    status, _ = await rollout.get(gateway_url(rollout, "/panic"), headers=HOST)
    assert status == 502
    _, text = await rollout.get(rollout.url(gateway_pod(), 9100, "/metrics"))
    assert 'traefik_service_requests_total{code="502"' in text


async def test_no_request_is_lost_while_pods_are_replaced(rollout: Sandbox) -> None:
    """A rolling update with maxUnavailable 0: the new pod is ready before the old one is deleted."""
    stop = asyncio.Event()
    failures: list[str] = []
    done = 0

    async def client() -> None:
        nonlocal done
        while not stop.is_set():
            status, text = await rollout.get(gateway_url(rollout, "/version"), headers=HOST)
            done += 1
            if status != 200:
                failures.append(f"{status} {text}")

    clients = [asyncio.create_task(client()) for _ in range(4)]
    for number in (2, 3):
        old, new = f"podinfo-primary-{number - 1}", f"podinfo-primary-{number}"
        await rollout.run_pod(podinfo_pod(new, image=f"stefanprodan/podinfo:6.0.{number}"))
        rollout.api.put("endpoints", endpoints("podinfo-primary", [old, new]))
        rollout.api.delete_pod("test", old, grace_s=1)
        await asyncio.sleep(0.05)  # the endpoints controller follows the deletion, as everywhere, a little later
        rollout.api.put("endpoints", endpoints("podinfo-primary", [new]))
        await rollout.until(lambda old=old: rollout.api.get("pods", "test", old) is None, "old pod gone")
    stop.set()
    await asyncio.gather(*clients)
    assert failures == []
    assert done > 100
    assert await version(rollout) == "6.0.3"

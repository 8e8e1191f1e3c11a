"""HTTPRoutes with real pods behind a real gateway, as Flagger writes them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import pytest
from dataplane_fakes import (
    Object,
    endpoints,
    gateway_class,
    gateway_object,
    gateway_pod,
    http_route,
    podinfo_pod,
    service,
    to_backends,
)
from dataplane_rig import Sandbox

HOST = {"Host": "app.example.com"}
VERSIONS = {"primary": "6.0.0", "canary": "6.0.1"}


def split(primary: int, canary: int, **rule: Any) -> Object:
    return to_backends(("podinfo-primary", primary), ("podinfo-canary", canary), **rule)


@pytest.fixture
async def routed(sandbox: Sandbox) -> Sandbox:
    """A primary at 6.0.0 and a canary at 6.0.1 behind app.example.com, all traffic to the primary."""
    for role, tag in VERSIONS.items():
        await sandbox.run_pod(podinfo_pod(f"podinfo-{role}-1", image=f"stefanprodan/podinfo:{tag}"))
        sandbox.api.put("services", service(f"podinfo-{role}"))
        sandbox.api.put("endpoints", endpoints(f"podinfo-{role}", [f"podinfo-{role}-1"]))
    sandbox.api.put("gatewayclasses", gateway_class())
    sandbox.api.put("gateways", gateway_object())
    await sandbox.run_pod(gateway_pod())
    await route(sandbox, split(100, 0))
    return sandbox


async def route(sandbox: Sandbox, *rules: Object, **spec: Any) -> None:
    """Replace the HTTPRoute and wait until the gateway has it."""
    obj = sandbox.api.put("httproutes", http_route(*rules, **spec))
    store = sandbox.plane.state.with_status["HTTPRoute"]
    await sandbox.until(lambda: (store.get("test", "podinfo") or {}).get("spec") == obj["spec"], "watch event")
    await sandbox.until(lambda: sandbox.plane.state.configuration().routers, "a router")


async def ask(sandbox: Sandbox, path: str = "/version", method: str = "GET", **headers: str) -> tuple[int, Any, str]:
    """Status, headers and text of an answer of the gateway; redirects are not followed."""
    url = f"http://{sandbox.addresses['gateway']}{path}"
    sent = {**HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with sandbox.session.request(method, url, headers=sent, allow_redirects=False) as response:
        return response.status, response.headers, await response.text()


async def version(sandbox: Sandbox, **headers: str) -> str:
    status, _, text = await ask(sandbox, **headers)
    return str(json.loads(text)["version"]) if status == 200 else f"status {status}"


async def test_weights_are_kept_and_a_change_holds_for_the_next_request(routed: Sandbox) -> None:
    await route(routed, split(95, 5))
    assert Counter([await version(routed) for _ in range(100)]) == {"6.0.0": 95, "6.0.1": 5}
    await route(routed, split(0, 100))
    assert [await version(routed) for _ in range(5)] == ["6.0.1"] * 5


async def test_a_b_testing_by_header_and_by_cookie(routed: Sandbox) -> None:
    matches = [
        {"headers": [{"name": "X-Canary", "type": "Exact", "value": "always"}]},
        {"headers": [{"name": "Cookie", "type": "RegularExpression", "value": "^(.*?;)?(canary=always)(;.*)?$"}]},
    ]
    await route(routed, split(0, 100, matches=matches), to_backends(("podinfo-primary", 100)))
    assert await version(routed) == "6.0.0"
    assert await version(routed, X_Canary="always") == "6.0.1"
    assert await version(routed, Cookie="a=1;canary=always;b=2") == "6.0.1"
    assert await version(routed, X_Canary="never") == "6.0.0"


async def test_session_affinity_keeps_who_met_the_canary(routed: Sandbox) -> None:
    cookie = {"name": "Set-Cookie", "value": "canary-cookie=AbCdEf; Max-Age=86400"}
    weighted = split(50, 50)
    weighted["backendRefs"][1]["filters"] = [
        {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"add": [cookie]}}
    ]
    header = {"name": "Cookie", "type": "RegularExpression", "value": ".*canary-cookie.*AbCdEf.*"}
    await route(routed, split(0, 100, matches=[{"headers": [header]}]), weighted)
    answers = [await ask(routed) for _ in range(10)]
    met = {json.loads(text)["version"]: headers.getall("Set-Cookie", []) for _, headers, text in answers}
    assert met == {"6.0.0": [], "6.0.1": ["canary-cookie=AbCdEf; Max-Age=86400"]}
    assert {await version(routed, Cookie="canary-cookie=AbCdEf") for _ in range(10)} == {"6.0.1"}


async def test_a_mirror_gets_copies_and_answers_nobody(routed: Sandbox) -> None:
    mirror = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "podinfo-canary", "port": 80}}}
    await route(routed, split(100, 0, filters=[mirror]))
    assert [await version(routed) for _ in range(6)] == ["6.0.0"] * 6
    pod = podinfo_pod("podinfo-canary-1")

    async def copied() -> str:
        _, text = await routed.get(routed.url(pod, 9898, "/metrics"))
        prefix = 'http_request_duration_seconds_count{method="GET",path="version",status="200"} '
        return next((line.removeprefix(prefix) for line in text.splitlines() if line.startswith(prefix)), "0")

    for _ in range(200):
        if await copied() == "6.0":
            break
        await asyncio.sleep(0.02)
    assert await copied() == "6.0"


async def test_headers_and_path_are_rewritten_on_the_way(routed: Sandbox) -> None:
    filters = [
        {"type": "URLRewrite", "urlRewrite": {"hostname": "inner.example", "path": {
            "type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}},
        {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "X-Who", "value": "route"}],
                                                                    "remove": ["X-Secret"]}},
        {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [{"name": "Server", "value": "gate"}]}},
    ]  # fmt: skip
    await route(routed, split(100, 0, matches=[{"path": {"type": "PathPrefix", "value": "/api"}}], filters=filters))
    status, headers, text = await ask(routed, "/api/headers?a=b", X_Secret="s")
    seen = json.loads(text)
    assert (status, headers["Server"], seen["Host"], seen["X-Who"]) == (200, "gate", ["inner.example"], ["route"])
    assert "X-Secret" not in seen
    assert (await ask(routed, "/headers"))[0] == 404


async def test_redirects_and_preflight_requests_are_the_gateway_s_own_answers(routed: Sandbox) -> None:
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    cors = {"type": "CORS", "cors": {"allowOrigins": ["https://app.example"], "allowMethods": ["PUT"], "maxAge": 60}}
    old = {"path": {"type": "Exact", "value": "/old"}}
    await route(routed, {"matches": [old], "filters": [redirect]}, split(100, 0, filters=[cors]))
    status, headers, _ = await ask(routed, "/old?a=b")
    assert (status, headers["Location"]) == (301, "https://app.example.com/old?a=b")
    status, headers, text = await ask(
        routed, method="OPTIONS", Origin="https://app.example", Access_Control_Request_Method="PUT"
    )
    assert (status, text, headers["Access-Control-Max-Age"]) == (204, "", "60")
    _, headers, _ = await ask(routed, Origin="https://app.example")
    assert headers["Access-Control-Allow-Origin"] == "https://app.example"


async def test_a_request_that_takes_too_long_is_given_up(routed: Sandbox) -> None:
    await route(routed, split(100, 0, timeouts={"request": "100ms"}))
    status, _, text = await ask(routed, "/delay/5")
    assert (status, text) == (504, "Gateway Timeout")
    assert await version(routed) == "6.0.0"


async def test_a_backend_that_is_missing_fails_its_share_only(routed: Sandbox) -> None:
    await route(routed, to_backends(("podinfo-primary", 1), ("absent", 1)))
    assert Counter([await version(routed) for _ in range(10)]) == {"6.0.0": 5, "status 500": 5}
    routed.api.put("endpoints", endpoints("podinfo-primary", []))
    await routed.until(lambda: not routed.plane.state.backends("test", "podinfo-primary", 80), "no pods")
    assert Counter([await version(routed) for _ in range(10)]) == {"status 503": 5, "status 500": 5}


async def test_the_gateway_counts_under_its_gateway_api_provider(routed: Sandbox) -> None:
    await version(routed)
    _, text = await routed.get(routed.url(gateway_pod(), 9100, "/metrics"))
    assert 'service="test-podinfo-primary-http-80@kubernetesgateway"} 1.0' in text


async def test_the_route_s_host_is_a_name_of_the_sandbox(routed: Sandbox) -> None:
    proxy = f"http://{routed.addresses['proxy']}"
    status, text = await routed.get("http://app.example.com/version", proxy=proxy)
    assert (status, json.loads(text)["version"]) == (200, "6.0.0")

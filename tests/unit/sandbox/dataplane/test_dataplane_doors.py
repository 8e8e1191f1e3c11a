"""Every socket of the data plane against a page of another site: who may do what from a browser, and what from curl."""

from __future__ import annotations

import aiohttp
import pytest
from dataplane_fakes import endpoints, gateway_pod, ingress_route, podinfo_pod, service
from dataplane_rig import SECRET, Sandbox

from canarytui.sandbox.constants import SECRET_HEADER

PICTURE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
FORM = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"}


@pytest.fixture
async def shop(sandbox: Sandbox) -> Sandbox:
    await sandbox.run_pod(podinfo_pod("podinfo-1"))
    sandbox.api.put("services", service("podinfo"))
    sandbox.api.put("endpoints", endpoints("podinfo", ["podinfo-1"]))
    sandbox.api.put("ingressroutes", ingress_route("Host(`app.example.com`)", [{"name": "podinfo", "port": 80}]))
    await sandbox.run_pod(gateway_pod())
    await sandbox.until(lambda: sandbox.plane.state.configuration().routers)
    return sandbox


async def ask(
    method: str, url: str, headers: dict[str, str] | None = None, *, body: str = "", proxy: str | None = None
) -> int:
    async with (
        aiohttp.ClientSession() as client,
        client.request(method, url, headers=headers, data=body or None, proxy=proxy) as answer,
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers
        return answer.status


@pytest.mark.parametrize(("method", "headers"), [("GET", PICTURE), ("POST", FORM)])
async def test_gateway_and_pods_are_not_for_pages_of_other_sites(
    shop: Sandbox, method: str, headers: dict[str, str]
) -> None:
    gateway, proxy = (f"http://{shop.addresses[name]}" for name in ("gateway", "proxy"))
    for path in ("/panic", "/echo"):
        assert await ask(method, f"{gateway}{path}", {**headers, "Host": "app.example.com"}) == 403
        assert await ask(method, f"http://podinfo.test{path}", headers, proxy=proxy) == 403
        assert await ask(method, f"http://app.example.com{path}", headers, proxy=proxy) == 403
    assert await ask("POST", f"{gateway}/echo", {"Host": "app.example.com"}, body="x") == 202
    assert await ask("GET", "http://podinfo.test/version", proxy=proxy) == 200


@pytest.mark.parametrize("headers", [FORM, {"Host": "evil.attacker.dev"}, {}])
async def test_proxy_asked_as_a_server_leads_nowhere(shop: Sandbox, headers: dict[str, str]) -> None:
    """A page reaches its port, and neither its own name nor the machine's is one of the sandbox."""
    assert await ask("POST", f"http://{shop.addresses['proxy']}/gate/open", headers, body="{}") == 403


@pytest.mark.parametrize("headers", [{}, FORM, {SECRET_HEADER: "guessed"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/containerLogs/test/podinfo-1/podinfod"),
        ("GET", "/exec/test/podinfo-1/podinfod?command=id"),
        ("GET", "/attach/test/podinfo-1/podinfod"),
        ("GET", "/portForward/test/podinfo-1"),
        ("GET", "/anything"),
    ],
)
async def test_kubelet_needs_the_secret(shop: Sandbox, method: str, path: str, headers: dict[str, str]) -> None:
    kubelet = f"http://{shop.addresses['kubelet']}"
    assert await ask(method, f"{kubelet}{path}", headers) == 401
    known = await ask("GET", f"{kubelet}/containerLogs/test/podinfo-1/podinfod", {SECRET_HEADER: SECRET})
    assert known == 200

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import aiohttp
import pytest
from dataplane_fakes import (
    ADMIN_TOKEN,
    endpoints,
    gateway_pod,
    ingress_route,
    podinfo_pod,
    service,
)
from dataplane_rig import SECRET, Sandbox

from canarytui.sandbox.constants import EMBEDDED_ENV
from canarytui.sandbox.dataplane.names import split_cluster_name
from canarytui.sandbox.gateway.rules import parse
from canarytui.sandbox.loadtester.shims import write_shims


@pytest.fixture
async def shop(sandbox: Sandbox) -> Sandbox:
    """One podinfo pod behind Service podinfo.test and, through the gateway, app.example.com."""
    await sandbox.run_pod(podinfo_pod("podinfo-1"))
    sandbox.api.put("services", service("podinfo"))
    sandbox.api.put("endpoints", endpoints("podinfo", ["podinfo-1"]))
    sandbox.api.put("services", service("idle"))
    services = [{"name": "podinfo", "port": 80}]
    sandbox.api.put("ingressroutes", ingress_route("Host(`app.example.com`)", services))
    await sandbox.run_pod(gateway_pod())
    await sandbox.until(lambda: sandbox.plane.state.configuration().routers)
    return sandbox


def proxy(sandbox: Sandbox) -> str:
    return f"http://{sandbox.addresses['proxy']}"


@pytest.mark.parametrize(
    "url",
    [
        "http://podinfo.test/version",
        "http://podinfo.test:80/version",
        "http://PODINFO.test.svc/version",
        "http://podinfo.test.svc.cluster.local/version",
        "http://app.example.com/version",
        "http://10.43.0.7/version",
    ],
)
async def test_cluster_names_are_reached_through_the_proxy(shop: Sandbox, url: str) -> None:
    status, text = await shop.get(url, proxy=proxy(shop))
    assert (status, json.loads(text)["version"]) == (200, "6.0.0")


async def test_a_pods_own_address_is_reached_too(shop: Sandbox) -> None:
    pod = shop.api.get("pods", "test", "podinfo-1")
    assert pod is not None
    status, _ = await shop.get(f"http://{pod['status']['podIP']}:9898/", proxy=proxy(shop))
    assert status == 200


async def test_a_host_header_straight_to_the_proxys_port_works_as_well(shop: Sandbox) -> None:
    status, _ = await shop.get(f"{proxy(shop)}/version", headers={"Host": "app.example.com"})
    assert status == 200


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://localhost/", 403),
        ("http://127.0.0.1:22/", 403),
        ("http://169.254.169.254/latest/meta-data", 403),
        ("http://kubernetes.io/", 403),
        ("http://nosuch.test/", 502),
        ("http://podinfo.test:81/", 502),
        ("http://idle.test/", 503),
        ("http://unrouted.example.com/", 404),
    ],
)
async def test_everything_else_is_refused_with_a_sentence(shop: Sandbox, url: str, status: int) -> None:
    found, text = await shop.get(url, proxy=proxy(shop))
    assert found == status
    assert text.count("\n") == 1


@pytest.fixture
async def catch_all(shop: Sandbox) -> Sandbox:
    """A Service for the gateway, and a route that asks for no Host."""
    gateway = service("traefik", namespace="traefik", target="web")
    gateway["spec"]["clusterIP"] = "10.43.0.8"
    shop.api.put("services", gateway)
    shop.api.put("endpoints", endpoints("traefik", ["traefik-1"], namespace="traefik", port=8000))
    route = ingress_route("PathPrefix(`/`)", [{"name": "podinfo", "port": 80}], name="all")
    shop.api.put("ingressroutes", route)
    routers = shop.plane.state.configuration
    await shop.until(lambda: any(router.rule == parse("PathPrefix(`/`)") for router in routers().routers))
    await shop.until(lambda: shop.plane.state.backends("traefik", "traefik", 80))
    return shop


@pytest.mark.parametrize("host", ["blue.localhost", "www.shop.io", "kubernetes.io", "app.example.com", "10.0.0.1:8080"])
async def test_the_destination_decides_where_a_request_goes_not_its_host(catch_all: Sandbox, host: str) -> None:
    url = "http://traefik.traefik/version"
    status, text = await catch_all.get(url, proxy=proxy(catch_all), headers={"Host": host})
    assert (status, json.loads(text)["version"]) == (200, "6.0.0")
    # Go's client, so hey, writes the Host into the URL: its shim says where that was to go.
    headers = {"X-Canarytui-Sandbox-Destination": "traefik.traefik"}
    status, _ = await catch_all.get(f"http://{host}/version", proxy=proxy(catch_all), headers=headers)
    assert status == 200
    gateway = f"http://{catch_all.addresses['gateway']}/version"
    assert (await catch_all.get(gateway, headers={"Host": host}))[0] == 200


@pytest.mark.parametrize("destination", ["kubernetes.io", "localhost", "127.0.0.1:22", "169.254.169.254"])
async def test_a_host_of_the_sandbox_opens_no_way_out_of_it(catch_all: Sandbox, destination: str) -> None:
    for url, headers in (
        (f"http://{destination}/", {"Host": "app.example.com"}),
        ("http://app.example.com/", {"X-Canarytui-Sandbox-Destination": destination}),
    ):
        status, text = await catch_all.get(url, proxy=proxy(catch_all), headers=headers)
        assert status == 403
        assert "is not a name of the sandbox" in text


async def test_names_under_localhost_are_the_gateways(catch_all: Sandbox) -> None:
    assert (await catch_all.get("http://blue.localhost/version", proxy=proxy(catch_all)))[0] == 200


@pytest.mark.parametrize("embedded", [False, True])
async def test_hey_with_a_host_of_its_own_reaches_the_gateway(
    catch_all: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded: bool
) -> None:
    if embedded:
        monkeypatch.setenv(EMBEDDED_ENV, "1")
    write_shims(tmp_path, proxy(catch_all))
    arguments = ["-n", "6", "-c", "2", "-host", "blue.shop.io", "http://traefik.traefik/version"]
    process = await asyncio.create_subprocess_exec(tmp_path / "hey", *arguments, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert b"[200]\t6 responses" in output


async def test_connect_opens_a_tunnel_to_cluster_names_only(shop: Sandbox) -> None:
    host, _, port = shop.addresses["proxy"].rpartition(":")

    async def talk(target: str, then: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " in head:
            writer.write(then)
        body = await reader.read()
        writer.close()
        return head + body

    request = b"GET /version HTTP/1.1\r\nHost: podinfo.test\r\nConnection: close\r\n\r\n"
    assert b'"version": "6.0.0"' in await talk("podinfo.test:80", request)
    assert b"403 Refused" in await talk("kubernetes.io:443", request)


async def test_only_an_administrator_is_vouched_for(shop: Sandbox) -> None:
    seen: list[str | None] = []

    async def answer(request: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        seen.append(request.headers.get("X-Canarytui-Sandbox-Secret"))
        return aiohttp.web.Response()

    server = aiohttp.web.Server(answer)
    runner = aiohttp.web.ServerRunner(server)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    pod = shop.api.get("pods", "test", "podinfo-1")
    assert pod is not None
    listens = json.dumps({"9898": f"127.0.0.1:{runner.addresses[0][1]}"})
    pod = json.loads(json.dumps(pod))
    pod["metadata"]["annotations"]["sandbox.canarytui.dev/listen"] = listens
    shop.api.put("pods", pod)
    await shop.until(lambda: shop.plane.state.pods.get("test", "podinfo-1") == pod)
    for password in (ADMIN_TOKEN, "guess"):
        credentials = base64.b64encode(f"sandbox:{password}".encode()).decode()
        headers = {"Proxy-Authorization": f"Basic {credentials}", "X-Canarytui-Sandbox-Secret": "forged"}
        await shop.get("http://podinfo.test/", proxy=proxy(shop), headers=headers)
    await runner.cleanup()
    assert seen == [SECRET, None]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("podinfo.test", ("podinfo", "test")),
        ("podinfo.test.", ("podinfo", "test")),
        ("podinfo.test.svc", ("podinfo", "test")),
        ("podinfo.test.svc.cluster.local", ("podinfo", "test")),
        ("app.example.com", None),
        ("podinfo", None),
        ("", None),
    ],
)
def test_cluster_names_are_service_and_namespace(host: str, found: tuple[str, str] | None) -> None:
    assert split_cluster_name(host) == found


@pytest.mark.parametrize("url", ["http://podinfo.test/echo", "http://app.example.com/echo"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_a_client_that_waits_to_be_told_to_send_its_body_is_told(shop: Sandbox, url: str, method: str) -> None:
    """As curl does with every upload, and with bodies of more than a megabyte."""
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
        session.request(method, url, data=b"hello", expect100=True, proxy=proxy(shop)) as answer,
    ):
        assert (answer.status, await answer.text()) == (202, "hello")


async def test_the_gateway_itself_tells_it_too(shop: Sandbox) -> None:
    url, headers = f"http://{shop.addresses['gateway']}/echo", {"Host": "app.example.com"}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
        session.post(url, data=b"hello", expect100=True, headers=headers) as answer,
    ):
        assert (answer.status, await answer.text()) == (202, "hello")

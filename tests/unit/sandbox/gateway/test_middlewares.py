"""Middlewares of IngressRoutes: what reaches the pod, what comes back, and what is said about those not played."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from dataplane_fakes import (
    Object,
    endpoints,
    events_about,
    gateway_pod,
    ingress_route,
    podinfo_pod,
    service,
    traefik_service,
)
from dataplane_rig import Sandbox

from canarytui.sandbox.gateway import provider
from canarytui.sandbox.gateway.configuration import Configuration

SERVICES = [{"name": "podinfo", "port": 80}]
HOST = {"Host": "app.example.com"}
RULE = "Host(`app.example.com`)"


def middleware(name: str, spec: Object, namespace: str = "test") -> Object:
    return {
        "apiVersion": "traefik.io/v1alpha1",
        "kind": "Middleware",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


@pytest.fixture
async def echoing(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """A gateway before a server that answers with what it was asked, behind Service podinfo."""

    async def answer(request: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        seen = {"path": request.raw_path, "headers": dict(request.headers)}
        return aiohttp.web.json_response(seen, headers={"X-Secret": "1", "Server": "echo"})

    runner = aiohttp.web.ServerRunner(aiohttp.web.Server(answer))
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    pod = await sandbox.run_pod(podinfo_pod("podinfo-1"))
    pod = json.loads(json.dumps(pod))
    listens = json.dumps({"9898": f"127.0.0.1:{runner.addresses[0][1]}"})
    pod["metadata"]["annotations"]["sandbox.canarytui.dev/listen"] = listens
    sandbox.api.put("pods", pod)
    sandbox.api.put("services", service("podinfo"))
    sandbox.api.put("endpoints", endpoints("podinfo", ["podinfo-1"]))
    await sandbox.run_pod(gateway_pod())
    yield sandbox
    await runner.cleanup()


async def serve(sandbox: Sandbox, *specs: Object) -> None:
    """One route through middlewares m0, m1 … of these specs; returns when the gateway has it."""
    for index, spec in enumerate(specs):
        sandbox.api.put("middlewares", middleware(f"m{index}", spec))
    names = [{"name": f"m{index}"} for index in range(len(specs))]
    sandbox.api.put("ingressroutes", ingress_route(RULE, SERVICES, middlewares=names))
    await sandbox.until(lambda: sandbox.plane.state.configuration().routers, "router")


async def through(sandbox: Sandbox, path: str, method: str = "GET", **headers: str) -> tuple[int, Any, Any]:
    """Status, headers of the answer, and what the server saw."""
    url = f"http://{sandbox.addresses['gateway']}{path}"
    async with sandbox.session.request(
        method, aiohttp.client.URL(url, encoded=True), headers={**HOST, **headers}, allow_redirects=False
    ) as answer:
        text = await answer.text()
        return answer.status, answer.headers, json.loads(text) if text.startswith("{") else text


@pytest.mark.parametrize(
    ("spec", "asked", "seen", "header"),
    [
        ({"stripPrefix": {"prefixes": ["/api"]}}, "/api/version?a=1", "/version?a=1", ("X-Forwarded-Prefix", "/api")),
        ({"stripPrefix": {"prefixes": ["/no", "/api"]}}, "/api", "/", ("X-Forwarded-Prefix", "/api")),
        ({"stripPrefix": {"prefixes": ["/api"]}}, "/apiary", "/ary", ("X-Forwarded-Prefix", "/api")),
        ({"stripPrefix": {"prefixes": ["/api/"]}}, "/api/a%20b%2Fc", "/a%20b%2Fc", ("X-Forwarded-Prefix", "/api/")),
        ({"stripPrefix": {"prefixes": ["/api"]}}, "/other", "/other", ("X-Forwarded-Prefix", None)),
        ({"stripPrefixRegex": {"regex": ["/v[[:digit:]]+"]}}, "/v12/x", "/x", ("X-Forwarded-Prefix", "/v12")),
        ({"stripPrefixRegex": {"regex": ["/x"]}}, "/v12/x", "/v12/x", ("X-Forwarded-Prefix", None)),
        ({"headers": {"customRequestHeaders": {"X-A": "b\r\nX-B: c"}}}, "/", "/", ("X-A", "b X-B: c")),
        ({"addPrefix": {"prefix": "/inner"}}, "/x?y", "/inner/x?y", ("X-Forwarded-Prefix", None)),
        ({"replacePath": {"path": "/fixed"}}, "/a/b?q=1", "/fixed?q=1", ("X-Replaced-Path", "/a/b")),
        ({"replacePathRegex": {"regex": r"^/old/(\w+)\z", "replacement": "/new/$1"}}, "/old/x", "/new/x",
         ("X-Replaced-Path", "/old/x")),
        ({"replacePathRegex": {"regex": "^/old/(?P<rest>.*)", "replacement": "/${rest}/$1x"}}, "/old/x", "/x/",
         ("X-Replaced-Path", "/old/x")),
        ({"replacePathRegex": {"regex": "^/old/", "replacement": "/new/"}}, "/x", "/x", ("X-Replaced-Path", None)),
        ({"headers": {"customRequestHeaders": {"X-A": "b"}}}, "/", "/", ("X-A", "b")),
        ({"headers": {"customRequestHeaders": {"User-Agent": ""}}}, "/", "/", ("User-Agent", None)),
        ({"headers": {"customRequestHeaders": {"Host": "inner.example"}}}, "/", "/", ("Host", "inner.example")),
    ],
)  # fmt: skip
async def test_a_middleware_changes_what_the_pod_sees(
    echoing: Sandbox, spec: Object, asked: str, seen: str, header: tuple[str, str | None]
) -> None:
    await serve(echoing, spec)
    status, _, found = await through(echoing, asked)
    assert (status, found["path"]) == (200, seen)
    assert found["headers"].get(header[0]) == header[1]


async def test_headers_of_the_answer_are_set_and_removed_the_outermost_last(echoing: Sandbox) -> None:
    await serve(
        echoing,
        {"headers": {"customResponseHeaders": {"X-Secret": "", "X-Who": "outer"}}},
        {"headers": {"customResponseHeaders": {"X-Who": "inner", "X-More": "1"}}},
    )
    _, headers, _ = await through(echoing, "/")
    assert (headers.get("X-Secret"), headers["X-Who"], headers["X-More"]) == (None, "outer", "1")


async def test_middlewares_are_run_in_the_order_given_and_chains_in_their_place(echoing: Sandbox) -> None:
    echoing.api.put("middlewares", middleware("strip", {"stripPrefix": {"prefixes": ["/a"]}}))
    chain = {"chain": {"middlewares": [{"name": "strip"}, {"name": "m2"}]}}
    await serve(echoing, {"addPrefix": {"prefix": "/a"}}, chain, {"addPrefix": {"prefix": "/c"}})
    _, _, found = await through(echoing, "/x")
    assert found["path"] == "/c/c/x"


@pytest.mark.parametrize(
    ("spec", "method", "path", "status", "location"),
    [
        ({"redirectScheme": {"scheme": "https"}}, "GET", "/a?b=c", 302, "https://app.example.com/a?b=c"),
        ({"redirectScheme": {"scheme": "https", "permanent": True}}, "POST", "/", 308, "https://app.example.com/"),
        ({"redirectScheme": {"scheme": "https", "port": "8443"}}, "PUT", "/", 307, "https://app.example.com:8443/"),
        ({"redirectScheme": {"scheme": "https", "port": "443", "permanent": True}}, "GET", "/", 301,
         "https://app.example.com/"),
        ({"redirectRegex": {"regex": "^http://app[.](.*)", "replacement": "http://www.$1"}}, "GET", "/x?y", 302,
         "http://www.example.com/x?y"),
        ({"redirectRegex": {"regex": "^http://other", "replacement": "http://www"}}, "GET", "/x", 200, None),
        ({"redirectScheme": {"scheme": "http"}}, "GET", "/", 200, None),
    ],
)  # fmt: skip
async def test_redirects(
    echoing: Sandbox, spec: Object, method: str, path: str, status: int, location: str | None
) -> None:
    await serve(echoing, spec)
    found, headers, _ = await through(echoing, path, method)
    assert (found, headers.get("Location")) == (status, location)


async def test_a_middleware_that_is_not_played_says_so_on_itself_once(echoing: Sandbox) -> None:
    limit = {"rateLimit": {"average": 1}}
    await serve(echoing, limit, {"headers": {"stsSeconds": 1, "customRequestHeaders": {"X-A": "b"}}})
    status, _, found = await through(echoing, "/")
    assert (status, found["headers"]["X-A"]) == (200, "b")
    for name in ("m0", "m1"):
        await echoing.until(lambda name=name: list(events_about(echoing.api, name)), "Event")
    text = "The sandbox's gateway does not play {}: requests pass as if it were not there."
    for labels in ({"a": "1"}, {"a": "2"}):  # a change of the route tells nothing again
        route = ingress_route(RULE, SERVICES, middlewares=[{"name": "m0"}, {"name": "m1"}])
        route["metadata"]["labels"] = labels
        echoing.api.put("ingressroutes", route)
    echoing.api.put("middlewares", middleware("m2", {"compress": {}}))
    names = [{"name": name} for name in ("m0", "m1", "m2")]
    echoing.api.put("ingressroutes", ingress_route(RULE, SERVICES, middlewares=names))
    await echoing.until(lambda: list(events_about(echoing.api, "m2")), "Event")
    assert list(events_about(echoing.api, "m0")) == [("NotPlayed", text.format("rateLimit"))]
    assert list(events_about(echoing.api, "m1")) == [("NotPlayed", text.format("headers.stsSeconds"))]
    event = next(e for e in echoing.api.named("events") if e["involvedObject"]["name"] == "m0")
    assert (event["type"], event["count"], event["source"]["component"]) == ("Warning", 1, "traefik")
    assert event["involvedObject"]["kind"] == "Middleware"


async def test_a_route_with_a_missing_middleware_is_disabled_and_says_so(echoing: Sandbox) -> None:
    route = ingress_route(RULE, SERVICES, middlewares=[{"name": "gone"}])
    echoing.api.put("ingressroutes", route)
    await echoing.until(lambda: list(events_about(echoing.api, "podinfo")), "Event")
    why = f'Route {RULE} is not served: middleware "test-gone@kubernetescrd" does not exist.'
    assert list(events_about(echoing.api, "podinfo")) == [("RouteDisabled", why)]
    assert (await through(echoing, "/"))[0] == 404
    echoing.api.put("middlewares", middleware("gone", {"addPrefix": {"prefix": "/x"}}))
    await echoing.until(lambda: echoing.plane.state.configuration().routers, "router")
    assert (await through(echoing, "/"))[2]["path"] == "/x/"


def built(*middlewares: Object, names: tuple[str, ...] = ("m",), namespace: str = "test") -> Configuration:
    references = [{"name": name, "namespace": namespace} for name in names]
    route = ingress_route(RULE, SERVICES, middlewares=references)
    return provider.build([route], [], lambda *_: ["127.0.0.1:1"], middlewares)


@pytest.mark.parametrize(
    ("configuration", "why"),
    [
        (built(), 'middleware "test-m@kubernetescrd" does not exist'),
        (built(middleware("m", {"addPrefix": {"prefix": "/a"}}, "else"), namespace="else"), "is not in the Ingress"),
        (built(middleware("m", {"addPrefix": {}})), "prefix cannot be empty"),
        (built(middleware("m", {"redirectScheme": {}})), "you must provide a target scheme"),
        (built(middleware("m", {"stripPrefixRegex": {"regex": ["("]}})), "missing closing ): `(`"),
        (built(middleware("m", {"replacePathRegex": {"regex": "a**"}})), "invalid nested repetition operator: `**`"),
        (built(middleware("m", {"addPrefix": {"prefix": "/"}, "compress": {}})), "multi-types middleware not"),
        (built(middleware("m", {"chain": {"middlewares": [{"name": "m"}]}})), "recursion detected in"),
    ],
)  # fmt: skip
def test_a_middleware_that_traefik_refuses_takes_its_route_away(configuration: Configuration, why: str) -> None:
    assert not configuration.routers
    assert why in configuration.problems[0]
    assert why in configuration.notices[0].text
    assert (configuration.notices[0].kind, configuration.notices[0].reason) == ("IngressRoute", "RouteDisabled")


def test_middlewares_of_services_are_named_as_not_played() -> None:
    route = ingress_route(RULE, [{**SERVICES[0], "middlewares": [{"name": "m"}]}])
    configuration = provider.build([route], [], lambda *_: ["127.0.0.1:1"])
    assert configuration.routers
    assert "does not play middlewares of services" in configuration.notices[0].text
    split = traefik_service("split", {"weighted": {"services": [{**SERVICES[0], "middlewares": [{"name": "m"}]}]}})
    told = provider.build([], [split], lambda *_: ["127.0.0.1:1"]).notices
    assert [(notice.kind, notice.reason) for notice in told] == [("TraefikService", "NotPlayed")]

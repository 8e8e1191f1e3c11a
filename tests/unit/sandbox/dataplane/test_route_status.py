"""Statuses of routes and Gateways are written after each change, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dataplane_fakes import endpoints, gateway_class, gateway_object, http_route, service, to_backends
from dataplane_rig import Sandbox

from canarytui.sandbox.client.object_store import WatchedStore
from canarytui.sandbox.client.resources import GATEWAY_CLASSES
from canarytui.sandbox.dataplane.route_status import StatusWriter
from canarytui.sandbox.errors import RequestRefused, SandboxError, ServerUnreachable
from canarytui.sandbox.gateway.configuration import Configuration, ObjectStatus


def accepted(sandbox: Sandbox) -> tuple[str, int] | None:
    """Status and generation of the route's condition Accepted."""
    route = sandbox.api.get("httproutes", "test", "podinfo") or {}
    for parent in (route.get("status") or {}).get("parents") or ():
        condition = parent["conditions"][0]
        return str(condition["status"]), int(condition["observedGeneration"])
    return None


async def test_a_route_is_accepted_for_each_of_its_generations(sandbox: Sandbox) -> None:
    sandbox.api.put("services", service("podinfo-primary"))
    sandbox.api.put("endpoints", endpoints("podinfo-primary", []))
    sandbox.api.put("httproutes", http_route(to_backends(("podinfo-primary", 1))))
    sandbox.api.put("gatewayclasses", gateway_class())
    sandbox.api.put("gateways", gateway_object())
    await sandbox.until(lambda: accepted(sandbox) == ("True", 1), "generation 1 accepted")
    gateway = sandbox.api.get("gateways", "traefik", "gate")
    assert gateway is not None
    assert gateway["status"]["listeners"][0]["attachedRoutes"] == 1
    sandbox.api.put("httproutes", http_route(to_backends(("podinfo-primary", 1)), generation=2))
    await sandbox.until(lambda: accepted(sandbox) == ("True", 2), "generation 2 accepted")
    unknown = {"type": "ExtensionRef", "extensionRef": {"group": "x", "kind": "Y", "name": "z"}}
    sandbox.api.put("httproutes", http_route(to_backends(filters=[unknown]), generation=3))
    await sandbox.until(lambda: accepted(sandbox) == ("False", 3), "generation 3 refused")


async def test_a_status_that_holds_already_is_not_written_again(sandbox: Sandbox) -> None:
    sandbox.api.put("gatewayclasses", gateway_class())
    sandbox.api.put("gateways", gateway_object())
    sandbox.api.put("httproutes", http_route(to_backends()))
    await sandbox.until(lambda: accepted(sandbox) == ("True", 1), "accepted")
    written = sandbox.api.version
    sandbox.api.put("services", service("other"))
    await sandbox.until(lambda: sandbox.plane.state.services.get("test", "other"), "a change that concerns no route")
    await asyncio.sleep(0.5)  # changes are combined for 0.2 s, then statuses are compared
    assert sandbox.api.version == written + 1


class Script:
    """One configuration, a store with one GatewayClass, and a client that refuses as often as it is told to."""

    def __init__(self, *refusals: SandboxError) -> None:
        self.refusals = list(refusals)
        self.written: list[dict[str, Any]] = []
        store = WatchedStore(GATEWAY_CLASSES)
        store.put({**gateway_class(), "metadata": {"name": "traefik", "resourceVersion": "7"}})
        self.with_status = {"GatewayClass": store}

    def configuration(self) -> Configuration:
        return Configuration(statuses=(ObjectStatus("GatewayClass", "", "traefik", {"conditions": []}),))

    async def configurations(self) -> AsyncIterator[Configuration]:
        yield self.configuration()

    async def merge_patch(self, *arguments: Any, subresource: str) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.written.append({"what": arguments, "subresource": subresource})


async def test_a_refused_write_is_tried_again_against_the_version_that_was_read() -> None:
    script = Script(
        RequestRefused(409, "Conflict", "changed"), ServerUnreachable("no answer"), RequestRefused(500, "", "")
    )
    await StatusWriter(script, script).run()  # type: ignore[arg-type]
    patch = {"metadata": {"resourceVersion": "7"}, "status": {"conditions": []}}
    assert script.written == [{"what": (GATEWAY_CLASSES, None, "traefik", patch), "subresource": "status"}]


@pytest.mark.parametrize("code", [403, 404, 422])
async def test_a_write_that_will_never_succeed_is_not_repeated(code: int) -> None:
    script = Script(RequestRefused(code, "", "no"))
    await StatusWriter(script, script).run()  # type: ignore[arg-type]
    assert script.written == []

"""Server-side apply creates what is not there, which needs the right to create, too: over real sockets, with tokens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from canarytui.sandbox.apiserver.access.bootstrap import bootstrap_rbac
from canarytui.sandbox.apiserver.access.users import MASTERS, user
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.http.server import make_app

Client = TestClient[Any, Any]
_RBAC = "rbac.authorization.k8s.io"
MAPS = "/api/v1/namespaces/test/configmaps"
APPLY = {"Content-Type": "application/apply-patch+yaml"}
BODY = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1"}}


def api_with(verbs: dict[str, list[str]], resource: str = "configmaps", group: str = "") -> Api:
    """An API in which each of these users has these verbs on a resource in namespace test."""
    api = Api()
    api.create(api.registry.find("", "namespaces"), None, {"metadata": {"name": "test"}})
    for obj in bootstrap_rbac():
        api.create(api.registry.find(_RBAC, obj["kind"].lower() + "s"), None, obj)
    for name, allowed in verbs.items():
        rules = [{"apiGroups": [group], "resources": [resource], "verbs": allowed}]
        api.create(api.registry.find(_RBAC, "roles"), "test", {"metadata": {"name": name}, "rules": rules})
        binding = {
            "metadata": {"name": name},
            "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": name},
            "subjects": [{"apiGroup": _RBAC, "kind": "User", "name": name}],
        }
        api.create(api.registry.find(_RBAC, "rolebindings"), "test", binding)
    return api


async def client_of(api: Api) -> AsyncIterator[Client]:
    users = {name: user(name) for name in ("patcher", "creator", "both", "deleter", "binder")}
    app = make_app(api, users={**users, "root": user("root", MASTERS)}, secret="secret")
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    verbs = {"patcher": ["patch", "get"], "creator": ["create"], "both": ["create", "patch"], "deleter": ["delete"]}
    async for made in client_of(api_with(verbs)):
        yield made


def as_(who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {who}"}


async def apply(client: Client, who: str, **query: str) -> tuple[int, str]:
    answer = await client.patch(
        f"{MAPS}/c", data=json.dumps(BODY), headers={**APPLY, **as_(who)}, params={"fieldManager": "m", **query}
    )
    return answer.status, (await answer.json()).get("message", "")


@pytest.mark.parametrize("query", [{}, {"dryRun": "All"}, {"force": "true"}])
async def test_absent_object_needs_create_as_well_as_patch(client: Client, query: dict[str, str]) -> None:
    status, message = await apply(client, "patcher", **query)
    assert status == 403
    assert message == (
        'configmaps "c" is forbidden: User "patcher" cannot create resource "configmaps" in API group "" in the '
        'namespace "test"'
    )
    assert (await client.get(f"{MAPS}/c", headers=as_("root"))).status == 404
    assert (await apply(client, "creator", **query))[0] == 403
    assert (await apply(client, "both", **query))[0] == 201


async def test_present_object_needs_patch_only(client: Client) -> None:
    assert (await apply(client, "both"))[0] == 201
    assert (await apply(client, "patcher", force="true"))[0] == 200
    assert (await apply(client, "creator"))[0] == 403


async def test_nothing_else_creates_what_is_not_there(client: Client) -> None:
    """Other patches, updates and an apply to a subresource, even by those who may do anything."""
    merge = {"Content-Type": "application/merge-patch+json", **as_("root")}
    assert (await client.patch(f"{MAPS}/c", data="{}", headers=merge)).status == 404
    assert (await client.put(f"{MAPS}/c", json=BODY, headers=as_("root"))).status == 404
    path = "/apis/apps/v1/namespaces/test/deployments/d/status?fieldManager=m"
    body = json.dumps({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}})
    assert (await client.patch(path, data=body, headers={**APPLY, **as_("root")})).status == 404


async def test_deletion_of_a_collection_is_a_right_of_its_own(client: Client) -> None:
    assert (await client.post(MAPS, json=BODY, headers=as_("root"))).status == 201
    refused = await client.delete(MAPS, headers=as_("deleter"))
    assert refused.status == 403
    assert "cannot deletecollection" in (await refused.json())["message"]
    assert (await client.delete(f"{MAPS}/c", headers=as_("deleter"))).status == 200


async def test_role_that_is_applied_gives_no_more_than_its_writer_has() -> None:
    api = api_with({"binder": ["create", "patch", "get"]}, "*", _RBAC)
    role = {"apiVersion": f"{_RBAC}/v1", "kind": "Role", "metadata": {"name": "r"},
            "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]}  # fmt: skip
    binding = {
        "apiVersion": f"{_RBAC}/v1", "kind": "RoleBinding", "metadata": {"name": "b"},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": "made-later"},
        "subjects": [{"apiGroup": _RBAC, "kind": "User", "name": "binder"}],
    }  # fmt: skip
    base = f"/apis/{_RBAC}/v1/namespaces/test"
    async for client in client_of(api):
        headers = {**APPLY, **as_("binder")}
        for path, body, status, said in (
            (f"{base}/roles/r", role, 403, "attempting to grant RBAC permissions not currently held"),
            (f"{base}/rolebindings/b", binding, 404, 'clusterroles.rbac.authorization.k8s.io "made-later" not found'),
        ):
            answer = await client.patch(f"{path}?fieldManager=m", data=json.dumps(body), headers=headers)
            assert (answer.status, said in (await answer.json())["message"]) == (status, True)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json"])
async def test_page_without_the_token_gets_nowhere(client: Client, kind: str) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": kind}
    answer = await client.post(MAPS, data=json.dumps(BODY), headers=headers)
    assert answer.status == 401
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert (await client.options(MAPS, headers={**headers, "Access-Control-Request-Method": "POST"})).status == 401

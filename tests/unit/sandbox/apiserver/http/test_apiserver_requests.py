"""Paths, tokens and headers by themselves; then every kind of request over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import yaml
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from multidict import CIMultiDict, CIMultiDictProxy

from canarytui.sandbox.apiserver.access.users import MASTERS, User, user
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import StatusError, expired, too_large_resource_version
from canarytui.sandbox.apiserver.http.answers import Shaper, encoded, partial_metadata, refusal
from canarytui.sandbox.apiserver.http.authentication import authenticate, user_of
from canarytui.sandbox.apiserver.http.documents import is_public
from canarytui.sandbox.apiserver.http.impersonation import Right, impersonated
from canarytui.sandbox.apiserver.http.listen import listen
from canarytui.sandbox.apiserver.http.negotiation import YAML, NegotiatedKind, alternatives, wanted
from canarytui.sandbox.apiserver.http.paths import ResourcePath, resource_path
from canarytui.sandbox.apiserver.http.requests import field_manager, request_verb, truthy
from canarytui.sandbox.apiserver.http.server import make_app
from canarytui.sandbox.apiserver.http.watching import is_expired
from canarytui.sandbox.apiserver.storage.store import RecordStore
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.errors import PortInUse

Client = TestClient[Any, Any]
REGISTRY = Registry()
CONFIGS = "/api/v1/namespaces/test/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/api/v1/pods", (None, "", "", "")),
        ("/api/v1/namespaces/a%2Fb/pods", ("a/b", "", "", "")),
        ("/apis/apps/v1/namespaces/a/deployments/d/scale", ("a", "d", "scale", "")),
        ("/api/v1/namespaces/a", (None, "a", "", "")),
        ("/api/v1/namespaces/a/finalize", (None, "a", "finalize", "")),
        ("/api/v1/namespaces/a/services/s:80/proxy/x/y%20z/", ("a", "s:80", "proxy", "/x/y%20z/")),
    ],
)
def test_paths(path: str, found: tuple[Any, ...]) -> None:
    parsed = resource_path(path, REGISTRY)
    assert (parsed.namespace, parsed.name, parsed.subresource, parsed.rest) == found


@pytest.mark.parametrize(
    "path",
    ["/api/v1", "/odd/v1/pods", "/api/v1/odd", "/api/v1/pods/p", "/api/v1/namespaces/a/nodes",
     "/api/v1/namespaces/a/pods/p/odd", "/api/v1/namespaces/a/pods/p/log/more"],
)  # fmt: skip
def test_paths_that_lead_nowhere(path: str) -> None:
    with pytest.raises(StatusError) as refused:
        resource_path(path, REGISTRY)
    assert refused.value.code == 404


@pytest.mark.parametrize(
    ("method", "name", "subresource", "query", "verb"),
    [
        ("GET", "", "", {}, "list"), ("GET", "a", "", {}, "get"), ("GET", "", "", {"watch": "1"}, "watch"),
        ("POST", "", "", {}, "create"), ("POST", "a", "eviction", {}, "create"), ("PUT", "a", "", {}, "update"),
        ("PATCH", "a", "status", {}, "patch"), ("DELETE", "a", "", {}, "delete"),
        ("DELETE", "", "", {}, "deletecollection"),
    ],
)  # fmt: skip
def test_verbs(method: str, name: str, subresource: str, query: dict[str, str], verb: str) -> None:
    path = ResourcePath(REGISTRY.find("", "pods"), "test", name, subresource)
    assert request_verb(method, path, query) == verb


@pytest.mark.parametrize(("method", "name"), [("POST", "a"), ("PUT", ""), ("TRACE", "a")])
def test_methods_without_a_verb(method: str, name: str) -> None:
    with pytest.raises(StatusError) as refused:
        request_verb(method, ResourcePath(REGISTRY.find("", "pods"), "test", name), {})
    assert refused.value.code == 405


def test_parameters() -> None:
    assert [truthy(text) for text in ("true", "1", "T", "0", "")] == [True, True, True, False, False]
    assert field_manager("", "kubectl/v1.32 (linux)") == "kubectl"
    assert field_manager("me\n" + "x" * 200, "") == "me" + "x" * 126
    assert field_manager("", "") == "unknown"


def test_tokens_belong_to_users() -> None:
    tokens = {"t": user("bob")}
    good = make_mocked_request("GET", "/", headers={"Authorization": "bearer t"})
    assert authenticate(good, tokens).name == "bob"
    assert user_of("x", tokens) is None
    for value in ("", "t", "Basic t", "Bearer x"):
        with pytest.raises(StatusError) as refused:
            authenticate(make_mocked_request("GET", "/", headers={"Authorization": value}), tokens)
        assert refused.value.code == 401


def test_the_first_form_that_can_be_given_is_given() -> None:
    assert wanted(f"application/vnd.kubernetes.protobuf,{TABLE},application/json").table
    assert wanted(METADATA).kind == "PartialObjectMetadata"
    assert wanted("application/yaml") == NegotiatedKind(YAML)
    assert wanted("") == wanted("*/*") == NegotiatedKind()
    with pytest.raises(StatusError) as refused:
        wanted("text/html")
    assert refused.value.code == 406
    assert [each for each, _ in alternatives("a/b;q=0.5, c/d")] == ["c/d", "a/b"]


def test_impersonation_asks_for_each_right() -> None:
    headers = CIMultiDictProxy(CIMultiDict([("Impersonate-User", "ann"), ("Impersonate-Group", "ops")]))
    asked: list[Right] = []

    def allowed(user: User, right: Right) -> bool:
        asked.append(right)
        return right.resource == "users"

    with pytest.raises(StatusError, match='groups "ops" is forbidden: User "bob" cannot impersonate'):
        impersonated(headers, user("bob"), allowed)
    assert [right.what for right in asked] == ["users", "groups"]
    who = impersonated(headers, user("bob"), lambda user, right: True)
    assert (who.name, who.groups) == ("ann", ("ops", "system:authenticated"))


def test_answers_are_encoded_as_asked_for() -> None:
    answer = encoded({"a": 1}, NegotiatedKind(YAML), status=201, warnings=['say "x"'])
    assert (answer.status, yaml.safe_load(answer.body), answer.content_type) == (201, {"a": 1}, YAML)  # type: ignore[arg-type]
    assert answer.headers["Warning"] == '299 - "say \\"x\\""'
    later = refusal(too_large_resource_version(9, 1))
    assert (later.status, later.headers["Retry-After"]) == (504, "1")
    assert json.loads(refusal(expired("old")).text or "")["reason"] == "Expired"
    assert partial_metadata({"metadata": {"name": "a"}, "spec": {}})["metadata"] == {"name": "a"}
    assert [is_expired(error) for error in (expired("x"), too_large_resource_version(9, 1))] == [True, False]
    assert [is_public([part]) for part in ("readyz", "version", "api")] == [True, True, False]


def test_a_shaper_gives_one_object_three_forms() -> None:
    api, rt = Api(), REGISTRY.find("", "configmaps")
    obj = {"metadata": {"name": "a", "resourceVersion": "1"}, "data": {"k": "v"}}
    assert Shaper(api, rt, NegotiatedKind(), "").one(obj) is obj
    assert Shaper(api, rt, wanted(METADATA), "").one(obj) == partial_metadata(obj)
    table = Shaper(api, rt, wanted(TABLE), "None").one(obj)
    assert table["rows"] == [{"cells": ["a", 1, "<unknown>"]}]
    status = {"kind": "Status"}
    assert Shaper(api, rt, wanted(TABLE), "").one(status) is status


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    api = Api()
    api.create(api.registry.find("", "namespaces"), None, {"metadata": {"name": "test"}})
    app = make_app(api, users={"root": user("root", MASTERS)}, secret="secret")
    async with TestClient(TestServer(app), headers={"Authorization": "Bearer root"}) as made:
        yield made


async def test_every_verb_has_its_answer(client: Client) -> None:
    made = await client.post(CONFIGS, json={"metadata": {"name": "c"}, "data": {"a": "1"}, "odd": 1})
    assert (made.status, made.headers["Warning"]) == (201, '299 - "unknown field \\"odd\\""')
    read = await (await client.get(f"{CONFIGS}/c")).json()
    put = await client.put(f"{CONFIGS}/c", json={**read, "data": {"a": "2"}})
    assert (put.status, (await put.json())["data"]) == (200, {"a": "2"})
    headers = {"Content-Type": "application/merge-patch+json"}
    patched = await client.patch(f"{CONFIGS}/c?dryRun=All", data=json.dumps({"data": {"a": "3"}}), headers=headers)
    assert (await patched.json())["data"] == {"a": "3"}
    listed = await (await client.get(CONFIGS, headers={"Accept": TABLE})).json()
    assert [row["cells"][0] for row in listed["rows"]] == ["c"]
    metadata = await (
        await client.get(CONFIGS, headers={"Accept": METADATA.replace("Metadata", "MetadataList")})
    ).json()
    assert (metadata["kind"], "data" in metadata["items"][0]) == ("PartialObjectMetadataList", False)
    everything = await client.delete(f"{CONFIGS}?labelSelector=on=yes")
    assert (await everything.json())["items"] == []
    gone = await client.delete(f"{CONFIGS}/c", json={"propagationPolicy": "Background"})
    assert (await gone.json())["status"] == "Success"


async def test_pods_are_bound_and_evicted_by_subresources(client: Client) -> None:
    pods = "/api/v1/namespaces/test/pods"
    await client.post(pods, json={"metadata": {"name": "p"}, "spec": {"containers": [{"name": "a", "image": "a"}]}})
    bound = await client.post(f"{pods}/p/binding", json={"target": {"name": "n"}})
    assert (bound.status, (await bound.json())["status"]) == (201, "Success")
    assert (await (await client.get(f"{pods}/p")).json())["spec"]["nodeName"] == "n"
    options = {"deleteOptions": {"gracePeriodSeconds": 0}}
    assert (await client.post(f"{pods}/p/eviction", json=options)).status == 201
    assert (await client.get(f"{pods}/p")).status == 404


async def test_custom_resources_print_the_columns_of_their_definition(client: Client) -> None:
    version = {"name": "v1", "served": True, "storage": True,
               "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
               "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}]}  # fmt: skip
    names = {"plural": "things", "kind": "Thing"}
    spec = {"group": "x.io", "scope": "Cluster", "names": names, "versions": [version]}
    crd = {"metadata": {"name": "things.x.io"}, "spec": spec}
    await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json=crd)
    await client.post("/apis/x.io/v1/things", json={"metadata": {"name": "t"}, "spec": {"size": 3}})
    table = await (await client.get("/apis/x.io/v1/things", headers={"Accept": TABLE})).json()
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Size"]
    assert table["rows"][0]["cells"] == ["t", 3]


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "text"),
    [
        ("GET", f"{CONFIGS}/none", None, 404, 'configmaps "none" not found'),
        ("GET", f"{CONFIGS}?limit=x", None, 400, "invalid query parameter limit"),
        ("POST", f"{CONFIGS}?dryRun=Some", {}, 422, 'dryRun: Unsupported value: "Some"'),
        ("POST", f"{CONFIGS}?fieldValidation=Odd", {}, 422, 'fieldValidation: Unsupported value: "Odd"'),
        ("POST", "/api/v1/configmaps", {}, 404, "could not find the requested resource"),
        ("PATCH", f"{CONFIGS}/c", {}, 415, "unknown format"),
        ("DELETE", f"{CONFIGS}/c?propagationPolicy=Odd", None, 422, 'propagationPolicy: Unsupported value: "Odd"'),
        ("POST", "/api/v1/componentstatuses", {}, 405, "create is not supported"),
        ("GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", None, 405, "get is not supported"),
        ("GET", "/odd", None, 404, "could not find the requested resource"),
    ],
)
async def test_refusals_are_statuses(client: Client, method: str, path: str, body: Any, code: int, text: str) -> None:
    answer = await client.request(method, path, json=body)
    status = await answer.json()
    assert (answer.status, status["kind"], status["code"]) == (code, "Status", code)
    assert text in status["message"]


async def test_who_applies_names_himself(client: Client) -> None:
    headers = {"Content-Type": "application/apply-patch+yaml"}
    body = yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}})
    nobody = await client.patch(f"{CONFIGS}/c", data=body, headers=headers)
    assert (nobody.status, "fieldManager: Required value" in (await nobody.json())["message"]) == (422, True)
    assert (await client.patch(f"{CONFIGS}/c?fieldManager=me", data=body, headers=headers)).status == 201


async def test_health_version_and_discovery_are_documents(client: Client) -> None:
    assert await (await client.get("/readyz?verbose", headers={"Authorization": ""})).text() == (
        "[+]ping ok\nreadyz check passed\n"
    )
    assert (await (await client.get("/version")).json())["gitVersion"].startswith("v1.")
    assert "/apis/apps/v1" in (await (await client.get("/")).json())["paths"]
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    aggregated = await client.get("/apis", headers={"Accept": accept})
    assert (await aggregated.json())["kind"] == "APIGroupDiscoveryList"
    assert aggregated.headers["Content-Type"] == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    for path in ("/openapi/v3", "/openapi/v3/api/v1", "/openapi/v3/apis/apps/v1"):
        assert (await client.get(path)).status == 200
    assert (await client.get("/apis", headers={"Authorization": ""})).status == 401


async def test_a_watch_is_a_stream_of_lines(client: Client) -> None:
    query = (
        "watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=60"
    )
    stream = await client.get(f"{CONFIGS}?{query}", headers={"Accept": TABLE})
    assert stream.content_type == "application/json"
    first = json.loads(await stream.content.readline())
    assert (first["type"], first["object"]["kind"], first["object"]["rows"]) == ("BOOKMARK", "Table", [])
    await client.post(CONFIGS, json={"metadata": {"name": "c"}})
    event = json.loads(await asyncio.wait_for(stream.content.readline(), 10))
    assert (event["type"], event["object"]["rows"][0]["cells"][0]) == ("ADDED", "c")
    stream.close()


async def test_a_watch_from_a_forgotten_version_is_one_error() -> None:
    api = Api(RecordStore(history_limit=1))
    namespaces = api.registry.find("", "namespaces")
    begin = api.create(namespaces, None, {"metadata": {"name": "test"}})["metadata"]["resourceVersion"]
    for name in "abc":
        api.create(namespaces, None, {"metadata": {"name": name}})
    app = make_app(api, users={"root": user("root", MASTERS)}, secret="secret")
    async with TestClient(TestServer(app), headers={"Authorization": "Bearer root"}) as client:
        stream = await client.get(f"/api/v1/namespaces?watch=1&resourceVersion={begin}")
        event = json.loads(await stream.text())
    assert (stream.status, event["type"], event["object"]["code"]) == (200, "ERROR", 410)
    assert event["object"]["reason"] == "Expired"


async def test_a_port_in_use_is_named() -> None:
    api = Api()
    runner, port = await listen(make_app(api, users={}, secret="s"))
    try:
        with pytest.raises(PortInUse, match=rf"cannot listen on 127\.0\.0\.1:{port}: Address already in use"):
            await listen(make_app(api, users={}, secret="s"), port)
    finally:
        await runner.cleanup()

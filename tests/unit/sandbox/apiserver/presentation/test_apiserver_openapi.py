"""OpenAPI v3 as kubectl reads it: explain's texts, merge keys for apply, dry-run and validation parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.presentation.openapi import OpenApi
from canarytui.sandbox.apiserver.types.registry import Registry

Object = dict[str, Any]
_PREFIX = "#/components/schemas/"
_VERSIONS = list(dict.fromkeys((rt.group, rt.version) for rt in Registry().all()))

_CRD: Object = {
    "metadata": {"name": "apples.fruit.example"},
    "spec": {
        "group": "fruit.example",
        "scope": "Namespaced",
        "names": {"plural": "apples", "singular": "apple", "kind": "Apple"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "description": "A fruit.",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "description": "How it tastes.",
                                "properties": {
                                    "seeds": {
                                        "type": "array",
                                        "x-kubernetes-list-type": "map",
                                        "x-kubernetes-list-map-keys": ["name"],
                                        "items": {"type": "object", "properties": {"name": {"type": "string"}}},
                                    }
                                },
                            }
                        },
                    }
                },
            }
        ],
    },
}


@pytest.fixture
def openapi() -> OpenApi:
    return OpenApi(Registry())


def _document(openapi: OpenApi, group: str, version: str, *crds: Object) -> Object:
    found: Object = json.loads(openapi.document(crds, group, version))
    return found


def _kind(document: Object, kind: str) -> Object:
    """The component that says it is a kind, as kubectl finds it."""
    schemas = document["components"]["schemas"].values()
    (found,) = (s for s in schemas if kind in [gvk["kind"] for gvk in s.get("x-kubernetes-group-version-kind", ())])
    return dict(found)


def _resolved(document: Object, schema: Object) -> Object:
    reference = schema.get("$ref") or (schema.get("allOf") or [{}])[0].get("$ref")
    if reference is None:
        return schema
    return dict(document["components"]["schemas"][reference.removeprefix(_PREFIX)])


def _at(document: Object, kind: str, *path: str) -> Object:
    """The schema of a field as its owner gives it; `items` steps into a list."""
    schema = _kind(document, kind)
    for name in path:
        schema = _resolved(document, schema)
        schema = schema["items"] if name == "items" else schema["properties"][name]
    return schema


@pytest.mark.parametrize(("group", "version"), _VERSIONS, ids=lambda part: part or "core")
def test_every_document_is_whole(openapi: OpenApi, group: str, version: str) -> None:
    document = _document(openapi, group, version)
    schemas = document["components"]["schemas"]
    assert not {name for name in _references(document) if name not in schemas}
    for rt in (each for each in Registry().all() if (each.group, each.version) == (group, version)):
        assert {"group": group, "version": version, "kind": rt.kind} in _kind(document, rt.kind)[
            "x-kubernetes-group-version-kind"
        ]


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {name for item in value for name in _references(item)}
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"].removeprefix(_PREFIX)} if isinstance(value.get("$ref"), str) else set()
    return own | {name for item in value.values() for name in _references(item)}


def test_an_unknown_version_is_not_found(openapi: OpenApi) -> None:
    with pytest.raises(StatusError) as caught:
        openapi.document([], "apps", "v2")
    assert caught.value.code == 404


def test_explains_fields_by_the_clients_texts(openapi: OpenApi) -> None:
    document = _document(openapi, "apps", "v1")
    kind = _at(document, "Deployment", "spec", "strategy", "type")
    assert kind["description"].startswith('Type of deployment. Can be "Recreate" or "RollingUpdate".')
    # The client has no text for this field, so it shows what it holds: beside the reference, not twice.
    rolling = _at(document, "Deployment", "spec", "strategy", "rollingUpdate")
    assert rolling["description"] == "Spec to control the desired behavior of rolling update."
    assert rolling["$ref"].endswith(".RollingUpdateDeployment")
    assert "selector" in _resolved(document, _at(document, "Deployment", "spec"))["required"]


def test_names_numbers_with_units_and_mixed_types(openapi: OpenApi) -> None:
    document = _document(openapi, "", "v1")
    port = _at(document, "Service", "spec", "ports", "items", "targetPort")
    assert port["allOf"][0]["$ref"].endswith(".IntOrString")
    limits = _at(document, "Pod", "spec", "containers", "items", "resources", "limits")
    assert limits["additionalProperties"]["$ref"].endswith(".Quantity")
    assert _at(document, "Secret", "data")["additionalProperties"] == {"type": "string", "format": "byte"}
    assert _at(document, "Pod", "status", "startTime")["format"] == "date-time"


@pytest.mark.parametrize(
    ("path", "key", "map_keys"),
    [
        (("template", "spec", "containers"), "name", ["name"]),
        (("template", "spec", "containers", "items", "ports"), "containerPort", ["containerPort", "protocol"]),
        (("template", "spec", "containers", "items", "env"), "name", ["name"]),
    ],
)
def test_lists_have_the_keys_that_apply_merges_by(
    openapi: OpenApi, path: tuple[str, ...], key: str, map_keys: list[str]
) -> None:
    found = _at(_document(openapi, "apps", "v1"), "Deployment", "spec", *path)
    assert found["x-kubernetes-patch-strategy"] == "merge"
    assert found["x-kubernetes-patch-merge-key"] == key
    assert (found["x-kubernetes-list-type"], found["x-kubernetes-list-map-keys"]) == ("map", map_keys)


def test_a_strategy_replaces_what_its_type_forbids(openapi: OpenApi) -> None:
    strategy = _at(_document(openapi, "apps", "v1"), "Deployment", "spec", "strategy")
    assert strategy["x-kubernetes-patch-strategy"] == "retainKeys"


def test_patches_take_the_parameters_that_kubectl_looks_for(openapi: OpenApi) -> None:
    paths = _document(openapi, "apps", "v1")["paths"]
    patch = paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"] == {"group": "apps", "version": "v1", "kind": "Deployment"}
    types = {each["name"]: each["schema"]["type"] for each in patch["parameters"]}
    assert types == {"dryRun": "string", "fieldManager": "string", "fieldValidation": "string", "force": "boolean"}
    assert "application/strategic-merge-patch+json" in patch["requestBody"]["content"]


def test_paths_are_those_that_are_served(openapi: OpenApi) -> None:
    paths = _document(openapi, "", "v1")["paths"]
    assert set(paths["/api/v1/namespaces/{namespace}/pods"]) == {"parameters", "get", "post", "delete"}
    assert set(paths["/api/v1/pods"]) == {"get"}
    assert set(paths["/api/v1/namespaces/{namespace}/pods/{name}/status"]) == {"parameters", "get", "put", "patch"}
    assert set(paths["/api/v1/namespaces"]) == {"get", "post"}
    named = paths["/api/v1/namespaces/{name}"]["parameters"]
    assert [(each["name"], each["in"], each["required"]) for each in named] == [("name", "path", True)]
    reviews = _document(openapi, "authorization.k8s.io", "v1")["paths"]
    assert set(reviews["/apis/authorization.k8s.io/v1/subjectaccessreviews"]) == {"post"}
    assert "/apis/authorization.k8s.io/v1/subjectaccessreviews/{name}" not in reviews


def test_a_definition_is_explained_by_its_schema() -> None:
    registry = Registry()
    registry.add_crd(_CRD)
    document = _document(OpenApi(registry), "fruit.example", "v1", _CRD)
    apple = _kind(document, "Apple")
    assert apple["description"] == "A fruit."
    assert _at(document, "Apple", "spec")["description"] == "How it tastes."
    assert _at(document, "Apple", "spec", "seeds")["x-kubernetes-list-map-keys"] == ["name"]
    assert _at(document, "Apple", "metadata", "name")["type"] == "string"
    patch = document["paths"]["/apis/fruit.example/v1/namespaces/{namespace}/apples/{name}"]["patch"]
    assert "application/strategic-merge-patch+json" not in patch["requestBody"]["content"]
    # The stored definition is only read.
    schema = _CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert set(schema) == {"type", "description", "properties"}
    assert set(schema["properties"]) == {"spec"}


def test_documents_are_made_anew_only_when_they_may_differ() -> None:
    registry = Registry()
    registry.add_crd(_CRD)
    openapi = OpenApi(registry)
    before, hashes = openapi.document([], "apps", "v1"), openapi.index()["paths"]
    fruit = openapi.document([_CRD], "fruit.example", "v1")
    registry.touch()
    changed = json.loads(json.dumps(_CRD).replace("A fruit.", "A better fruit."))
    after = openapi.index()["paths"]
    assert openapi.document([], "apps", "v1") is before
    assert after["apis/apps/v1"] == hashes["apis/apps/v1"]
    assert openapi.document([changed], "fruit.example", "v1") != fruit
    assert after["apis/fruit.example/v1"] != hashes["apis/fruit.example/v1"]


def test_the_index_leads_to_each_document_and_tells_runs_apart() -> None:
    registry = Registry()
    registry.add_crd(_CRD)
    index = OpenApi(registry).index()["paths"]
    assert {"api/v1", "apis/apps/v1", "apis/fruit.example/v1"} <= set(index)
    assert len(index) == len(_VERSIONS) + 1
    for path, entry in index.items():
        assert entry["serverRelativeURL"].startswith(f"/openapi/v3/{path}?hash=")
    assert OpenApi(registry).index()["paths"] != index

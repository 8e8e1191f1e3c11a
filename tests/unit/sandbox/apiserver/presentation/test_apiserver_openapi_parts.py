"""Path items and component schemas by themselves."""

from __future__ import annotations

import pytest

from canarytui.sandbox.apiserver.presentation.openapi.operations import paths_of
from canarytui.sandbox.apiserver.presentation.openapi.schemas import Schemas, component_name
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.types.type_nodes import builtin_type


def test_a_resource_has_paths_for_all_its_verbs() -> None:
    items = paths_of(Registry().find("apps", "deployments"), "D")
    one = "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
    assert set(items) == {"/apis/apps/v1/deployments", one.removesuffix("/{name}"), one, f"{one}/status"}
    patch = items[one]["patch"]
    assert {"dryRun", "fieldValidation"} <= {each["name"] for each in patch["parameters"]}
    assert "application/strategic-merge-patch+json" in patch["requestBody"]["content"]
    assert [each["name"] for each in items[one]["parameters"]] == ["namespace", "name"]
    assert patch["responses"]["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/D"}


def test_verbs_that_a_resource_lacks_have_no_operations() -> None:
    items = paths_of(Registry().find("authorization.k8s.io", "selfsubjectaccessreviews"), "R")
    assert [(path, set(item)) for path, item in items.items()] == [
        ("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"post"})
    ]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("V1PodSpec", "io.k8s.api.v1.PodSpec"), ("CoreV1Event", "io.k8s.api.v1.Event"),
        ("V1beta1Thing", "io.k8s.api.v1beta1.Thing"), ("VersionInfo", "io.k8s.VersionInfo"),
    ],
)  # fmt: skip
def test_components_are_named_after_models(model: str, name: str) -> None:
    assert component_name(model) == name


def test_a_component_comes_with_all_that_it_refers_to() -> None:
    schemas = Schemas()
    rt = Registry().find("", "configmaps")
    name = schemas.add_builtin(rt)
    found = schemas.found[name]
    assert found["x-kubernetes-group-version-kind"] == [{"group": "", "kind": "ConfigMap", "version": "v1"}]
    assert found["properties"]["data"]["additionalProperties"] == {"type": "string"}
    assert schemas.of(builtin_type(rt)) == {"$ref": f"#/components/schemas/{name}"}
    assert "io.k8s.api.v1.ObjectMeta" in schemas.found


def test_a_kind_without_a_model_may_hold_anything() -> None:
    schemas = Schemas()
    name = schemas.add_builtin(ResourceType("example.com", "v1", "Widget", "widgets", "widget", True))
    assert (name, schemas.found[name]["x-kubernetes-preserve-unknown-fields"]) == ("com.example.v1.Widget", True)

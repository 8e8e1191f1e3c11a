"""Discovery as client-go reads it: the same resources plain and aggregated, preferred versions, subresources."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.presentation import discovery
from canarytui.sandbox.apiserver.types.registry import Registry

Object = dict[str, Any]


def _crd(plural: str, group: str, versions: list[str], subresources: Object | None = None) -> Object:
    names = {"plural": plural, "singular": plural[:-1], "kind": plural[:-1].title(), "shortNames": [plural[:2]]}
    each: Object = {"served": True, "subresources": subresources or {}}
    return {
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {**names, "categories": ["all"]},
            "versions": [{"name": name, **each} for name in versions],
        },
    }


@pytest.fixture
def registry() -> Registry:
    return Registry()


def _named(body: Object, name: str, key: str = "name") -> Object:
    found = [each for each in body["resources"] if each[key] == name]
    assert len(found) == 1, name
    return dict(found[0])


def test_the_core_group_is_apart_from_the_named_ones(registry: Registry) -> None:
    assert discovery.api_versions(registry)["versions"] == ["v1"]
    groups = discovery.api_group_list(registry)
    assert groups["kind"] == "APIGroupList"
    names = [group["name"] for group in groups["groups"]]
    assert "" not in names
    assert {"apps", "autoscaling", "apiextensions.k8s.io"} <= set(names)
    assert len(names) == len(set(names))


def test_a_group_prefers_its_stable_and_newest_version(registry: Registry) -> None:
    group = discovery.api_group(registry, "autoscaling")
    assert [each["version"] for each in group["versions"]] == ["v2", "v1", "v2beta2"]
    assert group["preferredVersion"] == {"groupVersion": "autoscaling/v2", "version": "v2"}


def test_a_custom_group_prefers_by_version_and_not_by_the_name_of_a_definition(registry: Registry) -> None:
    registry.add_crd(_crd("apples", "fruit.example", ["v1alpha1"]))
    registry.add_crd(_crd("pears", "fruit.example", ["v1beta1", "v1"]))
    group = discovery.api_group(registry, "fruit.example")
    assert [each["version"] for each in group["versions"]] == ["v1", "v1beta1", "v1alpha1"]
    assert group["preferredVersion"]["version"] == "v1"


@pytest.mark.parametrize("name", ["", "v1", "nosuch.example"])
def test_an_unknown_group_is_not_found(registry: Registry, name: str) -> None:
    with pytest.raises(StatusError) as caught:
        discovery.api_group(registry, name)
    assert (caught.value.code, caught.value.reason) == (404, "NotFound")
    assert caught.value.message == "the server could not find the requested resource"


@pytest.mark.parametrize(("group", "version"), [("apps", "v2"), ("", "v2"), ("flagger.app", "v1beta1")])
def test_an_unknown_version_is_not_found(registry: Registry, group: str, version: str) -> None:
    with pytest.raises(StatusError) as caught:
        discovery.resource_list(registry, group, version)
    assert caught.value.code == 404


def test_lists_a_resource_as_kubectl_api_resources_shows_it(registry: Registry) -> None:
    core = discovery.resource_list(registry, "", "v1")
    assert (core["groupVersion"], "apiVersion" in core) == ("v1", False)
    pods = _named(core, "pods")
    assert pods["verbs"] == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    assert (pods["shortNames"], pods["categories"], pods["namespaced"]) == (["po"], ["all"], True)
    assert _named(core, "namespaces")["namespaced"] is False
    apps = discovery.resource_list(registry, "apps", "v1")
    assert (apps["apiVersion"], apps["groupVersion"]) == ("v1", "apps/v1")


@pytest.mark.parametrize(
    ("group", "version", "name", "kind", "at", "verbs"),
    [
        ("apps", "v1", "deployments/scale", "Scale", ("autoscaling", "v1"), ["get", "patch", "update"]),
        ("apps", "v1", "deployments/status", "Deployment", (None, None), ["get", "patch", "update"]),
        ("", "v1", "pods/eviction", "Eviction", ("policy", "v1"), ["create"]),
        ("", "v1", "pods/log", "Pod", (None, None), ["get"]),
        ("", "v1", "pods/exec", "PodExecOptions", (None, None), ["create", "get"]),
        ("", "v1", "services/proxy", "ServiceProxyOptions", (None, None), None),
        ("", "v1", "serviceaccounts/token", "TokenRequest", ("authentication.k8s.io", "v1"), ["create"]),
    ],
)
def test_a_subresource_has_the_kind_that_is_sent_to_it(
    registry: Registry,
    group: str,
    version: str,
    name: str,
    kind: str,
    at: tuple[str | None, str | None],
    verbs: list[str] | None,
) -> None:
    described = _named(discovery.resource_list(registry, group, version), name)
    assert described["kind"] == kind
    assert (described.get("group"), described.get("version")) == at
    assert verbs is None or described["verbs"] == verbs


@pytest.mark.parametrize("version", ["v2", "v2beta1"])
def test_aggregated_discovery_says_what_the_plain_one_says(registry: Registry, version: str) -> None:
    registry.add_crd(_crd("apples", "fruit.example", ["v1", "v1alpha1"], {"status": {}, "scale": {}}))
    legacy = discovery.aggregated(registry, legacy=True, version=version)
    named = discovery.aggregated(registry, legacy=False, version=version)
    assert named["apiVersion"] == f"apidiscovery.k8s.io/{version}"
    assert named["kind"] == legacy["kind"] == "APIGroupDiscoveryList"
    assert [item["metadata"].get("name", "") for item in legacy["items"]] == [""]
    met = 0
    for item in [*legacy["items"], *named["items"]]:
        group = item["metadata"].get("name", "")
        for at in item["versions"]:
            assert at["freshness"] == "Current"
            plain = discovery.resource_list(registry, group, at["version"])["resources"]
            assert _flat(at["resources"]) == {each["name"]: (each["kind"], each["verbs"]) for each in plain}
            met += 1
    assert met == len({(rt.group, rt.version) for rt in registry.all()})


def _flat(resources: list[Object]) -> dict[str, tuple[str, list[str]]]:
    found = {}
    for each in resources:
        found[each["resource"]] = (each["responseKind"]["kind"], each["verbs"])
        for sub in each.get("subresources", ()):
            found[f"{each['resource']}/{sub['subresource']}"] = (sub["responseKind"]["kind"], sub["verbs"])
    return found


def test_a_definition_comes_and_goes_with_its_group(registry: Registry) -> None:
    registry.add_crd(_crd("apples", "fruit.example", ["v1"]))
    listed = _named(discovery.resource_list(registry, "fruit.example", "v1"), "apples")
    assert (listed["kind"], listed["singularName"], listed["shortNames"]) == ("Apple", "apple", ["ap"])
    items = discovery.aggregated(registry, legacy=False, version="v2")["items"]
    (fruit,) = (item for item in items if item["metadata"]["name"] == "fruit.example")
    apples = _named(fruit["versions"][0], "apples", "resource")
    assert apples["scope"] == "Namespaced"
    registry.remove_crd("apples.fruit.example")
    assert "fruit.example" not in discovery.group_names(registry)

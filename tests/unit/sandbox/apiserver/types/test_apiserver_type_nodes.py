"""Types of places in objects, and decoding by them."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.types import merge_keys
from canarytui.sandbox.apiserver.types.decoding import decode, decode_metadata, report_unknown
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key, version_priority
from canarytui.sandbox.apiserver.types.type_nodes import ANY, BuiltinNode, TypeNode, builtin_type, metadata_type
from canarytui.sandbox.apiserver.warnings import collecting


def rt(group: str, plural: str) -> ResourceType:
    return Registry().find(group, plural)


def place(node: TypeNode | None, path: str) -> TypeNode:
    for name in path.split("."):
        assert node is not None
        node = node.element() if name == "*" else node.field(name)
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("path", "kind", "scalar"),
    [
        ("spec.replicas", "scalar", "integer"),
        ("spec.template.spec.containers", "list", ""),
        ("spec.template.spec.containers.*.resources.limits.*", "scalar", "quantity"),
        ("spec.template.metadata.labels", "map", ""),
        ("spec.strategy.rollingUpdate.maxSurge", "any", "int-or-string"),
        ("metadata.creationTimestamp", "scalar", "time"),
    ],
)
def test_a_built_in_s_places_have_the_client_s_types(path: str, kind: str, scalar: str) -> None:
    node = place(builtin_type(rt("apps", "deployments")), path)
    assert (node.kind, node.scalar) == (kind, scalar)


def test_lists_and_maps_merge_by_the_tables() -> None:
    spec = place(builtin_type(rt("", "pods")), "spec")
    ports = place(spec, "containers.*.ports")
    assert (ports.list_type, ports.map_keys, ports.patch_key) == ("map", ("containerPort", "protocol"), "containerPort")
    assert ports.element().default_key("protocol") == merge_keys.KEY_DEFAULTS["protocol"] == "TCP"
    assert place(spec, "nodeSelector").atomic
    assert place(builtin_type(rt("apps", "deployments")), "spec.strategy").retains_keys
    assert merge_keys.LISTS["V1ObjectMeta", "finalizers"].patch_merges


def test_places_that_are_not_there_and_kinds_without_a_model() -> None:
    metadata = metadata_type()
    assert isinstance(metadata, BuiltinNode)
    assert metadata.field("nothing") is None
    assert {"name", "labels", "ownerReferences"} <= set(metadata.field_names)
    assert builtin_type(ResourceType("example.com", "v1", "Widget", "widgets", "widget", True)) is ANY
    assert (ANY.field("a"), ANY.element(), ANY.default_key("a")) == (ANY, ANY, None)


def test_shapes_of_one_resource_share_their_storage() -> None:
    assert storage_key(rt("events.k8s.io", "events")) == storage_key(rt("", "events")) == ("", "events")
    assert storage_key(rt("apps", "deployments")) == ("apps", "deployments")


def test_versions_in_order_of_preference() -> None:
    versions = ["v1beta1", "odd", "v2", "v1", "v1alpha1", "v1beta2", "v10"]
    assert sorted(versions, key=version_priority) == ["v10", "v2", "v1", "v1beta2", "v1beta1", "v1alpha1", "odd"]


def decoded(obj: dict[str, Any], validation: str = "Ignore") -> dict[str, Any]:
    kind = rt("apps", "deployments")
    return decode(kind, obj, builtin_type(kind), validation)


def test_nulls_and_unknown_fields_go_and_quantities_become_canonical() -> None:
    container = {"name": "a", "resources": {"limits": {"cpu": "1000m", "memory": 1024}}, "image": None, "odd": 1}
    obj = {"spec": {"replicas": 2.0, "template": {"spec": {"containers": [container]}}}}
    cleaned = {"name": "a", "resources": {"limits": {"cpu": "1", "memory": "1024"}}}
    assert decoded(obj) == {"spec": {"replicas": 2, "template": {"spec": {"containers": [cleaned]}}}}


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"replicas": "2"}, "cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"),
        ({"paused": 1}, "cannot unmarshal number into Go struct field DeploymentSpec.spec.paused of type bool"),
        ({"template": []}, "cannot unmarshal array into Go struct field PodTemplateSpec.spec.template"),
        ({"strategy": {"rollingUpdate": {"maxSurge": True}}}, "of type intstr.IntOrString"),
        ({"template": {"metadata": {"labels": {"a": 1}}}}, "of type string"),
        ({"template": {"metadata": {"creationTimestamp": "now"}}}, 'parsing time "now"'),
        ({"template": {"spec": {"containers": [{"resources": {"limits": {"cpu": "x"}}}]}}}, "quantities must match"),
    ],
)
def test_values_of_a_wrong_type_are_refused(spec: dict[str, Any], text: str) -> None:
    with pytest.raises(StatusError) as refused:
        decoded({"spec": spec})
    assert refused.value.code == 400
    assert refused.value.message.startswith('Deployment in version "v1" cannot be handled as a Deployment: ')
    assert text in refused.value.message


def test_unknown_fields_are_refused_warned_about_or_passed_over() -> None:
    obj = {"spec": {"odd": 1}, "extra": 2}
    with pytest.raises(StatusError, match=r'unknown field "extra", unknown field "spec\.odd"'):
        decoded(dict(obj), "Strict")
    with collecting() as warnings:
        assert decoded(dict(obj), "Warn") == {"spec": {}}
    assert warnings == ['unknown field "extra"', 'unknown field "spec.odd"']
    report_unknown(rt("", "pods"), ["a"], "Ignore")


def test_metadata_of_custom_resources_is_typed_too() -> None:
    unknown: list[str] = []
    assert decode_metadata(rt("", "pods"), {"name": "a", "odd": 1}, unknown) == {"name": "a"}
    assert unknown == ["metadata.odd"]
    with pytest.raises(StatusError, match=r"cannot unmarshal number into Go struct field ObjectMeta\.metadata\.labels"):
        decode_metadata(rt("", "pods"), {"labels": {"a": 1}}, unknown)

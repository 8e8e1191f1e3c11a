"""Merge patches, strategic merge patches, and the field sets of server-side apply."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.patch import field_sets
from canarytui.sandbox.apiserver.patch.merge_patch import merge_patch
from canarytui.sandbox.apiserver.patch.strategic_merge import strategic_merge
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.type_nodes import ANY, builtin_type

POD = builtin_type(Registry().find("", "pods"))
DEPLOYMENT = builtin_type(Registry().find("apps", "deployments"))


@pytest.mark.parametrize(
    ("target", "patch", "merged"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": 3}}, {"a": {"c": 2, "d": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": 1}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
        ({"a": 1}, [1], [1]),
    ],
)
def test_merge_patches(target: Any, patch: Any, merged: Any) -> None:
    before = copy.deepcopy((target, patch))
    assert merge_patch(target, patch) == merged
    assert (target, patch) == before


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"spec": {"containers": list(containers), **spec}}


A, B = {"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}


@pytest.mark.parametrize(
    ("target", "patch", "merged"),
    [
        (pod(A, B), pod({"name": "b", "image": "b:2"}), pod(A, {"name": "b", "image": "b:2"})),
        (pod(A), pod(B), pod(A, B)),
        (pod(A, B), pod({"name": "a", "$patch": "delete"}), pod(B)),
        (pod(A, B), pod({"$patch": "replace"}, B), pod(B)),
        (pod(A, B), {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}, pod(B, A)),
        (pod(A), {"spec": {"$patch": "replace", "nodeName": "n"}}, {"spec": {"nodeName": "n"}}),
        (pod(A), {"spec": {"$patch": "delete"}}, {}),
        ({"metadata": {"finalizers": ["a", "b"]}}, {"metadata": {"finalizers": ["b", "c"]}},
         {"metadata": {"finalizers": ["a", "b", "c"]}}),
        ({"metadata": {"finalizers": ["a", "b"]}}, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}},
         {"metadata": {"finalizers": ["b"]}}),
        ({"spec": {"tolerations": [{"key": "a"}]}}, {"spec": {"tolerations": [{"key": "b"}]}},
         {"spec": {"tolerations": [{"key": "b"}]}}),
        ({"metadata": {"labels": {"a": "1"}}}, {"metadata": {"labels": {"a": None, "b": "2"}}},
         {"metadata": {"labels": {"b": "2"}}}),
    ],
)  # fmt: skip
def test_strategic_patches_merge_by_the_keys_of_the_type(target: Any, patch: Any, merged: Any) -> None:
    before = copy.deepcopy((target, patch))
    assert strategic_merge(target, patch, POD) == merged
    assert (target, patch) == before


def test_keys_that_are_not_retained_go() -> None:
    target = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}}
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert strategic_merge(target, patch, DEPLOYMENT) == {"spec": {"strategy": {"type": "Recreate"}}}


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        (pod({"image": "a"}), "does not contain declared merge key: name"),
        ({"$patch": "odd"}, "unknown patch type found: odd"),
    ],
)
def test_directives_that_make_no_sense_are_refused(patch: Any, why: str) -> None:
    with pytest.raises(StatusError, match=why):
        strategic_merge(pod(A), patch, POD)


APP = 'k:{"name":"a"}'
PORT = 'k:{"containerPort":80,"protocol":"TCP"}'


def test_a_configuration_owns_the_fields_that_it_names() -> None:
    config = pod({**A, "ports": [{"containerPort": 80}]}, nodeSelector={"x": "y"})
    ports = {PORT: {".": {}, "f:containerPort": {}}}
    container = {".": {}, "f:name": {}, "f:image": {}, "f:ports": ports}
    owned = field_sets.of_value(config, POD)
    assert owned == {"f:spec": {"f:containers": {APP: container}, "f:nodeSelector": {}}}
    paths = [field_sets.text(path) for path in field_sets.paths(owned)]
    assert '.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].containerPort' in paths
    assert field_sets.text(("f:metadata", "f:finalizers", 'v:"x"')) == '.metadata.finalizers[="x"]'


def test_a_change_touches_what_differs_and_loses_what_is_gone() -> None:
    old, new = pod(A, B, nodeName="n"), pod({**A, "image": "a:2"}, hostname="h")
    touched, gone = field_sets.changed(old, new, POD, mark_new_maps=False)
    assert touched == {"f:spec": {"f:containers": {APP: {"f:image": {}}}, "f:hostname": {}}}
    lost = {".": {}, "f:name": {}, "f:image": {}}
    assert gone == {"f:spec": {"f:containers": {'k:{"name":"b"}': lost}, "f:nodeName": {}}}
    marked, _ = field_sets.changed({}, {"spec": {"a": 1}}, ANY, mark_new_maps=True)
    assert marked == {"f:spec": {".": {}, "f:a": {}}}


def test_the_algebra_of_sets() -> None:
    one = {"f:a": {}, "f:b": {".": {}, "f:c": {}, "f:d": {}}}
    other = {"f:b": {"f:c": {}}, "f:e": {}}
    assert field_sets.union(one, other) == {**one, "f:e": {}}
    assert field_sets.difference(one, other) == {"f:a": {}, "f:b": {".": {}, "f:d": {}}}
    assert field_sets.intersection(one, other) == {"f:b": {"f:c": {}}}


def test_what_ownership_descends_into() -> None:
    containers = POD.field("spec").field("containers")  # type: ignore[union-attr]
    assert containers is not None
    assert field_sets.is_associative(containers)
    assert field_sets.descends([A], containers)
    assert not field_sets.descends([], containers)
    assert field_sets.key_of(A, containers) == APP
    assert [element for element, _, _ in field_sets.children([A, B], containers)] == [APP, 'k:{"name":"b"}']

"""What a new version changes, as the detail view lists it."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.workloads.template_diff import ChangeKind, FieldChange, template_changes


def workload(spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"spec": {"template": {"metadata": metadata, "spec": spec}}}


def container(name: str, image: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": image, **more}


def test_a_new_image_is_the_one_change_of_a_primary_that_flagger_made() -> None:
    primary = workload(
        {
            "containers": [container("app", "cart:1", envFrom=[{"configMapRef": {"name": "cart-config-primary"}}])],
            "volumes": [{"name": "keys", "secret": {"secretName": "cart-keys-primary"}}],
        },
        labels={"app": "cart-primary", "tier": "web"},
        annotations={"flagger-id": "b3f1"},
    )
    target = workload(
        {
            "containers": [container("app", "cart:2", envFrom=[{"configMapRef": {"name": "cart-config"}}])],
            "volumes": [{"name": "keys", "secret": {"secretName": "cart-keys"}}],
        },
        labels={"app": "cart", "tier": "web"},
    )
    assert template_changes(primary, target) == [
        FieldChange("containers[app].image", ChangeKind.CHANGED, "cart:1", "cart:2")
    ]


def test_containers_and_variables_are_matched_by_name() -> None:
    old = workload({"containers": [container("app", "cart:1", env=[{"name": "A", "value": "1"}, {"name": "B"}])]})
    new = workload(
        {
            "containers": [
                container("proxy", "envoy:3"),
                container("app", "cart:1", env=[{"name": "A", "value": "2"}, {"name": "C", "value": "3"}]),
            ]
        }
    )
    assert {(change.path, change.kind, change.old, change.new) for change in template_changes(old, new)} == {
        ("containers[app].env[A].value", ChangeKind.CHANGED, "1", "2"),
        ("containers[app].env[B].name", ChangeKind.REMOVED, "B", ""),
        ("containers[app].env[C].value", ChangeKind.ADDED, "", "3"),
        ("containers[proxy].image", ChangeKind.ADDED, "", "envoy:3"),
    }


def test_another_config_and_a_tag_that_looks_like_a_copy_are_changes() -> None:
    old = workload({"containers": [container("app", "cart:1-primary", args=["--a"])], "serviceAccountName": "a"})
    new = workload({"containers": [container("app", "cart:1", args=["--a", "--b"])], "serviceAccountName": "b"})
    assert [change.path for change in template_changes(old, new)] == [
        "containers[app].image",
        "containers[app].args",
        "serviceAccountName",
    ]


@pytest.mark.parametrize("hostile", [None, 7, "text", [], [None, 3], {"spec": 4}, {"spec": {"containers": "x"}}])
def test_whatever_an_object_holds_is_compared(hostile: Any) -> None:
    old = {"spec": {"template": hostile}}
    new = workload({"containers": [container("app", "cart:\x1b[31m2")]}, labels={"a": 1})
    changes = template_changes(old, new)
    assert template_changes(old, old) == []
    assert all("\x1b" not in change.new for change in changes)
    assert changes


def test_a_very_deep_object_is_a_change_and_no_crash() -> None:
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"a": deep}
    assert template_changes(workload(deep), workload({"a": {"b": 1}}))

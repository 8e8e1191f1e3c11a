"""Metadata that the API server refuses, in its words: of objects, of pod templates, and in selectors."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from canarytui.sandbox.apiserver.api import MERGE_PATCH
from canarytui.sandbox.apiserver.errors import StatusError

LONG = "x" * 64
TOO_LONG = "must be no more than 63 bytes"
VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def refusal(server: Any, resource: str, obj: Any) -> str:
    with pytest.raises(StatusError) as refused:
        server.create(resource, obj)
    assert (refused.value.code, refused.value.reason) == (422, "Invalid")
    return str(refused.value.message)


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"labels": {"app": LONG}}, f'metadata.labels: Invalid value: "{LONG}": {TOO_LONG}'),
        ({"labels": {"app": "a b"}}, f'metadata.labels: Invalid value: "a b": {VALUE}'),
        ({"labels": {"app": "-a"}}, VALUE),
        ({"labels": {LONG: "a"}}, f'metadata.labels: Invalid value: "{LONG}": name part {TOO_LONG}'),
        ({"labels": {"é" * 40: "a"}}, f"name part {TOO_LONG}"),
        ({"labels": {"a/b/c": "a"}}, "with an optional DNS subdomain prefix and '/'"),
        ({"labels": {"/b": "a"}}, "prefix part must be non-empty"),
        ({"labels": {"a/": "a"}}, "name part must be non-empty"),
        ({"labels": {"A.example/x": "a"}}, "prefix part a lowercase RFC 1123 subdomain must consist of"),
        ({"labels": {f"{'a' * 254}/x": "a"}}, "prefix part must be no more than 253 bytes"),
        ({"annotations": {"a b": "x"}}, 'metadata.annotations: Invalid value: "a b": name part must consist of'),
        ({"annotations": {"a": "é" * 131_073}}, "metadata.annotations: Too long: may not be more than 262144 bytes"),
        ({"finalizers": ["a b"]}, 'metadata.finalizers: Invalid value: "a b": name part must consist of'),
        ({"finalizers": ["orphan", "foregroundDeletion"]}, "orphan and foregroundDeletion cannot be both set"),
        ({"name": "A"}, 'metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain'),
        ({"name": "a" * 254}, "must be no more than 253 bytes"),
        ({"name": "", "generateName": "A-"}, 'metadata.generateName: Invalid value: "A-": a lowercase RFC 1123'),
        ({"name": ""}, "metadata.name: Required value: name or generateName is required"),
        ({"ownerReferences": [{"kind": "A", "name": "a", "uid": "1"}]},
         'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty'),
        ({"ownerReferences": [{"apiVersion": "v1", "kind": "A", "name": "", "uid": "1"}]},
         'metadata.ownerReferences.name: Invalid value: "": must not be empty'),
        ({"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "a", "uid": "1"}]},
         "/v1, Kind=Event is disallowed from being an owner reference"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("resource", ["configmaps", "deployments.apps", "canaries.flagger.app"])
def test_metadata_is_refused_of_every_kind(
    server: Any, deployment: Any, canary: Any, resource: str, metadata: Any, text: str
) -> None:
    obj = {"configmaps": {"metadata": {"name": "c"}}, "deployments.apps": deployment, "canaries.flagger.app": canary}
    made = copy.deepcopy(obj[resource])
    made["metadata"] = {"name": "c", **metadata}
    assert text in refusal(server, resource, made)


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {"a": "", f"{'x' * 63}": "x" * 63, "a.example/B_c.d": "A-_.b", "0": "0"}},
        {"annotations": {"UPPER.example/a": "x" * 200_000, "empty": ""}},
        {"finalizers": ["finalizer.flagger.app", "example.com/x"]},
        {"generateName": "x" * 80, "name": ""},
        {"generateName": "x-", "name": ""},
        {"name": "a" * 253},
    ],
)
def test_metadata_up_to_the_limits_is_accepted(server: Any, metadata: Any) -> None:
    made = server.create("configmaps", {"metadata": {"name": "c", **metadata}})
    if prefix := metadata.get("generateName"):
        assert len(made["metadata"]["name"]) == len(prefix[:58]) + 5


@pytest.mark.parametrize(
    ("resource", "name", "text"),
    [
        ("namespaces", "a.b", "a lowercase RFC 1123 label must consist of"),
        ("namespaces", LONG, TOO_LONG),
        ("services", "1a", "a DNS-1035 label must consist of"),
        ("services", LONG, TOO_LONG),
        ("roles.rbac.authorization.k8s.io", "a/b", "may not contain '/'"),
    ],
)
def test_names_follow_the_rule_of_their_kind(server: Any, resource: str, name: str, text: str) -> None:
    specs: Any = {"services": {"spec": {"ports": [{"port": 80}]}}}
    assert text in refusal(server, resource, {"metadata": {"name": name}, **specs.get(resource, {})})


def test_labels_and_annotations_of_a_pod_template_are_checked(server: Any, deployment: Any) -> None:
    made = copy.deepcopy(deployment)
    made["spec"]["template"]["metadata"]["labels"]["extra"] = LONG
    made["spec"]["template"]["metadata"]["annotations"] = {"a b": "x"}
    text = refusal(server, "deployments.apps", made)
    assert f'spec.template.labels: Invalid value: "{LONG}": {TOO_LONG}' in text
    assert 'spec.template.annotations: Invalid value: "a b"' in text


def test_a_patch_is_checked_as_a_new_object_is(server: Any, deployment: Any) -> None:
    server.create("deployments.apps", deployment)
    rt, name = server.rt("deployments.apps"), deployment["metadata"]["name"]
    for patch in (
        {"metadata": {"labels": {"a": LONG}}},
        {"spec": {"template": {"metadata": {"labels": {"a": LONG}}}}},
    ):
        with pytest.raises(StatusError, match=TOO_LONG):
            server.api.patch(rt, "test", name, patch, MERGE_PATCH)


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ({"matchLabels": {"app": LONG}},
         [f'spec.selector.matchLabels: Invalid value: "{LONG}": {TOO_LONG}', "invalid label selector"]),
        ({"matchExpressions": [{"key": "a b", "operator": "Exists"}]}, ["matchExpressions[0].key: Invalid"]),
        ({"matchExpressions": [{"key": "a", "operator": "In"}]},
         ["matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"]),
        ({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]},
         ["matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists'"]),
        ({"matchExpressions": [{"key": "a", "operator": "Like", "values": ["b"]}]},
         ['matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator']),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b", LONG]}]},
         ["matchExpressions[0].values[1]: Invalid value"]),
    ],
)  # fmt: skip
def test_selectors_are_checked(server: Any, deployment: Any, selector: Any, texts: list[str]) -> None:
    made = copy.deepcopy(deployment)
    made["spec"]["selector"] = selector
    found = refusal(server, "deployments.apps", made)
    assert all(text in found for text in texts), found
    budget = {"metadata": {"name": "b"}, "spec": {"selector": selector}}
    assert texts[0] in refusal(server, "poddisruptionbudgets.policy", budget)


def test_the_selector_of_a_service_is_checked(server: Any) -> None:
    service = {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}], "selector": {"app": LONG}}}
    assert f'spec.selector: Invalid value: "{LONG}": {TOO_LONG}' in refusal(server, "services", service)


def test_patterns_of_definitions_are_read_as_go_reads_them(server: Any) -> None:
    schema = {"type": "object", "properties": {
        "word": {"type": "string", "pattern": r"^[[:alpha:]]+\z"}, "broken": {"type": "string", "pattern": "a*+"},
    }}  # fmt: skip
    server.create("customresourcedefinitions.apiextensions.k8s.io", {
        "metadata": {"name": "words.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"plural": "words", "kind": "Word"},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]},
    })  # fmt: skip
    server.create("words.example.com", {"metadata": {"name": "good"}, "word": "abc"})
    for value in ("ab1", "abc\n"):
        text = refusal(server, "words.example.com", {"metadata": {"name": "bad"}, "word": value})
        assert r"word in body should match '^[[:alpha:]]+\z'" in text
    text = refusal(server, "words.example.com", {"metadata": {"name": "bad"}, "broken": "a"})
    assert "but pattern is invalid: error parsing regexp: invalid nested repetition operator: `*+`" in text

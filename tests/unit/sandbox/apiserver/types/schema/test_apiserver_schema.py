"""Structural schemas: types, pruning, defaults, validation; and the rules of a custom resource made of them."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.types.custom import CustomStrategy, stored_version, version_of
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.schema.nodes import CustomObjectNode, SchemaNode
from canarytui.sandbox.apiserver.types.schema.shaping import default, has_defaults, prune
from canarytui.sandbox.apiserver.types.schema.validation import show, validate, validate_object

STEP = {"type": "object", "properties": {"name": {"type": "string"}, "weight": {"type": "integer", "default": 5}}}
SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["steps"],
    "properties": {
        "steps": {"type": "array", "items": STEP, "x-kubernetes-list-type": "map",
                  "x-kubernetes-list-map-keys": ["name"]},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}  # fmt: skip
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"spec": SPEC, "status": {"type": "object"}}}
CRD: dict[str, Any] = {
    "metadata": {"name": "rollouts.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "rollouts", "kind": "Rollout"},
        "versions": [
            {"name": "v1beta1", "served": True, "storage": False},
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA},
             "subresources": {"status": {}}, "selectableFields": [{"jsonPath": ".spec.kind"}]},
        ],
    },
}  # fmt: skip


def test_nodes_follow_the_schema() -> None:
    node = CustomObjectNode(SCHEMA)
    assert (node.field("metadata") or node).name == "V1ObjectMeta"
    spec = node.field("spec")
    assert isinstance(spec, SchemaNode)
    assert (spec.kind, spec.declares("steps"), spec.declares("odd")) == ("map", True, False)
    steps = spec.field("steps")
    assert isinstance(steps, SchemaNode)
    assert (steps.kind, steps.list_type, steps.map_keys) == ("list", "map", ("name",))
    assert steps.default_key("weight") == 5
    labels = spec.field("labels")
    assert labels is not None
    assert (labels.element().kind, labels.element().scalar) == ("scalar", "string")


def test_pruning_drops_and_reports_what_the_schema_does_not_name() -> None:
    obj = {"kind": "Rollout", "metadata": {"x": 1}, "odd": 1,
           "spec": {"steps": [{"name": "a", "odd": 1}], "labels": {"a": "b"}, "any": {"odd": 1}}}  # fmt: skip
    unknown: list[str] = []
    prune(obj, SCHEMA, "", unknown, root=True)
    spec = {"steps": [{"name": "a"}], "labels": {"a": "b"}, "any": {"odd": 1}}
    assert obj == {"kind": "Rollout", "metadata": {"x": 1}, "spec": spec}
    assert unknown == ["odd", "spec.steps[0].odd"]


def test_defaults_fill_what_is_absent() -> None:
    obj: dict[str, Any] = {"spec": {"steps": [{"name": "a"}, {"name": "b", "weight": None}, {"weight": 1}]}}
    default(obj, SCHEMA)
    assert [step["weight"] for step in obj["spec"]["steps"]] == [5, 5, 1]
    assert has_defaults(SCHEMA)
    assert not has_defaults({"type": "object", "additionalProperties": {"type": "string"}})


@pytest.mark.parametrize(
    ("value", "schema", "message"),
    [
        ("x", {"type": "integer"}, 'Invalid value: "string": f in body must be of type integer: "string"'),
        (1.5, {"type": "integer"}, 'Invalid value: "number": f in body must be of type integer: "number"'),
        (True, {"x-kubernetes-int-or-string": True},
         'Invalid value: "boolean": f in body must be of type integer,string: "boolean"'),
        ({}, {"type": "object", "minProperties": 1}, "Invalid value: {}: f in body should have at least 1 properties"),
        ({"a": 1}, {"maxProperties": 0}, "Too many: 1: must have at most 0 items"),
        ([], {"minItems": 1}, "Invalid value: 0: f in body should have at least 1 items"),
        ([1], {"maxItems": 0}, "Too many: 1: must have at most 0 items"),
        ("", {"minLength": 1}, 'Invalid value: "": f in body should be at least 1 chars long'),
        ("ab", {"maxLength": 1}, "Too long: may not be more than 1 bytes"),
        ("b", {"pattern": "^a+$"}, "Invalid value: \"b\": f in body should match '^a+$'"),
        ("x", {"format": "date-time"}, 'Invalid value: "x": f in body must be of type date-time: "x"'),
        (11, {"maximum": 10}, "Invalid value: 11: f in body should be less than or equal to 10"),
        (10, {"maximum": 10, "exclusiveMaximum": True}, "Invalid value: 10: f in body should be less than 10"),
        (0, {"minimum": 1}, "Invalid value: 0: f in body should be greater than or equal to 1"),
        (3, {"multipleOf": 2}, "Invalid value: 3: f in body should be a multiple of 2"),
        (2**31, {"format": "int32"}, 'Invalid value: 2147483648: f in body must be of type int32: "2147483648"'),
        ("x", {"enum": ["a", "b"]}, 'Unsupported value: "x": supported values: "a", "b"'),
        (1, {"not": {"type": "integer"}}, 'Invalid value: "": "f" must not validate the schema (not)'),
        (1, {"oneOf": [{"type": "integer"}, {"minimum": 0}]},
         'Invalid value: "": "f" must validate one and only one schema (oneOf). Found 2 valid alternatives'),
        (1, {"anyOf": [{"type": "string"}]}, 'Invalid value: "": "f" must validate at least one schema (anyOf)'),
        (1, {"allOf": [{"minimum": 2}]}, 'Invalid value: "": "f" must validate all the schemas (allOf)'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_as_the_api_server_says_it(value: Any, schema: dict[str, Any], message: str) -> None:
    assert message in [cause.message for cause in validate(value, schema, "f")]


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (None, {"type": "string", "nullable": True}), (1, {"type": "number"}),
        ("5%", {"x-kubernetes-int-or-string": True}),
        ("2026-01-01T00:00:00Z", {"format": "date-time"}), ([{"a": 1}], {"items": {"required": ["a"]}}),
        (1, {"oneOf": [{"type": "integer"}, {"type": "string"}]}),
        ({"a": 1}, {"additionalProperties": {"type": "integer"}}),
    ],
)  # fmt: skip
def test_what_fits_is_accepted(value: Any, schema: dict[str, Any]) -> None:
    assert validate(value, schema, "f") == []


def test_a_whole_object_is_checked_without_its_metadata() -> None:
    twice = {"kind": 5, "metadata": 7, "spec": {"steps": [{"name": "a"}, {"name": "a"}], "labels": {"a": 1}}}
    assert [(cause.reason, cause.field) for cause in validate_object(twice, SCHEMA)] == [
        ("FieldValueDuplicate", "spec.steps[1]"),
        ("FieldValueTypeInvalid", "spec.labels.a"),
    ]
    (missing,) = validate_object({"spec": {}}, SCHEMA)
    assert (missing.field, missing.message) == ("spec.steps", "Required value")
    assert show({"a": "ä"}) == '{"a":"ä"}'


def strategy() -> CustomStrategy:
    registry = Registry()
    registry.add_crd(CRD)
    return CustomStrategy(registry.get("example.com", "v1", "rollouts"), CRD, version_of(CRD, "v1"))


def test_versions_of_a_definition() -> None:
    assert (version_of(CRD, "v1beta1")["storage"], stored_version(CRD)) == (False, "v1")
    with pytest.raises(StatusError):
        version_of(CRD, "v2")
    registry = Registry()
    before = registry.generation
    registry.add_crd(CRD)
    assert [rt.version for rt in registry.crd_types("rollouts.example.com")] == ["v1", "v1beta1"]
    assert registry.generation > before
    served_since = registry.generation
    registry.touch()
    assert registry.generation > served_since
    served = registry.by_kind("example.com/v1", "Rollout")
    assert served is not None
    assert (served.singular, served.list_kind, served.group_resource) == (
        "rollout",
        "RolloutList",
        "rollouts.example.com",
    )
    with pytest.raises(KeyError):
        registry.kind(served)
    registry.remove_crd("rollouts.example.com")
    with pytest.raises(StatusError):
        registry.get("example.com", "v1", "rollouts")


def test_a_custom_resource_is_decoded_defaulted_and_validated_by_its_schema() -> None:
    rules = strategy()
    obj = rules.decode({"metadata": {"name": "a"}, "spec": {"steps": [{"name": "a"}], "odd": 1}}, "Ignore")
    rules.default(obj)
    assert obj["spec"] == {"steps": [{"name": "a", "weight": 5}]}
    assert rules.validate(obj) == rules.validate_status(obj) == []
    assert rules.validate({"spec": {}})[0].field == "spec.steps"
    assert rules.selectable_fields == ("spec.kind",)
    assert rules.type_node.kind == "map"
    with pytest.raises(StatusError, match="unrecognized"):
        rules.decode([], "Ignore")  # type: ignore[arg-type]


def test_a_status_write_touches_the_status_only_and_makes_no_generation() -> None:
    rules = strategy()
    old = {"metadata": {"name": "a", "labels": {"a": "b"}}, "spec": {"steps": []}, "status": {"phase": "old"}}
    sent = {"metadata": {"name": "a", "labels": {}}, "spec": {"steps": [1]}, "status": {"phase": "new"}}
    written = rules.prepare_status(sent, old)
    assert written == {**old, "status": {"phase": "new"}}
    assert not rules.spec_changed(written, old)
    assert rules.spec_changed({**old, "spec": {}}, old)

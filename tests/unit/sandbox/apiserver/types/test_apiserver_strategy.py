"""A kind without rules of its own: what holds for all kinds."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.strategy import GenerationStrategy, KindStrategy
from canarytui.sandbox.apiserver.types.type_nodes import builtin_type

QUOTA = Registry().find("", "resourcequotas")
OLD: dict[str, Any] = {
    "metadata": {"name": "a", "labels": {"a": "1"}, "annotations": {"b": "1"}, "resourceVersion": "7"},
    "spec": {"hard": {"pods": "1"}},
    "status": {"hard": {"pods": "1"}},
}


def test_objects_have_the_client_s_type_and_a_subdomain_for_a_name() -> None:
    plain = KindStrategy(QUOTA)
    assert plain.type_node is builtin_type(QUOTA)
    assert plain.decode({"spec": {"hard": {"cpu": "1000m"}}}, "Ignore") == {"spec": {"hard": {"cpu": "1"}}}
    with pytest.raises(StatusError, match="unknown field"):
        plain.decode({"odd": 1}, "Strict")
    assert plain.name_problems("a.b") == []
    assert plain.name_problems("A")


def test_only_the_subresource_writes_the_status() -> None:
    plain = KindStrategy(QUOTA)
    assert (plain.has_status, KindStrategy(Registry().find("", "limitranges")).has_status) == (True, False)
    created, updated = {"status": {"hard": {}}}, {"spec": {}, "status": {"hard": {}}}
    plain.prepare_create(created)
    plain.prepare_update(updated, OLD)
    assert (created, updated) == ({"status": {}}, {"spec": {}, "status": OLD["status"]})
    sent = {"metadata": {"name": "b", "labels": {"a": "2"}, "resourceVersion": "7"}, "spec": {}, "status": {"used": {}}}
    written = plain.prepare_status(sent, OLD)
    assert (written["spec"], written["status"]) == (OLD["spec"], {"used": {}})
    assert written["metadata"] == {"name": "a", "labels": {"a": "1"}, "resourceVersion": "7"}


def test_nothing_is_wrong_where_no_rule_is() -> None:
    plain, same = KindStrategy(QUOTA), {**OLD}
    plain.default(same)
    plain.allocate(same, [])
    assert same == OLD
    assert plain.validate(OLD) == plain.validate_update(OLD, OLD) == plain.validate_status(OLD) == []
    assert (plain.has_generation, GenerationStrategy(QUOTA).has_generation) == (False, True)
    assert [plain.spec_changed({"spec": spec}, OLD) for spec in (OLD["spec"], {})] == [False, True]

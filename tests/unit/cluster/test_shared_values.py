"""What many objects have in common is kept once, and each stays what it was."""

from __future__ import annotations

import copy
import json
from typing import Any

from canarytui.cluster.shared_values import SharedValues


def deployment(name: str, **more: Any) -> dict[str, Any]:
    ports = [{"containerPort": 9898}]
    spec = {"replicas": 1, "template": {"spec": {"containers": [{"image": "podinfo:6", "ports": ports}]}}}
    return json.loads(json.dumps({"kind": "Deployment", "metadata": {"name": name}, "spec": spec, **more}))  # type: ignore[no-any-return]


def test_equal_parts_are_one_object_and_the_rest_is_not() -> None:
    shared, first, second = SharedValues(), deployment("a"), deployment("b")
    for each in (first, second):
        shared.within(each)
    assert first["spec"]["template"] is second["spec"]["template"]
    assert first["spec"] is not second["spec"], "a field of the object itself may be replaced as a whole"
    assert (first["metadata"], second["metadata"]) == ({"name": "a"}, {"name": "b"})


def test_parts_that_only_compare_as_equal_stay_apart() -> None:
    shared = SharedValues()
    given = {"status": {str(at): value for at, value in enumerate(
        ({"n": 1}, {"n": True}, {"n": 1.0}, {"n": "1"}, {"n": [1]}, {"n": [True]}, {"n": [[1]]}, {"n": {}}, {"n": []},
         {"n": None}, {"n": "x" * 500}, {"n": "x" * 500}, [1, "1"], ["1", 1], {"a": {"b": 1}}, {"a": {"b": 1}})
    )}}  # fmt: skip
    before = json.dumps(given)
    for _ in range(2):
        obj = copy.deepcopy(given)
        shared.within(obj)
        assert json.dumps(obj) == before
    assert obj["status"]["14"] is obj["status"]["15"]

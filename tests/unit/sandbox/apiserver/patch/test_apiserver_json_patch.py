"""JSON Patch as the API server applies it: its words, its extensions, its limits."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.patch.json_patch import COPIED_BYTES_MOST, OPERATIONS_MOST, json_patch

TARGET: dict[str, Any] = {"a": {"b": [1, 2, 3], "c": "x"}, "n": None}
PREFIX = "the server rejected our request due to an error in our request: "


def op(name: str, path: Any, **more: Any) -> dict[str, Any]:
    return {"op": name, "path": path, **more}


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        (op("add", "/a/d", value=1), {"a": {"b": [1, 2, 3], "c": "x", "d": 1}, "n": None}),
        (op("add", "/a/b/-", value=4), {"a": {"b": [1, 2, 3, 4], "c": "x"}, "n": None}),
        (op("add", "/a/b/0", value=0), {"a": {"b": [0, 1, 2, 3], "c": "x"}, "n": None}),
        (op("add", "/a/b/-1", value=4), {"a": {"b": [1, 2, 3, 4], "c": "x"}, "n": None}),
        (op("add", "/x~1y~0", value=1), {**TARGET, "x/y~": 1}),
        (op("add", "", value={}), {}),
        (op("remove", "/a"), {"n": None}),
        (op("remove", "/a/b/-1"), {"a": {"b": [1, 2], "c": "x"}, "n": None}),
        (op("replace", "/a/b/-3", value=9), {"a": {"b": [9, 2, 3], "c": "x"}, "n": None}),
        (op("move", "/m", **{"from": "/a/c"}), {"a": {"b": [1, 2, 3]}, "n": None, "m": "x"}),
        (op("copy", "/m", **{"from": "/a/b"}), {**TARGET, "m": [1, 2, 3]}),
        (op("test", "/a/b/-1", value=3), TARGET),
        (op("test", "/a/nothing", value=None), TARGET),
        (op("test", "/a/nothing"), TARGET),
        (op("test", "/a", value={"c": "x", "b": [1, 2, 3]}), TARGET),
    ],
)
def test_operations_change_a_copy(operation: dict[str, Any], changed: Any) -> None:
    given_target, given_operation = copy.deepcopy(TARGET), copy.deepcopy(operation)
    assert json_patch(given_target, [given_operation]) == changed
    assert (given_target, given_operation) == (TARGET, operation)


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (op("test", "/a/c", value="y"), "testing value /a/c failed: test failed"),
        (op("test", "/a/c/0", value="x"), "testing value /a/c/0 failed: test failed"),
        (op("test", "/a/nothing", value=1), "testing value /a/nothing failed: test failed"),
        (op("remove", "/a/z"), "remove operation does not apply: doc is missing path: /a/z: missing value"),
        (op("remove", "/a/b/7"), "remove operation does not apply: doc is missing path: /a/b/7: missing value"),
        (op("remove", "/a/b/-4"), "remove operation does not apply: doc is missing path: /a/b/-4: missing value"),
        (op("replace", "/a/b/one", value=1),
         "replace operation does not apply: doc is missing path: /a/b/one: invalid array index"),
        (op("replace", "/z", value=1), "replace operation does not apply: doc is missing path: /z: missing value"),
        (op("add", "/z/y", value=1), "add operation does not apply: doc is missing path: /z/y: missing value"),
        (op("add", "/a/b/9", value=1), "add operation does not apply: doc is missing path: /a/b/9: missing value"),
        (op("add", "/a/c/0", value=1), "add operation does not apply: doc is missing path: /a/c/0: missing value"),
        (op("add", "a", value=1), "add operation does not apply: doc is missing path: a: missing value"),
        (op("add", "/a"), "add operation does not apply: doc is missing path: /a: missing value"),
        (op("add", 5, value=1), "add operation does not apply: doc is missing path: 5: missing value"),
        (op("move", "/m", **{"from": "/z"}), "move operation does not apply: doc is missing path: /m: missing value"),
        (op("copy", "/m"), "copy operation does not apply: doc is missing path: /m: missing value"),
        (op("swap", "/m"), "Unexpected kind: swap"),
        ({"path": "/m"}, "Unexpected kind: unknown"),
        ("add", "Unexpected kind: unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_applied_is_refused_in_the_api_server_s_words(operation: Any, text: str) -> None:
    with pytest.raises(StatusError) as refused:
        json_patch(TARGET, [operation])
    assert (refused.value.code, refused.value.reason, refused.value.message) == (422, "Invalid", PREFIX + text)


def test_only_a_list_is_a_patch() -> None:
    with pytest.raises(StatusError, match="cannot unmarshal object") as refused:
        json_patch(TARGET, {"op": "add"})
    assert refused.value.code == 400


def test_operations_are_bounded_in_number() -> None:
    operations = [op("test", "/n")] * OPERATIONS_MOST
    assert json_patch(TARGET, operations) == TARGET
    with pytest.raises(StatusError, match="The allowed maximum operations in a JSON patch is 10000, got 10001") as many:
        json_patch(TARGET, [*operations, op("test", "/n")])
    assert (many.value.code, many.value.reason) == (413, "RequestEntityTooLarge")


def test_copies_that_multiply_are_bounded_in_size() -> None:
    doubled = [op("add", "/a", value={"x": "y" * 1000})]
    doubled += [op("copy", f"/a/{step}", **{"from": "/a"}) for step in range(30)]
    with pytest.raises(StatusError, match=f"Unable to complete the copy, .* exceeding the limit {COPIED_BYTES_MOST}"):
        json_patch({}, doubled)


@pytest.mark.parametrize("depth", [101, 1200])
def test_what_nests_too_deeply_is_refused(depth: int) -> None:
    deeper = [op("add", "/a" * level, value={}) for level in range(1, depth + 1)]
    with pytest.raises(StatusError) as refused:
        json_patch({}, deeper)
    assert refused.value.code == 400


_PATHS = st.lists(st.sampled_from(["a", "b", "c", "0", "-1", "-", "~2", "9" * 30]), max_size=4).map(
    lambda parts: "".join(f"/{part}" for part in parts)
)
_OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]), "path": _PATHS},
    optional={"from": _PATHS, "value": st.sampled_from([None, 1, "x", [1], {"a": {}}])},
)


@given(st.lists(_OPERATIONS | st.sampled_from([None, 1, {}, {"op": []}, {"op": "add", "path": None}]), max_size=6))
def test_nothing_but_refusals_comes_out_of_any_patch(operations: list[Any]) -> None:
    before = copy.deepcopy(TARGET)
    with suppress(StatusError):
        json_patch(TARGET, operations)
    assert before == TARGET

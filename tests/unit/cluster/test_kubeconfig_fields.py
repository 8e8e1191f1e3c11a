"""Fields of a kubeconfig: each by its type, and one sentence about a value of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from canarytui.cluster.kubeconfig_fields import KubeconfigFields
from canarytui.errors import ConfigError


def fields(**content: Any) -> KubeconfigFields:
    return KubeconfigFields("~/.kube/config", "users.user", content, "me")


def test_values_by_type() -> None:
    found = fields(
        token="t", flag=True, data="aGk=\n", args=["a", None], env={"A": "1", True: "2"}, lists={"x": ["1"], "y": None},
        exec={"command": "c"}, hooks=[{"name": "n"}],
    )  # fmt: skip
    assert (found.text("token"), found.text("absent")) == ("t", "")
    assert (found.truth("flag"), found.truth("absent")) == (True, False)
    assert found.data("data") == b"hi"
    assert (found.texts("args"), found.texts("absent")) == (("a", ""), ())
    assert found.texts_by_name("env") == {"A": "1", "true": "2"}
    assert found.lists_of_texts("lists") == (("x", ("1",)), ("y", ()))
    inner = found.mapping("exec")
    assert inner is not None
    assert inner.text("command") == "c"
    assert found.mapping("absent") is None
    assert [each.text("name") for each in found.items("hooks")] == ["n"]
    assert found.raw("hooks") == [{"name": "n"}]


@pytest.mark.parametrize(
    ("read", "field"),
    [
        (lambda found: found.text("x"), "users.user.x"),
        (lambda found: found.truth("x"), "users.user.x"),
        (lambda found: found.texts("x"), "users.user.x"),
        (lambda found: found.texts_by_name("x"), "users.user.x"),
        (lambda found: found.lists_of_texts("x"), "users.user.x"),
        (lambda found: found.mapping("x"), "users.user.x"),
    ],
)
def test_another_type_is_one_sentence_with_file_field_and_entry(
    read: Callable[[KubeconfigFields], Any], field: str
) -> None:
    with pytest.raises(ConfigError) as told:
        read(fields(x=7))
    said = str(told.value)
    assert all(part in said for part in ("~/.kube/config", field, "'me'", "a number")), said
    assert "\n" not in said


def test_what_is_no_base64_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"users\.user\.data of 'me'.*base64"):
        fields(data="*").data("data")


def test_entries_have_one_name_each() -> None:
    top = KubeconfigFields(
        "c", "", {"users": [{"name": "a", "user": {"token": "1"}}, {"name": "b", "user": {"token": "2"}}]}
    )
    assert [(name, user.text("token")) for name, user in top.named("users", "user")] == [("a", "1"), ("b", "2")]
    twice = KubeconfigFields("c", "", {"users": [{"name": "a"}, {"name": "a"}]})
    with pytest.raises(ConfigError, match=r"users.*'a'"):
        list(twice.named("users", "user"))


def test_an_extension_is_json_within_bounds() -> None:
    made = fields(extensions=[{"name": "exec", "extension": {1: [True, None]}}])
    assert made.extension("exec") == {"1": [True, None]}
    assert made.extension("other") is None
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ConfigError, match="extensions"):
        fields(extensions=[{"name": "exec", "extension": endless}]).extension("exec")

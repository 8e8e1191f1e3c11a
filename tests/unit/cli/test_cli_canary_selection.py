"""Names and selectors on the command line: what they mean, and one sentence for what they cannot mean."""

from __future__ import annotations

import pytest

from canarytui.cli.canary_selection import CanarySelection
from canarytui.cli.label_selector import label_test
from canarytui.errors import UsageError

KEYS = [("shop", "cart"), ("test", "cart"), ("test", "podinfo")]


def test_names_are_found_in_all_namespaces_in_the_order_given() -> None:
    found, missing = CanarySelection.parse(["podinfo", "cart", "nix"], None).chosen(KEYS)
    assert found == [("test", "podinfo"), ("shop", "cart"), ("test", "cart")]
    assert missing == ["nix"]


def test_a_namespace_in_the_name_narrows_the_search() -> None:
    wanted = CanarySelection.parse(["shop/cart"], None)
    assert wanted.namespace == "shop"
    assert wanted.one(KEYS) == ("shop", "cart")
    assert CanarySelection.parse(["canary.flagger.app/podinfo"], "test").one(KEYS) == ("test", "podinfo")


def test_one_name_in_two_namespaces_is_asked_about() -> None:
    with pytest.raises(UsageError, match=r"2 canaries are called cart \(shop/cart, test/cart\): write NAMESPACE/NAME"):
        CanarySelection.parse(["cart"], None).one(KEYS)


def test_a_name_that_is_not_there_is_told_with_where_it_was_looked_for() -> None:
    with pytest.raises(UsageError, match="There is no canary test/nix in namespace test"):
        CanarySelection.parse(["nix"], "test").one(KEYS)


@pytest.mark.parametrize("text", ["", "a/", "a/b/c", "/"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="write NAME or NAMESPACE/NAME"):
        CanarySelection.parse([text], None)


def test_two_namespaces_for_one_canary_are_refused() -> None:
    with pytest.raises(UsageError, match="shop/cart is not in namespace test"):
        CanarySelection.parse(["shop/cart"], "test")


@pytest.mark.parametrize(
    ("selector", "bears"),
    [
        ("app=web", True),
        ("app==web,tier!=db", True),
        ("app in (web, shop)", True),
        ("app notin (web)", False),
        ("app", True),
        ("!app", False),
        ("tier", False),
    ],
)
def test_selectors_are_kubectls(selector: str, bears: bool) -> None:
    assert label_test(selector)({"metadata": {"labels": {"app": "web"}}}) is bears


@pytest.mark.parametrize("selector", ["a=b,,", "=", "a in b", "a=b c", "a=\x1b[31m", "," * 2000])
def test_what_is_no_selector_is_refused_in_a_clean_sentence(selector: str) -> None:
    with pytest.raises(UsageError, match="is not a label selector") as refused:
        label_test(selector)
    assert "\x1b" not in str(refused.value)


def test_an_object_without_labels_bears_none() -> None:
    assert not label_test("app")({"metadata": {"labels": "broken"}})
    assert not label_test("app")(None)

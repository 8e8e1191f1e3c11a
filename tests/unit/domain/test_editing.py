"""An edit: what an editor is given, what its text means, and the plan that comes of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from canarytui.console.demo_fixture import NOW, canary_object
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.actions.edited_text import changes_of, edited_text, merge_patch
from canarytui.domain.plan import Intent, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.errors import CanarytuiError


@pytest.fixture
def situation() -> Situation:
    return Situation(Canary.parse(canary_object("shop", "cart", "Progressing", weight=20, failed=2)), NOW, 10.0)


def edited(situation: Situation, change: Any) -> str:
    """The text as an editor saves it after `change` of the object."""
    obj = yaml.safe_load(edited_text(situation.canary.raw, "kind"))
    change(obj)
    return yaml.safe_dump(obj)


def test_an_unchanged_text_changes_nothing(situation: Situation) -> None:
    text = edited_text(situation.canary.raw, "kind\x1b[31m")
    assert "shop/cart in context kind;" in text.split("\n")[0]
    assert {"status:", "  managedFields:"}.isdisjoint(text.split("\n"))
    assert changes_of(situation.canary.raw, text) == {}


@pytest.mark.parametrize(
    ("before", "now", "patch"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, {"b": None}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 1, "y": 3}}, {"a": {"y": 3}}),
        ({"a": [1, 2]}, {"a": [2]}, {"a": [2]}),
        ({"a": 1}, {"a": True}, {"a": True}),
        ({}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": None}, {}, {}),
    ],
)
def test_the_patch_is_the_smallest(before: dict[str, Any], now: dict[str, Any], patch: dict[str, Any]) -> None:
    assert merge_patch(before, now) == patch


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [", "not YAML (line 1)"),
        ("- 1", "not one object"),
        ("kind: Canary", "not one object"),
    ],
)
def test_a_text_that_cannot_be_used_says_why(situation: Situation, text: str, why: str) -> None:
    with pytest.raises(CanarytuiError, match=why.replace("(", r"\(").replace(")", r"\)")):
        changes_of(situation.canary.raw, text)


def test_another_name_or_a_date_is_refused(situation: Situation) -> None:
    renamed = edited(situation, lambda obj: obj["metadata"].update(name="other"))
    with pytest.raises(CanarytuiError, match=r"metadata\.name cannot be changed by an edit: it was cart"):
        changes_of(situation.canary.raw, renamed)
    dated = edited(situation, lambda obj: obj["metadata"].update(labels={"since": "X"})).replace("X", "2026-11-26")
    with pytest.raises(CanarytuiError, match=r"metadata\.labels\.since is a value that JSON does not have"):
        changes_of(situation.canary.raw, dated)


def test_the_plan_has_the_version_that_was_opened_and_names_each_change(situation: Situation) -> None:
    opened = copy.deepcopy(dict(situation.canary.raw))
    opened["metadata"] = {**opened["metadata"], "resourceVersion": "7"}
    changes = changes_of(opened, edited(situation, lambda obj: obj["spec"]["analysis"].update(threshold=99)))
    made = plan(situation, ActionRequest(Intent.EDIT, changes=changes, opened=opened))
    (write,) = made.writes
    assert write.body == {"metadata": {"resourceVersion": "7"}, "spec": {"analysis": {"threshold": 99}}}
    assert write.seen["spec"] == opened["spec"]
    assert "spec.analysis.threshold" in made.effect
    assert "→ 99" in made.effect
    assert made.risk is Risk.MEDIUM
    assert "next check" in made.when
    assert [each.verb for each in made.permissions] == ["patch"]


@pytest.mark.parametrize(
    ("spec", "risk", "said"),
    [
        ({"targetRef": {"name": "other"}}, Risk.HIGH, "Another target"),
        ({"skipAnalysis": True}, Risk.HIGH, "without any check"),
        ({"service": {"port": 81}}, Risk.MEDIUM, "Services and routes"),
        ({"progressDeadlineSeconds": 5}, Risk.LOW, ""),
    ],
)
def test_what_an_edit_sets_off_is_said(situation: Situation, spec: dict[str, Any], risk: Risk, said: str) -> None:
    made = plan(situation, ActionRequest(Intent.EDIT, changes={"spec": spec}))
    assert (made.risk, said in made.risk_text) == (risk, True)
    assert bool(made.risk_text) is bool(said)


def test_without_changes_there_is_no_plan(situation: Situation) -> None:
    assert plan(situation, Intent.EDIT).refusal == "nothing was changed"

"""Rules: what is read-only or forbidden in which context, and where a name has to be typed."""

from __future__ import annotations

import pytest

from canarytui.actions.rules import Rules, guard_reason, parse_rules
from canarytui.domain.plan import Intent
from canarytui.errors import ConfigError

RULES = parse_rules(
    {
        "*": {"guard_labels": ["stage"]},
        "prod-*": {"read_only": True},
        "staging": {"forbid": ["trigger", "rollback"], "guard": "shop"},
    }
)


def test_every_pattern_that_matches_counts() -> None:
    assert "read-only" in RULES.forbidden("prod-eu", Intent.PAUSE)
    assert "forbids roll back" in RULES.forbidden("staging", Intent.ROLL_BACK)
    assert RULES.forbidden("staging", Intent.PAUSE) == ""
    assert RULES.forbidden("dev", Intent.TRIGGER) == ""


@pytest.mark.parametrize(
    ("context", "namespace", "labels", "guarded"),
    [
        ("eu-prod-1", "shop", {}, True),
        ("dev", "production", {}, True),
        ("dev", "products", {}, False),
        ("dev", "shop", {"corp.io/stage": "live"}, True),
        ("dev", "shop", {"environment": "live"}, False),
        ("staging", "shop", {}, True),
        ("staging", "production", {}, False),
        ("canarytui-sandbox", "production", {}, False),
    ],
)
def test_names_and_labels_that_look_like_production(
    context: str, namespace: str, labels: dict[str, object], guarded: bool
) -> None:
    assert bool(guard_reason(context, namespace, {}, labels=labels, rules=RULES)) is guarded


def test_only_the_built_in_pattern_speaks_of_production() -> None:
    assert guard_reason("eu-prod-1", "shop", {}) == "context eu-prod-1 looks like production"
    assert guard_reason("staging", "shop", {}, rules=RULES) == "namespace shop is guarded: it matches shop"
    guarded = guard_reason("dev", "cart", {"CANARYTUI_GUARD": "^d"})
    assert guarded == "context dev is guarded: it matches ^d"


def test_the_default_looks_at_the_usual_labels_and_the_environment_overrules() -> None:
    assert guard_reason("dev", "shop", {}, labels={"environment": "Production"})
    assert guard_reason("eu-prod", "shop", {"CANARYTUI_GUARD": ""}) == ""
    assert "not a regular expression" in guard_reason("dev", "shop", {"CANARYTUI_GUARD": "("})
    assert Rules().forbidden("prod", Intent.PROMOTE) == ""


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("yes", "contexts.a must be a mapping"),
        ({"readonly": True}, "contexts.a.readonly is unknown"),
        ({"read_only": "yes"}, "contexts.a.read_only"),
        ({"forbid": ["explode"]}, "'explode' is not an action"),
        ({"forbid": "promote"}, "contexts.a.forbid must be a list"),
        ({"guard": 3}, "contexts.a.guard"),
    ],
)
def test_a_rule_that_is_not_understood_is_refused(entry: object, names: str) -> None:
    with pytest.raises(ConfigError, match=names.replace(".", r"\.")):
        parse_rules({"a": entry})


def test_drills_are_forbidden_by_name_with_everything_else_and_where_a_rollback_is() -> None:
    rules = parse_rules(
        {
            "team": {"forbid": ["drill"]},
            "shared": {"forbid": "all"},
            "staging": {"forbid": ["rollback"]},
            "prod-*": {"read_only": True},
            "dev": {"forbid": ["trigger"]},
        }
    )
    assert rules.drill_forbidden("team") == "your configuration forbids drill in context team"
    assert rules.forbidden("team", Intent.ROLL_BACK) == ""
    assert "forbids drill" in rules.drill_forbidden("shared")
    assert rules.drill_forbidden("staging").endswith("forbids roll back in context staging, which a drill provokes")
    assert rules.drill_forbidden("prod-eu") == "your configuration makes context prod-eu read-only"
    assert rules.drill_forbidden("dev") == ""

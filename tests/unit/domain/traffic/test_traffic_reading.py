"""Parts of routing objects of any type are read without an error."""

from __future__ import annotations

import pytest
from traffic_canary import canary

from canarytui.domain.traffic import reading
from canarytui.domain.values import as_mapping, as_mappings, as_text, as_texts


@pytest.mark.parametrize("junk", [None, 3, "text", [], [3], {"a": None}, True])
def test_what_is_of_another_type_counts_as_missing(junk: object) -> None:
    assert dict(as_mapping(junk)) == (junk if isinstance(junk, dict) else {})
    assert as_mappings(junk) == []
    assert as_texts(junk) == []
    assert as_text(junk) == (junk if isinstance(junk, str) else "")
    assert reading.first(junk, "a") == []


def test_percentages_are_whole_and_within_bounds() -> None:
    def percent(*backends: tuple[str, object]) -> int | None:
        return reading.canary_percent(backends, canary())

    assert percent(("cart-primary", 2), ("cart-canary", 1)) == 33
    assert percent(("cart-primary", -5), ("cart-canary", 10)) == 100
    assert percent(("cart-primary", 60), ("cart-canary", 20), ("other", 20)) == 20
    assert percent(("cart-primary", "many"), ("cart-canary", None)) == 50, "what is no number counts as 1"
    assert percent(("cart-primary", -1)) is None


def test_the_last_rule_with_several_backends_counts() -> None:
    both = [("cart-primary", 90), ("cart-canary", 10)]
    sticky = [("cart-primary", 0), ("cart-canary", 100)]
    assert reading.canary_percent_of_rules([sticky, both, [("cart-primary", 1)]], canary()) == 10
    assert reading.canary_percent_of_rules([[("cart-primary", 1)]], canary()) is None


def test_a_phrase_is_bounded_and_clean() -> None:
    assert reading.phrase([("a", 1), (None, "\x1b[31m2")]) == "a 1, unnamed 2"
    assert reading.phrase([(f"s{number}", number) for number in range(9)]).count(",") == 5
    assert reading.apex_name(canary(service={"name": "shop", "port": 80})) == ("shop",)

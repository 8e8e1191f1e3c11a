from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarytui.sandbox.gateway.balancer import WeightedRoundRobin


def picks(entries: list[tuple[str, float]], count: int) -> list[str | None]:
    turns = WeightedRoundRobin(entries)
    return [turns.next() for _ in range(count)]


def test_five_percent_is_one_request_in_every_twenty() -> None:
    chosen = picks([("primary", 95), ("canary", 5)], 100)
    positions = [index for index, name in enumerate(chosen) if name == "canary"]
    assert len(positions) == 5
    assert all(19 <= later - sooner <= 21 for sooner, later in pairwise(positions))


def test_equal_weights_alternate() -> None:
    assert picks([("a", 50), ("b", 50)], 4) == ["a", "b", "a", "b"]


def test_weight_zero_or_less_is_never_chosen() -> None:
    assert set(picks([("a", 1), ("b", 0), ("c", -1)], 10)) == {"a"}
    assert picks([("a", 0)], 1) == [None]


@given(st.lists(st.integers(1, 100), min_size=1, max_size=5), st.integers(1, 300))
def test_no_entry_is_ever_more_than_one_turn_away_from_its_share(weights: list[int], count: int) -> None:
    entries = [(str(index), float(weight)) for index, weight in enumerate(weights)]
    counts = Counter(picks(entries, count))
    for name, weight in entries:
        share = count * weight / sum(weights)
        assert share - len(weights) <= counts[name] <= share + len(weights)


@pytest.mark.parametrize("total", [100, 1000])
def test_a_whole_cycle_is_exact(total: int) -> None:
    counts = Counter(picks([("primary", 70), ("canary", 30)], total))
    assert counts == {"primary": total * 7 // 10, "canary": total * 3 // 10}

"""How many canaries share a query after refusals and outages."""

from __future__ import annotations

import pytest

from canarytui.session.batch_size import BatchSize


@pytest.mark.parametrize("limit", [1, 8, 30, 50, 100])
def test_a_server_with_a_limit_refuses_ever_more_seldom(limit: int) -> None:
    size, refused = BatchSize(100), []
    for number in range(400):
        if size.now > limit:
            refused.append(number)
            size.refused(size.now)
        else:
            size.taken()
        assert 1 <= size.now <= 100
    first, later = [number for number in refused if number < 20], [number for number in refused if number >= 200]
    assert len(first) <= 7, "each halves it"
    assert len(later) <= 4, "one in 50 passes, not every other"
    assert size.now > limit // 2


def test_a_limit_that_is_gone_is_found_out() -> None:
    size = BatchSize(100)
    for _ in range(3):
        size.refused(size.now)
    assert size.now == 12
    for _ in range(4 * 64):
        size.taken()
    assert size.now == 100


def test_an_outage_is_over_at_once() -> None:
    size = BatchSize(100)
    for _ in range(9):
        size.unanswered(100, 16)
    assert size.now == 16
    size.taken()
    assert size.now == 32
    for _ in range(2):
        size.taken()
    assert size.now == 100

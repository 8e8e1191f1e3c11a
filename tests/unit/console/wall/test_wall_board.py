"""Which canaries the wall shows: failures alone and for long enough, problems always, the others in turn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from wall_fixture import Clock, put

from canarytui.console.demo_fixture import NOW
from canarytui.console.list.ordering import Listing
from canarytui.console.wall.board import FAILURE_STAYS, PROMOTION_STAYS, Wallboard
from canarytui.session.state import ClusterState

pytestmark = pytest.mark.asyncio


class Board:
    """A wallboard fed from a cluster state."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.cluster_state = ClusterState(now=self.clock)
        self.listing = Listing(self.cluster_state)
        self.board = Wallboard(10.0)

    def put(self, namespace: str, name: str, phase: str, **options: object) -> None:
        put(self.cluster_state, namespace, name, phase, **options)  # type: ignore[arg-type]
        self.feed((namespace, name))

    def feed(self, key: tuple[str, str]) -> None:
        self.cluster_state._canaries_changed(frozenset({key}))
        self.listing.refresh({key})
        self.board.take(key, self.listing.row(key), self.clock())

    def shown(self, slots: int = 4) -> list[str]:
        return [name for _, name in self.board.page(self.clock(), slots).keys]


async def test_only_what_moves_or_is_wrong_has_a_card() -> None:
    board = Board()
    board.put("web", "quiet", "Initialized")
    board.put("web", "old", "Succeeded", changed=NOW - timedelta(hours=1))
    board.put("test", "podinfo", "Progressing", weight=30)
    board.put("test", "gate", "WaitingPromotion", weight=50)
    assert board.shown() == ["gate", "podinfo"]


async def test_a_failure_takes_the_wall_until_minutes_have_passed() -> None:
    board = Board()
    board.put("test", "podinfo", "Progressing", weight=30)
    board.put("shop", "cart", "Progressing", weight=20)
    board.put("shop", "cart", "Failed", version=2)
    page = board.board.page(board.clock(), 4)
    assert page.alarm
    assert page.keys == (("shop", "cart"),)
    assert page.rest == (("test", "podinfo"),)
    board.clock.pass_by(seconds=FAILURE_STAYS.total_seconds() - 1)
    assert board.board.page(board.clock(), 4).alarm
    board.clock.pass_by(seconds=2)
    assert board.shown() == ["podinfo"]
    assert [ending.key[1] for ending in board.board.endings(5)] == ["cart"]


async def test_a_newer_rollout_takes_the_failure_off_the_wall() -> None:
    board = Board()
    board.put("shop", "cart", "Failed")
    assert board.board.page(board.clock(), 4).alarm
    board.put("shop", "cart", "Progressing", version=2, weight=5)
    assert not board.board.page(board.clock(), 4).alarm
    assert board.shown() == ["cart"]


async def test_a_second_failure_counts_anew() -> None:
    board = Board()
    board.put("shop", "cart", "Failed")
    board.clock.pass_by(minutes=14)
    board.put("shop", "cart", "Failed", version=2, changed=board.clock())
    board.clock.pass_by(minutes=14)
    assert board.board.page(board.clock(), 4).alarm


async def test_a_promotion_is_shown_for_a_moment() -> None:
    board = Board()
    board.put("test", "podinfo", "Finalising")
    board.put("test", "podinfo", "Succeeded", version=2)
    assert board.shown() == ["podinfo"]
    board.clock.pass_by(seconds=PROMOTION_STAYS.total_seconds() + 1)
    assert board.shown() == []


async def test_what_does_not_fit_takes_turns_and_problems_stay() -> None:
    board = Board()
    for number in range(7):
        board.put("team", f"s{number}", "Progressing", weight=5)
    board.put("zz", "lost", "Progressing", weight=5, changed=NOW - timedelta(minutes=5))
    seen: set[str] = set()
    for _ in range(3):
        page = board.board.page(board.clock(), 4)
        names = [name for _, name in page.keys]
        assert names[0] == "lost"
        assert len(names) <= 4
        assert {*page.keys, *page.rest} == set(board.board.keys())
        assert page.pages == 3
        seen |= set(names)
        board.clock.pass_by(seconds=10)
    assert seen == {"lost", *(f"s{number}" for number in range(7))}


async def test_what_is_deleted_is_forgotten() -> None:
    board = Board()
    board.put("shop", "cart", "Failed")
    board.cluster_state.canaries.remove(dict(board.cluster_state.canaries.get("shop", "cart") or {}))
    board.feed(("shop", "cart"))
    assert len(board.board) == 0
    assert board.board.endings(5) == []
    assert not board.board.page(board.clock(), 4).alarm


async def test_a_clock_ahead_of_ours_does_not_keep_a_failure_for_ever() -> None:
    board = Board()
    board.put("shop", "cart", "Failed", changed=NOW + timedelta(days=3))
    assert board.shown() == []

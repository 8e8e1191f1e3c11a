"""The cursor stays on its canary, and at the top of the list it stays at the top."""

from __future__ import annotations

from canarytui.console.list.cursor import RowCursor
from canarytui.domain.rollout.explain import Tone
from canarytui.session.rows import CanaryRow


def rows(names: str) -> list[CanaryRow]:
    return [CanaryRow(("shop", name), "shop", name, "Progressing", Tone.ACTIVE) for name in names]


def test_it_follows_its_canary() -> None:
    cursor = RowCursor()
    cursor.follow(rows("abcd"))
    assert cursor.move_to(2, rows("abcd"))
    assert cursor.follow(rows("cabd")) == -2
    assert (cursor.line, cursor.key) == (0, ("shop", "c"))
    assert cursor.follow(rows("abdc")) == 3
    assert (cursor.line, cursor.key) == (3, ("shop", "c"))


def test_at_the_top_it_stays_at_the_top() -> None:
    cursor = RowCursor()
    cursor.follow(rows("abc"))
    assert cursor.follow(rows("cab")) == 0
    assert (cursor.line, cursor.key) == (0, ("shop", "c"))


def test_a_canary_that_is_gone_leaves_it_on_its_successor() -> None:
    cursor = RowCursor()
    cursor.move_to(1, rows("abc"))
    assert cursor.follow(rows("ac")) == 0
    assert cursor.key == ("shop", "c")
    cursor.follow([])
    assert cursor.key is None
    assert not cursor.move_to(7, [])


def test_it_keeps_to_the_list() -> None:
    cursor = RowCursor()
    assert cursor.move_to(99, rows("abc"))
    assert cursor.key == ("shop", "c")
    assert cursor.move_to(-5, rows("abc"))
    assert cursor.key == ("shop", "a")
    assert not cursor.move_to(0, rows("abc"))

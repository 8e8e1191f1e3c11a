"""When the screen is drawn, and when the bell rings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from canarytui.cluster.resources import CANARIES
from canarytui.console import frame_loop
from canarytui.console.bell import Alarm
from canarytui.console.contexts import ContextKey, Contexts
from canarytui.console.demo_fixture import NOW, canary_object
from canarytui.console.frame_loop import FrameLoop
from canarytui.console.model import ConsoleModel
from canarytui.console.settings import ConsoleSettings
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.values import NamespacedName
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

CART = ("shop", "cart")


class Target:
    """Remembers what was drawn."""

    def __init__(self, *names: str) -> None:
        self.now = NOW
        self.bell_on = True
        self.rung = 0
        self.drawn: list[frozenset[NamespacedName]] = []
        self.seen: frozenset[NamespacedName] = frozenset()
        contexts = Contexts(lambda: ClusterState(now=self.time), names)
        self.model = ConsoleModel(contexts, settings=ConsoleSettings(), send=lambda message: None)
        self.loop = FrameLoop(self.model, self)
        for context in contexts:
            self.loop.follow(context.state)

    def time(self) -> datetime:
        return self.now

    async def put(self, phase: str, context: str = "", key: NamespacedName = CART, **options: int) -> None:
        obj = canary_object(*key, phase, changed=self.now, **options)
        obj["metadata"]["resourceVersion"] = f"{phase}{options}"
        self.model.contexts[context].state.stores[CANARIES].put(obj)
        await asyncio.sleep(0)  # the store reports it

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        self.drawn.append(changed)

    def in_view(self, changed: frozenset[NamespacedName]) -> bool:
        return not self.seen.isdisjoint(changed)

    def ringing_row(self, key: NamespacedName) -> CanaryRow | None:
        return self.model.listing.row(key)

    def bell(self) -> None:
        self.rung += 1

    def run_directly(self, callback: Callable[[], None]) -> None:
        callback()


async def test_changes_are_gathered_into_one_frame() -> None:
    target = Target()
    target.loop.frame()
    assert target.drawn == [frozenset()], "everything, once"
    for weight in (5, 10, 15):
        await target.put("Progressing", weight=weight)
    assert len(target.drawn) == 1
    await asyncio.sleep(frame_loop.FRAME_S * 3)
    assert target.drawn[1:] == [frozenset({CART})]
    target.loop.frame()
    assert len(target.drawn) == 2, "nothing changed"
    target.model.state.canaries.stale("refused")
    target.loop.frame()
    assert target.drawn[-1] == frozenset(), "everything is out of date"


async def test_a_change_in_view_waits_for_none_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    never_s = 3600.0
    monkeypatch.setattr(frame_loop, "FRAME_S", never_s)
    monkeypatch.setattr(frame_loop, "PROMPT_S", 0.0)
    target = Target()
    target.loop.frame()
    target.seen = frozenset({CART})
    await target.put("Progressing", weight=5, key=("shop", "web"))
    await asyncio.sleep(0.01)
    assert len(target.drawn) == 1, "nobody sees it: it is gathered"
    await target.put("Progressing", weight=5)
    await asyncio.sleep(0.01)
    assert target.drawn[1:] == [{CART, ("shop", "web")}], "one frame for both"
    monkeypatch.setattr(frame_loop, "PACE_S", never_s)
    await target.put("Progressing", weight=10)
    await asyncio.sleep(0.01)
    assert len(target.drawn) == 2, "so many a second at most"
    target.loop.frame()
    assert target.drawn[2:] == [{CART}]


async def test_a_change_in_one_of_several_contexts_is_known_by_both_keys() -> None:
    target = Target("eu", "us")
    target.loop.frame()
    await target.put("Progressing", "eu", weight=5)
    target.loop.frame()
    assert target.drawn[-1] == {ContextKey("eu", CART), CART}
    await target.put("Progressing", "us", weight=5)
    target.loop.frame()
    assert target.drawn[-1] == {ContextKey("us", CART)}, "us is not the current one"


async def test_the_bell_rings_for_a_failure_that_is_new_in_any_context() -> None:
    for name in ("", "us"):
        target = Target(*filter(None, ("eu" if name else "", name)))
        await target.put("Progressing", name, weight=5)
        target.loop.frame()
        await target.put("Failed", name)
        target.loop.frame()
        assert target.rung == 1
        target.bell_on = False
        await target.put("Progressing", name, weight=10)
        target.loop.frame()
        await target.put("Failed", name, failed=1)
        target.loop.frame()
        assert target.rung == 1


async def test_time_alone_makes_a_problem_of_a_rollout() -> None:
    target = Target()
    await target.put("Progressing", weight=5)
    target.loop.frame()
    row = target.model.listing.row(CART)
    assert row is not None
    assert row.tone is Tone.ACTIVE
    target.now += timedelta(minutes=5)
    for _ in range(5):
        target.loop.tick()
    row = target.model.listing.row(CART)
    assert row is not None
    assert row.tone is Tone.BAD


def test_what_had_failed_before_is_no_news() -> None:
    def row(phase: str) -> CanaryRow:
        return CanaryRow(CART, *CART, phase, Tone.BAD, phase=phase)

    alarm = Alarm()
    assert not alarm.news([(CART, row("Failed"))])
    assert not alarm.news([(CART, row("Progressing"))])
    assert alarm.news([(CART, row("Failed"))])
    assert not alarm.news([(CART, row("Failed"))])
    assert not alarm.news([(CART, None)])
    assert not alarm.news([(CART, row("Failed"))])


async def test_pages_of_the_first_list_are_put_where_they_belong_as_they_come() -> None:
    target = Target()
    store, listing = target.model.state.canaries, target.model.listing

    def page(*names: str, phase: str = "Initialized") -> list[dict[str, Any]]:
        return [canary_object("shop", name, phase, changed=NOW) for name in names]

    async def frame() -> list[str]:
        await asyncio.sleep(0)  # the store reports it
        target.loop.frame()
        return [row.name for row in listing.shown]

    first, second, last = page("cart"), page("account"), page("web", phase="Failed")
    store.add(first, to_come=2)
    assert await frame() == ["cart"]
    store.add(second, to_come=1)
    assert await frame() == ["account", "cart"]
    store.replace([*first, *second, *last])
    assert await frame() == ["web", "account", "cart"]
    assert target.rung == 0, "it had failed before"
    store.put(canary_object("shop", "api", "Initialized", changed=NOW))
    assert await frame() == ["web", "account", "cart"], "later ones wait for their turn"

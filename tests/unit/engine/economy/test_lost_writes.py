"""Answers to the engine's writes that are lost: no step is left out, none is made twice, whatever the watch shows."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web
from economy_rig import CANARIES, Rig

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import Tick

STEPS = {"stepWeight": 10, "maxWeight": 30, "webhooks": [], "metrics": []}
TICKS_MOST = 40


class Loser:
    """Loses the answers to the controller's writes numbered `lost`, from when it is armed on.

    `fault` is what comes instead; with `applied` the write is made all the same. `blind` more reads fail after it.
    """

    def __init__(self, rig: Rig, fault: str, *, applied: bool, blind: int = 0) -> None:
        self._fault, self._applied, self._blind = fault, applied, blind
        self.lost: set[int] = set()
        self.writes = 0
        self._unreadable = 0
        rig.live.answer = self._answer

    async def _answer(self, request: web.Request, handler: Any) -> web.StreamResponse:
        is_event = request.path.endswith("/events")
        if request.method == "GET" and self._unreadable and "watch" not in request.query:
            self._unreadable -= 1
            return web.Response(status=503, text="no")
        if request.method == "GET" or is_event:
            answer: web.StreamResponse = await handler(request)
            return answer
        self.writes += 1
        if self.writes not in self.lost:
            return await handler(request)  # type: ignore[no-any-return]
        self._unreadable = self._blind
        if self._fault == "conflict with ourselves":
            await handler(request)
            return await handler(request)  # type: ignore[no-any-return]
        if self._applied:
            await handler(request)
        if self._fault == "reset":
            assert request.transport is not None
            request.transport.abort()
        if self._fault == "no JSON":
            return web.Response(text="<html>", content_type="application/json")
        return web.Response(status=504, text="<html>gateway timeout</html>", content_type="text/html")


def weight(rig: Rig) -> int:
    router = rig.live.find("traefikservices.traefik.io", "podinfo")
    services = (router or {"spec": {"weighted": {"services": []}}})["spec"]["weighted"]["services"]
    return next((int(each["weight"]) for each in services if each["name"] == "podinfo-canary"), 0)


async def rollout(rig: Rig, loser: Loser) -> list[int]:
    """From the new revision to its end; the canary's weight after each tick."""
    rig.new_revision("two")
    loser.writes = 0
    weights = [0]
    for _ in range(TICKS_MOST):
        await rig.tick()
        weights.append(weight(rig))
        if rig.phase() == "Succeeded":
            return weights
    raise AssertionError(f"it is still {rig.phase()} at {weights}")


async def initialised(rig: Rig, **analysis: Any) -> None:
    rig.canary(**{**STEPS, **analysis})
    await rig.begin()
    for _ in range(10):
        await rig.tick()
        if rig.phase() == "Initialized":
            return
    raise AssertionError(rig.phase())


def said(rig: Rig) -> Counter[str]:
    """How often each message about a step was written."""
    found: Counter[str] = Counter()
    for event in rig.live.events():
        if "weight" in event["message"] or "Promotion completed" in event["message"]:
            found[event["message"]] += int(event.get("count") or 1)
    return found


@pytest.mark.parametrize("fault", ["reset", "no JSON", "504", "conflict with ourselves"])
@pytest.mark.parametrize("applied", [True, False])
async def test_a_rollout_that_loses_every_third_answer_makes_each_step_once(
    rig: Rig, fault: str, applied: bool
) -> None:
    loser = Loser(rig, fault, applied=applied)
    await initialised(rig)
    loser.lost = set(range(2, 60, 3))
    weights = await rollout(rig, loser)
    steps = [after for before, after in pairwise(weights) if after != before]
    assert steps == [10, 20, 30, 0], "each step once, none left out"
    advanced = {f"Advance podinfo.test canary weight {each}": 1 for each in (10, 20, 30)}
    assert {message: count for message, count in said(rig).items() if "Advance" in message} == advanced
    assert (rig.live.find(CANARIES, "podinfo") or {})["status"]["failedChecks"] == 0


@pytest.mark.parametrize("fault", ["reset", "504", "conflict with ourselves"])
async def test_a_failed_check_whose_answer_was_lost_counts_once(rig: Rig, fault: str) -> None:
    loser = Loser(rig, fault, applied=True)
    metrics = [{"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}}]
    await initialised(rig, metrics=metrics, threshold=5)
    rig.new_revision("two")
    while weight(rig) == 0:
        await rig.tick()
    rig.stub.value = "50"
    counts = []
    loser.writes, loser.lost = 0, {1, 2, 3}
    for _ in range(3):
        await rig.tick()
        counts.append((rig.live.find(CANARIES, "podinfo") or {})["status"]["failedChecks"])
    assert counts == [1, 2, 3]


async def blind_tick(rig: Rig) -> str:
    """A tick of a controller whose watches are silent; why it was left out, "" when it was not."""
    doubt = await rig.interpreter.settle(("test", "podinfo"))
    if doubt:
        return doubt
    found = rig.cluster_view.canaries.get("test", "podinfo")
    assert found is not None
    tick = Tick(Canary.parse(found), rig.cluster_view, rig.settings, rig.now(), notes={})
    await rig.interpreter.run(tick, decide(tick))
    return ""


@pytest.mark.parametrize("applied", [True, False])
async def test_what_could_not_be_read_is_read_before_the_next_tick_though_the_watch_lags(
    rig: Rig, applied: bool
) -> None:
    loser = Loser(rig, "504", applied=applied, blind=4)
    await initialised(rig)
    rig.new_revision("two")
    while weight(rig) == 0:
        await rig.tick()
    await rig.caught_up()
    await rig.stop_watching()
    loser.writes, loser.lost = 0, {1}
    await blind_tick(rig)
    assert weight(rig) == (20 if applied else 10)
    doubt = await blind_tick(rig)
    assert doubt == "traefikservice podinfo.test cannot be read after a write whose answer was lost"
    assert loser.writes == 1, "nothing is done on doubtful grounds"
    for expected in (20, 30):
        assert await blind_tick(rig) == ""
        assert weight(rig) == expected
        status = (rig.live.find(CANARIES, "podinfo") or {})["status"]
        assert status["canaryWeight"] == expected

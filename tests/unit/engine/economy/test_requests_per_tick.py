"""What a tick costs the API server, counted there over whole rollouts: nothing where nothing changes, else only writes.

How it is counted: every request that the server receives between the beginning of a tick and the moment when the
tick's Events are written. Watches are opened before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from economy_rig import Rig
from live_api import Asked

IDLE_TICKS = 3


def kinds(asked: list[Asked]) -> Counter[str]:
    """How many requests of each kind; reads are listed by path, so that a failure shows which."""
    found: Counter[str] = Counter()
    for each in asked:
        if each.method == "GET":
            found[f"GET {each.path}"] += 1
        elif "/events" in each.path:
            found["event"] += 1
        elif each.path.endswith("/status"):
            found["status"] += 1
        elif "/traefikservices" in each.path:
            found["router"] += 1
        else:
            found["other"] += 1
    return found


def shown(phase: str, asked: list[Asked], said: list[str]) -> str:
    count = kinds(asked)
    numbers = "  ".join(f"{kind} {count[kind]}" for kind in ("router", "status", "event", "other"))
    reads = sum(each.method == "GET" for each in asked)
    return f"{phase:13} requests {len(asked):2}  {numbers}  reads {reads}   {'; '.join(said)}"


async def ticks_until(rig: Rig, ending: str, most: int = 60) -> list[tuple[str, list[Asked], list[str]]]:
    """Tick until the canary is in phase `ending`: (phase before, requests, messages) of each tick."""
    found = []
    while rig.phase() != ending:
        assert len(found) < most, f"still {rig.phase()} after {most} ticks"
        phase, before = rig.phase(), len(rig.live.events())
        asked = await rig.tick()
        said = [event["message"] for event in rig.live.events()[before:]]
        found.append((phase or "new", asked, said))
        print(shown(*found[-1]))
    return found


async def idle(rig: Rig) -> None:
    """Nothing has changed, so nothing is asked."""
    for _ in range(IDLE_TICKS):
        asked = await rig.tick()
        print(shown(rig.phase(), asked, []))
        assert asked == []


async def test_a_whole_promotion_reads_nothing_and_writes_only_what_changes(rig: Rig) -> None:
    rig.canary()
    await rig.begin()
    await ticks_until(rig, "Initialized")
    await idle(rig)
    rig.new_revision("two")
    ticks = await ticks_until(rig, "Succeeded")
    await idle(rig)
    total = [len(asked) for _, asked, _ in ticks]
    waited = [len(asked) - kinds(asked)["event"] for _, asked, _ in ticks]
    print(f"progressing: {sum(total) / len(total):.2f} requests per tick, at most {max(total)}; a tick waits for "
          f"{sum(waited) / len(waited):.2f}, at most {max(waited)}; its Events are sent beside it")  # fmt: skip
    assert len(ticks) == 14
    for phase, asked, said in ticks:
        count = kinds(asked)
        assert not any(kind.startswith("GET") for kind in count), asked
        assert count["event"] == len(said), "each message is an Event of its own, and there are no others"
        assert count["router"] <= 1
        assert count["status"] <= 1
        assert len(asked) - count["event"] <= 2, (phase, asked)
    advances = [asked for _, asked, said in ticks if len(said) == 1 and said[0].startswith("Advance")]
    assert len(advances) == 9
    assert all(kinds(asked) == {"router": 1, "status": 1, "event": 1} for asked in advances)
    assert sorted(total)[-2:] == [3, 5], "one tick says three things; all others say one"


async def test_a_rollback_costs_two_requests_for_each_failed_check_and_failed_costs_none(rig: Rig) -> None:
    rig.canary()
    await rig.begin()
    await ticks_until(rig, "Initialized")
    rig.new_revision("two")
    for _ in range(3):
        await rig.tick()
    rig.stub.value = "52.5"
    ticks = await ticks_until(rig, "Failed")
    assert len(ticks) == 4
    assert all(kinds(asked) == {"status": 1, "event": 1} for _, asked, _ in ticks[:3])
    assert kinds(ticks[3][1]) == {"router": 1, "status": 1, "other": 1, "event": 2}
    halts = [event for event in rig.live.events() if event["message"].startswith("Halt")]
    assert [event["count"] for event in halts] == [3], "the same check that fails alike is one Event that counts"
    await idle(rig)


async def test_a_suspended_canary_costs_nothing_after_that_is_said(rig: Rig) -> None:
    rig.canary()
    await rig.begin()
    await ticks_until(rig, "Initialized")
    rig.live.patch("canaries.flagger.app", "podinfo", {"spec": {"suspend": True}})
    assert kinds(await rig.tick()) == {"event": 1}
    await idle(rig)


@pytest.mark.parametrize("target", ["deployment", "router", "service"])
async def test_an_object_that_was_written_without_a_change_that_matters_costs_nothing(rig: Rig, target: str) -> None:
    rig.canary()
    await rig.begin()
    await ticks_until(rig, "Initialized")
    resource, name = {
        "deployment": ("deployments.apps", "podinfo"),
        "router": ("traefikservices.traefik.io", "podinfo"),
        "service": ("services", "podinfo-canary"),
    }[target]
    rig.live.patch(resource, name, {"metadata": {"finalizers": ["example.com/kept"]}})
    await idle(rig)


@pytest.mark.parametrize("refusals", [1, 4])
async def test_a_server_that_has_too_much_to_do_is_asked_again_when_it_says(rig: Rig, refusals: int) -> None:
    rig.canary()
    await rig.begin()
    await ticks_until(rig, "Initialized")
    rig.new_revision("two")
    way = Busy(rig, refusals)
    await rig.tick()
    said = [event["message"] for event in rig.live.events()]
    assert rig.phase() == ("Progressing" if refusals == 1 else "Initialized")
    assert (way.sentence in said) == (refusals == 4), "after three more tries the tick ends with the server's sentence"
    await rig.tick()
    assert rig.phase() == "Progressing"


class Busy:
    """Lets the server refuse so many status writes."""

    sentence = "too many requests, please try again later"

    def __init__(self, rig: Rig, refusals: int) -> None:
        self._left = refusals
        self._through: Callable[..., Any] = rig.cluster.request_raw
        rig.cluster.request_raw = self._send  # type: ignore[method-assign]

    async def _send(self, method: str, path: str, **options: Any) -> Any:
        if path.endswith("/status") and self._left:
            self._left -= 1
            status = {"kind": "Status", "code": 429, "reason": "TooManyRequests", "message": self.sentence}
            return 429, json.dumps(status).encode(), {"Retry-After": "0"}
        return await self._through(method, path, **options)

"""Canaries that are due at the same moment share the requests to their metrics server, and are judged as one alone."""

from __future__ import annotations

import asyncio

from economy_rig import Rig


async def test_a_canary_with_two_metrics_is_judged_as_before_when_ten_are_judged_at_once(rig: Rig) -> None:
    for number in range(10):
        rig.canary(f"podinfo-{number}")
    await rig.begin()
    names = [f"podinfo-{number}" for number in range(10)]
    for name in names:
        while rig.phase(name) != "Initialized":
            await rig.tick(name)
        rig.new_revision("two", name)
    for _ in range(2):
        await asyncio.gather(*(rig.tick(name) for name in names))
    rig.stub.queries.clear()
    await asyncio.gather(*(rig.tick(name) for name in names))
    found = [rig.live.find("canaries.flagger.app", name) for name in names]
    assert [each["status"]["canaryWeight"] for each in found if each] == [10] * 10
    print(f"20 queries in {len(rig.stub.queries)} requests")
    assert len(rig.stub.queries) <= 10

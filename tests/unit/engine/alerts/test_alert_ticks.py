"""Whether a tick waits for the receivers of its alerts: not by default, and as with Flagger in strict mode."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from alert_rig import FAILED, Rig
from http_receiver import Receiver
from rollouts import DEFAULT, PROMOTE, STRICT

from canarytui.cluster.client import Cluster
from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import merged
from canarytui.engine.runtime.interpreter import Interpreter


def decision() -> fx.Decision[None]:
    yield FAILED


@pytest.mark.parametrize(("settings", "waits"), [(DEFAULT, False), (STRICT, True)], ids=["default", "strict"])
async def test_receivers_that_do_not_answer(
    cluster: Cluster, chat: Receiver, settings: ControllerSettings, waits: bool
) -> None:
    """Two of them: strictly the second is asked when the first one's time is up, and the tick goes on after both."""
    rig = Rig(cluster, timeout_s=0.1)
    chat.hangs = True
    address = await chat.start()
    names = ("one", "two")
    for name in names:
        rig.objects.provider({"type": "slack", "address": f"{address}/{name}"}, name=name)
    alerts = [{"name": name, "severity": "info", "providerRef": {"name": name}} for name in names]
    canary = Canary.parse(merged(PROMOTE.canary, {"spec": {"analysis": {"alerts": alerts}}}))
    tick = Tick(canary, cast(Any, rig.objects), settings, datetime.now(UTC))
    outside = 0

    @asynccontextmanager
    async def leave() -> Any:
        nonlocal outside
        outside += 1
        yield

    none = cast(Any, None)
    interpreter = Interpreter(cluster, none, none, rig.notifier, none, none, outside=leave)
    await interpreter.run(tick, decision())
    assert (len(rig.logged), len(chat.paths)) == ((2, 2) if waits else (0, 0))
    assert outside == (1 if waits else 0), "others may be looked at meanwhile"
    await rig.notifier.close(10)
    assert sorted(chat.paths) == ["/hook/one", "/hook/two"]
    assert len(rig.logged) == 2

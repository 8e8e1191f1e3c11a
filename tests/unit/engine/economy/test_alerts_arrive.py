"""Alerts of rollouts that fail and succeed against the sandbox's API server, as PagerDuty and Google Chat get them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from economy_rig import CANARIES, Rig
from http_receiver import Receiver

from canarytui.engine.runtime.interpreter import Interpreter
from canarytui.engine.runtime.notifier import Notifier

PROVIDERS = "alertproviders.flagger.app"


@pytest_asyncio.fixture
async def inbox() -> AsyncIterator[Receiver]:
    made = Receiver()
    yield made
    await made.stop()


def provide(rig: Rig, name: str, spec: dict[str, Any], **secret: str) -> dict[str, Any]:
    """An AlertProvider with its Secret; the reference to it for errors only."""
    made = {"metadata": {"name": name}, "spec": {**spec, "secretRef": {"name": name}}}
    rig.live.create(PROVIDERS, made)
    rig.live.create("secrets", {"metadata": {"name": name}, "stringData": secret})
    return {"name": name, "severity": "info", "providerRef": {"name": name}}


async def until(rig: Rig, phase: str) -> None:
    for _ in range(30):
        if rig.phase() == phase:
            return
        await rig.tick()
    raise AssertionError(f"the canary is {rig.phase()}, not {phase}")


@pytest.mark.parametrize("type_", ["pagerduty", "slack"])
async def test_a_failure_opens_what_the_fix_closes(rig: Rig, inbox: Receiver, type_: str) -> None:
    """Known by its type where our CustomResourceDefinition is installed, and by its host where it is Flagger's."""
    server = await inbox.start()
    address = server if type_ == "pagerduty" else "http://events.pagerduty.com/v2/enqueue"
    pager = provide(rig, "pager", {"type": type_, "proxy": server}, address=address, token="R0UT1NG")
    chat = provide(rig, "chat", {"type": "gchat"}, address=f"{server}/chat?key=K")
    notifier = Notifier(rig.cluster, rig.json_log)
    rig.interpreter = Interpreter(rig.cluster, rig.cluster_view, rig.recorder, notifier, rig.json_log, rig.meters)
    rig.canary(alerts=[{**pager, "severity": "error"}, chat], stepWeight=50)
    await rig.begin()
    await until(rig, "Initialized")
    rig.stub.value = "10"
    rig.new_revision("2")
    await until(rig, "Failed")
    rig.stub.value = "100"
    rig.live.patch(CANARIES, "podinfo", {"spec": {"analysis": {"metrics": []}}})
    rig.new_revision("3")
    await until(rig, "Succeeded")
    await notifier.close(10)

    sent = [body for _, body in inbox.asked]
    events = [(body["event_action"], body["dedup_key"]) for body in sent if "routing_key" in body]
    assert events == [("trigger", "test/podinfo"), ("resolve", "test/podinfo")]
    threads = [body["thread"]["threadKey"] for body in sent if "cardsV2" in body]
    first, *failed, begun, promoted = threads
    assert len(failed) == 2
    assert failed[0] == failed[1]
    assert begun == promoted
    assert len({first, failed[0], begun}) == 3
    assert '"level": "error"' not in rig.log.getvalue()
    assert "R0UT1NG" not in rig.log.getvalue()

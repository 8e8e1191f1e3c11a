"""An alert system is one file and one line of the registry: addresses, secrets, links, retries and logs then work."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from alert_rig import FAILED, Rig
from http_receiver import Receiver
from rollouts import STRICT

from canarytui.engine.alerts.services import SERVICES
from canarytui.engine.decide.tick import ControllerSettings


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SERVICES, "example", "example_alerts")


async def test_it_is_sent_to(rig: Rig, chat: Receiver) -> None:
    chat.statuses = [503, 200]
    rig.objects.provider({"type": "example", "secretRef": {"name": "webhook"}})
    rig.objects.secret({"address": await chat.start()})
    await rig.tell(FAILED, settings=ControllerSettings(alert_link="https://look.test/{{ name }}"))
    sent = {"who": "promote.r1", "what": FAILED.text, "where": "https://look.test/promote"}
    assert [body for _, body in chat.asked] == [sent, sent]
    assert rig.logged == []


async def test_its_hosts_are_known_whatever_the_type(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "slack", "address": "http://alerts.example.test/1", "proxy": await chat.start()})
    await rig.tell(FAILED)
    assert [body for _, body in chat.asked] == [{"who": "promote.r1", "what": FAILED.text}]


async def test_its_refusals_are_read(rig: Rig, chat: Receiver) -> None:
    chat.body = "no room"
    rig.objects.provider({"type": "example", "address": await chat.start()})
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert message.endswith("could not be sent: it answered 200: no room")


async def test_flagger_does_not_know_it(rig: Rig) -> None:
    rig.objects.provider({"type": "example", "address": "http://127.0.0.1:9"})
    await rig.tell(FAILED, settings=STRICT)
    assert [message for _, message, _ in rig.logged] == ["alert provider chat.r1 error: provider example not supported"]


async def test_a_module_without_a_record_is_named(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SERVICES, "broken", "broken_alerts")
    broken = ModuleType("broken_alerts")
    vars(broken)["SERVICE"] = "none"
    monkeypatch.setitem(sys.modules, "broken_alerts", broken)
    rig.objects.provider({"type": "broken", "address": "http://127.0.0.1:9"})
    with pytest.raises(TypeError, match=r"broken_alerts\.SERVICE is no Service"):
        await rig.tell(FAILED)

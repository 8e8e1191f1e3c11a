"""A plan as text: every write and call word for word, then what follows, the risk and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from fake_cluster_state import canary, primary, target, world_of

from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.plan import Intent, Plan
from canarytui.report.plan_text import plan_text, several_text

KEY = ("test", "podinfo")
GATE = {"name": "gate", "type": "confirm-promotion", "url": "http://user:secret@loadtester.test/gate/check"}


async def planned(intent: Intent, **changes: Any) -> Plan:
    obj = canary("Progressing", weight=20, **changes)
    obj["spec"]["analysis"]["webhooks"] = [GATE]
    cluster_state = await world_of(obj, target("podinfo:2"), primary("podinfo:1"))
    situation = cluster_state.situation(KEY)
    assert situation is not None
    made = plan(situation, ActionRequest(intent))
    assert made.allowed
    return made


async def test_a_write_is_shown_as_it_is_sent() -> None:
    text = plan_text(await planned(Intent.PAUSE)).plain
    assert "PATCH /apis/flagger.app/v1beta1/namespaces/test/canaries/podinfo" in text
    assert '"suspend": true' in text
    assert '"resourceVersion": "1"' in text
    for heading in ("WRITES", "THEN", "WHEN", "RISK", "UNDO"):
        assert f"\n{heading}" in f"\n{text}", heading
    assert "LATER" not in text


async def test_what_is_put_back_later_says_so() -> None:
    text = plan_text(await planned(Intent.PROMOTE)).plain
    assert "LATER" in text
    assert "skipAnalysis" in text.partition("LATER")[2]


async def test_a_call_is_shown_without_the_secret_in_its_url() -> None:
    text = plan_text(await planned(Intent.OPEN_GATE)).plain
    assert "POST http://" in text
    assert "loadtester.test/gate/open" in text
    assert "secret" not in text


@pytest.mark.parametrize("intent", [Intent.PAUSE, Intent.ROLL_BACK])
async def test_several_plans_are_lines_with_what_they_have_in_common(intent: Intent) -> None:
    made = await planned(intent)
    text = several_text([made, made], ["Roll back pay/ledger: it is paused"]).plain
    assert text.count(made.title) == 2
    assert "pay/ledger: it is paused" in text
    assert "RISK" in text

"""Gates whose answer is lost: the load tester is asked again whether the gate is open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from aiohttp import web
from losing_proxy import LosingProxy
from replacing import replace

from canarytui.actions.live_executor import LiveExecutor
from canarytui.actions.outcome import WriteOutcome
from canarytui.actions.requests import ActionFailed, Patience
from canarytui.actions.rules import Rules
from canarytui.actions.unfinished import Unfinished
from canarytui.cluster.audit import AuditLog
from canarytui.cluster.client import ClusterTarget, connect
from canarytui.cluster.pending_reverts import PendingReverts
from canarytui.domain.actions import ActionRequest, gates_of, plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary

QUICK = Patience(answer_s=0.5, reread_s=(0.0, 0.05), settle_s=0.02)
FAULTS = ["reset before the headers", "half a body", "hang", "500", "502 as HTML", "504"]


@dataclass
class GateRig:
    """A load tester's gates behind the proxy; `forbidden` answers as the API server's proxy does to a stranger."""

    gates: set[str]
    proxy: LosingProxy
    executor: LiveExecutor
    folder: Path
    situation: Situation
    forbidden: bool = False
    broken: bool = False

    def audit(self) -> list[dict[str, Any]]:
        return AuditLog(self.folder / "audit.jsonl").entries()


@pytest_asyncio.fixture
async def gate_rig(tmp_path: Path) -> AsyncIterator[GateRig]:
    gates: set[str] = set()
    made: list[GateRig] = []

    async def answer(request: web.Request) -> web.Response:
        verb, name = request.match_info["verb"], (await request.json())["name"]
        if made[0].forbidden:
            return web.json_response({"kind": "Status", "code": 403, "message": "forbidden"}, status=403)
        if made[0].broken and verb == "check":
            return web.Response(status=500)
        if verb == "check":
            return web.Response(status=200 if name in gates else 403)
        (gates.add if verb == "open" else gates.discard)(name)
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/gate/{verb}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    proxy = LosingProxy(runner.addresses[0][:2], strikes=b"POST /gate/open ")
    await proxy.start()
    kubeconfig = tmp_path / "kubeconfig"
    view = {
        "apiVersion": "v1", "kind": "Config", "current-context": "shop",
        "clusters": [{"name": "shop", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "one", "user": {}}],
        "contexts": [{"name": "shop", "context": {"cluster": "shop", "user": "one"}}],
    }  # fmt: skip
    kubeconfig.write_text(yaml.safe_dump(view))
    cluster = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
    audit = AuditLog(tmp_path / "audit.jsonl")
    unfinished = Unfinished(cluster, audit, tmp_path / "actions")
    executor = LiveExecutor(cluster, audit, Rules(), PendingReverts(tmp_path / "journal"), unfinished, QUICK)
    hook = {"name": "ask", "type": "confirm-rollout", "url": f"{proxy.url}/gate/check"}
    obj = {
        "metadata": {"namespace": "shop", "name": "cart", "uid": "u"},
        "spec": {"targetRef": {"kind": "Deployment", "name": "cart"}, "analysis": {"webhooks": [hook]}},
        "status": {"phase": "Waiting"},
    }
    situation = Situation(canary=Canary.parse(obj), now=datetime.now(UTC), interval_s=1)
    made.append(GateRig(gates, proxy, executor, tmp_path, situation))
    yield made[0]
    await cluster.close()
    await proxy.stop()
    await runner.cleanup()


@pytest.mark.parametrize("fault", FAULTS)
async def test_opened_and_the_answer_lost(gate_rig: GateRig, fault: str) -> None:
    gate_rig.proxy.fault = fault
    done = await gate_rig.executor.carry_out(
        plan(gate_rig.situation, ActionRequest(Intent.OPEN_GATE)), gate_rig.situation
    )
    assert gate_rig.gates == {"cart"}
    assert done.notes[0].endswith("asked again, the gate is open")
    assert [line["stage"] for line in gate_rig.audit()] == ["write", "done"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_not_opened_and_the_answer_lost(gate_rig: GateRig, fault: str) -> None:
    gate_rig.proxy.fault, gate_rig.proxy.applied = fault, False
    with pytest.raises(ActionFailed, match=r"^Not done: .*/gate/open gave no usable answer .* the gate is closed$"):
        await gate_rig.executor.carry_out(plan(gate_rig.situation, ActionRequest(Intent.OPEN_GATE)), gate_rig.situation)
    assert gate_rig.gates == set()
    assert [line["stage"] for line in gate_rig.audit()] == ["write", "not done"]


async def test_a_refusal_of_the_api_servers_proxy_is_no_closed_gate(gate_rig: GateRig) -> None:
    gate_rig.forbidden = True
    (gate,) = gates_of(gate_rig.situation.canary)
    assert await gate_rig.executor.gate_state(gate, gate_rig.situation) == "unknown: it answered 403"
    with pytest.raises(ActionFailed, match=r"^Nothing was written: .*/gate/open refused \(HTTP 403: ") as told:
        await gate_rig.executor.carry_out(plan(gate_rig.situation, ActionRequest(Intent.OPEN_GATE)), gate_rig.situation)
    assert told.value.outcome is WriteOutcome.REFUSED
    assert gate_rig.audit()[-1]["stage"] == "refused"


async def test_a_gate_that_cannot_be_asked_is_unknown_until_it_can(gate_rig: GateRig) -> None:
    gate_rig.proxy.fault, gate_rig.broken = "reset before the headers", True
    with pytest.raises(ActionFailed, match=r"^Outcome unknown: .* the gate's state cannot be read: .* 500") as told:
        await gate_rig.executor.carry_out(plan(gate_rig.situation, ActionRequest(Intent.OPEN_GATE)), gate_rig.situation)
    assert told.value.outcome is WriteOutcome.UNKNOWN
    gate_rig.broken = False
    (found,) = await gate_rig.executor.recover()
    assert "was open; it was done: " in found.text
    assert found.text.endswith("/gate/open: the gate is open")
    assert [line["stage"] for line in gate_rig.audit()] == ["write", "unknown", "done"]


async def test_what_is_found_later_of_a_gate_shows_no_secret_of_its_url(gate_rig: GateRig) -> None:
    canary = gate_rig.situation.canary
    (hook,) = canary.spec.analysis.webhooks
    secret = replace(hook, url=hook.url.replace("http://", "http://ann:S3CR3T@"))
    analysis = replace(canary.spec.analysis, webhooks=(secret,))
    gated = replace(gate_rig.situation, canary=replace(canary, spec=replace(canary.spec, analysis=analysis)))
    gate_rig.proxy.fault, gate_rig.broken = "reset before the headers", True
    with pytest.raises(ActionFailed, match=r"^Outcome unknown: ") as told:
        await gate_rig.executor.carry_out(plan(gated, ActionRequest(Intent.OPEN_GATE)), gated)
    gate_rig.broken = False
    (found,) = await gate_rig.executor.recover()
    assert found.text.endswith("/gate/open: the gate is open")
    lines = (gate_rig.folder / "audit.jsonl").read_text()
    assert "/gate/open: the gate is open" in lines
    assert "S3CR3T" not in f"{told.value} {found.text} {lines}"


@pytest.mark.parametrize("applied", [True, False])
async def test_a_gate_that_is_closed_again_survives_a_lost_answer(gate_rig: GateRig, applied: bool) -> None:
    closing = plan(gate_rig.situation, ActionRequest(Intent.CLOSE_GATE))
    opening = replace(plan(gate_rig.situation, ActionRequest(Intent.OPEN_GATE)), way_back=closing.calls)
    await gate_rig.executor.carry_out(opening, gate_rig.situation)
    (record,) = gate_rig.executor.held
    gate_rig.proxy.strikes, gate_rig.proxy.fault, gate_rig.proxy.applied = b"POST /gate/close ", "502 as HTML", applied
    done = await gate_rig.executor.put_back(record)
    if not applied:
        assert done.text.startswith("shop/cart: its gate was turned open, and turning it closed failed: Not done: ")
        assert gate_rig.gates == {"cart"}
        done = await gate_rig.executor.put_back(record)
    assert done.text.startswith("shop/cart: its gate closed again (Open the gate of shop/cart")
    assert (gate_rig.gates, gate_rig.executor.held) == (set(), [])

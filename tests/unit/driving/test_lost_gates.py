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

from canarytui.cluster.audit import AuditLog
from canarytui.cluster.connect import Target, connect
from canarytui.cluster.journal import Journal
from canarytui.domain.actions import Wish, gates_of, plan
from canarytui.domain.canary import Canary
from canarytui.domain.plan import Intent
from canarytui.domain.situation import Situation
from canarytui.driving.guards import Rules
from canarytui.driving.live_hands import LiveHands
from canarytui.driving.outcome import Outcome
from canarytui.driving.perform import ActionFailed, Patience
from canarytui.driving.unfinished import Unfinished

QUICK = Patience(answer_s=0.5, look_again_s=(0.0, 0.05), settle_s=0.02)
FAULTS = ["reset before the headers", "half a body", "hang", "500", "502 as HTML", "504"]


@dataclass
class GateRig:
    """A load tester's gates behind the proxy; `forbidden` answers as the API server's proxy does to a stranger."""

    gates: set[str]
    proxy: LosingProxy
    hands: LiveHands
    folder: Path
    situation: Situation
    forbidden: bool = False

    def audit(self) -> list[dict[str, Any]]:
        return AuditLog(self.folder / "audit.jsonl").entries()


@pytest_asyncio.fixture
async def tester(tmp_path: Path) -> AsyncIterator[GateRig]:
    gates: set[str] = set()
    made: list[GateRig] = []

    async def answer(request: web.Request) -> web.Response:
        verb, name = request.match_info["verb"], (await request.json())["name"]
        if made[0].forbidden:
            return web.json_response({"kind": "Status", "code": 403, "message": "forbidden"}, status=403)
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
    cluster = await connect(Target(kubeconfig=str(kubeconfig)))
    audit = AuditLog(tmp_path / "audit.jsonl")
    unfinished = Unfinished(cluster, audit, tmp_path / "actions")
    hands = LiveHands(cluster, audit, Rules(), Journal(tmp_path / "journal"), unfinished, QUICK)
    hook = {"name": "ask", "type": "confirm-rollout", "url": f"{proxy.url}/gate/check"}
    obj = {
        "metadata": {"namespace": "shop", "name": "cart", "uid": "u"},
        "spec": {"targetRef": {"kind": "Deployment", "name": "cart"}, "analysis": {"webhooks": [hook]}},
        "status": {"phase": "Waiting"},
    }
    situation = Situation(canary=Canary.parse(obj), now=datetime.now(UTC), interval_s=1)
    made.append(GateRig(gates, proxy, hands, tmp_path, situation))
    yield made[0]
    await cluster.close()
    await proxy.stop()
    await runner.cleanup()


@pytest.mark.parametrize("fault", FAULTS)
async def test_opened_and_the_answer_lost(tester: GateRig, fault: str) -> None:
    tester.proxy.fault = fault
    done = await tester.hands.carry_out(plan(tester.situation, Wish(Intent.OPEN_GATE)), tester.situation)
    assert tester.gates == {"cart"}
    assert done.notes[0].endswith("asked again, the gate is open")
    assert [line["stage"] for line in tester.audit()] == ["write", "done"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_not_opened_and_the_answer_lost(tester: GateRig, fault: str) -> None:
    tester.proxy.fault, tester.proxy.applied = fault, False
    with pytest.raises(ActionFailed, match=r"^Not done: .*/gate/open was not answered .* the gate is closed$"):
        await tester.hands.carry_out(plan(tester.situation, Wish(Intent.OPEN_GATE)), tester.situation)
    assert tester.gates == set()
    assert [line["stage"] for line in tester.audit()] == ["write", "not done"]


async def test_a_refusal_of_the_api_servers_proxy_is_no_closed_gate(tester: GateRig) -> None:
    tester.forbidden = True
    (gate,) = gates_of(tester.situation.canary)
    assert await tester.hands.gate_state(gate, tester.situation) == "unknown: it answered 403"
    with pytest.raises(ActionFailed, match="the gate's state cannot be read: unknown: it answered 403") as told:
        await tester.hands.carry_out(plan(tester.situation, Wish(Intent.OPEN_GATE)), tester.situation)
    assert told.value.outcome is Outcome.UNKNOWN
    assert tester.audit()[-1]["stage"] == "unknown"

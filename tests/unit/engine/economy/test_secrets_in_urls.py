"""A whole rollout whose every URL bears secrets, asked of servers that fail in every way: no line, Event, sentence or
page may show one."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from economy_rig import CANARIES, Rig

from canarytui.console.detail.hooks import webhooks
from canarytui.domain.actions.gates import plan_gate
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.runtime.interpreter import Interpreter
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.notifier import Notifier
from canarytui.metrics.answers import QueryFailed
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.registry import open_provider
from canarytui.report.describe import described
from canarytui.report.plan_text import plan_text, several_text

SECRETS = ("USERINFOSECRET", "QUERYSECRET", "PATHSECRET")
CLOSED = "127.0.0.1:9"


def secret(host: str, path: str = "/PATHSECRET", scheme: str = "http") -> str:
    return f"{scheme}://ann:USERINFOSECRET@{host}{path}?token=QUERYSECRET"


def found_in(text: str, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    """The lines in which a secret shows."""
    return [line for line in text.splitlines() if any(each in line for each in secrets)]


@pytest.mark.parametrize("strict", [False, True], ids=["default", "strict"])
async def test_no_secret_of_a_url_is_told(rig: Rig, strict: bool) -> None:
    here = rig.stub.url.removeprefix("http://")
    log = io.StringIO()
    rig.json_log = JsonLog("debug", log)
    alerts = Receiver("-slack-url", "slack", secret(CLOSED))
    notifier = Notifier(rig.cluster, rig.json_log, alerts)
    rig.interpreter = Interpreter(rig.cluster, rig.cluster_view, rig.recorder, notifier, rig.json_log, rig.meters)
    rig.settings = type(rig.settings)(
        strict=strict, metrics_server=secret(CLOSED), interval_floor_s=0.1, event_webhook=secret(CLOSED)
    )
    hooks = [
        {"name": "refused", "type": "rollout", "url": secret(CLOSED)},
        {"name": "no-url", "type": "event", "url": "http://ann:USERINFOSECRET/x@[?QUERYSECRET"},
        {"name": "other", "type": "event", "url": secret(here, "/PATHSECRET", "ftp")},
        {"name": "failing", "type": "confirm-promotion", "url": secret(here)},
        {"name": "rollback", "type": "rollback", "url": secret(CLOSED, "/rollback/check")},
        {"name": "after", "type": "post-rollout", "url": secret(here)},
    ]
    metrics = [
        {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}},
        {"name": "mine", "templateRef": {"name": "mine"}, "thresholdRange": {"max": 1}},
    ]
    provider = {"type": "prometheus", "address": secret(here)}
    template = {"metadata": {"name": "mine"}, "spec": {"provider": provider, "query": "up"}}
    rig.live.create("metrictemplates.flagger.app", template)
    canary = rig.canary(webhooks=hooks, metrics=metrics)
    await rig.begin()
    for _ in range(3):
        await rig.tick()
    rig.new_revision("2")
    for _ in range(4):  # the rollout hook cannot be reached
        await rig.tick()
    rig.live.patch(CANARIES, "podinfo", {"spec": {"analysis": {"webhooks": hooks[1:], "threshold": 10}}})
    for _ in range(3):  # nor can the metrics servers
        await rig.tick()
    rig.new_revision("3")
    for _ in range(12):
        await rig.tick()
    await notifier.close(5.0)
    said = log.getvalue()
    for wanted in (
        "giving up after 1 attempt(s)",
        "cannot be reached",
        "error sending event to webhook",
        "postMessage failed" if strict else "could not be sent",
    ):
        assert wanted in said, wanted
    events = "\n".join(str(each["message"]) for each in rig.live.events())
    assert "external check refused failed" in events
    # Messages that Flagger's users know word for word keep the path.
    hidden = ("USERINFOSECRET", "QUERYSECRET") if strict else SECRETS
    assert found_in(said, hidden) == []
    assert found_in(events, hidden) == []
    pages = shown(canary)
    assert found_in(pages) == []
    assert "http://127.0.0.1:9/…" in pages


def shown(obj: dict[str, Any]) -> str:
    """What describe and the console say of a canary."""
    canary = Canary.parse(obj)
    situation = Situation(canary, datetime.now(UTC), 10.0)

    class Seen:
        zone = UTC
        entries = ()

    seen: Any = Seen()
    seen.situation = situation
    return "\n".join([*described(situation, "why", ()), *(line.plain for line in webhooks(seen, 120))])


def test_a_gates_plan_shows_its_place_only() -> None:
    from rollouts import PROMOTE

    obj = json.loads(json.dumps(PROMOTE.canary))
    url = "http://ann:USERINFOSECRET@tester.test/gate/check"
    obj["spec"]["analysis"]["webhooks"] = [{"name": "gate", "type": "confirm-promotion", "url": url}]
    plan = plan_gate(Situation(Canary.parse(obj), datetime.now(UTC), 10.0), ActionRequest(Intent.OPEN_GATE))
    assert [call.url for call in plan.calls] == ["http://ann:USERINFOSECRET@tester.test/gate/open"], "what is sent"
    pages = plan_text(plan).plain + several_text([plan], []).plain
    assert "POST http://tester.test/gate/open" in pages
    assert found_in(pages) == []


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("strict", [False, True], ids=["default", "strict"])
async def test_no_secret_of_a_url_that_a_hook_answers_with_is_told(rig: Rig, strict: bool, status: int) -> None:
    rig.json_log = JsonLog("debug", log := io.StringIO())
    notifier = Notifier(rig.cluster, rig.json_log)
    rig.interpreter = Interpreter(rig.cluster, rig.cluster_view, rig.recorder, notifier, rig.json_log, rig.meters)
    rig.settings = type(rig.settings)(strict=strict, metrics_server=rig.stub.url, interval_floor_s=0.1)
    said = f"cannot reach {secret('backend.test', scheme='postgres')}, nor {secret('b.test')}"
    rig.stub.said = said + " " + "x" * 950 + f" https://ann:{'USERINFOSECRET' * 9}@c.test/"
    rig.canary()
    await rig.begin()
    for _ in range(3):
        await rig.tick()
    rig.new_revision("2")
    rig.stub.status = status
    for _ in range(3):
        await rig.tick()
    events = "\n".join(str(each["message"]) for each in rig.live.events())
    told = log.getvalue() + events
    assert ("nor http://b.test" in events) is (status == 400 or not strict)
    assert "pre-rollout check acceptance-test failed" in events
    assert found_in(told, SECRETS[:2] if strict else SECRETS) == []


async def test_no_secret_of_a_url_that_a_metrics_server_answers_with_is_told(rig: Rig) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=502, text=f"no way to {secret('upstream.test')}")

    app = web.Application()
    app.router.add_get("/api/v1/query", refuse)
    async with TestServer(app) as server:
        spec = ProviderSpec("prometheus", str(server.make_url("")))
        answer = await open_provider(rig.cluster, spec).query("up")
    assert isinstance(answer, QueryFailed)
    assert "no way to http://upstream.test/…" in answer.reason
    assert found_in(answer.reason) == []

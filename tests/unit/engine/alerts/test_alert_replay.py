"""Whole rollouts in strict mode, whose alerts go over real sockets: equal to what genuine Flagger sent, in what order,
at which point, with which headers and through which proxy, and to what it logged of those that failed."""

from __future__ import annotations

import argparse
import asyncio
import base64
import copy
import io
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp.connector
import pytest
import pytest_asyncio
import trustme
from aiohttp import web
from alert_recordings import AlertRecording, Sent, compared_headers, recordings
from forward_proxy import ForwardProxy
from http_receiver import silent_cluster
from replacing import replace
from rollouts import PROMOTE

from canarytui.cli.alert_options import add_flags, alerts_to
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import merged
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording
from canarytui.engine.replay.run_decision import drive
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.notifier import Notifier

RECORDINGS = recordings()
CLOSES_ONCE = [403, 200]
TIMEOUT_S = 0.3


class Receivers:
    """One server for all addresses, as itself, behind TLS and behind a proxy; keeps what it got."""

    def __init__(self, recording: AlertRecording) -> None:
        self._answers = recording.answers
        self.sent: list[Sent] = []
        self.event = ""
        self.places: dict[str, str] = {}

    async def start(self, tls: ssl.SSLContext) -> None:
        server = web.Server(self._answer, access_log=None, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        for context in (None, tls):
            await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context).start()
        plain, secure = (address[1] for address in self._runner.addresses)
        self._proxy = ForwardProxy(plain, secure)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            closed = free.getsockname()[1]
        self.places = {
            "{host}": f"127.0.0.1:{plain}",
            "{closed port}": f"127.0.0.1:{closed}",
            "{proxy}": await self._proxy.start(),
            "{hooks}": "hooks.test",
        }

    async def stop(self) -> None:
        await self._proxy.stop()
        await self._runner.cleanup()

    def filled(self, given: Any) -> Any:
        """`given` with this run's addresses for the placeholders."""
        text = json.dumps(given)
        for placeholder, place in self.places.items():
            text = text.replace(placeholder, place)
        return json.loads(text)

    def general(self, text: str) -> str:
        """`text` with the placeholders for this run's addresses."""
        for placeholder, place in self.places.items():
            text = text.replace(place, placeholder)
        return text

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        asked = request.raw_path
        through = asked if asked.startswith("http://") else ""
        path = "/" + asked.split("/", 3)[3] if through else asked
        body = await request.read()
        self.sent.append(
            Sent(
                self.event,
                request.method,
                "http://{host}" + path,
                self.general(request.headers["Host"]),
                through,
                compared_headers(request.headers),
                json.loads(body) if body else None,
            )
        )
        status, text, waits = self._answers.get(path, (200, "ok", False))
        if waits:
            await asyncio.sleep(60)  # ended by the client, which has gone
        headers = {"Location": "/redirected"} if status == 302 else {}
        return web.Response(status=status, text="" if status == 204 else text, headers=headers)


class AlertingPlayer(RecordingPlayer):
    """Sends alerts as the interpreter does, each before the tick goes on. Runs in a thread beside the event loop."""

    def __init__(
        self, recording: Recording, settings: ControllerSettings, notifier: Notifier, receivers: Receivers
    ) -> None:
        super().__init__(recording, settings)
        self._notifier, self._receivers = notifier, receivers
        self._loop = asyncio.get_running_loop()
        self._current: Tick | None = None

    def _tick(self, canary: Any, now: Any, notes: Any) -> None:
        self._current = Tick(canary, self._cluster_view, self._settings, now, notes=notes)
        drive(decide(self._current), self._carry_out)

    def _carry_out(self, effect: fx.Effect) -> Any:
        if isinstance(effect, fx.Say):
            self._receivers.event = effect.message
        if isinstance(effect, fx.SendAlert):
            assert self._current is not None
            told = self._notifier.tell_as_flagger(self._current, effect)
            asyncio.run_coroutine_threadsafe(told, self._loop).result(30)
        return super()._carry_out(effect)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest_asyncio.fixture
async def receivers(
    request: pytest.FixtureRequest, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Receivers]:
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusting)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("hooks.example.com").configure_cert(serving)
    made = Receivers(request.getfixturevalue("recording"))
    await made.start(serving)
    yield made
    await made.stop()


def played_recording(recording: AlertRecording, given: dict[str, Any]) -> Recording:
    """The rollout that the scenario describes, on the canary of another recording."""
    name, _, namespace = recording.scenario.partition("@")
    namespace = namespace or "mp"
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    canary = copy.deepcopy(PROMOTE.canary)
    canary["metadata"] = {"name": name, "namespace": namespace}
    spec = {"targetRef": target, "progressDeadlineSeconds": 120, "skipAnalysis": given.get("skipAnalysis") or False}
    canary["spec"] = merged(canary["spec"], spec)
    canary["spec"]["analysis"] = given["analysis"]
    hooks = [hook["name"] for hook in given["analysis"].get("webhooks") or ()]
    manifests = [
        {"kind": "AlertProvider", "metadata": {"name": each}, "spec": spec} for each, spec in given["providers"].items()
    ]
    manifests += [
        {"kind": "Secret", "metadata": {"name": each}, "data": {key: _encoded(text) for key, text in data.items()}}
        for each, data in given["secrets"].items()
    ]
    over = given["analysis"]["metrics"][0]["templateRef"]["name"] == "alerts-over"
    return replace(
        PROMOTE,
        name=recording.id,
        canary=canary,
        metric_answers={"template": [7.5 if over else 1.0]},
        webhook_answers=dict.fromkeys(hooks, CLOSES_ONCE),
        manifests=manifests,
        given=[{"kind": "object", "object": "Deployment", "name": name}],
        checks={},
        selector={},
        actions=[("Initialized", "set-image v2")],
        acted_s=[],
        ticks=20,
        outcome=ReplayOutcome(),
    )


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def complete(recording: AlertRecording) -> dict[str, Any]:
    """What a scenario was given; where only its flags were recorded, the rest is that of the scenario of its name."""
    given = dict(recording.given)
    if "analysis" in given:
        return given
    outcome = "rollback" if "rollback" in recording.scenario else "promote"
    template = "alerts-over" if outcome == "rollback" else "alerts-ok"
    metric = {
        "name": "errors",
        "interval": "1m",
        "thresholdRange": {"max": 5},
        "templateRef": {"name": template},
    }
    analysis = {"interval": "10s", "threshold": 2, "maxWeight": 50, "stepWeight": 25, "metrics": [metric]}
    providers = {}
    if recording.scenario.startswith("cluster"):
        severity = "error" if outcome == "rollback" else "info"
        analysis["alerts"] = [{"name": "one", "severity": severity, "providerRef": {"name": "one"}}]
        address = f"http://{{host}}/{recording.type}/cluster-name"
        providers = {"one": {"type": recording.type, "address": address}}
    return {**given, "analysis": analysis, "providers": providers, "secrets": {}}


def test_all_recordings_are_there() -> None:
    assert len(RECORDINGS) == 22
    assert sum(len(recording.sent) for recording in RECORDINGS) == 137


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
async def test_alerts_are_those_of_flagger(
    recording: AlertRecording, receivers: Receivers, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    given = receivers.filled(complete(recording))
    process = given.get("process") or {"flags": given.get("flags") or [], "environment": {}}
    parser = argparse.ArgumentParser()
    add_flags(lambda name, **more: parser.add_argument(f"-{name}", **more))
    options = parser.parse_args(process["flags"])
    settings = ControllerSettings(
        strict=True, metrics_server="http://prometheus:9090", cluster_name=options.cluster_name, interval_floor_s=10.0
    )
    log = io.StringIO()
    async with silent_cluster(tmp_path) as cluster:
        everyone = alerts_to(options, process["environment"])
        notifier = Notifier(cluster, JsonLog("debug", log), everyone, timeout_s=TIMEOUT_S)
        player = AlertingPlayer(played_recording(recording, given), settings, notifier, receivers)
        outcome = await asyncio.to_thread(player.play)
    assert receivers.sent == recording.sent
    lines = map(json.loads, log.getvalue().splitlines())
    assert [(line["level"], receivers.general(line["msg"])) for line in lines] == recording.logged
    begun = outcome.texts.index(recording.events[0])
    assert outcome.texts[begun:] == recording.events, "no receiver changes a rollout"
    for status, _, waits in recording.answers.values():
        answer = "slow" if waits else "delivered" if status < 300 else str(status)
        record_property("alert system", (recording.type, answer, "R"))  # for the table of tests/conftest.py

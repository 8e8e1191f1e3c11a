"""Plays a recorded case: the engine's core decides tick by tick, our own provider asks the recorded service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from recorded_case import Outcome, RecordedCase
from recorded_service import RecordedService
from replacing import replace

from canarytui.cluster.client import Cluster
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import Phase
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import ReplayCluster
from canarytui.metrics.provider_cache import ProviderCache
from canarytui.metrics.providers.base import MetricProvider

_BEGIN = datetime(2026, 11, 26, 12, tzinfo=UTC)
_TICK_S = 10
_TICKS_MOST = 40
_ENDS = (Phase.SUCCEEDED, Phase.FAILED)


class Replay:
    """`clock` is monkeypatched into the providers, so that time windows can be compared."""

    def __init__(self, case: RecordedCase, service: RecordedService, cluster: Cluster, monkeypatch: Any) -> None:
        self._case, self._service = case, service
        self._cluster_state = ReplayCluster(self._note)
        self._providers = ProviderCache(cluster, batched=True)
        self._outcome = Outcome()
        self._clock_s = _BEGIN.timestamp()
        monkeypatch.setattr(MetricProvider, "clock", staticmethod(lambda: self._clock_s))

    async def play(self) -> Outcome:
        """Initialise the canary, change its image, and go on to the end."""
        for obj in (*self._case.objects(self._service.address), self._case.deployment()):
            self._cluster_state.put(obj)
        self._cluster_state.let_pods_start(_BEGIN)
        self._cluster_state.put(self._case.canary())
        notes: dict[str, Any] = {}
        for number in range(_TICKS_MOST):
            now = _BEGIN + timedelta(seconds=number * _TICK_S)
            tick = Tick(self._canary(), self._cluster_state, ControllerSettings(strict=True), now, notes=notes)
            await self._drive(decide(tick))
            self._cluster_state.let_pods_start(now)
            phase = self._canary().status.phase
            if phase in _ENDS:
                break
            if phase == Phase.INITIALIZED:
                self._change_image()
        self._outcome.analyses = self._service.analyses
        return self._outcome

    async def _drive(self, decision: fx.Decision[None]) -> None:
        answer: Any = None
        while True:
            try:
                effect = decision.send(answer)
            except StopIteration:
                return
            answer = await self._carry_out(effect)

    async def _carry_out(self, effect: fx.Effect) -> Any:
        match effect:
            case fx.Create():
                return self._cluster_state.create(effect)
            case fx.Replace():
                return self._cluster_state.replace(effect)
            case fx.Patch():
                return self._cluster_state.patch(effect)
            case fx.PatchStatus():
                return self._cluster_state.patch_status(effect)
            case fx.Say(message, warning, is_error):
                if " not ready" not in message:  # left out of the recordings
                    self._outcome.add_event("Warning" if warning or is_error else "Normal", message)
            case fx.Measure(name, value, labels) if name == "canary_metric_analysis":
                assert dict(labels) == {"metric": self._case.metric["name"]}
                self._outcome.value = value
            case fx.AskMetric(provider, query):
                assert self._canary().status.phase == Phase.PROGRESSING
                self._ask("query")
                answer = await self._providers.get(provider).query(query)
                self._take_requests()
                return answer
            case fx.CheckServer(provider):
                assert self._canary().status.phase in (Phase.NONE, Phase.INITIALIZING)
                self._ask("online")
                available = await self._providers.get(provider).is_online()
                self._take_requests()
                return available.problem
        return None

    def _ask(self, phase: str) -> None:
        self._service.phase = phase
        exchange = self._service.next_exchange()
        if exchange is not None:
            self._clock_s = exchange.clock_s

    def _take_requests(self) -> None:
        for exchange in self._service.asked:
            self._outcome.add_exchange(replace(exchange, clock_s=self._clock_s))
        self._service.asked.clear()

    def _note(self, obj: KubernetesObject) -> None:
        if obj["kind"] == "Canary" and obj.get("status"):
            status = obj["status"]
            counters = (int(status.get(name) or 0) for name in ("canaryWeight", "failedChecks"))
            self._outcome.add_status(str(status.get("phase") or ""), *counters)

    def _canary(self) -> Canary:
        return Canary.parse(dict(self._cluster_state.get("Canary", self._case.namespace, self._case.full_name) or {}))

    def _change_image(self) -> None:
        target = self._cluster_state.get("Deployment", self._case.namespace, self._case.full_name)
        assert target is not None
        template = target["spec"]["template"]
        container = {**template["spec"]["containers"][0], "image": "app:v2"}
        if template["spec"]["containers"][0]["image"] == container["image"]:
            return
        spec = {**target["spec"], "template": {**template, "spec": {**template["spec"], "containers": [container]}}}
        metadata = {**target["metadata"], "generation": target["metadata"]["generation"] + 1}
        self._cluster_state.put({**target, "metadata": metadata, "spec": spec})

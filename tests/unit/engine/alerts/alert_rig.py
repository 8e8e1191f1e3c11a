"""A notifier on a real client, with the objects that it reads, a clock that does not run, and what it logs."""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime
from typing import Any

from rollouts import DEFAULT, PROMOTE

from canarytui.cluster.client import Cluster
from canarytui.domain.spec.canary import Canary
from canarytui.engine.alerts.receiver import Receiver as AlertReceiver
from canarytui.engine.decide.effects import SendAlert
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import merged
from canarytui.engine.runtime.alert_queues import AlertQueues, Retries
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.notifier import Notifier

FAILED = SendAlert("error", "Failed checks threshold reached 3")
BEGUN = SendAlert("info", "New revision detected, progressing canary analysis.", with_fields=True)
FACTS = [
    ("Target", "Deployment/promote.r1"),
    ("Failed checks threshold", "3"),
    ("Progress deadline", "60s"),
    ("Traffic routing", "Weight step: 10 max: 50"),
]


class Objects(dict[tuple[str, str, str], dict[str, Any]]):
    """A cluster view of AlertProviders and Secrets by (kind, namespace, name)."""

    def provider(self, spec: dict[str, Any], namespace: str = "r1", name: str = "chat") -> None:
        self["AlertProvider", namespace, name] = {"spec": spec}

    def secret(self, data: dict[str, str], namespace: str = "r1", name: str = "webhook") -> None:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        self["Secret", namespace, name] = {"data": encoded}

    def get(self, kind: str, namespace: str, name: str) -> Any:  # type: ignore[override]
        return dict.get(self, (kind, namespace, name))


class Rig:
    """A notifier on a real client, the objects that it reads, and what it logs."""

    def __init__(
        self, cluster: Cluster, everyone: AlertReceiver | None = None, *, timeout_s: float = 5.0, **bounds: int
    ) -> None:
        self.objects = Objects()
        self.pauses_s: list[float] = []
        self._stream = io.StringIO()
        queues = AlertQueues(Retries(sleep=self._pause), **bounds)
        self.notifier = Notifier(cluster, JsonLog("debug", self._stream), everyone, timeout_s=timeout_s, queues=queues)

    async def _pause(self, seconds: float) -> None:
        self.pauses_s.append(seconds)

    async def tell(
        self, *told: SendAlert, alerts: Any = None, settings: ControllerSettings = DEFAULT, grace_s: float = 10
    ) -> None:
        """In the mode of the settings; returns when all is sent or `grace_s` is over."""
        named = [{"name": "team", "severity": "info", "providerRef": {"name": "chat"}}] if alerts is None else alerts
        canary = Canary.parse(merged(PROMOTE.canary, {"spec": {"analysis": {"alerts": named}}}))
        tick = Tick(canary, self.objects, settings, datetime(2026, 11, 23, tzinfo=UTC))  # type: ignore[arg-type]
        for alert in told:
            if settings.strict:
                await self.notifier.tell_as_flagger(tick, alert)
            else:
                self.notifier.tell(tick, alert)
        await self.notifier.close(grace_s)

    @property
    def logged(self) -> list[tuple[str, str, str]]:
        """(level, message, canary) of each line."""
        lines = map(json.loads, self._stream.getvalue().splitlines())
        return [(line["level"], line["msg"], line["canary"]) for line in lines]

"""The input of one tick: the canary, the cluster, the time, the settings.

Every step takes a :class:`Tick`; those that write a status keep :attr:`Tick.canary` current.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from canarytui.domain.spec.analysis import Webhook, event_webhook
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import Phase
from canarytui.domain.spec.revision import attempt_checksum
from canarytui.domain.traffic import nginx, registry
from canarytui.domain.traffic.selection import OWN_DEFAULT, provider_of
from canarytui.engine.decide.effects import (
    CallWebhook,
    ClusterView,
    Conflict,
    Decision,
    Log,
    Say,
    WebhookResponse,
    WriteRefused,
)
from canarytui.engine.decide.weights import UNKNOWN, Weights
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec

CONFLICTS_MOST = 5


class ControllerSettings(Struct, frozen=True):
    """The controller's flags as far as decisions depend on them.

    `strict` does what Flagger does even where that harms users; the deviations without it are listed in
    the documentation. `interval_floor_s` bounds ``analysis.interval`` from below. `alert_link` is the template of the
    link in alerts, "" for none.
    """

    strict: bool = False
    mesh_provider: str = OWN_DEFAULT
    metrics_server: str = "http://prometheus:9090"
    selector_labels: tuple[str, ...] = ("app", "name", "app.kubernetes.io/name")
    include_label_prefixes: tuple[str, ...] = ()
    config_tracking: bool = True
    interval_floor_s: float = 1.0
    ingress_annotations_prefix: str = nginx.ANNOTATIONS
    ingress_class: str = ""
    no_cross_namespace_refs: bool = False
    cluster_name: str = ""
    alert_link: str = ""
    event_webhook: str = ""


class EndTick(Exception):
    """The tick ends here, for the reason in the text ("": silently)."""


@dataclass(slots=True)
class Tick:
    """`weights` are what the router said in this tick, -1 until it was asked.

    `affinity` holds status fields about session cookies that a router has changed; the next status write of
    the tick takes them along. `analysed`: the tick came as far as the analysis, so that its duration counts.
    `found` is the canary's phase at the start of the tick: Flagger's event webhooks get it with most messages,
    whatever has been written since.
    """

    canary: Canary
    cluster_view: ClusterView
    settings: ControllerSettings
    now: datetime
    weights: Weights = UNKNOWN
    affinity: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    analysed: bool = False
    found: Phase = field(init=False)

    def __post_init__(self) -> None:
        self.found = self.phase

    @property
    def phase(self) -> Phase:
        return self.canary.status.phase

    @property
    def initialising(self) -> bool:
        return self.phase in (Phase.NONE, Phase.INITIALIZING)

    @property
    def provider(self) -> str:
        return provider_of(self.canary, self.settings.mesh_provider, strict=self.settings.strict)

    @property
    def splits(self) -> bool:
        """Whether the provider splits traffic; one that is not known counts as if it did."""
        return registry.splits(self.provider)

    @property
    def target(self) -> str:
        """``target.namespace``, as messages have it."""
        return f"{self.canary.target_name}.{self.canary.namespace}"

    @property
    def primary(self) -> str:
        """``target-primary.namespace``."""
        return f"{self.canary.primary_name}.{self.canary.namespace}"

    @property
    def checksum(self) -> str:
        status = self.canary.status
        return attempt_checksum(status.tracked_configs, status.last_applied_spec)

    @property
    def metric_server(self) -> ProviderSpec:
        """Where built-in and inline queries of this canary go."""
        address = self.canary.spec.metrics_server or self.settings.metrics_server
        return ProviderSpec(PROMETHEUS, address, strict=self.settings.strict)

    def say(
        self, message: str, *, warning: bool = False, error: bool = False, phase: Phase | None = None
    ) -> Decision[None]:
        """Report a message, also to the canary's event webhooks; `phase` is the one they get."""
        yield Say(message, warning=warning or error, error=error)
        for hook in self.canary.spec.analysis.hooks("event") or self._everywhere():
            facts = {
                "eventMessage": message,
                "eventType": "Warning" if warning or error else "Normal",
                "timestamp": str(int(self.now.timestamp() * 1000)),
            }
            answer: WebhookResponse = yield CallWebhook(hook, self.payload(phase, {**hook.metadata, **facts}))
            if not 200 <= answer.status <= 202:
                why = answer.body if self.settings.strict else answer.body or f"status {answer.status}"
                text = f"error sending event to webhook {hook.name}: {why}"
                yield Log(text, "controller/events.go", "error")

    def _everywhere(self) -> tuple[Webhook, ...]:
        """The controller's own event webhook, for canaries that have none."""
        url = self.settings.event_webhook
        return (event_webhook(url),) if url else ()

    def warn_once(self, message: str) -> Decision[None]:
        """A Warning Event, once for each revision."""
        if self.notes.get(message) != self.checksum:
            self.notes[message] = self.checksum
            yield from self.warn(message)

    def warn(self, message: str) -> Decision[None]:
        """A Warning Event."""
        yield from self.say(message, warning=True)

    def payload(self, phase: Phase | None, metadata: dict[str, str]) -> dict[str, Any]:
        """The body of a webhook call."""
        body: dict[str, Any] = {
            "name": self.canary.name,
            "namespace": self.canary.namespace,
            "phase": (self.phase if phase is None else phase).value,
            "checksum": self.checksum,
        }
        if metadata:
            body["metadata"] = metadata
        return body


def settle(step: Any, what: str) -> Decision[Any]:
    """Run `step()` again as long as the object is changed in between.

    Raises:
        Refused: the object kept changing.
    """
    for _ in range(CONFLICTS_MOST):
        try:
            result = yield from step()
        except Conflict:
            continue
        return result
    raise WriteRefused(f"{what} was changed by somebody else {CONFLICTS_MOST} times in a row")

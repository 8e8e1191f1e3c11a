"""What an alert says, before it takes the shape of a chat service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from canarytui.domain.analysis import Analysis
from canarytui.domain.canary import Canary
from canarytui.engine.decide.effects import Alert
from canarytui.engine.decide.tick import Tick

Fields = tuple[tuple[str, str], ...]
"""(name, value) in the order in which they are shown."""
ERROR = "error"
_CHARS_MOST = 2000
"""A text may quote a webhook's answer; Discord refuses messages longer than 4,096 characters."""


@dataclass(frozen=True, slots=True)
class Message:
    """`canary` is ``name.namespace``; `severity` is info, warn or error. Texts are plain, without any markup."""

    canary: str
    text: str
    severity: str
    fields: Fields = ()

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR


def message_of(tick: Tick, alert: Alert) -> Message:
    """The message of an alert about the tick's canary; the cluster's name comes first where it has one."""
    cluster = tick.settings.cluster_name
    fields: Fields = (("Cluster", cluster),) if cluster else ()
    if alert.with_fields:
        fields += tuple(_facts(tick.canary))
    text = alert.text if len(alert.text) <= _CHARS_MOST else alert.text[: _CHARS_MOST - 1] + "…"
    return Message(tick.canary.full_name, text, alert.severity, fields)


def _facts(canary: Canary) -> Iterator[tuple[str, str]]:
    spec = canary.spec
    yield "Target", f"{spec.target.kind}/{canary.target_name}.{canary.namespace}"
    yield "Failed checks threshold", str(spec.analysis.threshold)
    yield "Progress deadline", f"{spec.progress_deadline_s}s"
    routing = _routing(spec.analysis)
    if routing:
        yield "Traffic routing", routing


def _routing(analysis: Analysis) -> str:
    """As Flagger says it: `max` is ``maxWeight`` as written, 0 where it is not."""
    if analysis.step_weight > 0:
        return f"Weight step: {analysis.step_weight} max: {analysis.max_weight}"
    if analysis.step_weights:
        return f"Weight steps: {','.join(map(str, analysis.step_weights))} max: {analysis.max_weight}"
    if analysis.match:
        return "A/B Testing"
    return "Blue/Green" if analysis.iterations > 0 else ""

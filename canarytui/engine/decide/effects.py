"""Effects: everything that decisions can ask for, as data.

A decision is a generator that yields effects and receives their results. The controller carries effects out
against a cluster, the replay against a recording, tests against their own cluster in memory. Failures
are exceptions thrown into the generator: :class:`Conflict` (read the object again and decide again) and
:class:`WriteRefused` (with the server's reason; it ends the tick).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field

from canarytui.domain.spec.analysis import Webhook
from canarytui.domain.values import KubernetesObject
from canarytui.metrics.answers import Answer
from canarytui.metrics.provider_spec import ProviderSpec

T = TypeVar("T")


class Conflict(Exception):
    """The object was changed in the meantime. The cluster view now has its current state."""


class WriteRefused(Exception):
    """The API server refused a write, or could not be asked; the text is its reason."""


class Create(Struct, frozen=True):
    """POST `obj`. Answer: the object as stored. Raises Conflict when the name is taken."""

    obj: dict[str, Any]


class Replace(Struct, frozen=True):
    """PUT `obj` provided its resourceVersion is still current. Answer: the object as stored."""

    obj: dict[str, Any]


class Patch(Struct, frozen=True):
    """Merge-patch an object. Answer: the object as stored."""

    kind: str
    namespace: str
    name: str
    patch: dict[str, Any]


class PatchStatus(Struct, frozen=True):
    """Merge-patch a canary's status provided `resource_version` is still current. Answer: the canary."""

    namespace: str
    name: str
    resource_version: str
    status: dict[str, Any]


class Delete(Struct, frozen=True):
    """Delete an object that the controller made. No answer; one that is gone already is deleted."""

    kind: str
    namespace: str
    name: str


class Say(Struct, frozen=True):
    """Report: a Kubernetes Event about the canary and a log line. No answer; never fails."""

    message: str
    warning: bool = False
    error: bool = False


class Log(Struct, frozen=True):
    """A log line without an Event; `caller` is the part of Flagger that writes it."""

    message: str
    caller: str
    level: str = "info"


class CallWebhook(Struct, frozen=True):
    """POST `payload` to the hook, with its retries. Answer: :class:`WebhookResponse`."""

    hook: Webhook
    payload: dict[str, Any]


class WebhookResponse(Struct, frozen=True):
    """A webhook's result: `status` 0 means no answer; `body` is then the cause, and `go` the cause as Go's
    net/http words it."""

    status: int
    body: str = ""
    attempts: int = 1
    go: str = ""


class AskMetric(Struct, frozen=True):
    """Evaluate a query for one number. Answer: :data:`canarytui.metrics.answers.Answer`."""

    provider: ProviderSpec
    query: str


class AskSamples(Struct, frozen=True):
    """Evaluate a Prometheus query for all that it finds. Answer: a list of
    :class:`canarytui.metrics.providers.prometheus_vector.Sample`, or
    :class:`canarytui.metrics.answers.QueryFailed`."""

    provider: ProviderSpec
    query: str


class CheckServer(Struct, frozen=True):
    """Whether a metric provider is online. Answer: "" or why not."""

    provider: ProviderSpec


class SendAlert(Struct, frozen=True):
    """An alert; severity is info, warn or error. `resolves`: the subject of an earlier alert is over, which closes that
    alert where the receiver keeps alerts open. `with_verdict`: with canary against primary and the cost, where that
    was measured."""

    severity: str
    text: str
    with_fields: bool = False
    resolves: bool = False
    with_verdict: bool = False


class Measure(Struct, frozen=True):
    """A number for ``/metrics``: Flagger's metric name without prefix, the labels beyond name and namespace."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Write = Create | Replace | Patch | PatchStatus | Delete
Effect = Write | Say | Log | CallWebhook | AskMetric | AskSamples | CheckServer | SendAlert | Measure
Decision = Generator[Effect, Any, T]
"""A part of a decision: yields effects, receives their results, returns a T."""


class ClusterView(Protocol):
    """The cluster as last seen: reads are free and reflect own writes immediately."""

    def get(self, kind: str, namespace: str, name: str) -> KubernetesObject | None: ...


def create(obj: dict[str, Any]) -> Decision[KubernetesObject]:
    """Yield a :class:`Create`; returns the stored object."""
    stored: KubernetesObject = yield Create(obj)
    return stored


def replace(obj: dict[str, Any]) -> Decision[KubernetesObject]:
    """Yield a :class:`Replace`; returns the stored object."""
    stored: KubernetesObject = yield Replace(obj)
    return stored


def ask_metric(provider: ProviderSpec, query: str) -> Decision[Answer]:
    """Yield an :class:`AskMetric`; returns its answer."""
    answer: Answer = yield AskMetric(provider, query)
    return answer

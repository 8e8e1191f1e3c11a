"""What the core wants done, as data: the whole vocabulary between decisions and the world.

A decision is a generator that yields effects and is sent their answers. The reconciler interprets effects
against a cluster, the replay against a recording, tests against whatever world they invent. Answers that are
no answers come as exceptions thrown into the generator: :class:`Conflict` (read anew and decide again) and
:class:`Refused` (the server's sentence; the tick ends with it).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from canarytui.domain.analysis import Webhook
from canarytui.metrics.answers import Answer
from canarytui.metrics.provider_spec import ProviderSpec

T = TypeVar("T")
Object = Mapping[str, Any]
"""An API object as it was read; never changed in place."""


class Conflict(Exception):
    """Somebody else wrote the object first. The world now shows the object as it is."""


class Refused(Exception):
    """The API server refused a write, or could not be asked; the text is its reason."""


@dataclass(frozen=True, slots=True)
class Create:
    """POST `obj`. Answer: the object as stored. Raises Conflict when the name is taken."""

    obj: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Replace:
    """PUT `obj` provided its resourceVersion is still current. Answer: the object as stored."""

    obj: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patch:
    """Merge-patch an object. Answer: the object as stored."""

    kind: str
    namespace: str
    name: str
    patch: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PatchStatus:
    """Merge-patch a canary's status provided `resource_version` is still current. Answer: the canary."""

    namespace: str
    name: str
    resource_version: str
    status: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Say:
    """Tell people: a Kubernetes Event about the canary and a log line. No answer; never fails."""

    message: str
    warning: bool = False
    error: bool = False


@dataclass(frozen=True, slots=True)
class Log:
    """A log line that is no Event; `caller` is the part of Flagger that says so."""

    message: str
    caller: str
    level: str = "info"


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """POST `payload` to the hook, with its retries. Answer: :class:`HookAnswer`."""

    hook: Webhook
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What came of a webhook: `status` 0 means no answer, for which `body` is the cause, and `go` the cause as Go's
    net/http words it."""

    status: int
    body: str = ""
    attempts: int = 1
    go: str = ""


@dataclass(frozen=True, slots=True)
class AskMetric:
    """Evaluate a query for one number. Answer: :data:`canarytui.metrics.answers.Answer`."""

    provider: ProviderSpec
    query: str


@dataclass(frozen=True, slots=True)
class CheckServer:
    """Whether a metric provider is online. Answer: "" or why not."""

    provider: ProviderSpec


@dataclass(frozen=True, slots=True)
class Alert:
    """Something for the notifiers; severity is info, warn or error. `resolves`: what an earlier alert was about is
    over, which closes it where the receiver keeps alerts open."""

    severity: str
    text: str
    with_fields: bool = False
    resolves: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A number for ``/metrics``: Flagger's metric name without prefix, the labels beyond name and namespace."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Effect = Create | Replace | Patch | PatchStatus | Say | Log | CallWebhook | AskMetric | CheckServer | Alert | Measure
Decision = Generator[Effect, Any, T]
"""A piece of the core: yields effects, is sent answers, returns a T."""


class World(Protocol):
    """The cluster as last seen: reads cost nothing and follow own writes at once."""

    def get(self, kind: str, namespace: str, name: str) -> Object | None: ...


def create(obj: dict[str, Any]) -> Decision[Object]:
    """Yield a :class:`Create`; returns the stored object."""
    stored: Object = yield Create(obj)
    return stored


def replace(obj: dict[str, Any]) -> Decision[Object]:
    """Yield a :class:`Replace`; returns the stored object."""
    stored: Object = yield Replace(obj)
    return stored


def ask_metric(provider: ProviderSpec, query: str) -> Decision[Answer]:
    """Yield an :class:`AskMetric`; returns its answer."""
    answer: Answer = yield AskMetric(provider, query)
    return answer

"""One check of a rule: which objects it looks at, and what it says is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

from canarytui.domain.findings.finding import Rule
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import provider_of
from canarytui.domain.values import KubernetesObject, as_mapping, as_text

if TYPE_CHECKING:
    from canarytui.domain.traffic.provider import TrafficProvider
    from canarytui.lint.manifests import Manifests

CANARY, METRIC_TEMPLATE, ALERT_PROVIDER = "Canary", "MetricTemplate", "AlertProvider"


class LintOptions(Struct, frozen=True):
    """What manifests do not say.

    Attributes:
        requests_per_second: the usual rate of the service; None where it is not known.
        mesh_provider: the controller's ``-mesh-provider``; "" where it is not known.
    """

    requests_per_second: float | None = None
    mesh_provider: str = ""


class Problem(Struct, frozen=True):
    """What a check found: the path of the field ("" for the whole object), what is wrong, and what to do."""

    field: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LintedObject:
    """One object with those beside it. `canary` is None where it is no Canary, or one that cannot be read."""

    obj: KubernetesObject
    manifests: Manifests = field(repr=False)
    options: LintOptions
    canary: Canary | None = None

    @property
    def spec(self) -> KubernetesObject:
        return as_mapping(self.obj.get("spec"))

    @property
    def name(self) -> str:
        return as_text(as_mapping(self.obj.get("metadata")).get("name"))

    @property
    def namespace(self) -> str:
        return as_text(as_mapping(self.obj.get("metadata")).get("namespace"))


class LintCheck(Struct, frozen=True):
    """`look` yields the problems of an object whose kind is among `kinds`."""

    rule: Rule
    kinds: tuple[str, ...]
    look: Callable[[LintedObject], Iterable[Problem]]


def canary_check(rule: Rule, look: Callable[[Canary, LintedObject], Iterable[Problem]]) -> LintCheck:
    """A check of canaries that can be read."""

    def looked(linted: LintedObject) -> Iterator[Problem]:
        if linted.canary is not None:
            yield from look(linted.canary, linted)

    return LintCheck(rule, (CANARY,), looked)


def provider_check(rule: Rule, look: Callable[[Canary, TrafficProvider, LintedObject], Iterable[Problem]]) -> LintCheck:
    """A check of canaries whose traffic provider is known: named by the canary, or given as an option."""

    def looked(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
        provider = traffic_provider(canary, linted.options)
        if provider is not None:
            yield from look(canary, provider, linted)

    return canary_check(rule, looked)


def traffic_provider(canary: Canary, options: LintOptions) -> TrafficProvider | None:
    """The record of the canary's provider; None where nobody names one, or where it is not known."""
    if not canary.spec.provider and not options.mesh_provider:
        return None
    return registry.named(provider_of(canary, options.mesh_provider))

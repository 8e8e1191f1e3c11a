"""What the checks of one run share, and what a check is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from canarytui.doctor.reading import ClusterReader
from canarytui.domain.findings.finding import Finding, Rule
from canarytui.domain.findings.silencing import silences_in_annotations
from canarytui.domain.rollout.situation import ACTIVE_PHASES
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.traffic.selection import provider_of
from canarytui.domain.values import as_mapping
from canarytui.metrics.provider_cache import ProviderCache
from canarytui.session.provider_secrets import ProviderSecrets
from canarytui.session.state import ClusterState


@dataclass(frozen=True, slots=True)
class Examination:
    """One run. `canaries` are those that are examined; `scope` is the namespace that is read, "" for all; `prometheus`
    is the person's own, "" for none."""

    reader: ClusterReader
    state: ClusterState
    canaries: tuple[Canary, ...]
    scope: str = ""
    prometheus: str = ""
    silences: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Rules that the annotations of other objects than canaries silence, by namespace and ``metrictemplate/name``."""
    secrets: ProviderSecrets = field(init=False)
    providers: ProviderCache = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "secrets", ProviderSecrets(self.reader.cluster))
        object.__setattr__(self, "providers", ProviderCache(self.reader.cluster))

    def provider(self, canary: Canary) -> TrafficProvider | None:
        """The record of the canary's traffic provider; None where that is not known."""
        return registry.named(provider_of(canary, self.state.mesh_provider))


CanaryLook = Callable[[Examination, Canary], Awaitable[list[Finding]]]
ClusterLook = Callable[[Examination], Awaitable[list[Finding]]]


class DoctorCheck(Struct, frozen=True):
    """One subject: the rules that it holds a cluster to, and how it looks at each canary, and at the cluster once."""

    subject: str
    rules: tuple[Rule, ...]
    canary: CanaryLook | None = None
    cluster: ClusterLook | None = None


def about(rule: Rule, canary: Canary, message: str, remedy: str, *, field: str = "", obj: str = "") -> Finding:
    """A finding on a canary, or on `obj` (``service/cart``) in its namespace."""
    return found_on(rule, obj or f"canary/{canary.name}", canary.namespace, field, message, remedy)


def found_on(rule: Rule, obj: str, namespace: str, field: str, message: str, remedy: str) -> Finding:
    """A finding on an object, with its texts as sentences."""
    return Finding(rule, obj, namespace, field, _as_sentence(message), _as_sentence(remedy))


def _as_sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def silenced_rules(obj: Mapping[str, Any]) -> frozenset[str]:
    """The rules that an object's annotation silences; one without a reason silences none."""
    annotations = as_mapping(as_mapping(obj.get("metadata")).get("annotations"))
    texts = {str(name): str(value) for name, value in annotations.items()}
    return frozenset(each.rule for each in silences_in_annotations(texts) if each.reason)


def is_initialized(canary: Canary) -> bool:
    """Whether the controller has made the canary's objects."""
    return canary.status.phase not in ("", "Initializing")


def is_measured(canary: Canary) -> bool:
    """Whether traffic should reach the canary now."""
    status = canary.status
    return status.phase in ACTIVE_PHASES and (status.canary_weight > 0 or status.iterations > 0)

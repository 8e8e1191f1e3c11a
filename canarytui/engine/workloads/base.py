"""The interface of a target kind, and what the kinds share: labels, owners, lookups."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from msgspec import Struct

from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import EndTick, Tick

FLUX = "toolkit.fluxcd.io"
_PLURALS = {"Deployment": "deployments.apps", "DaemonSet": "daemonsets.apps", "Service": "services"}


class Readiness(Struct, frozen=True):
    """`retriable` False: waiting longer is pointless. `text` is the sentence that says what is not ready, and why."""

    ready: bool
    retriable: bool = True
    text: str = ""


READY = Readiness(ready=True)


class PodSelectorLabel(Struct, frozen=True):
    """The label by which pods of target and primary are told apart: its key and the target's value."""

    key: str
    value: str

    @property
    def primary_value(self) -> str:
        return f"{self.value}-primary"


class WorkloadKind(Protocol):
    """One kind of target. Lookups raise EndTick with the warning to give."""

    owns_services: bool

    def target(self, tick: Tick) -> KubernetesObject: ...

    def selector(self, tick: Tick) -> PodSelectorLabel: ...

    def pod_template(self, tick: Tick) -> KubernetesObject: ...

    def fingerprint(self, tick: Tick) -> str: ...

    def config_checksums(self, tick: Tick) -> dict[str, str] | None: ...

    def ensure_primary(self, tick: Tick) -> Decision[None]: ...

    def promote(self, tick: Tick) -> Decision[None]: ...

    def scale_to_zero(self, tick: Tick) -> Decision[None]: ...

    def scale_from_zero(self, tick: Tick) -> Decision[None]: ...

    def take_over(self, tick: Tick) -> Decision[None]:
        """Scale the target to the size of its primary, which is about to be deleted."""
        ...

    def primary_readiness(self, tick: Tick) -> Readiness: ...

    def canary_readiness(self, tick: Tick) -> Readiness: ...


def find(tick: Tick, kind: str, name: str) -> KubernetesObject:
    """The workload `name` of the canary's namespace.

    Raises:
        EndTick: there is none.
    """
    found = tick.cluster_view.get(kind, tick.canary.namespace, name)
    if found is None:
        what = f"{kind.lower()} {name}.{tick.canary.namespace}"
        raise EndTick(f'{what} get query error: {_PLURALS[kind]} "{name}" not found')
    return found


def selector_of(tick: Tick, target: KubernetesObject, kind: str) -> PodSelectorLabel:
    """The first of the controller's selector labels that the target selects its pods by.

    Raises:
        EndTick: it uses none of them.
    """
    labels = ((target.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    for key in tick.settings.selector_labels:
        if key in labels:
            return PodSelectorLabel(key, str(labels[key]))
    known = f"[{' '.join(tick.settings.selector_labels)}]"
    if kind == "DaemonSet" and tick.settings.strict:
        known += "'"  # like Flagger
    raise EndTick(
        f"getSelectorLabel failed: {kind.lower()} {tick.target} spec.selector.matchLabels must contain one of {known}"
    )


@contextmanager
def said_by_flagger(tick: Tick, where: str) -> Iterator[None]:
    """In strict mode, prefix the reason with the failing step, as Flagger does; otherwise the reason is enough."""
    try:
        yield
    except EndTick as reason:
        if not tick.settings.strict:
            raise
        raise EndTick(f"{where}: {reason}") from reason


def owner_reference(canary: Canary) -> dict[str, Any]:
    """The owner reference by which an object is garbage-collected with its canary."""
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "name": canary.name,
        "uid": canary.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def owned_by(obj: KubernetesObject, canary: Canary) -> bool:
    """Whether `canary` is the controller of `obj`."""
    references = (obj.get("metadata") or {}).get("ownerReferences") or []
    return any(
        reference.get("kind") == "Canary"
        and reference.get("name") == canary.name
        and reference.get("uid") == canary.uid
        for reference in references
    )


def without_flux(values: Mapping[str, str] | None) -> dict[str, str]:
    """Labels or annotations but those by which Flux knows its own objects."""
    return {key: value for key, value in (values or {}).items() if FLUX not in key}


def included(values: Mapping[str, str] | None, prefixes: Sequence[str]) -> dict[str, str]:
    """Labels or annotations that ``--include-label-prefix`` lets onto copies; ``*`` is all of them."""
    return {
        key: value
        for key, value in without_flux(values).items()
        if any(prefix == "*" or (prefix and key.startswith(prefix)) for prefix in prefixes)
    }


def flagger_id(tick: Tick) -> str:
    """The pod annotation that makes each promotion a rolling restart.

    The same for all attempts at one promotion, so that a restarted controller does not
    restart the primary twice; it differs for the next rollout.
    """
    canary = tick.canary
    began = next((str(c.get("lastTransitionTime")) for c in canary.status.conditions), "")
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{canary.uid}/{tick.checksum}/{began}"))

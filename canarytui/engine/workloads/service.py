"""Services as targets: the primary is a copy made once, the canary follows the target; always ready.

The target itself is never changed. Nothing is scaled: the pods behind it are run by those who change the Service.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.spec.revision import spec_hash
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.workloads.base import (
    READY,
    PodSelectorLabel,
    Readiness,
    find,
    included,
    owner_reference,
    said_by_flagger,
    without_flux,
)

_CALLER = "canary/service_controller.go"
_GIVEN_BY_SERVER = ("clusterIP", "clusterIPs", "healthCheckNodePort")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_METADATA = ("labels", "annotations")


class ServiceWorkload:
    """See :class:`canarytui.engine.workloads.base.WorkloadKind`."""

    owns_services = False

    def target(self, tick: Tick) -> KubernetesObject:
        return find(tick, "Service", tick.canary.target_name)

    def selector(self, tick: Tick) -> PodSelectorLabel:
        return PodSelectorLabel("", "")

    def pod_template(self, tick: Tick) -> KubernetesObject:
        return {}

    def fingerprint(self, tick: Tick) -> str:
        return spec_hash(self.target(tick)["spec"])

    def config_checksums(self, tick: Tick) -> dict[str, str] | None:
        return None

    def ensure_primary(self, tick: Tick) -> Decision[None]:
        canary = tick.canary
        if tick.settings.strict and tick.cluster_view.get("Service", canary.namespace, canary.target_name) is None:
            # Flagger names the primary but refers to the target.
            reason = f'services "{canary.target_name}" not found'
            raise EndTick(f"service {tick.primary} get query error: {reason}")
        yield from settle(lambda: self._follow(tick), f"service {canary.target_name}-canary")
        if tick.cluster_view.get("Service", canary.namespace, canary.primary_name) is None:
            yield Create(self._clone(tick, canary.primary_name))
            yield Log(f"Service {tick.primary} created", _CALLER)

    def _follow(self, tick: Tick) -> Decision[bool]:
        """The canary's Service follows the target; annotations of others are kept, unless strict."""
        name = f"{tick.canary.target_name}-canary"
        full_name = f"{name}.{tick.canary.namespace}"
        live = tick.cluster_view.get("Service", tick.canary.namespace, name)
        clone = self._clone(tick, name)
        if live is None:
            yield Create(clone)
            yield Log(f"Service {full_name} created", _CALLER)
            return True
        wanted = _with_spec(live, clone["spec"])
        for field in _METADATA:
            others = {} if tick.settings.strict else live["metadata"].get(field) or {}
            wanted["metadata"][field] = {**others, **clone["metadata"].get(field, {})}
        if _essence(wanted) != _essence(live):
            yield Replace(wanted)
            yield Log(f"Service {full_name} updated", _CALLER)
        return True

    def promote(self, tick: Tick) -> Decision[None]:
        with said_by_flagger(tick, f"updating service {tick.primary} spec failed"):
            yield from settle(lambda: self._promote(tick), f"service {tick.primary}")

    def _promote(self, tick: Tick) -> Decision[bool]:
        target = self.target(tick)
        primary = _with_spec(find(tick, "Service", tick.canary.primary_name), _portable(tick, target))
        for field in _METADATA:
            primary["metadata"][field] = included(target["metadata"].get(field), tick.settings.include_label_prefixes)
        yield Replace(primary)
        return True

    def scale_to_zero(self, tick: Tick) -> Decision[None]:
        yield from ()

    def scale_from_zero(self, tick: Tick) -> Decision[None]:
        yield from ()

    def take_over(self, tick: Tick) -> Decision[None]:
        yield from ()

    def primary_readiness(self, tick: Tick) -> Readiness:
        return READY

    def canary_readiness(self, tick: Tick) -> Readiness:
        return READY

    def _clone(self, tick: Tick, name: str) -> dict[str, Any]:
        """In strict mode with Flux's labels, because of which Flux may delete the copy."""
        target = self.target(tick)
        metadata: dict[str, Any] = {
            "name": name,
            "namespace": tick.canary.namespace,
            "ownerReferences": [owner_reference(tick.canary)],
        }
        for field in _METADATA:
            values = dict(target["metadata"].get(field) or {})
            values.pop(_LAST_APPLIED, None)
            values = values if tick.settings.strict else without_flux(values)
            if values:
                metadata[field] = values
        return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": _portable(tick, target)}


def _portable(tick: Tick, target: KubernetesObject) -> dict[str, Any]:
    """The target's spec without what the API server assigned to this object."""
    spec = _without_own(target)
    if tick.canary.spec.service.traffic_distribution:
        spec["trafficDistribution"] = tick.canary.spec.service.traffic_distribution
    return spec


def _without_own(service: KubernetesObject) -> dict[str, Any]:
    spec: dict[str, Any] = copy.deepcopy(dict(service["spec"]))
    for name in _GIVEN_BY_SERVER:
        if spec.get(name) not in ("None", ["None"]):
            spec.pop(name, None)
    for port in spec.get("ports") or []:
        port.pop("nodePort", None)
    return spec


def _with_spec(live: KubernetesObject, spec: dict[str, Any]) -> dict[str, Any]:
    obj: dict[str, Any] = copy.deepcopy(dict(live))
    given = {name: obj["spec"][name] for name in _GIVEN_BY_SERVER if name in obj["spec"]}
    obj["spec"] = {**spec, **given}
    return obj


def _essence(service: KubernetesObject) -> tuple[Any, ...]:
    metadata = service["metadata"]
    return _without_own(service), *(metadata.get(field) or {} for field in _METADATA)

"""Traefik: a TraefikService with two weighted Services. The IngressRoute that refers to it is the user's.

Deviations from Flagger unless strict: a weight of 0 is written as 0 (if it is missing, Traefik takes 1), and a
repair keeps live weights and fields that it does not know.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.traffic.traefik import TRAEFIK_SERVICES
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers.base import require_valid
from canarytui.engine.routers.services import apex_metadata
from canarytui.engine.workloads.base import owner_reference

KIND = TRAEFIK_SERVICES.kind
_CALLER = "router/traefik.go"


class TraefikRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: self._reconcile(tick), f"{KIND} {tick.canary.apex_name}")

    def _reconcile(self, tick: Tick) -> Decision[bool]:
        canary = tick.canary
        labels, annotations = apex_metadata(tick)
        live = _live(tick)
        name = f"{canary.apex_name}.{canary.namespace}"
        if live is None:
            metadata: dict[str, Any] = {
                "name": canary.apex_name,
                "namespace": canary.namespace,
                "annotations": annotations,
                "ownerReferences": [owner_reference(canary)],
            }
            if labels:
                metadata["labels"] = labels
            services = [_entry(tick, canary.primary_service_name, 100)]
            yield Create(
                {
                    "apiVersion": TRAEFIK_SERVICES.api_version,
                    "kind": KIND,
                    "metadata": metadata,
                    "spec": {"weighted": {"services": services}},
                }
            )
            yield Log(f"{KIND} {name} created", _CALLER)
            return True
        wanted = self._repaired(tick, live, labels, annotations)
        if wanted is not None:
            yield Replace(wanted)
            yield Log(f"{KIND} {name} updated", _CALLER)
        return True

    @staticmethod
    def _repaired(
        tick: Tick, live: KubernetesObject, labels: dict[str, str], annotations: dict[str, str]
    ) -> dict[str, Any] | None:
        """The repaired object, or None if only weights differ."""
        canary = tick.canary
        weights = {str(entry.get("name")): entry.get("weight") for entry in _services(live)}
        names = [canary.primary_service_name]
        if len(weights) > 1 or canary.canary_service_name in weights:
            names.append(canary.canary_service_name)
        services = [_entry(tick, each, weights.get(each)) for each in names]
        spec_differs = [_without_weight(entry) for entry in _services(live)] != [
            _without_weight(entry) for entry in services
        ]
        metadata = live["metadata"]
        if tick.settings.strict:
            metadata_differs = (metadata.get("labels") or {}) != labels or (
                metadata.get("annotations") or {}
            ) != annotations
            if not spec_differs and not metadata_differs:
                return None
            services = [_entry(tick, each, 100) for each in names]
            kept = {key: value for key, value in metadata.items() if key not in ("labels", "annotations")}
            wanted = {**live, "metadata": {**kept, "annotations": annotations}}
            if labels:
                wanted["metadata"]["labels"] = labels
            return {**wanted, "spec": {"weighted": {"services": services}}}
        missing = [
            field
            for field, required in (("labels", labels), ("annotations", annotations))
            if any((metadata.get(field) or {}).get(key) != value for key, value in required.items())
        ]
        if not spec_differs and not missing:
            return None
        if weights.get(canary.primary_service_name) is None and canary.canary_service_name not in weights:
            services = [_entry(tick, canary.primary_service_name, 100)]
        wanted = copy.deepcopy(dict(live))
        for field, required in (("labels", labels), ("annotations", annotations)):
            if required:
                wanted["metadata"][field] = {**(metadata.get(field) or {}), **required}
        wanted.setdefault("spec", {}).setdefault("weighted", {})["services"] = services
        return wanted

    def read_weights(self, tick: Tick) -> Weights:
        live = _live(tick)
        name = f"{tick.canary.apex_name}.{tick.canary.namespace}"
        if live is None:
            raise _not_found(tick)
        services = _services(live)
        if not services:
            raise EndTick(f"{KIND} {name} services not found")
        missing = 0 if tick.settings.strict else 1  # what Traefik takes it for
        weights = {str(entry.get("name")): int(entry.get("weight", missing) or 0) for entry in services}
        primary = weights.get(tick.canary.primary_service_name)
        if primary is None:
            return Weights(0, 0)
        if tick.settings.strict:
            return Weights(primary, 100 - primary)
        return Weights(primary, weights.get(tick.canary.canary_service_name, 0)).as_shares()

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        require_valid(tick, weights)
        yield from settle(lambda: self._set(tick, weights.primary, weights.canary), f"{KIND} {tick.canary.apex_name}")

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()

    @staticmethod
    def _set(tick: Tick, primary: int, canary: int) -> Decision[bool]:
        live = _live(tick)
        if live is None:
            raise _not_found(tick)
        services = [_entry(tick, tick.canary.primary_service_name, primary)]
        if canary > 0:
            # Traefik drops the whole TraefikService if one of its Services has no endpoints.
            services.append(_entry(tick, tick.canary.canary_service_name, canary))
        if _services(live) == services:
            return True
        wanted = copy.deepcopy(dict(live))
        wanted.setdefault("spec", {}).setdefault("weighted", {})["services"] = services
        yield Replace(wanted)
        return True


def _live(tick: Tick) -> KubernetesObject | None:
    return tick.cluster_view.get(KIND, tick.canary.namespace, tick.canary.apex_name)


def _not_found(tick: Tick) -> EndTick:
    apex = tick.canary.apex_name
    missing = f'{TRAEFIK_SERVICES.full_name} "{apex}" not found'
    return EndTick(f"{KIND} {apex}.{tick.canary.namespace} query error: {missing}")


def _services(live: KubernetesObject) -> list[dict[str, Any]]:
    weighted = (live.get("spec") or {}).get("weighted") or {}
    return list(weighted.get("services") or [])


def _entry(tick: Tick, name: str, weight: int | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "namespace": tick.canary.namespace, "port": tick.canary.spec.service.port}
    if weight is None or (weight == 0 and tick.settings.strict):
        return entry
    return {**entry, "weight": weight}


def _without_weight(entry: KubernetesObject) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "weight"}

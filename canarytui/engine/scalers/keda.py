"""KEDA's ScaledObjects. One would scale an idle target up again, so it is paused at 0 replicas."""

from __future__ import annotations

import copy
import re
from typing import Any

from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Decision, Patch
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.scalers.base import (
    bring_up_to_date,
    create_missing,
    has_copy,
    primary_reference,
    primary_scaler,
    replicas_for_primary,
    target_scaler,
)
from canarytui.engine.workloads.base import included, without_flux

PAUSED = "autoscaling.keda.sh/paused-replicas"
_TITLE = "Keda ScaledObject"
_CALLER = "canary/scaled_object_reconciler.go"
_COUNTS = {"minReplicas": "minReplicaCount", "maxReplicas": "maxReplicaCount"}


class ScaledObjects:
    """See :class:`canarytui.engine.scalers.base.Scaler`."""

    kind = "ScaledObject"

    def ensure_primary(self, tick: Tick) -> Decision[None]:
        target = self._target(tick)
        if has_copy(tick, target):
            return
        wanted = self._primary(tick, target)
        annotations = without_flux(target["metadata"].get("annotations"))
        if not tick.settings.strict:
            # Flagger copies the pause of an idle target: a recreated primary then has no pods.
            annotations.pop(PAUSED, None)
        if annotations:
            wanted["metadata"]["annotations"] = annotations
        yield from create_missing(tick, wanted, _TITLE, _CALLER)

    def update_primary(self, tick: Tick) -> Decision[None]:
        wanted = self._primary(tick, self._target(tick))
        live = tick.cluster_view.get(self.kind, tick.canary.namespace, wanted["metadata"]["name"])
        present = (live or wanted)["metadata"]
        prefixes = tick.settings.include_label_prefixes
        metadata = {field: included(present.get(field), prefixes) for field in ("labels", "annotations")}
        yield from bring_up_to_date(tick, wanted, metadata, _TITLE, _CALLER)

    def pause_target(self, tick: Tick) -> Decision[None]:
        yield from self._annotate(tick, "0")

    def resume_target(self, tick: Tick) -> Decision[None]:
        yield from self._annotate(tick, None)

    def least_replicas(self, tick: Tick) -> int:
        try:
            return int(self._target(tick)["spec"].get("minReplicaCount") or 1)
        except EndTick:
            return 1

    def may_idle(self, tick: Tick) -> bool:
        try:
            return PAUSED not in (self._target(tick)["metadata"].get("annotations") or {})
        except EndTick:
            return False

    def _annotate(self, tick: Tick, value: str | None) -> Decision[None]:
        metadata = self._target(tick)["metadata"]
        if (metadata.get("annotations") or {}).get(PAUSED) != value:
            patch = {"metadata": {"annotations": {PAUSED: value}}}
            yield Patch(self.kind, tick.canary.namespace, metadata["name"], patch)

    def _target(self, tick: Tick) -> KubernetesObject:
        return target_scaler(tick, self.kind, _TITLE, "scaledobjects.keda.sh")

    def _primary(self, tick: Tick, target: KubernetesObject) -> dict[str, Any]:
        spec: dict[str, Any] = copy.deepcopy(dict(target["spec"]))
        spec["scaleTargetRef"] = primary_reference(tick, target)
        spec |= {_COUNTS[name]: count for name, count in replicas_for_primary(tick).items()}
        for trigger in spec.get("triggers") or []:
            _measure_primary(tick, trigger)
        generated = spec.setdefault("advanced", {}).setdefault("horizontalPodAutoscalerConfig", {})
        if generated.get("name"):
            generated["name"] += "-primary"
        return primary_scaler(tick, target, spec)


def _measure_primary(tick: Tick, trigger: dict[str, Any]) -> None:
    """Make a trigger's query refer to the primary.

    With ``primaryScalerQueries`` only triggers named there change; without, the target's name in the text does.
    """
    metadata = trigger.get("metadata") or {}
    queries = tick.canary.spec.autoscaler_overrides.get("primaryScalerQueries")
    if queries is not None:
        if trigger.get("name") in queries:
            trigger["metadata"] = {**metadata, "query": queries[trigger["name"]]}
    elif "query" in metadata:
        target = re.escape(tick.canary.target_name)
        metadata["query"] = re.sub(f"{target}(-canary)?", tick.canary.primary_name, str(metadata["query"]))

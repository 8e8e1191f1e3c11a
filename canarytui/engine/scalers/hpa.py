"""HorizontalPodAutoscalers (autoscaling/v2). Kubernetes itself ignores one whose target has no replicas: no pause."""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Decision
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

_TITLE = "HorizontalPodAutoscaler v2"
_CALLER = "canary/hpa_reconciler.go"
_COPIED = ("minReplicas", "maxReplicas", "metrics", "behavior")


class HorizontalPodAutoscalers:
    """See :class:`canarytui.engine.scalers.base.Scaler`."""

    kind = "HorizontalPodAutoscaler"

    def ensure_primary(self, tick: Tick) -> Decision[None]:
        target = self._target(tick)
        if not has_copy(tick, target):
            yield from create_missing(tick, self._primary(tick, target), _TITLE, _CALLER)

    def update_primary(self, tick: Tick) -> Decision[None]:
        yield from bring_up_to_date(tick, self._primary(tick, self._target(tick)), {}, _TITLE, _CALLER)

    def pause_target(self, tick: Tick) -> Decision[None]:
        yield from ()

    def resume_target(self, tick: Tick) -> Decision[None]:
        yield from ()

    def least_replicas(self, tick: Tick) -> int:
        try:
            return int(self._target(tick)["spec"].get("minReplicas") or 1)
        except EndTick:
            return 1

    def may_idle(self, tick: Tick) -> bool:
        return False

    def _target(self, tick: Tick) -> KubernetesObject:
        return target_scaler(tick, self.kind, self.kind, "horizontalpodautoscalers.autoscaling")

    def _primary(self, tick: Tick, target: KubernetesObject) -> dict[str, Any]:
        spec: dict[str, Any] = {"scaleTargetRef": primary_reference(tick, target)}
        spec |= {key: copy.deepcopy(target["spec"][key]) for key in _COPIED if key in target["spec"]}
        return primary_scaler(tick, target, {**spec, **replicas_for_primary(tick)})

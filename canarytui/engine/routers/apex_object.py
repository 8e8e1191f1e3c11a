"""A routing object that has the apex' name and belongs to its canary: made, looked up and repaired.

Shared by routers whose object is written whole from the canary. In strict mode any difference is repaired as Flagger
does, with all traffic to the primary and without what others added; otherwise live weights and others' fields stay.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.resource import Resource
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights, shares_of
from canarytui.engine.routers.base import require_valid
from canarytui.engine.routers.services import apex_metadata
from canarytui.engine.workloads.base import owner_reference

Part = dict[str, Any]
SpecOf = Callable[[Tick, Weights, KubernetesObject], Part]
"""The spec that a canary's object must have with these weights; the live spec, from which others' fields are kept, is
empty where none are to be kept."""


class ApexObject(Struct, frozen=True):
    """Objects of one resource type.

    Attributes:
        spec_of: what must stand in an object's spec.
        live_weights: what a live spec says of primary and canary, as written there; a missing weight is 0.
        caller: the part of Flagger that writes the same.
        refused: the object in the sentence that refuses weights of 0 and 0.
    """

    resource: Resource
    spec_of: SpecOf
    live_weights: Callable[[Tick, KubernetesObject], Weights]
    caller: str
    refused: str = "RoutingRule"

    def name(self, tick: Tick) -> str:
        """As messages have it: ``HTTPProxy cart.shop``."""
        return f"{self.resource.kind} {tick.canary.apex_name}.{tick.canary.namespace}"

    def reconcile(self, tick: Tick) -> Decision[None]:
        """Create or repair the object."""
        yield from settle(lambda: self._reconcile(tick), self.name(tick))

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        """Write `weights`; raises EndTick where the object is missing, or both are 0."""
        require_valid(tick, weights, self.refused)
        yield from settle(lambda: self._set(tick, weights), self.name(tick))

    def live(self, tick: Tick) -> KubernetesObject:
        """The object; raises EndTick without one."""
        found = self._find(tick)
        if found is None:
            missing = f'{self.resource.full_name} "{tick.canary.apex_name}" not found'
            raise EndTick(f"{self.name(tick)} get query error: {missing}")
        return found

    def _find(self, tick: Tick) -> KubernetesObject | None:
        return tick.cluster_view.get(self.resource.kind, tick.canary.namespace, tick.canary.apex_name)

    def _reconcile(self, tick: Tick) -> Decision[bool]:
        live = self._find(tick)
        if live is None:
            canary, (labels, annotations) = tick.canary, apex_metadata(tick)
            metadata: Part = {"name": canary.apex_name, "namespace": canary.namespace}
            metadata |= {"labels": labels} if labels else {}
            metadata |= {"annotations": annotations, "ownerReferences": [owner_reference(canary)]}
            spec = self.spec_of(tick, ALL_TO_PRIMARY, {})
            identity = {"apiVersion": self.resource.api_version, "kind": self.resource.kind}
            yield Create({**identity, "metadata": metadata, "spec": spec})
            yield Log(f"{self.name(tick)} created", self.caller)
            return True
        wanted = self._as_flagger(tick, live) if tick.settings.strict else self._repaired(tick, live)
        if wanted != live:
            yield Replace(wanted)
            yield Log(f"{self.name(tick)} updated", self.caller)
        return True

    def _as_flagger(self, tick: Tick, live: KubernetesObject) -> Part:
        """`live` where only weights differ; else all of it again."""
        labels, annotations = apex_metadata(tick)
        spec, metadata = self.spec_of(tick, ALL_TO_PRIMARY, {}), live["metadata"]
        same = without_weights(spec) == without_weights(live.get("spec") or {})
        if same and (metadata.get("labels") or {}, metadata.get("annotations") or {}) == (labels, annotations):
            return dict(live)
        return {**live, "metadata": {**metadata, "labels": labels, "annotations": annotations}, "spec": spec}

    def _repaired(self, tick: Tick, live: KubernetesObject) -> Part:
        present = live.get("spec") or {}
        weights = self.live_weights(tick, present)
        spec = self.spec_of(tick, shares_of(weights.primary, weights.canary) or ALL_TO_PRIMARY, present)
        nobody = weights.primary <= 0 and weights.canary <= 0
        if without_weights(spec) == without_weights(present) and not nobody:
            spec = present
        metadata = dict(live["metadata"])
        for field, required in zip(("labels", "annotations"), apex_metadata(tick), strict=True):
            if required:
                metadata[field] = {**(metadata.get(field) or {}), **required}
        return {**live, "metadata": metadata, "spec": spec}

    def _set(self, tick: Tick, weights: Weights) -> Decision[bool]:
        live = self.live(tick)
        present = live.get("spec") or {}
        spec = self.spec_of(tick, weights, {} if tick.settings.strict else present)
        if spec != present:
            yield Replace({**live, "spec": spec})
        return True


def share(value: object) -> int:
    """A weight as it stands in an object; 0 for what is none."""
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else 0


def by_primary(tick: Tick, weights: Weights) -> Weights:
    """What the engine makes of written weights: shares of their sum, as the proxy takes them; 0 and 0 serve nobody. In
    strict mode, as in Flagger, the canary has what the primary lacks of 100."""
    if tick.settings.strict:
        return Weights(weights.primary, 100 - weights.primary)
    return shares_of(weights.primary, weights.canary) or Weights(0, 0)


def weight(tick: Tick, value: int) -> Part:
    """A weight as a field; Flagger leaves 0 out."""
    return {} if value == 0 and tick.settings.strict else {"weight": value}


def onto(live: object, ours: Mapping[str, Any], *owned: str) -> Part:
    """`ours` with the fields that others added to `live`; `owned` are those that are never theirs."""
    others = live if isinstance(live, Mapping) else {}
    return {**{key: value for key, value in others.items() if key not in owned}, **ours}


def without_weights(value: Any) -> Any:
    """A spec without any weight in it."""
    if isinstance(value, Mapping):
        return {key: without_weights(each) for key, each in value.items() if key != "weight"}
    return [without_weights(each) for each in value] if isinstance(value, list) else value

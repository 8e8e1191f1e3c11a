"""The engine is killed after each single effect of a rollout, and started again: the end is the same.

A killed engine forgets all that is not in the cluster.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from rollouts import APISIX_REFERENCE, APISIX_ROUTE, DEFAULT, STRICT, UPDATE, iterated, phases, rollout

from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recorded_fields import as_shown
from canarytui.engine.replay.recording import Recording

CONFIG = ["configmap/promote-cfg", "secret/promote-sec"]
HEADER = [{"headers": {"x-canary": {"exact": "insider"}}}]
HOOKS = [{"name": kind, "type": kind, "url": "http://hook"} for kind in ("pre-rollout", "rollout", "post-rollout")]
HPA = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "name": "promote"}
INGRESS = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}
FAILING = {"success": [50]}
FLEETING = {
    "uid",
    "resourceVersion",
    "generation",
    "observedGeneration",
    "lastTransitionTime",
    "lastUpdateTime",
    "flagger-id",
}
NOT_STRICT = {
    # Flagger's stuck stepped promotion, and a second step at once when the first one's record was lost.
    "stepped promotion",
    "session affinity",
    "deletion",
    "deletion on kuma",
}
SCENARIOS = {
    "promotion": rollout(analysis={"stepWeight": 25, "webhooks": HOOKS}, ticks=14),
    "stepped promotion": rollout(analysis={"stepWeight": 50, "stepWeightPromotion": 30}, ticks=16),
    "rollback": rollout(analysis={"stepWeight": 25, "webhooks": HOOKS}, metric_answers=FAILING, ticks=14),
    "blue/green": rollout(analysis=iterated(2), ticks=14),
    "A/B on istio": rollout(spec={"provider": "istio"}, analysis=iterated(2, match=HEADER), ticks=14),
    "A/B on nginx": rollout(spec={"provider": "nginx", "ingressRef": INGRESS}, analysis=iterated(1), ticks=14),
    "promotion on linkerd": rollout(spec={"provider": "linkerd"}, analysis={"stepWeight": 50}, ticks=14),
    "rollback on kuma": rollout(
        spec={"provider": "kuma"}, analysis={"stepWeight": 50}, metric_answers=FAILING, ticks=14
    ),
    "deletion on kuma": rollout(
        UPDATE, ("weight>=25", "delete"), spec={"provider": "kuma", "revertOnDeletion": True}, ticks=8
    ),
    "A/B on contour": rollout(spec={"provider": "contour"}, analysis=iterated(2, match=HEADER), ticks=14),
    "promotion on gloo": rollout(spec={"provider": "gloo"}, analysis={"stepWeight": 50}, ticks=14),
    "rollback on apisix": rollout(
        spec={"provider": "apisix", "routeRef": APISIX_REFERENCE}, analysis={"stepWeight": 50}, metric_answers=FAILING,
        manifests=[APISIX_ROUTE], ticks=14,
    ),
    "session affinity": rollout(
        spec={"provider": "istio"}, analysis={"stepWeight": 50, "sessionAffinity": {"cookieName": "c"}}, ticks=14
    ),
    "new config and scaler": rollout(
        ("Initialized", "configmap blue"),
        spec={"autoscalerRef": HPA}, analysis={"stepWeight": 50}, configs=CONFIG, ticks=14,
    ),
    "second revision": rollout(UPDATE, ("weight>=25", "set-image v3"), analysis={"stepWeight": 25}, ticks=20),
    "deletion": rollout(UPDATE, ("weight>=25", "delete"), spec={"revertOnDeletion": True}, ticks=8),
    "skipped analysis": rollout(spec={"skipAnalysis": True}, ticks=8),
}  # fmt: skip


class Killed(RecordingPlayer):
    """Dies after `after` effects, once; None: never."""

    def __init__(
        self, recording: Recording, settings: ControllerSettings, after: int | None, *, at_once: bool = True
    ) -> None:
        """`at_once`: its successor looks at once, as one does that knows nothing; else when the interval is over."""
        self._at_once = at_once
        self.primary_templates: list[str] = []
        super().__init__(recording, settings)
        self.after = after
        self.effects = 0

    def _tick(self, canary: Canary, now: Any, notes: dict[str, Any]) -> None:
        try:
            super()._tick(canary, now, notes)
        except _Kill:
            self._notes = {}
            live = self._cluster_view.get("Canary", canary.namespace, canary.name)
            if live is not None and self._at_once:
                self._tick(Canary.parse(dict(live)), now, self._notes)

    def _carry_out(self, effect: fx.Effect) -> Any:
        if self.after is not None and self.effects == self.after:
            self.after = None
            raise _Kill
        self.effects += 1
        return super()._carry_out(effect)

    def end(self) -> dict[str, Any]:
        """Every object as it is in the end, without what any write changes."""
        return {"/".join(key): as_shown(_lasting(obj)) for key, obj in sorted(self._cluster_view.objects.items())}

    def _note(self, obj: KubernetesObject) -> None:
        super()._note(obj)
        if obj["kind"] == "Deployment" and obj["metadata"]["name"] == "promote-primary":
            template = json.dumps(obj["spec"]["template"], sort_keys=True)
            if self.primary_templates[-1:] != [template]:
                self.primary_templates.append(template)


class _Kill(BaseException):
    """SIGKILL: nothing in the engine may catch it."""


def _lasting(obj: Any) -> Any:
    """`obj` without versions, times and the identities that a promotion gives."""
    if isinstance(obj, dict):
        return {key: _lasting(value) for key, value in obj.items() if key not in FLEETING}
    if isinstance(obj, list):
        return [_lasting(value) for value in obj]
    return copy.copy(obj)


DELETIONS = ("deletion", "deletion on kuma")
CASES = [
    *((name, DEFAULT, False) for name in ("promotion", "session affinity", "second revision", *DELETIONS)),
    # A successor that looks at once is a step ahead when the deletion comes, and rightly so.
    *((name, DEFAULT, True) for name in SCENARIOS if name not in DELETIONS),
    *((name, STRICT, True) for name in SCENARIOS if name not in NOT_STRICT),
]


@pytest.mark.parametrize(("name", "settings", "at_once"), CASES)
def test_rollout_ends_as_if_the_engine_had_not_been_killed(
    name: str, settings: ControllerSettings, at_once: bool
) -> None:
    recording = SCENARIOS[name]
    undisturbed = Killed(recording, settings, None)
    outcome = undisturbed.play()
    assert phases(outcome)[-1] in ("Succeeded", "Failed", "Terminating")
    for after in range(undisturbed.effects):
        killed = Killed(recording, settings, after, at_once=at_once)
        seen = killed.play()
        assert killed.after is None, "it was killed"
        assert killed.end() == undisturbed.end(), f"killed after effect {after}"
        assert len(killed.primary_templates) == len(undisturbed.primary_templates), "no needless restart"
        assert phases(seen) == phases(outcome)
        for entries in seen.routes:
            assert sum(weight or 0 for _, weight in entries) == 100, "no half-written route"

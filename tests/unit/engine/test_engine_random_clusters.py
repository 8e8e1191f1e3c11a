"""Random worlds: any strategy, metrics and gates, pods that fail, people who edit, writers who conflict, kills.

Whatever happens: weights sum to 100, no more traffic goes to a canary than it had unless it is ready, the primary's
template changes only by promotion, and once the cluster view has calmed down every rollout comes to an end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from rollouts import APISIX_REFERENCE, APISIX_ROUTE, DEFAULT, phases, rollout

from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide import effects as fx
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording

CALM_FROM, TICKS = 40, 110
HEADER = [{"headers": {"x-canary": {"exact": "insider"}}}]
GATES = ("confirm-rollout", "pre-rollout", "rollout", "confirm-traffic-increase", "confirm-promotion")
ENDED = ("Initialized", "Succeeded", "Failed")
"""Initialized: the engine was dead while a revision came and went."""
INGRESS = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}
_WRITES = (fx.Create, fx.Replace, fx.Patch, fx.PatchStatus)

by_weight = st.one_of(
    st.fixed_dictionaries({"stepWeight": st.integers(5, 100), "maxWeight": st.integers(10, 100)}),
    st.lists(st.integers(1, 100), min_size=1, max_size=5, unique=True).map(
        lambda chosen: {"stepWeight": None, "maxWeight": None, "stepWeights": sorted(chosen)}
    ),
)
by_count = st.integers(1, 4).map(lambda count: {"stepWeight": None, "maxWeight": None, "iterations": count})
providers = st.sampled_from(
    [
        {"provider": "traefik"},
        {"provider": "istio"},
        {"provider": "kubernetes"},
        {"provider": "nginx", "ingressRef": INGRESS},
        {"provider": "contour"},
        {"provider": "gloo"},
        {"provider": "apisix", "routeRef": APISIX_REFERENCE},
        {"provider": "linkerd"},
        {"provider": "osm"},
        {"provider": "kuma"},
    ]
)
tags = st.sampled_from(["v1", "v2", "v3"])
answers = st.lists(st.sampled_from([100, 99.5, 50, None, "ERR"]), min_size=1, max_size=8)


@dataclass(frozen=True)
class Trouble:
    """What goes wrong until the cluster view calms down: effects after which the engine dies, writes that somebody gets
    ahead of, ticks at which somebody sets the router's canary weight, and image tags whose pods cannot start at a
    tick."""

    kills: frozenset[int] = frozenset()
    conflicts: frozenset[int] = frozenset()
    edits: dict[int, int] = field(default_factory=dict)
    broken: dict[int, frozenset[str]] = field(default_factory=dict)


troubles = st.builds(
    Trouble,
    kills=st.frozensets(st.integers(0, 150), max_size=5),
    conflicts=st.frozensets(st.integers(0, 60), max_size=8),
    edits=st.dictionaries(st.integers(4, 30), st.integers(0, 100), max_size=2),
    broken=st.dictionaries(
        st.integers(0, 30),
        st.frozensets(st.sampled_from(["v2", "v3", "promote-primary:v2", "promote-primary:v3"])),
        max_size=4,
    ),
)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    kinds = draw(st.lists(st.sampled_from(GATES), max_size=3))
    webhooks = [{"name": f"h{i}", "type": kind, "url": "http://hook"} for i, kind in enumerate(kinds)]
    analysis: dict[str, Any] = {**draw(st.one_of(by_weight, by_count)), "webhooks": webhooks}
    analysis["stepWeightPromotion"] = draw(st.sampled_from([0, 0, 30]))
    analysis["mirror"] = draw(st.booleans())
    if analysis.get("iterations") and draw(st.booleans()):
        analysis["match"] = HEADER
    images = draw(st.lists(st.tuples(st.sampled_from(["+10", "+30", "+70"]), tags), max_size=3))
    gates = {hook["name"]: [*draw(st.lists(st.sampled_from([200, 403, 500]), max_size=5)), 200] for hook in webhooks}
    return rollout(
        ("Initialized", "set-image v2"),
        *((when, f"set-image {tag}") for when, tag in images),
        spec={"progressDeadlineSeconds": draw(st.sampled_from([30, 600])), **draw(providers)},
        analysis=analysis,
        metric_answers={"success": draw(answers)},
        webhook_answers=gates,
        manifests=[APISIX_ROUTE],
        ticks=TICKS,
    )


class RandomWorld(RecordingPlayer):
    """Plays a recording amid trouble, and holds every write to what must always be true."""

    def __init__(self, recording: Recording, trouble: Trouble) -> None:
        self._trouble = trouble
        self._effects = self._writes = 0
        self._share = 0
        self._template = ""
        self._promoting = False
        super().__init__(recording, DEFAULT)

    def _look(self, at_s: float) -> bool:
        self._broken = self._trouble.broken.get(self._number, self._broken)
        if self._number >= CALM_FROM:
            self._broken = frozenset()
        self._edit_router()
        return super()._look(at_s)

    def _tick(self, canary: Canary, now: Any, notes: dict[str, Any]) -> None:
        self._promoting = False
        try:
            super()._tick(canary, now, notes)
        except _Kill:
            self._notes = {}

    def _carry_out(self, effect: fx.Effect) -> Any:
        self._effects += 1
        if self._effects in self._trouble.kills:
            raise _Kill
        if isinstance(effect, _WRITES):
            self._writes += 1
            if self._writes in self._trouble.conflicts:
                self._get_ahead(effect)
            self._check(effect)
        if isinstance(effect, fx.Say) and effect.message.startswith("Copying promote.r1 template spec"):
            self._promoting = True
        return super()._carry_out(effect)

    def _get_ahead(self, effect: fx.Effect) -> None:
        """Somebody else writes the object first."""
        if isinstance(effect, fx.PatchStatus):
            place = ("Canary", effect.namespace, effect.name)
        elif isinstance(effect, fx.Replace):
            place = (effect.obj["kind"], effect.obj["metadata"].get("namespace", ""), effect.obj["metadata"]["name"])
        else:
            return
        found = self._cluster_view.get(*place)
        if found is not None:
            self._cluster_view.put(found)

    def _edit_router(self) -> None:
        weight = self._trouble.edits.get(self._number)
        if weight is None:
            return
        shares = {"promote-primary": 100 - weight, "promote-canary": weight}
        for kind, namespace in (("TraefikService", "r1"), ("TrafficSplit", "r1"), ("TrafficRoute", "")):
            live = self._cluster_view.get(kind, namespace, "promote")
            if live is not None:
                self._share = weight
                self._cluster_view.put({**live, "spec": _edited(live, shares)})

    def _check(self, effect: fx.Effect) -> None:
        if not isinstance(effect, fx.Replace | fx.Create):
            return
        obj = effect.obj
        if obj["kind"] == "Deployment" and obj["metadata"]["name"] == "promote-primary":
            template = json.dumps(obj["spec"]["template"], sort_keys=True)
            assert template == self._template or not self._template or self._promoting
            self._template = template
        shares = _shares(obj)
        for primary, canary in shares:
            assert primary + canary == 100
            assert min(primary, canary) >= 0
        if shares:
            share = max(canary for _, canary in shares)
            assert share <= self._share or self._canary_is_ready(), "more traffic to a canary that is not ready"
            self._share = share

    def _canary_is_ready(self) -> bool:
        target = self._cluster_view.get("Deployment", "r1", "promote")
        assert target is not None
        status = target["status"]
        return bool(status["availableReplicas"] >= target["spec"]["replicas"] > 0)

    def image_of(self, name: str) -> str:
        """The image of a Deployment in the end."""
        found = self._cluster_view.get("Deployment", "r1", name)
        assert found is not None
        return str(found["spec"]["template"]["spec"]["containers"][0]["image"])

    def everybody_is_served(self) -> bool:
        """All traffic goes to one side, which is ready: the primary, or the canary after a failed promotion."""
        status = self._cluster_view.get("Canary", "r1", "promote")
        assert status is not None
        name = "promote" if status["status"]["canaryWeight"] == 100 else "promote-primary"
        found = self._cluster_view.get("Deployment", "r1", name)
        assert found is not None
        return bool(found["status"]["availableReplicas"] >= found["spec"]["replicas"] > 0)


class _Kill(BaseException):
    """SIGKILL."""


def _edited(live: KubernetesObject, shares: dict[str, int]) -> dict[str, Any]:
    """The spec of a routing object in which somebody gives each Service its share."""
    spec: dict[str, Any] = live["spec"]
    match live["kind"]:
        case "TrafficSplit":
            as_text = live["apiVersion"].endswith("/v1alpha1")
            backends = [{"service": name, "weight": str(part) if as_text else part} for name, part in shares.items()]
            return {**spec, "backends": backends}
        case "TrafficRoute":
            split = [
                {"weight": part, "destination": {"kuma.io/service": f"{name}_r1_svc_80"}}
                for name, part in shares.items()
            ]
            return {**spec, "conf": {"split": split}}
    entry = {"namespace": "r1", "port": 80}
    return {"weighted": {"services": [{**entry, "name": name, "weight": part} for name, part in shares.items()]}}


def _shares(obj: KubernetesObject) -> list[tuple[int, int]]:
    """(primary, canary) of each route of a router object that leads to both; none for other objects."""
    spec = obj.get("spec") or {}
    if obj["kind"] == "TraefikService":
        by_name = {entry["name"]: entry["weight"] for entry in spec["weighted"]["services"]}
        return [(by_name["promote-primary"], by_name.get("promote-canary", 0))]
    if obj["kind"] == "VirtualService":
        routes = [route["route"] for route in spec["http"] if len(route["route"]) == 2]
        return [(first["weight"], second["weight"]) for first, second in routes]
    if obj["kind"] == "Ingress" and obj["metadata"]["name"].endswith("-canary"):
        weight = int(obj["metadata"]["annotations"]["nginx.ingress.kubernetes.io/canary-weight"])
        return [(100 - weight, weight)]
    if obj["kind"] == "HTTPProxy":
        return [
            (first["weight"], second["weight"]) for first, second in (route["services"] for route in spec["routes"])
        ]
    if obj["kind"] == "RouteTable":
        destinations = [route["routeAction"]["multi"]["destinations"] for route in spec["routes"]]
        return [(first["weight"], second["weight"]) for first, second in destinations]
    if obj["kind"] == "ApisixRoute":
        return [(first["weight"], second["weight"]) for first, second in (rule["backends"] for rule in spec["http"])]
    if obj["kind"] == "TrafficSplit":
        canary, primary = (int(each["weight"]) for each in sorted(spec["backends"], key=lambda each: each["service"]))
        return [(primary, canary)]
    if obj["kind"] == "TrafficRoute":
        primary, canary = (each["weight"] for each in spec["conf"]["split"])
        return [(primary, canary)]
    return []


relaxed = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


@relaxed
@given(recordings(), troubles)
def test_whatever_happens_traffic_is_safe_and_every_rollout_ends(recording: Recording, trouble: Trouble) -> None:
    note(f"{recording.canary['spec']} {recording.actions} {recording.webhook_answers} {recording.metric_answers}")
    cluster_view = RandomWorld(recording, trouble)
    played = cluster_view.play()
    note("\n".join(f"{said.tick} {said.text}" for said in played.messages))
    assert phases(played)[-1] in ENDED
    if phases(played)[-1] != "Failed":
        assert cluster_view.image_of("promote-primary") == cluster_view.image_of("promote")
    assert cluster_view.everybody_is_served()

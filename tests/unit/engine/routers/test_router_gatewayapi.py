"""Gateway API: the HTTPRoute along whole rollouts, what a repair keeps, and what holds an analysis up."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import DEFAULT, STRICT, iterated, phases, rollout
from router_rig import RouterRig

from canarytui.domain.traffic.selection import provider_of
from canarytui.engine.decide.tick import EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording
from canarytui.engine.routers.providers import router_of

SERVICE = {"port": 80, "targetPort": 9898, "gatewayRefs": [{"name": "web", "namespace": "gateways"}]}
PROVIDERS = ["gatewayapi:v1", "gatewayapi:v1beta1"]
HEADER = [{"headers": {"x-canary": {"exact": "insider"}}}]


def canary(provider: str = "gatewayapi:v1", **service: Any) -> dict[str, Any]:
    return {"provider": provider, "service": {**SERVICE, **service}}


def gateway_rollout(**given: Any) -> Recording:
    """A rollout whose metric server answers durations in seconds, as this provider's query does."""
    return rollout(metric_answers={"duration": [0.05]}, **given)


def rules(outcome: ReplayOutcome) -> list[list[dict[str, Any]]]:
    return [spec["rules"] for spec in outcome.objects["HTTPRoute promote"]]


def split(rule: dict[str, Any]) -> tuple[int, ...]:
    return tuple(each["weight"] for each in rule["backendRefs"])


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_weights_are_the_backends(provider: str, settings: Any) -> None:
    played = RecordingPlayer(gateway_rollout(spec=canary(provider), analysis={"stepWeight": 25}), settings).play()
    assert phases(played)[-1] == "Succeeded"
    assert [split(written[0]) for written in rules(played)] == [(100, 0), (75, 25), (50, 50), (100, 0)]
    first = played.objects["HTTPRoute promote"][0]
    assert first["parentRefs"] == [
        {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "web", "namespace": "gateways"}
    ]
    assert first["rules"][0]["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]
    names = [(each["kind"], each["name"], each["port"]) for each in first["rules"][0]["backendRefs"]]
    assert names == [("Service", "promote-primary", 80), ("Service", "promote-canary", 80)]


def test_ab_test_splits_who_matches_and_leaves_the_rest() -> None:
    match = [{"uri": {"prefix": "/api"}}]
    recording = gateway_rollout(spec=canary(match=match), analysis=iterated(2, match=HEADER))
    played = RecordingPlayer(recording, STRICT).play()
    assert phases(played)[-1] == "Succeeded"
    assert [[split(rule) for rule in written] for written in rules(played)] == [
        [(100, 0), (100,)],
        [(0, 100), (100,)],
        [(100, 0), (100,)],
    ]
    chosen, rest = rules(played)[0]
    path = {"type": "PathPrefix", "value": "/api"}
    assert chosen["matches"] == [{"path": path, "headers": [{"name": "x-canary", "type": "Exact", "value": "insider"}]}]
    assert rest["matches"] == [{"path": path}]


@pytest.mark.parametrize(
    ("analysis", "settings", "mirrored"),
    [
        (iterated(2, mirror=True), STRICT, [False, True, False, False]),
        ({"stepWeight": 50, "mirror": True}, DEFAULT, [False, True, False, False]),
    ],
)
def test_mirror_is_a_filter_until_traffic_is_split(analysis: Any, settings: Any, mirrored: list[bool]) -> None:
    played = RecordingPlayer(gateway_rollout(spec=canary(), analysis=analysis), settings).play()
    kinds = [[each["type"] for each in written[0].get("filters", [])] for written in rules(played)]
    assert ["RequestMirror" in each for each in kinds] == mirrored
    assert phases(played)[-1] == "Succeeded"


def test_flagger_stays_at_weight_zero_when_a_weight_canary_is_to_be_mirrored() -> None:
    played = RecordingPlayer(gateway_rollout(spec=canary(), analysis={"mirror": True}), STRICT).play()
    assert [split(written[0]) for written in rules(played)] == [(100, 0)]
    assert phases(played)[-1] == "Progressing"


def test_session_affinity_keeps_users_on_their_version_and_forgets_the_cookie() -> None:
    affinity = {"cookieName": "version", "maxAge": 60, "primaryCookieName": "stable", "path": "/", "secure": True}
    recording = gateway_rollout(spec=canary(), analysis={"stepWeight": 50, "sessionAffinity": affinity})
    played = RecordingPlayer(recording, STRICT).play()
    before, during, after = rules(played)
    assert [split(rule) for rule in before] == [(100, 0)]
    assert [split(rule) for rule in during] == [(0, 100), (100, 0), (50, 50)]
    to_canary, to_primary, weighted = during
    assert to_canary["matches"][0]["headers"][0]["value"].startswith(".*version.*cookie0")
    assert to_primary["matches"][0]["headers"][0]["value"].startswith(".*stable.*cookie1")
    cookies = [
        each["filters"][0]["responseHeaderModifier"]["add"][0]["value"].partition("=")[2]
        for each in weighted["backendRefs"]
    ]
    assert [each.partition(";")[2].strip() for each in cookies] == ["Max-Age=10", "Max-Age=60; Path=/; Secure"]
    assert [split(rule) for rule in after] == [(100, 0), (100, 0)]
    expiry = after[0]["filters"][0]["responseHeaderModifier"]["add"][0]
    assert expiry["value"].endswith("; Max-Age=-1")
    assert phases(played)[-1] == "Succeeded"


def test_service_settings_become_filters_and_timeouts() -> None:
    service = {
        "timeout": "15s",
        "hosts": ["app.example.com"],
        "headers": {"request": {"add": {"x-b": "2", "x-a": "1"}, "remove": ["x-old"]}},
        "rewrite": {"uri": "/v2", "authority": "inner"},
        "corsPolicy": {"allowOrigin": ["https://a.example"], "allowMethods": ["GET"], "allowCredentials": True},
        "mirror": [{"backendRef": {"name": "shadow", "port": 80}}],
    }
    played = RecordingPlayer(gateway_rollout(spec=canary(**service), ticks=2), STRICT).play()
    spec = played.objects["HTTPRoute promote"][0]
    assert spec["hostnames"] == ["app.example.com"]
    rule = spec["rules"][0]
    assert rule["timeouts"] == {"request": "15s"}
    assert rule["filters"] == [
        {
            "type": "RequestHeaderModifier",
            "requestHeaderModifier": {
                "add": [{"name": "x-a", "value": "1"}, {"name": "x-b", "value": "2"}],
                "remove": ["x-old"],
            },
        },
        {
            "type": "URLRewrite",
            "urlRewrite": {
                "hostname": "inner",
                "path": {"type": "ReplaceFullPath", "replaceFullPath": "/v2"},
            },
        },
        {
            "type": "CORS",
            "cors": {"allowOrigins": ["https://a.example"], "allowMethods": ["GET"], "allowCredentials": True},
        },
        {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "shadow", "port": 80}}},
    ]


class Edited(RecordingPlayer):
    """Somebody drops the hostnames at weight 20, and another controller annotates the route."""

    def _tick(self, *given: Any) -> None:
        live = self._cluster_view.get("HTTPRoute", "r1", "promote")
        said = self._outcome.texts
        if live is not None and said[-1:] == ["Advance promote.r1 canary weight 20"] and said.count(said[-1]) == 1:
            metadata = {**live["metadata"], "annotations": {**live["metadata"]["annotations"], "other": "1"}}
            spec = {key: value for key, value in live["spec"].items() if key != "hostnames"}
            self._cluster_view.put({**live, "metadata": metadata, "spec": spec})
        super()._tick(*given)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("settings", "starts"), [(STRICT, 2), (DEFAULT, 1)])
def test_repair_keeps_the_weights(settings: Any, starts: int, provider: str) -> None:
    recording = gateway_rollout(spec=canary(provider, hosts=["app.example.com"]))
    player = Edited(recording, settings)
    played = player.play()
    assert all("hostnames" in spec for spec in played.objects["HTTPRoute promote"][-2:])
    assert played.texts.count("Starting canary analysis for promote.r1") == starts, "strictly, all goes to the primary"
    live = player._cluster_view.get("HTTPRoute", "r1", "promote")
    assert live is not None
    assert live["metadata"]["annotations"]["other"] == "1"
    assert phases(played)[-1] == "Succeeded"


def test_route_that_its_gateway_has_not_accepted_holds_the_analysis_up() -> None:
    class Refused(RecordingPlayer):
        """The Gateway does not accept the route before tick 8."""

        def _tick(self, *given: Any) -> None:
            live = self._cluster_view.get("HTTPRoute", "r1", "promote")
            if live is not None:
                answer = {"type": "Accepted", "status": "True" if self._number >= 8 else "False", "reason": "NoMatch"}
                answer["observedGeneration"] = live["metadata"].get("generation", 1)
                parents = [{"parentRef": ref, "conditions": [answer]} for ref in live["spec"]["parentRefs"]]
                self._cluster_view.put({**live, "status": {"parents": parents}})
            super()._tick(*given)

    played = Refused(gateway_rollout(spec=canary()), STRICT).play()
    waits = [
        said.tick for said in played.messages if said.text == "HTTPRoute promote.r1 parent web is not ready: NoMatch"
    ]
    assert waits == [2, 3, 4, 5, 6, 7]
    assert phases(played)[-1] == "Succeeded"


@pytest.mark.parametrize(
    ("parent", "version", "weights"),
    [
        ({}, "v1", None),
        ({"namespace": "elsewhere"}, "v1", (100, 0)),
        ({"sectionName": "http"}, "v1", (100, 0)),
        ({}, "v1beta1", (100, 0)),
    ],
)
def test_only_a_parent_of_the_specs_can_hold_the_analysis_up(
    parent: dict[str, str], version: str, weights: tuple[int, int] | None
) -> None:
    rig = RouterRig({**canary(f"gatewayapi:{version}")}, settings=STRICT)
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    live = rig.get("HTTPRoute")
    ref = {**live["spec"]["parentRefs"][0], **parent}
    refused = {"parentRef": ref, "conditions": [{"type": "Accepted", "status": "False", "reason": "NoMatch"}]}
    rig.change("HTTPRoute", {"status": {"parents": [refused]}})
    if weights is None:
        with pytest.raises(EndTick, match="parent web is not ready: NoMatch"):
            router_of(rig.tick).read_weights(rig.tick)
    else:
        assert router_of(rig.tick).read_weights(rig.tick)[:2] == weights


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_split_that_serves_nobody_is_refused_unless_strict(provider: str) -> None:
    rig, strict = RouterRig(canary(provider)), RouterRig(canary(provider), settings=STRICT)
    for each in (rig, strict):
        each.do(router_of(each.tick).reconcile(each.tick))
    with pytest.raises(EndTick, match="no valid weights"):
        rig.do(router_of(rig.tick).set_weights(rig.tick, Weights(0, 0)))
    strict.do(router_of(strict.tick).set_weights(strict.tick, Weights(0, 0)))
    assert split(strict.get("HTTPRoute")["spec"]["rules"][0]) == (0, 0)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_only_v1_keeps_users_on_the_primary_by_its_cookie(provider: str) -> None:
    affinity = {"cookieName": "version", "primaryCookieName": "stable"}
    rig = RouterRig({**canary(provider), "analysis": {"sessionAffinity": affinity}})
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.do(router_of(rig.tick).set_weights(rig.tick, Weights(80, 20)))
    splits = [split(rule) for rule in rig.get("HTTPRoute")["spec"]["rules"]]
    assert splits == ([(0, 100), (100, 0), (80, 20)] if provider == "gatewayapi:v1" else [(0, 100), (80, 20)])
    rig.change("HTTPRoute", {"spec": {"hostnames": ["other"]}})
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert [split(rule) for rule in rig.get("HTTPRoute")["spec"]["rules"]] == splits, "a repair leaves them as they are"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_failed_checks_give_the_primary_everything(provider: str, settings: Any) -> None:
    recording = rollout(
        spec=canary(provider), analysis={"stepWeight": 25}, metric_answers={"duration": [0.05], "success": [100, 50]}
    )
    played = RecordingPlayer(recording, settings).play()
    assert phases(played)[-1] == "Failed"
    assert [split(written[0]) for written in rules(played)] == [(100, 0), (75, 25), (50, 50), (100, 0)]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_blue_green_moves_everything_after_the_last_iteration(provider: str, settings: Any) -> None:
    played = RecordingPlayer(gateway_rollout(spec=canary(provider), analysis=iterated(2)), settings).play()
    assert phases(played)[-1] == "Succeeded"
    assert [split(written[0]) for written in rules(played)] == [(100, 0), (0, 100), (100, 0)]
    iterations, routed = "Advance promote.r1 canary iteration 2/2", "Routing all traffic to canary"
    assert played.texts.index(iterations) < played.texts.index(routed)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_a_deleted_canary_leaves_its_route_to_the_garbage_collection(provider: str, settings: Any) -> None:
    actions = (("Initialized", "set-image v2"), ("weight>=25", "delete"))
    spec = {**canary(provider), "revertOnDeletion": True}
    recording = rollout(*actions, spec=spec, analysis={"stepWeight": 25}, metric_answers={"duration": [0.05]})
    played = RecordingPlayer(recording, settings).play()
    assert "Terminated canary promote.r1" in played.texts
    assert [split(written[0]) for written in rules(played)] == [(100, 0), (75, 25)]


def annotated(kind: str, settings: Any = DEFAULT, *objects: dict[str, Any], **given: Any) -> RouterRig:
    rig = RouterRig({**canary(), **given}, *objects, settings=settings)
    rig.change("Canary", {"metadata": {"annotations": {"canarytui.io/route": kind}}})
    return rig


def test_an_annotation_asks_for_a_grpc_route() -> None:
    service = {**SERVICE, "match": [{"uri": {"prefix": "/shop.Cart/"}}], "hosts": ["cart.example.com"]}
    rig = annotated("GRPCRoute", service=service, analysis={"match": HEADER, "iterations": 3})
    assert rig.tick.provider == "gatewayapi:grpc"
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert rig.written == ["Create GRPCRoute podinfo"]
    made = rig.get("GRPCRoute")
    assert made["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert made["spec"]["hostnames"] == ["cart.example.com"]
    chosen, rest = made["spec"]["rules"]
    method = {"type": "Exact", "service": "shop.Cart"}
    header = {"name": "x-canary", "type": "Exact", "value": "insider"}
    assert chosen["matches"] == [{"method": method, "headers": [header]}]
    assert rest["matches"] == [{"method": method}]
    assert (split(chosen), split(rest)) == ((100, 0), (100,))
    rig.do(router_of(rig.tick).set_weights(rig.tick, Weights(0, 100)))
    assert [split(rule) for rule in rig.get("GRPCRoute")["spec"]["rules"]] == [(0, 100), (100,)]
    assert router_of(rig.tick).read_weights(rig.tick)[:2] == (0, 100)


def test_a_grpc_route_that_says_nothing_has_no_matches_and_can_mirror() -> None:
    rig = annotated("GRPCRoute")
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.do(router_of(rig.tick).set_weights(rig.tick, Weights(80, 20, mirrored=True)))
    [rule] = rig.get("GRPCRoute")["spec"]["rules"]
    assert "matches" not in rule
    assert split(rule) == (80, 20)
    assert [each["type"] for each in rule["filters"]] == ["RequestMirror"]
    assert router_of(rig.tick).read_weights(rig.tick) == Weights(80, 20, mirrored=True)


def test_repair_keeps_the_weights_of_a_grpc_route() -> None:
    rig = annotated("GRPCRoute")
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.do(router_of(rig.tick).set_weights(rig.tick, Weights(80, 20)))
    rig.change("GRPCRoute", {"spec": {"hostnames": ["other"]}})
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    repaired = rig.get("GRPCRoute")["spec"]
    assert "hostnames" not in repaired
    assert split(repaired["rules"][0]) == (80, 20)


def test_a_grpc_route_that_its_gateway_has_not_accepted_holds_the_rollout_up() -> None:
    rig = annotated("GRPCRoute")
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    made = rig.get("GRPCRoute")["spec"]
    rig.change("GRPCRoute", {"status": {"parents": [{"parentRef": made["parentRefs"][0], "conditions": []}]}})
    with pytest.raises(EndTick, match=r"GRPCRoute podinfo\.test parent web is not ready"):
        router_of(rig.tick).read_weights(rig.tick)


def test_strict_mode_writes_no_grpc_route() -> None:
    rig = annotated("GRPCRoute", STRICT)
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert rig.written == ["Create HTTPRoute podinfo"]
    assert provider_of(rig.tick.canary, "gatewayapi:grpc", strict=True) == "gatewayapi:v1"


def test_v1beta1_has_no_grpc_route_and_says_so() -> None:
    rig = annotated("GRPCRoute", provider="gatewayapi:v1beta1")
    with pytest.raises(EndTick, match="which provider gatewayapi:v1beta1 has not: use gatewayapi:v1"):
        rig.do(router_of(rig.tick).reconcile(rig.tick))


def test_only_one_kind_of_route_may_lead_to_the_canary() -> None:
    rig = RouterRig(canary())
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.change("Canary", {"metadata": {"annotations": {"canarytui.io/route": "GRPCRoute"}}})
    with pytest.raises(EndTick, match="still has an HTTPRoute: kubectl delete httproute podinfo -n test"):
        rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.cluster_view.delete("HTTPRoute", "test", "podinfo")
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert rig.written == ["Create HTTPRoute podinfo", "Create GRPCRoute podinfo"]


@pytest.mark.parametrize(
    ("kind", "service", "text"),
    [
        (
            "TCPRoute",
            {},
            "annotation canarytui.io/route of canary podinfo.test is TCPRoute: write HTTPRoute or GRPCRoute",
        ),
        (
            "GRPCRoute",
            {"timeout": "5s"},
            "a GRPCRoute has no counterpart of service.timeout: remove it from canary podinfo",
        ),
    ],
)
def test_a_route_that_cannot_be_is_refused(kind: str, service: dict[str, Any], text: str) -> None:
    rig = annotated(kind, service={**SERVICE, **service})
    with pytest.raises(EndTick) as error:
        rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert str(error.value).startswith(text)
    assert rig.written == []


@pytest.mark.parametrize(
    ("spec", "analysis", "text"),
    [
        (
            {"provider": "gatewayapi:v1"},
            {},
            "GatewayRefs must be specified when using Gateway API as a provider.",
        ),
        (
            canary(match=[{"uri": {"suffix": "x"}}]),
            {},
            "Invalid request matching selectors: Gateway API doesn't support the specified path matching selector: ",
        ),
    ],
)
def test_what_the_gateway_api_cannot_do_is_said(spec: dict[str, Any], analysis: dict[str, Any], text: str) -> None:
    played = RecordingPlayer(gateway_rollout(spec=spec, analysis=analysis, ticks=3), STRICT).play()
    assert any(said.startswith(text) for said in played.texts)
    assert "HTTPRoute promote" not in played.objects

"""Gateway API: the HTTPRoute along whole rollouts, what a repair keeps, and what holds an analysis up."""

from __future__ import annotations

from typing import Any

import pytest
from gateway_routes import HEADER, canary, split
from rollouts import DEFAULT, STRICT, iterated, phases, rollout
from router_rig import RouterRig

from canarytui.engine.decide.tick import EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording
from canarytui.engine.routers.providers import router_of

PROVIDERS = ["gatewayapi:v1", "gatewayapi:v1beta1"]


def gateway_rollout(**given: Any) -> Recording:
    """A rollout whose metric server answers durations in seconds, as this provider's query does."""
    return rollout(metric_answers={"duration": [0.05]}, **given)


def rules(outcome: ReplayOutcome) -> list[list[dict[str, Any]]]:
    return [spec["rules"] for spec in outcome.objects["HTTPRoute promote"]]


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

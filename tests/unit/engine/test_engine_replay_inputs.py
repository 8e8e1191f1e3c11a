"""What recordings do not say outright and replays need: when ticks began, what was missing, which pods failed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from replacing import replace
from rollouts import PROMOTE, STRICT, UPDATE, phases, rollout, weights

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.cluster import ReplayCluster
from canarytui.engine.replay.conformance import judge
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recorded_fields import whole
from canarytui.engine.replay.recording import Recording, load
from canarytui.errors import InvalidObject

RECORDINGS = Path(__file__).parents[2] / "recordings"
HPA = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "name": "promote"}


def written(path: Path, recording: Recording, *facts: dict[str, Any]) -> Recording:
    head = {"scenario": "x", "canary": recording.canary, "actions": recording.actions}
    path.write_text("\n".join(map(json.dumps, [head, *facts])))
    return load(path)


def message(at_s: float, text: str) -> dict[str, Any]:
    return {"t": at_s, "kind": "log", "level": "info", "caller": "controller/events.go", "message": text}


@pytest.mark.parametrize("later_s", [-3.1, 0.7, 5.9])
def test_ticks_are_counted_from_the_first_whenever_that_was(later_s: float, tmp_path: Path) -> None:
    head, *lines = (RECORDINGS / "all-hooks.jsonl").read_text().splitlines()
    facts = [{**fact, "t": fact["t"] + later_s * (fact["t"] > 9)} for fact in map(json.loads, lines)]
    (tmp_path / "all-hooks.jsonl").write_text("\n".join([head, *map(json.dumps, facts)]))
    verdict = judge(tmp_path / "all-hooks.jsonl")
    assert verdict.equal, verdict


def test_slow_action_is_done_in_the_tick_in_which_it_was(tmp_path: Path) -> None:
    actions = [UPDATE, ("Failed", "set-image v3")]
    facts = [
        {"t": 5.8, "kind": "status", "status": {"phase": "Initializing"}},
        message(9.4, "first"),
        {"t": 23.1, "kind": "action", "action": "set-image v2"},
        {"t": 112.0, "kind": "action", "action": "set-image v3"},
        message(149.0, "last"),
    ]
    recording = written(tmp_path / "slow.jsonl", rollout(*actions, ticks=14), *facts)
    recording.metric_answers["success"] = [50, 50, 50, 100]
    found = [
        said.tick
        for said in RecordingPlayer(with_target(recording), STRICT).play().messages
        if said.text == "New revision detected! Scaling up promote.r1"
    ]
    assert found == [2, 11]


def with_target(recording: Recording) -> Recording:
    recording.given[:] = PROMOTE.given
    return recording


def test_pods_that_never_started_do_not_start(tmp_path: Path) -> None:
    text = "canary deployment promote.r1 not ready: waiting for rollout to finish: 0 of 2 (readyThreshold 100%) updated"
    facts = [
        {"t": 5.8, "kind": "status", "status": {"phase": "Initializing"}},
        message(9.4, "first"),
        {"t": 23.1, "kind": "action", "action": "set-image v2"},
        *(message(39.4 + 10 * count, f"{text} replicas are available") for count in range(7)),
    ]
    recording = written(tmp_path / "deadline.jsonl", rollout(ticks=14), *facts)
    assert recording.broken == {"v2"}
    played = RecordingPlayer(with_target(recording), STRICT).play()
    assert phases(played) == ["Initializing", "Initialized", "Progressing", "Failed"]
    assert played.texts.count(f"{text} replicas are available") == 7


def test_what_flagger_missed_is_missing(tmp_path: Path) -> None:
    metrics = [{"name": "latency", "templateRef": {"name": "latency", "namespace": "other"}}]
    recording = rollout(spec={"autoscalerRef": HPA}, analysis={"metrics": metrics}, ticks=4)
    for kind, text in (
        ("HorizontalPodAutoscaler", "HorizontalPodAutoscaler promote.r1 get query error: not found"),
        ("MetricTemplate", "Metric template latency.other error: not found"),
    ):
        facts = [{"t": 5.8, "kind": "status", "status": {"phase": "Initializing"}}, message(9.4, text)]
        player = RecordingPlayer(with_target(written(tmp_path / "x.jsonl", recording, *facts)), STRICT)
        player.play()
        kinds = {key[0] for key in player._cluster_view.objects}
        assert kinds >= {"HorizontalPodAutoscaler", "MetricTemplate"} - {kind}
        assert kind not in kinds


@pytest.mark.parametrize("settings", [STRICT, ControllerSettings()])
def test_a_failed_revision_is_tried_again_when_its_pods_are_restarted(settings: ControllerSettings) -> None:
    canary = rollout(UPDATE, ("Failed", "restart"), metric_answers={"success": [50, 50, 50, 100]})
    assert phases(RecordingPlayer(canary, settings).play())[-1] == "Succeeded"


def test_objects_that_people_change(tmp_path: Path) -> None:
    entries = [{"name": "promote-primary", "weight": 60}, {"name": "promote-canary", "weight": 40}]
    services = [{**entry, "namespace": "r1", "port": 80} for entry in entries]
    edit = f"patch-traefikservice {json.dumps({'spec': {'weighted': {'services': services}}})}"
    played = RecordingPlayer(rollout(UPDATE, ("weight>=20", edit), ticks=7), STRICT).play()
    assert weights(played)[-3:] == [(80, 20), (60, 40), (50, 50)]
    scaled = 'patch-target {"spec":{"replicas":3}}'
    played = RecordingPlayer(rollout(("Initialized", scaled), ticks=4), STRICT).play()
    assert played.objects["Deployment promote"][-1]["replicas"] == 3
    with pytest.raises(InvalidObject, match="patch-moon cannot be replayed"):
        RecordingPlayer(rollout(("Initialized", "patch-moon {}")), STRICT).play()
    primary = RecordingPlayer(rollout(("Initialized", "delete-primary"), ticks=5), STRICT).play()
    assert "promote-primary.r1 not ready" not in " ".join(primary.texts[3:])


STATUS = {"t": 5.8, "kind": "status", "status": {"phase": "Initializing"}}


def service(name: str, selector: dict[str, str], at_s: float, **more: Any) -> dict[str, Any]:
    spec = {
        "selector": selector,
        "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 9898}],
        **more,
    }
    return {"t": at_s, "kind": "object", "object": "Service", "name": name, "type": "ADDED", "spec": spec}


def test_router_that_is_reset_begins_again_from_the_primary() -> None:
    played = RecordingPlayer(rollout(UPDATE, ("weight>=20", "router-reset"), ticks=8), STRICT).play()
    assert weights(played)[2:5] == [(80, 20), (100, 0), (90, 10)]
    with pytest.raises(InvalidObject, match="it resets a router, and there is none"):
        RecordingPlayer(rollout(("Initializing", "router-reset"), ticks=3), STRICT).play()


def test_stuck_revision_never_becomes_ready() -> None:
    played = RecordingPlayer(rollout(("Initialized", "stuck v2"), ticks=14), STRICT).play()
    assert phases(played) == ["Initializing", "Initialized", "Progressing", "Failed"]
    assert not any("Starting canary analysis" in text for text in played.texts)
    fixed = RecordingPlayer(rollout(("Initialized", "stuck v2"), ("+30", "set-image v3"), ticks=25), STRICT).play()
    assert phases(fixed)[-1] == "Succeeded"


def test_objects_that_are_created_in_between(tmp_path: Path) -> None:
    metric = {"name": "latency", "templateRef": {"name": "latency"}}
    server = {"type": "prometheus", "address": "http://prometheus:9090"}
    template = {"kind": "MetricTemplate", "metadata": {"name": "latency"}, "spec": {"query": "up", "provider": server}}
    gone = 'metrictemplate.flagger.app "latency" not found'
    recording = rollout(UPDATE, ("failedChecks>=1", f"create {json.dumps(template)}"), analysis={"metrics": [metric]})
    missing = written(
        tmp_path / "x.jsonl", recording, STATUS, message(9.4, f"Metric template latency.r1 error: {gone}")
    )
    played = RecordingPlayer(replace(with_target(missing), ticks=12), STRICT).play()
    assert played.texts.count(f"Metric template latency.r1 error: {gone}") == 1
    assert {query.query for query in played.queries} == {"up"}
    with pytest.raises(InvalidObject, match=r"an object to be created has no kind or no metadata\.name"):
        RecordingPlayer(rollout(("Initialized", 'create {"kind":"ConfigMap"}')), STRICT).play()


def test_action_after_a_wait_is_done_when_it_was_done_and_not_when_it_was_due(tmp_path: Path) -> None:
    """Suspended at 52.2 s, resumed 35 s later; in the recording 9 s late, and so a tick later."""
    resume = ("+35", 'patch {"spec":{"suspend":false}}')
    actions = [UPDATE, ("weight>=20", 'patch {"spec":{"suspend":true}}'), resume]
    prompt = RecordingPlayer(rollout(*actions), STRICT).play()
    late = RecordingPlayer(rollout(*actions, acted_s=[13.0, 41.0, 85.0]), STRICT).play()
    begin = "Advance promote.r1 canary weight 30"
    first, second = (next(said.tick for said in played.messages if said.text == begin) for played in (prompt, late))
    assert second == first + 1


def test_unready_pods_are_so_since_a_whole_second() -> None:
    cluster_view = ReplayCluster(lambda stored: None)
    template = {"spec": {"containers": [{"image": "podinfo:v2"}]}}
    cluster_view.put({"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 1, "template": template}})
    for second in (16, 26):
        cluster_view.let_pods_start(datetime(2026, 11, 23, 6, 30, second, 370_000, tzinfo=UTC), {"v2"})
    conditions = cluster_view.objects["Deployment", "", "web"]["status"]["conditions"]
    assert [each["lastUpdateTime"] for each in conditions if each["type"] == "Available"] == ["2026-11-23T06:30:16Z"]


def test_target_has_the_label_that_its_service_selected_by(tmp_path: Path) -> None:
    facts = [STATUS, message(9.4, "first"), service("promote-canary", {"app.kubernetes.io/name": "web"}, 9.5)]
    player = RecordingPlayer(with_target(written(tmp_path / "x.jsonl", rollout(), *facts)), STRICT)
    player.play()
    primary = player._cluster_view.objects["Deployment", "r1", "promote-primary"]
    assert primary["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": "web-primary"}
    assert player._cluster_view.objects["Service", "r1", "promote-canary"]["spec"]["selector"] == {
        "app.kubernetes.io/name": "web"
    }


def test_container_ports_are_those_that_the_recording_names() -> None:
    ports = [{"name": "web", "containerPort": 9898}, {"name": "grpc", "containerPort": 9999}]
    defaults = {**PROMOTE.defaults, "ports": ports}
    discovering = rollout(spec={"service": {"portDiscovery": True}}, defaults=defaults, ticks=4)
    played = RecordingPlayer(discovering, STRICT).play()
    found = [(port["name"], port["port"]) for port in played.objects["Service promote-canary"][-1]["ports"]]
    assert found == [("http", 80), ("grpc", 9999)]


def test_services_that_were_there_are_taken_over(tmp_path: Path) -> None:
    there = service("promote", {"app": "promote"}, 1.0, labels={"team": "shop"})
    recording = written(tmp_path / "x.jsonl", rollout(), there, *PROMOTE.given, STATUS, message(9.4, "first"))
    played = RecordingPlayer(replace(recording, ticks=4), STRICT).play()
    before, *_, after = played.objects["Service promote"]
    assert before["selector"] == {"app": "promote"}
    assert before["labels"] == {"team": "shop"}
    assert after["selector"] == {"app": "promote-primary"}


def test_whole_manifests_were_there_before_the_canary(tmp_path: Path) -> None:
    reference = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "edge"}
    backend = {"service": {"name": "promote", "port": {"number": 80}}}
    rules = [{"host": "shop.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    ingress = {
        "kind": "Ingress",
        "metadata": {"name": "edge", "annotations": {"team": "edge"}},
        "spec": {"rules": rules},
    }
    spec = {"provider": "nginx", "ingressRef": reference}
    played = RecordingPlayer(rollout(spec=spec, manifests=[ingress], ticks=4), STRICT).play()
    made = played.objects["Ingress edge-canary"][0]
    assert "promote-canary" in made["backend"]
    assert "team" in made["annotations"]


ROUTE_RECORDING = RECORDINGS / "providers" / "gatewayapi-v1-promotion.jsonl"


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("labels", " labels.team: recorded edge, here nothing"),
        ("annotations", " annotations.team: recorded edge, here nothing"),
        ("spec", " spec.team: recorded edge, here nothing"),
    ],
)
def test_a_router_that_is_recorded_whole_must_be_equal_in_every_part(part: str, told: str, tmp_path: Path) -> None:
    head, *facts = map(json.loads, ROUTE_RECORDING.read_text().splitlines())
    next(fact for fact in facts if fact.get("object") == "HTTPRoute")[part]["team"] = "edge"
    changed = tmp_path / "changed.jsonl"
    changed.write_text("\n".join(map(json.dumps, [head, *facts])))
    (difference,) = judge(changed).differences
    assert str(difference) == f"tick 1, HTTPRoute.gateway.networking.k8s.io gatewayapi-v1-promotion[0]{told}"


def test_owners_are_compared_but_for_their_uids() -> None:
    owner = {"kind": "Canary", "name": "web", "uid": "1", "controller": True}
    seen = [whole("v1", {"ownerReferences": [{**owner, **change}]}) for change in ({}, {"uid": "2"}, {"name": "shop"})]
    assert seen[0] == seen[1] != seen[2]


def test_a_router_of_a_kind_that_the_recording_has_none_of_is_a_difference(tmp_path: Path) -> None:
    lines = [line for line in ROUTE_RECORDING.read_text().splitlines() if '"object": "HTTPRoute"' not in line]
    changed = tmp_path / "changed.jsonl"
    changed.write_text("\n".join(lines))
    found = judge(changed).differences
    assert [difference.what.partition("[")[0] for difference in found] == ["HTTPRoute gatewayapi-v1-promotion"]


def test_a_canary_that_names_no_provider_has_that_of_the_recorded_controller(tmp_path: Path) -> None:
    head, *facts = ROUTE_RECORDING.read_text().splitlines()
    given = json.loads(head)
    given["mesh_provider"] = given["canary"]["spec"].pop("provider")
    (tmp_path / "x.jsonl").write_text("\n".join([json.dumps(given), *facts]))
    verdict = judge(tmp_path / "x.jsonl")
    assert verdict.equal, verdict


def knative_service(image: str, **metadata: Any) -> dict[str, Any]:
    template = {"spec": {"containers": [{"name": "podinfod", "image": image}]}}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "r1", **metadata},
        "spec": {"template": template},
    }


def test_a_knative_service_gets_a_revision_for_each_template_and_is_not_kubernetes_service() -> None:
    cluster_view, kind = ReplayCluster(lambda _: None), "Service.serving.knative.dev"
    cluster_view.put(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "r1"}, "spec": {}}
    )
    cluster_view.put(knative_service("podinfo:v1"))
    now = datetime(2026, 11, 26, tzinfo=UTC)
    cluster_view.let_pods_start(now)
    first = cluster_view.get(kind, "r1", "web")
    assert first is not None
    assert first["status"]["traffic"] == [{"latestRevision": True, "percent": 100, "revisionName": "web-00001"}]
    split = [{"latestRevision": True, "percent": 20}, {"revisionName": "web-00001", "percent": 80}]
    second = knative_service("podinfo:v2")
    cluster_view.put({**first, "spec": {**second["spec"], "traffic": split}})
    cluster_view.let_pods_start(now)
    cluster_view.let_pods_start(now)
    status = (cluster_view.get(kind, "r1", "web") or {})["status"]
    assert (status["latestCreatedRevisionName"], status["latestReadyRevisionName"]) == ("web-00002", "web-00002")
    assert status["traffic"] == [
        {"latestRevision": True, "percent": 20, "revisionName": "web-00002"},
        {"latestRevision": False, "revisionName": "web-00001", "percent": 80},
    ]
    assert (cluster_view.get("Revision", "r1", "web-00002") or {})["status"]["conditions"][0]["status"] == "True"
    assert (cluster_view.get("Service", "r1", "web") or {})["spec"] == {}


def test_an_action_patches_any_object_by_its_kind_and_name() -> None:
    proxy = {
        "apiVersion": "projectcontour.io/v1",
        "kind": "HTTPProxy",
        "metadata": {"name": "root"},
        "spec": {"virtualhost": {"fqdn": "a.example"}},
    }
    recording = rollout(("Initialized", 'patch-httpproxy/root {"spec": {"virtualhost": null}}'), manifests=[proxy])
    played = RecordingPlayer(recording, STRICT).play()
    assert [seen["spec"] for seen in played.objects["HTTPProxy.projectcontour.io root"]] == [proxy["spec"], {}]
    with pytest.raises(InvalidObject, match="patch-httpproxy/gone cannot be replayed"):
        RecordingPlayer(rollout(("Initialized", "patch-httpproxy/gone {}")), STRICT).play()

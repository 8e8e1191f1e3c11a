"""App Mesh's router in both versions: nodes, splits and services, whole rollouts, repairs, and what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import DEFAULT, STRICT, UPDATE, iterated, phases, rollout
from router_rig import RouterRig

from canarytui.domain.traffic import appmesh, istio
from canarytui.domain.traffic.appmesh import node_of, targets_of
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY, Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.routers.appmesh import AppMeshRouter
from canarytui.engine.routers.appmesh_dialects import V1Beta1Dialect, V1Beta2Dialect
from canarytui.engine.routers.services import HANDS_OFF

V1, V2 = AppMeshRouter(V1Beta1Dialect()), AppMeshRouter(V1Beta2Dialect())
MESH = {"service": {"meshName": "global"}}
SPLIT = {V1: appmesh.VIRTUAL_SERVICES.kind_names[-1], V2: appmesh.VIRTUAL_ROUTERS_V1BETA2.kind_names[-1]}
APEX, CANARYS = {V1: "podinfo.test", V2: "podinfo"}, {V1: "podinfo-canary.test", V2: "podinfo-canary"}
SERVICE = appmesh.VIRTUAL_SERVICES_V1BETA2.kind_names[-1]
RECORD = {V1: appmesh.V1BETA1, V2: appmesh.V1BETA2}

VERSIONS = pytest.mark.parametrize("router", [V1, V2], ids=["v1beta1", "v1beta2"])
MODES = pytest.mark.parametrize("settings", [DEFAULT, STRICT], ids=["default", "strict"])
TWO_HEADERS = [{"headers": {"x-canary": {"exact": "yes"}}}, {"headers": {"cookie": {"regex": "beta"}}}]


def reconciled(router: AppMeshRouter, settings: ControllerSettings = DEFAULT, **spec: Any) -> RouterRig:
    rig = RouterRig({**MESH, **spec}, settings=settings)
    rig.do(router.reconcile(rig.tick))
    return rig


def split(rig: RouterRig, router: AppMeshRouter, name: str = "") -> dict[str, Any]:
    return rig.get(SPLIT[router], name or APEX[router])


def shares(obj: dict[str, Any], route: int = 0) -> list[tuple[str, Any]]:
    return [(node_of(each), each["weight"]) for each in targets_of(obj["spec"]["routes"][route])]


def weighted(router: AppMeshRouter, *entries: tuple[str, Any]) -> dict[str, Any]:
    """A patch that replaces the first and only route's targets."""
    dialect = V1Beta1Dialect() if router is V1 else V1Beta2Dialect()
    action = {"weightedTargets": [dialect._target(*each) for each in entries]}
    field = "http" if router is V1 else "httpRoute"
    return {"spec": {"routes": [{"name": "podinfo", field: {"match": {"prefix": "/"}, "action": action}}]}}


def both(primary: int, canary: int) -> list[tuple[str, int]]:
    return [("podinfo-canary", canary), ("podinfo-primary", primary)]


@VERSIONS
@MODES
def test_everything_is_made_once(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    made = [
        f"Create {each.resource.kind} {name}" for each in RECORD[router].objects for name in each.names(rig.tick.canary)
    ]
    assert sorted(rig.written) == sorted(made)
    assert shares(split(rig, router)) == both(100, 0)
    assert shares(split(rig, router, CANARYS[router])) == both(0, 100)
    rig.do(router.reconcile(rig.tick))
    assert len(rig.written) == len(made), "nothing differs, nothing is written"


@VERSIONS
@MODES
def test_weights_are_set_and_read_back(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    assert router.read_weights(rig.tick) == ALL_TO_PRIMARY
    for weights in (Weights(80, 20), ALL_TO_CANARY, ALL_TO_PRIMARY):
        rig.do(router.set_weights(rig.tick, weights))
        assert shares(split(rig, router)) == both(weights.primary, weights.canary)
        assert router.read_weights(rig.tick) == weights
        before = list(rig.written)
        rig.do(router.set_weights(rig.tick, weights))
        rig.do(router.reconcile(rig.tick))
        assert rig.written == before
    assert shares(split(rig, router, CANARYS[router])) == both(0, 100), "it always leads to the canary"


@VERSIONS
@MODES
def test_a_repair_keeps_the_live_weights(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    rig.do(router.set_weights(rig.tick, Weights(60, 40)))
    rig.change(SPLIT[router], {"spec": {"routes": [{**split(rig, router)["spec"]["routes"][0], "name": "mine"}]}},
               APEX[router])  # fmt: skip
    rig.do(router.reconcile(rig.tick))
    assert split(rig, router)["spec"]["routes"][0]["name"] == "podinfo"
    assert shares(split(rig, router)) == both(60, 40)


@VERSIONS
@MODES
def test_a_weight_set_by_hand_is_read(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    rig.change(SPLIT[router], weighted(router, *both(70, 30)), APEX[router])
    before = list(rig.written)
    rig.do(router.reconcile(rig.tick))
    assert router.read_weights(rig.tick) == Weights(70, 30)
    assert rig.written == before


@VERSIONS
@pytest.mark.parametrize(
    "entries",
    [both(0, 0), [("podinfo-primary", 100)], [("podinfo-primary", 50), ("other", 50)], []],
)
def test_a_split_that_serves_nobody_or_others_is_repaired(
    router: AppMeshRouter, entries: list[tuple[str, int]]
) -> None:
    rig = reconciled(router)
    rig.change(SPLIT[router], weighted(router, *entries), APEX[router])
    rig.do(router.reconcile(rig.tick))
    assert shares(split(rig, router)) == both(100, 0)


@VERSIONS
def test_in_strict_mode_it_is_said_in_flaggers_words(router: AppMeshRouter) -> None:
    rig = reconciled(router, STRICT)
    kind = RECORD[router].split.object.resource.kind if RECORD[router].split else ""
    said = {
        f"{kind} routes {APEX[router]} not found": [("podinfo-primary", 100)],
        f"{kind} {APEX[router]} does not contain routes for podinfo-primary and podinfo-canary": both(0, 0),
    }
    for text, entries in said.items():
        rig.change(SPLIT[router], weighted(router, *entries), APEX[router])
        rig.do(router.reconcile(rig.tick))
        with pytest.raises(EndTick) as error:
            router.read_weights(rig.tick)
        assert str(error.value) == text
    rig.change(SPLIT[router], {"spec": {"routes": []}}, APEX[router])
    for ask in (lambda: router.read_weights(rig.tick), lambda: rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))):
        with pytest.raises(EndTick, match=f"{kind} routes {APEX[router]} not found"):
            ask()


@VERSIONS
@MODES
def test_the_canarys_own_split_is_made_whole_again(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    rig.change(SPLIT[router], {"spec": {"routes": []}}, CANARYS[router])
    rig.do(router.reconcile(rig.tick))
    assert shares(split(rig, router, CANARYS[router])) == both(0, 100)


@VERSIONS
def test_nobody_may_be_left_without_a_node(router: AppMeshRouter) -> None:
    rig = reconciled(router)
    with pytest.raises(EndTick, match=r"RoutingRule podinfo\.test update failed: no valid weights"):
        rig.do(router.set_weights(rig.tick, Weights(0, 0)))
    strict = reconciled(router, STRICT)
    strict.do(router.set_weights(strict.tick, Weights(0, 0)))
    assert shares(split(strict, router)) == both(0, 0)


@VERSIONS
def test_what_is_missing_ends_the_tick(router: AppMeshRouter) -> None:
    rig = RouterRig(MESH)
    split_record = RECORD[router].split
    assert split_record is not None
    resource = split_record.object.resource
    for ask in (lambda: router.read_weights(rig.tick), lambda: rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))):
        with pytest.raises(EndTick) as error:
            ask()
        missing = f'{resource.full_name} "{APEX[router]}" not found'
        assert str(error.value) == f"{resource.kind} {APEX[router]} get query error: {missing}"


def test_v1beta1_needs_a_mesh() -> None:
    rig = RouterRig()
    with pytest.raises(EndTick, match=r"^mesh name cannot be empty$"):
        rig.do(V1.reconcile(rig.tick))
    assert rig.written == []
    rig.do(V2.reconcile(rig.tick))


@VERSIONS
@MODES
def test_what_is_deleted_is_made_again(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    node = RECORD[router].companions[0].resource.kind_names[-1]
    rig.cluster_view.delete(node, "test", "podinfo-primary")
    rig.cluster_view.delete(SPLIT[router], "test", APEX[router])
    rig.do(router.reconcile(rig.tick))
    assert rig.get(node, "podinfo-primary")["metadata"]["ownerReferences"][0]["kind"] == "Canary"
    assert shares(split(rig, router)) == both(100, 0)


@VERSIONS
@MODES
def test_a_node_changed_by_hand_is_repaired(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings, service={"meshName": "global", "apex": {"labels": {"team": "shop"}}})
    node = RECORD[router].companions[0].resource.kind_names[-1]
    before = rig.get(node, "podinfo-canary")
    rig.change(node, {"spec": {"listeners": [], "backends": [{"virtualService": {}}]}}, "podinfo-canary")
    rig.do(router.reconcile(rig.tick))
    after = rig.get(node, "podinfo-canary")
    assert after["spec"] == before["spec"]
    assert after["metadata"]["labels"] == {"team": "shop"}, "no selector label: Flagger makes nodes first"
    assert after["metadata"]["annotations"] == HANDS_OFF


@pytest.mark.parametrize(
    ("router", "settings", "labels"),
    [(V1, DEFAULT, {"mine": "1"}), (V2, DEFAULT, {"mine": "1"}), (V1, STRICT, {}), (V2, STRICT, {"mine": "1"})],
    ids=["v1beta1", "v1beta2", "v1beta1-strict", "v1beta2-strict"],
)
def test_labels_of_others_on_a_node(
    router: AppMeshRouter, settings: ControllerSettings, labels: dict[str, str]
) -> None:
    rig = reconciled(router, settings)
    node = RECORD[router].companions[0].resource.kind_names[-1]
    rig.change(node, {"metadata": {"labels": {"mine": "1"}, "annotations": {"note": "1"}}}, "podinfo-primary")
    rig.do(router.reconcile(rig.tick))
    metadata = rig.get(node, "podinfo-primary")["metadata"]
    assert metadata["labels"] == labels
    assert metadata["annotations"] == {**HANDS_OFF, **({"note": "1"} if labels else {})}


@MODES
def test_what_app_meshs_controller_fills_in_stays(settings: ControllerSettings) -> None:
    rig = reconciled(V2, settings)
    filled = {"awsName": "podinfo_test", "meshRef": {"name": "global", "uid": "1"}}
    node = appmesh.VIRTUAL_NODES_V1BETA2.kind_names[-1]
    places = [(node, "podinfo-primary"), (SPLIT[V2], "podinfo"), (SERVICE, "podinfo")]
    for kind, name in places:
        rig.change(kind, {"spec": filled}, name)
    before = list(rig.written)
    rig.do(V2.reconcile(rig.tick))
    assert rig.written == before
    rig.change(node, {"spec": {"listeners": []}}, "podinfo-primary")
    rig.change(SPLIT[V2], {"spec": {"listeners": []}}, "podinfo")
    rig.do(V2.reconcile(rig.tick))
    for kind, name in places[:2]:
        spec = rig.get(kind, name)["spec"]
        assert spec["listeners"]
        assert {key: spec[key] for key in filled} == filled


@pytest.mark.parametrize(("settings", "repaired"), [(DEFAULT, True), (STRICT, False)], ids=["default", "strict"])
def test_a_virtual_service_of_v1beta2_is_looked_after_unless_strict(
    settings: ControllerSettings, repaired: bool
) -> None:
    rig = reconciled(V2, settings)
    rig.cluster_view.delete(SERVICE, "test", "podinfo")
    rig.do(V2.reconcile(rig.tick))
    assert (rig.cluster_view.get(SERVICE, "test", "podinfo") is not None) is repaired
    rig.change(SERVICE, {"spec": {"provider": {"virtualRouter": None}}}, "podinfo-canary")
    rig.do(V2.reconcile(rig.tick))
    assert ("virtualRouter" in rig.get(SERVICE, "podinfo-canary")["spec"]["provider"]) is repaired


@VERSIONS
@MODES
def test_hosts_are_exposed_at_the_gateway(router: AppMeshRouter, settings: ControllerSettings) -> None:
    service = {"meshName": "global", "hosts": ["a.example", "b.example"], "timeout": "15s", "retries": {"attempts": 3}}
    rig = reconciled(router, settings, service=service)
    prefix = "gateway.appmesh.k8s.aws"
    kind = SPLIT[V1] if router is V1 else SERVICE
    assert rig.get(kind, APEX[router])["metadata"]["annotations"] == {
        f"{prefix}/expose": "true", f"{prefix}/domain": "a.example,b.example,",
        f"{prefix}/timeout": "15s", f"{prefix}/retries": "3",
    }  # fmt: skip
    assert "annotations" not in rig.get(kind, CANARYS[router])["metadata"]


@VERSIONS
def test_any_entry_of_a_match_is_enough(router: AppMeshRouter) -> None:
    rig = reconciled(router, analysis={"match": TWO_HEADERS, "iterations": 3})
    routes = split(rig, router)["spec"]["routes"]
    assert [(each["name"], each["priority"]) for each in routes] == [
        ("podinfo-a", 10), ("podinfo-a-2", 11), ("podinfo-b", 20),
    ]  # fmt: skip
    rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))
    live = split(rig, router)
    assert [shares(live, route) for route in range(3)] == [both(0, 100), both(0, 100), [("podinfo-primary", 100)]]
    assert router.read_weights(rig.tick) == ALL_TO_CANARY
    rig.do(router.set_weights(rig.tick, ALL_TO_PRIMARY))
    live = split(rig, router)
    assert [shares(live, route) for route in range(3)] == [both(100, 0), both(100, 0), [("podinfo-primary", 100)]]


@VERSIONS
def test_in_strict_mode_all_entries_must_match(router: AppMeshRouter) -> None:
    rig = reconciled(router, STRICT, analysis={"match": TWO_HEADERS, "iterations": 3})
    routes = split(rig, router)["spec"]["routes"]
    assert [each["name"] for each in routes] == ["podinfo-a", "podinfo-b"]
    rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))
    assert shares(split(rig, router)) == both(0, 100)
    assert shares(split(rig, router), 1) == [("podinfo-primary", 100)]


@VERSIONS
@pytest.mark.parametrize(("settings", "repaired"), [(DEFAULT, True), (STRICT, False)], ids=["default", "strict"])
def test_the_others_route_is_repaired_unless_strict(
    router: AppMeshRouter, settings: ControllerSettings, repaired: bool
) -> None:
    rig = reconciled(router, settings, analysis={"match": TWO_HEADERS[:1], "iterations": 3})
    rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))
    first, last = split(rig, router)["spec"]["routes"]
    field = "http" if router is V1 else "httpRoute"
    last[field]["action"] = weighted(router, ("other", 100))["spec"]["routes"][0][field]["action"]
    rig.change(SPLIT[router], {"spec": {"routes": [first, last]}}, APEX[router])
    rig.do(router.reconcile(rig.tick))
    assert shares(split(rig, router), 1) == [("podinfo-primary" if repaired else "other", 100)]
    assert shares(split(rig, router)) == both(0, 100)


@VERSIONS
def test_istios_virtual_service_is_another_one(router: AppMeshRouter) -> None:
    theirs = {"apiVersion": istio.VIRTUAL_SERVICES.api_version, "kind": "VirtualService",
              "metadata": {"name": "podinfo", "namespace": "test"}, "spec": {"hosts": ["a"]}}  # fmt: skip
    rig = RouterRig(MESH, theirs)
    rig.do(router.reconcile(rig.tick))
    rig.do(router.reconcile(rig.tick))
    assert rig.get("VirtualService")["spec"] == {"hosts": ["a"]}


def played(
    record: TrafficProvider, settings: ControllerSettings, *actions: tuple[str, str], **given: Any
) -> ReplayOutcome:
    service = {"port": 80, "targetPort": 9898, "meshName": "global"}
    spec = {"provider": record.name, "service": service, **given.pop("spec", {})}
    analysis = given.pop("analysis", {"stepWeight": 25})
    return RecordingPlayer(rollout(*actions, spec=spec, analysis=analysis, **given), settings).play()


def canary_weights(record: TrafficProvider, outcome: ReplayOutcome) -> list[int]:
    """The canary's weight in each state of the apex' split."""
    what = "VirtualService promote.r1" if record is appmesh.V1BETA1 else "VirtualRouter.appmesh.k8s.aws promote"
    states = [each.get("spec", each) for each in outcome.objects[what]]
    return [int(targets_of(each["routes"][0])[0]["weight"]) for each in states]


RECORDS = pytest.mark.parametrize("record", [appmesh.V1BETA1, appmesh.V1BETA2], ids=lambda record: record.name)


@RECORDS
@MODES
def test_a_bad_canary_is_rolled_back(record: TrafficProvider, settings: ControllerSettings) -> None:
    outcome = played(record, settings, metric_answers={"success": [50]})
    assert phases(outcome)[-1] == "Failed"
    assert canary_weights(record, outcome) == [0, 25, 0]


@RECORDS
@MODES
def test_blue_green_switches_after_its_iterations(record: TrafficProvider, settings: ControllerSettings) -> None:
    outcome = played(record, settings, analysis=iterated(2))
    assert phases(outcome)[-1] == "Succeeded"
    assert canary_weights(record, outcome) == [0, 100, 0]


@RECORDS
def test_mirroring_is_said_not_to_be_supported(record: TrafficProvider) -> None:
    outcome = played(record, DEFAULT, analysis={"stepWeight": 25, "mirror": True})
    assert outcome.texts.count(f"Traffic mirroring is not supported when using the {record.name} provider") == 1
    assert phases(outcome)[-1] == "Succeeded"


@RECORDS
@MODES
def test_a_deletion_leaves_the_objects_to_their_owner(record: TrafficProvider, settings: ControllerSettings) -> None:
    outcome = played(record, settings, UPDATE, ("Succeeded", "delete"), spec={"revertOnDeletion": True})
    assert outcome.texts[-1].startswith("Terminated canary ")
    assert canary_weights(record, outcome)[-1] == 0


@RECORDS
def test_nodes_are_there_before_the_primary(record: TrafficProvider) -> None:
    order: list[str] = []
    player = RecordingPlayer(
        rollout(spec={"provider": record.name, "service": {"port": 80, "meshName": "global"}}), DEFAULT
    )
    note = player._cluster_view._tell
    player._cluster_view._tell = lambda obj: (order.append(f"{obj['kind']} {obj['metadata']['name']}"), note(obj))[1]
    player.play()
    assert order.index("VirtualNode promote-primary") < order.index("Deployment promote-primary")
    assert order.index("Service promote-primary") < order.index("VirtualNode promote-primary")

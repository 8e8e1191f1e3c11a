"""What each traffic provider does in each kind of rollout: the split that its own record reads, change by change.

The run lists the result as a table (``tests/conftest.py``): R and the recording where one of genuine Flagger proves it,
N and the test where one does, and - where the provider has no such thing, neither with Flagger: the rollout goes on
without it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from recorded_rollouts import PLAYED, RECORDINGS, proved
from rollouts import APISIX_REFERENCE, APISIX_ROUTE, DEFAULT, PROMOTE, STRICT, UPDATE, iterated, once, phases, rollout

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import merged
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording, load
from canarytui.engine.routers.apex_object import without_weights
from canarytui.engine.routers.providers import provider_names, record_named, router_of

ROUTERS = Path(__file__).parents[1] / "engine" / "routers"
OWN = ("knative", "kubernetes")
"""The target is the split; nothing is split: their files have tests of their own for each kind of rollout."""
SPLITTING = [name for name in provider_names() if name not in OWN]
MATCH = [{"headers": {"x-canary": {"exact": "insider"}}}]
EACH = pytest.mark.parametrize("name", SPLITTING)
IN_BOTH = pytest.mark.parametrize(
    ("name", "settings"),
    [
        pytest.param(name, settings, id=f"{name}-{mode}")
        for name in SPLITTING
        for mode, settings in (("strict", STRICT), ("default", DEFAULT))
        if (name, mode) != ("gatewayapi:grpc", "strict")  # Flagger writes no GRPCRoute
    ],
)
GOOD, BAD = {"success": 100, "template": 100, "duration": 0.05}, {"success": [50], "template": [50]}
"""Answers of the metrics server to any provider's queries: percent, and a duration that is short in any unit."""
Note = Callable[[str, object], None]
TICKS_TO_25 = 4
"""Of a rollout in steps of 25."""


class WatchedSplit(RecordingPlayer):
    """Notes the canary's share at each change of the object that splits its traffic, and whether it is mirrored to."""

    def __init__(self, recording: Recording, settings: ControllerSettings, record: TrafficProvider) -> None:
        assert record.split is not None
        self._canary, self._split = Canary.parse(dict(recording.canary)), record.split
        self.shares: list[int | None] = []
        self.specs: list[str] = []
        self.mirrored = False
        super().__init__(recording, settings)

    def live(self) -> Any:
        """The object as it is now; None once it is gone."""
        return self._cluster_view.get(self._split.object.resource.kind_names[-1], *self._split.place(self._canary))

    def _note(self, obj: Any) -> None:
        super()._note(obj)
        resource = self._split.object.resource
        if (obj["kind"], obj.get("apiVersion")) != (resource.kind, resource.api_version):
            return
        if obj["metadata"]["name"] == self._split.place(self._canary)[1]:
            self.shares.append(self._split.canary_percent(obj, self._canary))
            self.specs.append(str((obj["metadata"].get("annotations"), obj["spec"])))
            self.mirrored = self.mirrored or "mirror" in self.specs[-1].lower()


def played(name: str, settings: ControllerSettings, *actions: tuple[str, str], **given: Any) -> tuple[Any, Any]:
    """(outcome, what was watched) of a canary of this provider, in steps of 25 unless its analysis says otherwise."""
    record = record_named(name)
    assert record is not None
    spec: dict[str, Any] = {"provider": name, "service": {"gatewayRefs": [{"name": "web"}], "meshName": "global"}}
    if name in ("nginx", "skipper"):
        spec["ingressRef"] = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}
    if name == "apisix":
        spec["routeRef"] = APISIX_REFERENCE
    spec |= given.pop("spec", {})
    analysis = {"stepWeight": 25, **given.pop("analysis", {})}
    watched = given.pop("player", WatchedSplit)(
        rollout(
            *actions,
            spec=spec,
            analysis=analysis,
            manifests=[APISIX_ROUTE],
            defaults={**PROMOTE.defaults, **GOOD},
            **given,
        ),
        settings,
        record,
    )
    return watched.play(), watched


def shares(watched: WatchedSplit) -> list[int | None]:
    """Without repetitions, from the first share that could be read."""
    return once(share for share in watched.shares if share is not None)


@IN_BOTH
def test_promotion_goes_up_in_steps_and_back(name: str, settings: ControllerSettings, record_property: Note) -> None:
    outcome, watched = played(name, settings)
    assert phases(outcome)[-1] == "Succeeded", outcome.texts
    assert shares(watched) == [0, 25, 50, 0]
    record_property("traffic provider", (name, "promotion", "N"))


@IN_BOTH
def test_rollback_gives_the_primary_everything(name: str, settings: ControllerSettings, record_property: Note) -> None:
    outcome, watched = played(name, settings, metric_answers=BAD)
    assert phases(outcome)[-1] == "Failed", outcome.texts
    assert shares(watched) == [0, 25, 0]
    record_property("traffic provider", (name, "rollback", "N"))


@IN_BOTH
def test_blue_green_moves_all_at_once(name: str, settings: ControllerSettings, record_property: Note) -> None:
    outcome, watched = played(name, settings, analysis=iterated(2))
    assert phases(outcome)[-1] == "Succeeded", outcome.texts
    # Flagger leaves the primary's 0 out of a TraefikService, and Traefik takes a missing weight for 1.
    assert shares(watched) == [0, 99 if (name, settings) == ("traefik", STRICT) else 100, 0]
    record_property("traffic provider", (name, "blue/green", "N"))


@EACH
def test_ab_testing_leads_matching_requests_to_the_canary(name: str, record_property: Note) -> None:
    outcome, watched = played(name, DEFAULT, analysis=iterated(2, match=MATCH))
    assert phases(outcome)[-1] == "Succeeded", outcome.texts
    record = record_named(name)
    assert record is not None
    refusal = f"A/B testing is not supported when using the {name} provider"
    if record.matches:
        assert "insider" in "".join(watched.specs)
        assert refusal not in outcome.texts
        record_property("traffic provider", (name, "A/B", "N"))
    else:  # it becomes blue/green
        assert outcome.severities[refusal] == "Warning"
        assert shares(watched) == [0, 100, 0]


@EACH
def test_mirroring_copies_requests_or_is_said_not_to_be_had(name: str, record_property: Note) -> None:
    outcome, watched = played(name, DEFAULT, analysis={"stepWeight": 25, "mirror": True})
    assert phases(outcome)[-1] == "Succeeded", outcome.texts
    record = record_named(name)
    assert record is not None
    assert watched.mirrored == record.mirrors
    if record.mirrors:
        record_property("traffic provider", (name, "mirror", "N"))
    else:
        refusal = f"Traffic mirroring is not supported when using the {name} provider"
        assert outcome.texts.count(refusal) == 1


@IN_BOTH
def test_deletion_leaves_no_object_behind(name: str, settings: ControllerSettings, record_property: Note) -> None:
    """Deleted in mid-rollout with ``revertOnDeletion``: its object is deleted, or goes with its owner, the canary."""
    outcome, watched = played(name, settings, UPDATE, ("weight>=25", "delete"), spec={"revertOnDeletion": True})
    assert outcome.texts[-1].startswith("Terminated canary "), outcome.texts
    live = watched.live()
    owners = [] if live is None else [owner["kind"] for owner in live["metadata"].get("ownerReferences") or []]
    if name == "skipper" or (name, settings) == ("kuma", DEFAULT):
        assert live is None
    else:  # no owner is allowed for an object without a namespace, and Flagger leaves it
        assert owners == ([] if name == "kuma" else ["Canary"])
    record_property("traffic provider", (name, "deletion", "N"))


@EACH
def test_weights_by_hand_mean_the_same_to_engine_and_screen(name: str) -> None:
    """In the middle of a rollout, by the patch that the console would send: parts of their sum, as to the proxy."""
    record = record_named(name)
    assert record is not None
    assert record.split is not None
    _, watched = played(name, DEFAULT, ticks=TICKS_TO_25)
    live, view = watched.live(), watched._cluster_view
    canary = Canary.parse(view.get("Canary", "r1", "promote"))
    assert record.split.canary_percent(live, canary) == 25
    tick = Tick(canary, view, DEFAULT, datetime(2026, 11, 26, tzinfo=UTC))
    for primary, other in ((1, 1), (3, 1), (60, 40), (0, 7)):
        patch = record.split.reweighted(live, canary, primary, other)
        assert patch is not None
        edited = merged(live, patch)
        assert without(edited, patch) == without(live, patch), "nothing else is written"
        view.put(edited)
        shown = record.split.canary_percent(edited, canary)
        assert shown == round(100 * other / (primary + other))
        assert router_of(tick).read_weights(tick)[:2] == (100 - shown, shown)


def without(obj: Any, patch: Any) -> Any:
    """`obj` without all weights in what `patch` names."""
    if isinstance(patch, dict):
        return {key: without(each, patch[key]) if key in patch else each for key, each in obj.items()}
    return without_weights(obj) if isinstance(patch, list) else None


BY_NAME = {
    ("apisix", "hand edit"): "test_router_apisix::test_a_repair_keeps_live_weights_unless_strict",
    ("appmesh", "hand edit"): "test_router_appmesh::test_a_repair_keeps_the_live_weights",
    ("appmesh:v1beta2", "hand edit"): "test_router_appmesh::test_a_repair_keeps_the_live_weights",
    ("contour", "hand edit"): "test_router_contour::test_a_repair_keeps_live_weights_and_what_others_added",
    ("gatewayapi:grpc", "hand edit"): "test_router_gatewayapi_grpcroute::test_repair_keeps_the_weights_of_a_grpc_route",
    ("gatewayapi:v1", "hand edit"): "test_router_gatewayapi::test_repair_keeps_the_weights",
    ("gatewayapi:v1beta1", "hand edit"): "test_router_gatewayapi::test_repair_keeps_the_weights",
    ("gloo", "hand edit"): "test_router_gloo::test_a_repair_keeps_live_weights_and_what_others_added",
    ("istio", "hand edit"): "test_router_istio::test_a_repair_keeps_live_weights_unless_strict",
    ("knative", "hand edit"): "test_router_knative::test_a_repair_names_the_primary_again_and_keeps_weights_and_tags",
    ("knative", "rollback"): "test_router_knative::test_failed_checks_give_the_primarys_revision_everything",
    ("knative", "blue/green"): "test_router_knative::test_blue_green_moves_everything_after_the_last_iteration",
    ("knative", "deletion"): "test_router_knative::test_a_deleted_canary_gives_the_service_back",
    ("kuma", "hand edit"): "test_router_kuma::test_a_repair_keeps_live_weights_and_what_others_added",
    ("linkerd", "hand edit"): "test_router_smi::test_a_repair_keeps_live_weights_and_what_others_added",
    ("nginx", "hand edit"): "test_router_nginx::test_a_copy_that_was_changed_by_hand_is_repaired_and_keeps_its_weight",
    ("osm", "hand edit"): "test_router_smi::test_a_repair_keeps_live_weights_and_what_others_added",
    ("skipper", "hand edit"): "test_router_skipper::test_a_repair_keeps_the_live_weights",
    ("smi:v1alpha1", "hand edit"): "test_router_smi::test_a_repair_keeps_live_weights_and_what_others_added",
    ("smi:v1alpha2", "hand edit"): "test_router_smi::test_a_repair_keeps_live_weights_and_what_others_added",
    ("smi:v1alpha3", "hand edit"): "test_router_smi::test_a_repair_keeps_live_weights_and_what_others_added",
    ("traefik", "hand edit"): "test_router_traefik::test_a_repair_keeps_live_weights_unless_strict",
}
"""What the routers' own tests prove; how somebody may change the object differs from provider to provider."""


@pytest.mark.parametrize(("cell", "test"), BY_NAME.items(), ids=lambda value: "-".join(value).replace("/", "-"))
def test_the_routers_own_tests_are_there(cell: tuple[str, str], test: str, record_property: Note) -> None:
    module, _, function = test.partition("::")
    tree = ast.parse((ROUTERS / f"{module}.py").read_text())
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    record_property("traffic provider", (*cell, "N", test))


@pytest.mark.parametrize("name", provider_names())
def test_a_provider_that_cannot_match_or_mirror_is_listed_so(name: str, record_property: Note) -> None:
    record = registry.named(name)
    assert record is not None
    assert record.splits or not (record.matches or record.mirrors)
    for column, has in (("A/B", record.matches), ("mirror", record.mirrors)):
        if not has:
            record_property("traffic provider", (name, column, "-"))


def test_no_cell_of_the_table_is_empty() -> None:
    proved_of = {cell for name in PLAYED for cell in proved(load(RECORDINGS / f"{name}.jsonl"))} | BY_NAME.keys()
    for name in provider_names():
        record = registry.named(name)
        assert record is not None
        here = {
            "promotion": name in SPLITTING,
            "rollback": name in SPLITTING or name == "kubernetes",
            "A/B": name in SPLITTING or not record.matches,
            "blue/green": name in SPLITTING,
            "mirror": name in SPLITTING or not record.mirrors,
            "deletion": name in SPLITTING or name == "kubernetes",
            "hand edit": name == "kubernetes",
        }
        empty = {(name, column) for column, tried in here.items() if not tried} - proved_of
        assert not empty, "add a recording, or what proves it to BY_NAME"


def test_plain_services_are_rolled_back_and_deleted_without_a_router(record_property: Note) -> None:
    spec = {"provider": "kubernetes", "revertOnDeletion": True}
    failed = RecordingPlayer(rollout(spec=spec, analysis=iterated(2), metric_answers=BAD), DEFAULT).play()
    assert phases(failed)[-1] == "Failed", failed.texts
    deletion = UPDATE, ("Succeeded", "delete")
    good = {**PROMOTE.defaults, **GOOD}
    gone = RecordingPlayer(rollout(*deletion, spec=spec, analysis=iterated(2), defaults=good), DEFAULT).play()
    assert gone.texts[-1].startswith("Terminated canary "), gone.texts
    for column, mark in (("rollback", "N"), ("deletion", "N"), ("hand edit", "-")):
        record_property("traffic provider", ("kubernetes", column, mark))

"""Plans: which write is made in which state of a canary, and which is never offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from replacing import replace

from canarytui.domain.actions import ActionRequest, gates_of, intents, plan
from canarytui.domain.actions.availability import reason
from canarytui.domain.conflict_relevance import relevant_fields, what_changed
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import triggering
from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.ownership import owner_of
from canarytui.domain.workloads.workload import WorkloadStatus

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PHASES = ["", "Initializing", "Initialized", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising",
          "Succeeded", "Failed", "Terminating"]  # fmt: skip


def canary_object(phase: str, spec: dict[str, Any] | None = None, **status: object) -> dict[str, Any]:
    spec = dict(spec or {})
    analysis = {
        "interval": "10s",
        "threshold": 5,
        "maxWeight": 50,
        "stepWeight": 10,
        **spec.pop("analysis", {}),
    }
    return {
        "metadata": {"name": "cart", "namespace": "shop", "uid": "u", "resourceVersion": "7", "generation": 3},
        "spec": {
            "provider": "traefik",
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
            "service": {"port": 80},
            "analysis": analysis,
            **spec,
        },
        "status": {"phase": phase, "canaryWeight": 0, "failedChecks": 0, "iterations": 0, **status},
    }


def workload(image: str = "cart:2", *, ready: bool = True, name: str = "cart", **changes: Any) -> WorkloadStatus:
    made = WorkloadStatus.parse(
        {
            "kind": "Deployment",
            "metadata": {"namespace": "shop", "name": name, "resourceVersion": "9", "generation": 1},
            "spec": {
                "replicas": 2,
                "template": {
                    "spec": {
                        "containers": [
                            {
                                "name": "app",
                                "image": image,
                                "ports": [{"containerPort": 80}],
                                "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {}}],
                            },
                            {"name": "side", "image": "proxy:1"},
                        ]
                    }
                },
            },
            "status": {"observedGeneration": 1, "updatedReplicas": 2, "availableReplicas": 2 if ready else 0},
        }
    )
    return replace(made, **changes)


def router(weight: int) -> dict[str, Any]:
    services = [{"name": "cart-primary", "port": 80, "weight": 100 - weight, "kept": "as it is"}]
    services += [{"name": "cart-canary", "port": 80, "weight": weight}] if weight else []
    return {"apiVersion": "traefik.io/v1alpha1", "metadata": {"name": "cart", "resourceVersion": "5"},
            "kind": "TraefikService", "spec": {"weighted": {"services": services}}}  # fmt: skip


def situation(phase: str, spec: dict[str, Any] | None = None, *, weight: int = 0, **known: Any) -> Situation:
    status = known.pop("status", {})
    facts: dict[str, Any] = {
        "target": workload(), "primary": workload("cart:1", name="cart-primary"), "workloads_known": True,
        "router_weight": weight, "router": router(weight),
    }  # fmt: skip
    parsed = Canary.parse(canary_object(phase, spec, canaryWeight=weight, **status))
    return Situation(canary=parsed, now=NOW, interval_s=10, **{**facts, **known})


def change(made: Plan) -> dict[str, Any]:
    assert made.allowed, made.refusal
    (write,) = made.writes
    assert write.body["metadata"]["resourceVersion"]
    return {key: value for key, value in write.body.items() if key != "metadata"}


@pytest.mark.parametrize(
    ("action_request", "expected"),
    [
        (ActionRequest(Intent.TRIGGER, image="cart:3"), {"name": "app", "image": "cart:3"}),
        (ActionRequest(Intent.TRIGGER, "side", "proxy:2"), {"name": "side", "image": "proxy:2"}),
        (ActionRequest(Intent.TRIGGER, env=("A", "2")), {"name": "app", "env": [{"name": "A", "value": "2"}]}),
    ],
)
def test_a_trigger_changes_one_container(action_request: ActionRequest, expected: dict[str, Any]) -> None:
    made = plan(situation("Succeeded"), action_request)
    assert change(made) == {"spec": {"template": {"spec": {"containers": [expected]}}}}
    assert made.writes[0].path == "/apis/apps/v1/namespaces/shop/deployments/cart"


@pytest.mark.parametrize(
    ("action_request", "why"),
    [
        (ActionRequest(Intent.TRIGGER, image="cart:2"), "not a new revision"),
        (ActionRequest(Intent.TRIGGER, image="cart 3"), "is not an image reference"),
        (ActionRequest(Intent.TRIGGER, image="cart:\x1b[2J"), "is not a tag"),
        (ActionRequest(Intent.TRIGGER, image="../../etc"), "is not an image reference"),
        (ActionRequest(Intent.TRIGGER, image="--output=x"), "is not an image reference"),
        (ActionRequest(Intent.TRIGGER, image="cart:--output=x"), "is not a tag"),
        (ActionRequest(Intent.TRIGGER, "nobody", "x:1"), "no container nobody"),
        (ActionRequest(Intent.TRIGGER, env=("A", "1")), "not a new revision"),
        (ActionRequest(Intent.TRIGGER, env=("B", "1")), "valueFrom"),
        (ActionRequest(Intent.TRIGGER, env=("A B", "1")), "is not a variable name"),
        (ActionRequest(Intent.TRIGGER, image="cart:1"), "is not a rollback"),
    ],
)
def test_a_trigger_that_starts_nothing_is_refused(action_request: ActionRequest, why: str) -> None:
    made = plan(situation("Progressing", weight=20), action_request)
    assert why in made.refusal
    assert made.writes == ()


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_or_a_weight_in_the_status_is_never_written(phase: str) -> None:
    for analysis in ({}, {"iterations": 4, "stepWeight": 0}):
        now = situation(phase, {"analysis": analysis}, weight=20, status={"iterations": 2})
        for intent in intents():
            made = plan(now, ActionRequest(intent, image="cart:3"))
            assert bool(made.refusal) != bool(made.writes or made.calls)
            for write in made.writes:
                assert not {"phase", "canaryWeight"} & set(write.body.get("status", {}))


def test_a_rollback_goes_by_the_checks_of_ready_pods_and_by_the_deadline_of_others() -> None:
    made = plan(situation("Progressing", weight=20), Intent.ROLL_BACK)
    assert change(made) == {"status": {"failedChecks": 5}}
    assert (made.writes[0].subresource, made.repeats, made.temporary) == ("status", True, None)

    broken = workload(ready=False, unavailable_since=NOW - timedelta(seconds=30))
    made = plan(situation("Progressing", {"progressDeadlineSeconds": 600}, target=broken), Intent.ROLL_BACK)
    assert change(made) == {"spec": {"progressDeadlineSeconds": 1}}
    assert made.temporary is not None
    assert (made.temporary.before, made.temporary.generation) == (600, 4)

    rolling = workload(ready=False)
    assert "waits for them" in plan(situation("Progressing", target=rolling), Intent.ROLL_BACK).refusal
    almost = workload(available=1)
    tolerant = {"analysis": {"canaryReadyThreshold": 50}}
    assert change(plan(situation("Progressing", tolerant, target=almost), Intent.ROLL_BACK)) == {
        "status": {"failedChecks": 5}
    }


def test_a_retry_leaves_pods_alone_that_somebody_else_owns() -> None:
    assert list(change(plan(situation("Failed"), Intent.RETRY))["spec"]["template"]) == ["metadata"]
    owned = workload(owner="Flux Kustomization flux-system/apps: …")
    made = plan(situation("Failed", target=owned), Intent.RETRY)
    assert change(made) == {"status": {"lastAppliedSpec": ""}}
    assert made.owner == ""


def test_skipping_writes_both_entries_and_only_weights_of_the_plan() -> None:
    made = plan(situation("Progressing", weight=20), ActionRequest(Intent.SKIP_TO, weight=40))
    primary, canary = change(made)["spec"]["weighted"]["services"]
    assert (primary["weight"], primary["kept"], canary["weight"]) == (60, "as it is", 40)
    refusal = plan(situation("Progressing", weight=20), ActionRequest(Intent.SKIP_TO, weight=45)).refusal
    assert "45 is not one of the remaining steps" in refusal
    assert "pre-rollout" in plan(situation("Progressing", weight=0), Intent.SKIP_TO).refusal
    assert plan(situation("Progressing", weight=20, router=None), Intent.SKIP_TO).refusal


def test_finishing_counts_the_iterations_as_done() -> None:
    iterated = {"analysis": {"iterations": 6, "stepWeight": 0}}
    made = plan(situation("Progressing", iterated, status={"iterations": 2}), Intent.FINISH)
    assert change(made) == {"status": {"iterations": 6}}
    assert "pre-rollout" in plan(situation("Progressing", iterated), Intent.FINISH).refusal


def test_temporary_writes_remember_what_was_there() -> None:
    for before in (None, False):
        spec = {} if before is None else {"skipAnalysis": before}
        made = plan(situation("Progressing", spec, weight=10), Intent.PROMOTE)
        assert made.temporary is not None
        assert made.temporary.before is before
    made = plan(situation("Progressing", weight=10), ActionRequest(Intent.EXTEND, ticks=4))
    assert made.temporary is not None
    assert made.temporary.due == NOW + timedelta(seconds=40)


def test_gates_are_those_that_the_hooks_ask() -> None:
    hooks = [
        {"name": "go", "type": "confirm-rollout", "url": "http://loadtester.shop/gate/check"},
        {"name": "more", "type": "confirm-promotion", "url": "http://loadtester.shop/gate/check"},
        {"name": "stop", "type": "rollback", "url": "http://loadtester.shop.svc/rollback/check"},
        {"name": "always", "type": "confirm-promotion", "url": "http://loadtester.shop/gate/approve"},
        {"name": "load", "type": "rollout", "url": "http://loadtester.shop/gate/check"},
    ]
    now = situation("Waiting", {"analysis": {"webhooks": hooks}})
    assert [(gate.space, len(gate.hooks)) for gate in gates_of(now.canary)] == [("gate", 2), ("rollback", 1)]
    made = plan(now, Intent.OPEN_GATE)
    (call,) = made.calls
    assert (call.url, call.body) == ("http://loadtester.shop/gate/open", {"name": "cart", "namespace": "shop"})
    assert made.expects == {"Progressing"}
    assert [permission.resource for permission in made.permissions] == ["services"]
    assert "has no load-tester gate" in plan(situation("Waiting"), Intent.OPEN_GATE).refusal


def test_availability_knows_phase_permission_and_configuration() -> None:
    now = situation("Progressing", weight=20)
    assert reason(now, Intent.ROLL_BACK, {}) == ""
    permission = plan(now, Intent.ROLL_BACK).permissions[0]
    assert reason(now, Intent.ROLL_BACK, {permission: "you may not"}) == "you may not"
    assert reason(now, Intent.PAUSE, {permission: "you may not"}) == ""
    assert reason(now, Intent.PAUSE, {}, lambda _: "no") == "no"
    assert "only a failed rollout" in reason(now, Intent.RETRY, {})


def test_bookkeeping_does_not_matter_and_anything_else_does() -> None:
    seen = relevant_fields("canaries", canary_object("Progressing"))
    assert what_changed("canaries", seen, canary_object("Progressing", canaryWeight=30, failedChecks=4)) == ""
    assert "status.phase Progressing → Failed" in what_changed("canaries", seen, canary_object("Failed"))
    assert "threshold false → true" in what_changed("canaries", seen, canary_object("Progressing", failedChecks=5))
    other = canary_object("Progressing", {"suspend": True})
    other["metadata"]["managedFields"] = [{"manager": "flux", "time": "2026-11-23T14:00:00Z"}]
    assert what_changed("canaries", seen, other) == "flux (14:00:00 UTC) changed spec.suspend (absent) → true"


def test_owners_are_named_with_what_to_do_instead() -> None:
    labels = {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
    assert owner_of({"labels": labels}).startswith(
        "Flux Kustomization flux-system/apps: it will revert this change at its"
    )
    assert "suspend the Kustomization first" in owner_of({"labels": labels})
    assert owner_of({"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:x"}}).startswith(
        "Argo CD app"
    )
    assert owner_of(None) == ""


@pytest.mark.parametrize(
    ("analysis", "effect", "risk"),
    [
        ({}, triggering.STARTS_STEPS.text(), triggering.GROWING_SHARE.text(threshold=5)),
        (
            {"iterations": 4, "threshold": 0},
            triggering.STARTS_ITERATIONS.text(iterations=4),
            triggering.NO_USERS_YET.text(threshold=1),
        ),
        (
            {"iterations": 4, "match": [{"headers": {"x-canary": {"exact": "1"}}}]},
            triggering.STARTS_ITERATIONS.text(iterations=4),
            triggering.MATCHING_USERS.text(threshold=5),
        ),
    ],
)
def test_a_trigger_says_what_this_analysis_does_with_users(analysis: dict[str, Any], effect: str, risk: str) -> None:
    made = plan(situation("Succeeded", {"analysis": analysis}), ActionRequest(Intent.TRIGGER, image="cart:9"))
    assert (made.effect, made.risk_text) == (effect, risk)


def test_a_trigger_without_analysis_promises_none() -> None:
    image = ActionRequest(Intent.TRIGGER, image="cart:9")
    skips = plan(situation("Succeeded", {"skipAnalysis": True}), image)
    assert (skips.effect, skips.risk_text) == (triggering.STARTS_UNCHECKED.text(), triggering.UNCHECKED.text())
    first = plan(situation("Initializing"), image)
    assert (first.effect, first.risk_text) == (triggering.FIRST.text(), triggering.FIRST_UNCHECKED.text())
    nothing = plan(situation("Failed"), ActionRequest(Intent.TRIGGER, image="cart:1"))
    assert (nothing.effect, nothing.risk_text) == (triggering.AS_PRIMARY.text(), "")

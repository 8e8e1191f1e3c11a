"""DaemonSets as targets, from initialisation to the end of a rollout, and how long one waits for their pods."""

from __future__ import annotations

from typing import Any

import pytest
from rig import DEFAULT, NAMESPACE, STRICT, Rig, canary, daemonset

from canarytui.engine.decide.tick import ControllerSettings

NOWHERE = {"flagger.app/scale-to-zero": "true"}
TARGET = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "podinfo"}


def started(
    settings: ControllerSettings = DEFAULT, target: dict[str, Any] | None = None, spec: dict[str, Any] | None = None
) -> Rig:
    rig = Rig(target or daemonset(), canary(targetRef=TARGET, **(spec or {})), settings=settings)
    rig.until("Initialized")
    return rig


def nodes(rig: Rig, name: str) -> dict[str, str] | None:
    found: dict[str, str] | None = rig.get("DaemonSet", name)["spec"]["template"]["spec"].get("nodeSelector")
    return found


def image(rig: Rig, name: str) -> str:
    return str(rig.get("DaemonSet", name)["spec"]["template"]["spec"]["containers"][0]["image"])


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_target_runs_nowhere_but_during_its_rollout(settings: ControllerSettings) -> None:
    rig = started(settings)
    assert nodes(rig, "podinfo") == NOWHERE
    assert nodes(rig, "podinfo-primary") == {}
    rig.set_image("v2", "DaemonSet")
    rig.until("Progressing")
    assert nodes(rig, "podinfo") == {}
    rig.until("Succeeded")
    assert nodes(rig, "podinfo") == NOWHERE
    assert (image(rig, "podinfo-primary"), nodes(rig, "podinfo-primary")) == ("podinfo:v2", {})
    rig.tick(3)
    assert rig.phase == "Succeeded", "the node selector is no new revision"


def test_own_node_selector_of_the_target_is_kept() -> None:
    rig = Rig(daemonset({"nodeSelector": {"disk": "ssd"}}), canary(targetRef=TARGET))
    rig.until("Initialized")
    assert nodes(rig, "podinfo") == {"disk": "ssd", **NOWHERE}
    assert nodes(rig, "podinfo-primary") == {"disk": "ssd"}


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_bad_revision_is_taken_from_the_nodes_again(settings: ControllerSettings) -> None:
    rig = started(settings)
    rig.set_image("v2", "DaemonSet")
    rig.until("Progressing")
    rig.change("Canary", "podinfo", {"status": {"failedChecks": 3}})
    rig.until("Failed")
    assert nodes(rig, "podinfo") == NOWHERE
    assert (image(rig, "podinfo"), image(rig, "podinfo-primary")) == ("podinfo:v2", "podinfo:v1")


@pytest.mark.parametrize(
    ("settings", "looks", "who"),
    [
        (STRICT, 6, "canary damonset podinfo.test not ready with retryable {}: "),
        (DEFAULT, 7, "canary daemonset podinfo.test not ready: "),
    ],
)
def test_canary_whose_pods_do_not_start_fails_at_the_deadline(
    settings: ControllerSettings, looks: int, who: str
) -> None:
    """60 s and a look each 10 s; Flagger counts from the status' last write, we from the first look at unready pods."""
    rig = started(settings)
    rig.broken = frozenset({"v2"})
    rig.set_image("v2", "DaemonSet")
    rig.until("Failed")
    waiting = "waiting for rollout to finish: 0 of 2 (readyThreshold 100%) updated pods are available"
    assert rig.said.count(who.format("true") + waiting) == looks
    assert rig.said[-2:] == [
        who.format("false") + "exceeded its progressDeadlineSeconds: 60",
        "Canary failed! Scaling down podinfo.test",
    ]
    assert nodes(rig, "podinfo") == NOWHERE


def test_each_failed_check_gives_pods_another_deadline() -> None:
    rig = started(STRICT)
    rig.set_image("v2", "DaemonSet")
    rig.until("Progressing")
    rig.broken = frozenset({"v2"})
    rig.tick(5)
    written = rig.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    rig.change("Canary", "podinfo", {"status": {"failedChecks": 1, "lastTransitionTime": written}})
    rig.tick(7)
    assert rig.phase == "Progressing"
    rig.tick(1)
    assert rig.phase == "Failed"


def joined(rig: Rig, name: str) -> None:
    """A node has joined, its pod has not started."""
    live = rig.get("DaemonSet", name)
    rig.cluster_view.put({**live, "status": {**live["status"], "desiredNumberScheduled": 3}})


@pytest.mark.parametrize(("settings", "phase"), [(STRICT, "Failed"), (DEFAULT, "Progressing")])
def test_node_that_joins_as_a_revision_comes_is_no_reason_to_fail_it(settings: ControllerSettings, phase: str) -> None:
    rig = started(settings)
    rig.tick(30)
    rig.set_image("v2", "DaemonSet")
    joined(rig, "podinfo-primary")
    rig.tick()
    waiting = "2 out of 3 new pods have been updated"
    if settings is DEFAULT:
        text = f"primary daemonset podinfo-primary.test not ready: waiting for rollout to finish: {waiting}"
        assert rig.said[-1] == text
        rig.tick()
    else:
        assert "primary daemonset podinfo-primary.test not ready: exceeded its progressDeadlineSeconds: 60" in rig.said
    assert rig.phase == phase


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_pods_of_a_generation_not_yet_observed_say_nothing(settings: ControllerSettings) -> None:
    rig = started(settings)
    rig.tick(30)
    rig.set_image("v2", "DaemonSet")
    live = rig.get("DaemonSet", "podinfo-primary")
    rig.cluster_view.put({**live, "metadata": {**live["metadata"], "generation": 7}})
    rig.tick()
    assert rig.said[-1] == (
        "primary daemonset podinfo-primary.test not ready: waiting for rollout to finish: "
        "observed daemonset generation less than desired generation"
    )
    assert rig.phase == "Initialized", "however long ago the status was written"


def test_threshold_is_a_share_of_the_pods_that_should_be() -> None:
    rig = started(STRICT, spec={"analysis": {"canaryReadyThreshold": 60}})
    rig.set_image("v2", "DaemonSet")
    rig.until("Progressing")
    for available, text in ((1, "1 of 3 (readyThreshold 60%) updated pods are available"), (3, "")):
        live = rig.get("DaemonSet", "podinfo")
        counts = {"desiredNumberScheduled": 5, "updatedNumberScheduled": 5, "numberAvailable": available}
        rig.cluster_view.put({**live, "status": {**live["status"], **counts}})
        rig.tick()
        assert rig.said[-1].endswith(text or "Advance podinfo.test canary weight 50")


@pytest.mark.parametrize(("settings", "prefix"), [(STRICT, "createPrimaryDaemonSet failed: "), (DEFAULT, "")])
def test_daemonset_that_does_not_roll_is_refused(settings: ControllerSettings, prefix: str) -> None:
    target = daemonset(updateStrategy={"type": "OnDelete"})
    rig = Rig(target, canary(targetRef=TARGET, revertOnDeletion=True), settings=settings)
    rig.tick(2)
    assert rig.said[-1] == f"{prefix}daemonset podinfo.test must have RollingUpdate strategy but have OnDelete"
    assert not rig.has("DaemonSet", "podinfo-primary")
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(2)
    assert not rig.has("Canary", "podinfo"), "it can be deleted all the same"


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_deletion_with_revert_brings_the_target_back_to_the_nodes(settings: ControllerSettings) -> None:
    rig = started(settings, spec={"revertOnDeletion": True})
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    assert nodes(rig, "podinfo") == {}
    assert not rig.has("Canary", "podinfo")


def test_spec_of_the_primary_follows_at_promotion() -> None:
    rig = started(target=daemonset(minReadySeconds=5, updateStrategy={"type": "RollingUpdate"}))
    primary = rig.get("DaemonSet", "podinfo-primary")["spec"]
    assert (primary["minReadySeconds"], primary["updateStrategy"]) == (5, {"type": "RollingUpdate"})
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "50%"}}
    rig.change("DaemonSet", "podinfo", {"spec": {"minReadySeconds": None, "updateStrategy": rolling}})
    rig.set_image("v2", "DaemonSet")
    rig.until("Succeeded")
    primary = rig.get("DaemonSet", "podinfo-primary")["spec"]
    assert "minReadySeconds" not in primary
    assert primary["updateStrategy"] == rolling


def test_selector_without_a_known_label_is_said_in_flaggers_words() -> None:
    target = daemonset()
    target["spec"]["selector"]["matchLabels"] = {"tier": "web"}
    rig = Rig(target, canary(targetRef=TARGET), settings=STRICT)
    rig.tick()
    assert rig.said == [
        "getSelectorLabel failed: daemonset podinfo.test spec.selector.matchLabels must contain one of "
        "[app name app.kubernetes.io/name]'"
    ]

"""An earlier rollout's end is not taken for this one's, with our fingerprints and with Flagger's."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from canarytui.console.demo_fixture import NOW, canary_object, deployment_object
from canarytui.domain.rollout.revision_outcome import Inputs, RevisionStage, failed_at, inputs_of, same_revision, stage
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.revision import config_checksum, spec_hash

RECORDINGS = Path(__file__).parents[2] / "recordings"
OLD, NEW = "podinfo:1", "podinfo:2"


def canary(phase: str, *, applied: str = "5d8f7c6b9", promoted: str = "6bd7f9c54", kind: str = "Deployment") -> Canary:
    obj = canary_object("test", "podinfo", phase)
    obj["status"] |= {"lastAppliedSpec": applied, "lastPromotedSpec": promoted}
    obj["status"]["conditions"][0]["lastUpdateTime"] = obj["status"]["lastTransitionTime"]
    obj["status"]["lastTransitionTime"] = "2026-11-23T14:40:12Z"  # both controllers go on writing it
    obj["spec"]["targetRef"]["kind"] = kind
    return Canary.parse(obj)


def workload(image: str, name: str = "podinfo") -> dict[str, Any]:
    return deployment_object("test", name, image, 2, 2)


def ours(obj: dict[str, Any]) -> str:
    return spec_hash(obj["spec"]["template"])


@pytest.mark.parametrize("phase", ["", "Initializing", "Waiting", "Progressing", "WaitingPromotion", "Promoting"])
def test_whatever_is_under_way_is_not_decided(phase: str) -> None:
    assert stage(canary(phase), workload(NEW), workload(OLD, "podinfo-primary")) == (RevisionStage.UNDER_WAY, True)


@pytest.mark.parametrize("phase", ["Succeeded", "Initialized"])
def test_with_our_fingerprint_success_counts_for_the_revision_that_it_is_about(phase: str) -> None:
    old, new = workload(OLD), workload(NEW)
    assert stage(canary(phase, applied=ours(new), promoted=ours(new)), new, None) == (RevisionStage.PROMOTED, True)
    assert stage(canary(phase, applied=ours(old), promoted=ours(old)), new, None) == (RevisionStage.NOT_BEGUN, True)


def test_with_our_fingerprint_failure_counts_for_the_revision_that_it_is_about() -> None:
    old, new, third = workload(OLD), workload(NEW), workload("podinfo:3")
    failed = canary("Failed", applied=ours(new), promoted=ours(old))
    before = Inputs(NOW - timedelta(minutes=2))
    assert stage(failed, new, None, before) == (RevisionStage.FAILED, True)
    assert stage(failed, third, None) == (RevisionStage.NOT_BEGUN, True)
    assert stage(failed, old, None) == (RevisionStage.TAKEN_BACK, True)


def test_an_equal_fingerprint_in_phase_failed_says_nothing_because_it_is_recorded_before_the_rollout_begins() -> None:
    new = workload(NEW)
    failed = canary("Failed", applied=ours(new), promoted=ours(workload(OLD)))
    assert stage(failed, new, None, Inputs(NOW + timedelta(seconds=5))) == (RevisionStage.NOT_BEGUN, True)
    assert stage(failed, new, None) == (RevisionStage.FAILED, False)


def test_with_flaggers_fingerprint_the_primary_tells_what_was_promoted() -> None:
    primary = workload(OLD, "podinfo-primary")
    assert stage(canary("Succeeded"), workload(OLD), primary) == (RevisionStage.PROMOTED, True)
    assert stage(canary("Succeeded"), workload(NEW), primary) == (RevisionStage.NOT_BEGUN, True)
    assert stage(canary("Failed"), workload(OLD), primary) == (RevisionStage.TAKEN_BACK, True)


def test_with_flaggers_fingerprint_the_time_tells_which_revision_failed() -> None:
    failed, primary = canary("Failed"), workload(OLD, "podinfo-primary")
    later, earlier = Inputs(NOW + timedelta(seconds=1)), Inputs(NOW - timedelta(minutes=2))
    assert stage(failed, workload(NEW), primary, later) == (RevisionStage.NOT_BEGUN, True)
    assert stage(failed, workload(NEW), primary, earlier) == (RevisionStage.FAILED, True)
    assert stage(failed, workload(NEW), primary) == (RevisionStage.FAILED, False)


def test_without_the_target_the_status_is_taken_at_its_word_and_said_to_be_unsure() -> None:
    assert stage(canary("Succeeded"), None, None) == (RevisionStage.PROMOTED, False)
    assert stage(canary("Failed"), None, None) == (RevisionStage.FAILED, False)


def test_a_daemonset_that_is_scaled_to_zero_is_still_the_same_revision() -> None:
    at_work = workload(NEW)
    at_work["spec"]["template"]["spec"]["nodeSelector"] = {}
    idle = copy.deepcopy(at_work)
    idle["spec"]["template"]["spec"]["nodeSelector"] = {"flagger.app/scale-to-zero": "true"}
    succeeded = canary("Succeeded", applied=ours(at_work), promoted=ours(at_work), kind="DaemonSet")
    assert stage(succeeded, idle, None) == (RevisionStage.PROMOTED, True)


def test_a_primary_is_known_as_a_copy_by_all_that_copying_changes_and_nothing_else() -> None:
    target = workload(NEW)
    template = target["spec"]["template"]
    template["metadata"] = {"labels": {"app": "podinfo"}, "annotations": {"kustomize.toolkit.fluxcd.io/x": "1"}}
    template["spec"]["volumes"] = [{"name": "config", "configMap": {"name": "settings"}}]
    primary = copy.deepcopy(target)
    copied = primary["spec"]["template"]
    copied["metadata"] = {"labels": {"app": "podinfo-primary"}, "annotations": {"flagger-id": "1f0c"}}
    copied["spec"]["volumes"][0]["configMap"]["name"] = "settings-primary"
    copied["spec"]["affinity"] = {"podAntiAffinity": {}}
    assert same_revision(target, primary)
    template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = "2026-11-23T14:30:12Z"
    assert not same_revision(target, primary)


def test_the_inputs_were_written_when_their_youngest_owner_wrote_them() -> None:
    obj = workload(NEW)
    template = {"f:spec": {"f:template": {}}}
    obj["metadata"]["managedFields"] = [
        {"manager": "kubectl-set", "time": "2026-11-23T14:00:00Z", "fieldsV1": template},
        {"manager": "kubectl-apply", "time": "2026-11-23T13:00:00Z", "fieldsV1": template},
        {"manager": "flagger", "time": "2026-11-23T15:00:00Z", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
        {"manager": 7, "time": [], "fieldsV1": "broken"},
        "broken",
    ]
    written = inputs_of(canary("Failed"), obj, {}).written
    assert written is not None
    assert written.isoformat() == "2026-11-23T14:00:00+00:00"
    assert inputs_of(canary("Failed"), workload(NEW), {}) == Inputs()
    assert inputs_of(canary("Failed"), {"metadata": "broken"}, {}) == Inputs()


def test_a_config_that_has_changed_is_a_revision_that_has_not_begun() -> None:
    obj = canary_object("test", "podinfo", "Succeeded")
    obj["status"]["trackedConfigs"] = {"configmap/settings": config_checksum({"a": "1"}), "secret/hidden": "c0ffee"}
    succeeded, target, primary = Canary.parse(obj), workload(OLD), workload(OLD, "podinfo-primary")
    same = {"configmap/settings": {"data": {"a": "1"}}}
    changed = {"configmap/settings": {"data": {"a": "2"}}}
    assert stage(succeeded, target, primary, inputs_of(succeeded, target, same)) == (RevisionStage.PROMOTED, True)
    assert stage(succeeded, target, primary, inputs_of(succeeded, target, changed)) == (RevisionStage.NOT_BEGUN, True)


def moments(recording: Path) -> Iterator[tuple[str, RevisionStage]]:
    """(phase, stage) at every write of genuine Flagger's, and of the person's, in a recording of a Deployment."""
    lines = [json.loads(line) for line in recording.read_text().splitlines()]
    name = lines[0]["canary"]["metadata"]["name"]
    first = next(line for line in lines if line.get("kind") == "status" and line["status"].get("lastTransitionTime"))
    began = datetime.fromisoformat(first["status"]["lastTransitionTime"]) - timedelta(seconds=first["t"])
    found: dict[str, dict[str, Any]] = {}
    obj = {**lines[0]["canary"], "status": {}}
    for line in lines[1:]:
        if line.get("kind") == "object" and line["object"] == "Deployment":
            known = found.get(line["name"])
            made = deployment_object("r", line["name"], line["spec"]["image"], 2, 2)
            written = (began + timedelta(seconds=line["t"])).replace(microsecond=0).isoformat()
            if known is not None and stage_image(known) == line["spec"]["image"]:
                written = known["metadata"]["managedFields"][0]["time"]
            owned = {"time": written, "fieldsV1": {"f:spec": {"f:template": {}}}}
            found[line["name"]] = {**made, "metadata": {**made["metadata"], "managedFields": [owned]}}
        elif line.get("kind") == "status":
            obj = {**obj, "status": line["status"]}
        else:
            continue
        parsed, target = Canary.parse(obj), found.get(name)
        stood, sure = stage(parsed, target, found.get(f"{name}-primary"), inputs_of(parsed, target, {}))
        assert sure, (recording.name, line)
        yield str(parsed.status.phase), stood


def stage_image(obj: dict[str, Any]) -> str:
    return str(obj["spec"]["template"]["spec"]["containers"][0]["image"])


ROLLOUTS = sorted(
    path for path in RECORDINGS.glob("*.jsonl") if path.stem not in ("no-target", "delete-plain", "config-change")
)
"""Without those that roll nothing out, and the one whose configs' content is not recorded."""


@pytest.mark.parametrize("recording", ROLLOUTS, ids=lambda path: path.stem)
def test_in_no_recording_of_genuine_flagger_is_a_revision_ended_before_it_was_tried(recording: Path) -> None:
    stood = list(moments(recording))
    written = next(i for i, (_, each) in enumerate(stood) if each is RevisionStage.NOT_BEGUN)
    begun = next(i for i, (phase, _) in enumerate(stood) if i > written and phase != "Initialized")
    assert {each for _, each in stood[written:begun]} == {RevisionStage.NOT_BEGUN}
    assert stood[-1][1] is (RevisionStage.PROMOTED if stood[-1][0] == "Succeeded" else RevisionStage.FAILED)


def test_between_a_rollback_and_the_next_rollout_genuine_flagger_is_not_misread() -> None:
    stood = [each for phase, each in moments(RECORDINGS / "fail-then-fix.jsonl") if phase == "Failed"]
    assert stood == [RevisionStage.FAILED, RevisionStage.NOT_BEGUN, RevisionStage.NOT_BEGUN, RevisionStage.NOT_BEGUN]


def test_what_was_written_in_the_second_of_the_failure_may_have_come_after_it() -> None:
    old, new, third = workload(OLD), workload(NEW), workload("podinfo:3")
    failed = canary("Failed", applied=ours(new), promoted=ours(old))
    same_second = Inputs(failed_at(failed))
    assert same_second.written is not None
    assert stage(failed, third, None, same_second) == (RevisionStage.NOT_BEGUN, True)
    assert stage(failed, new, None, same_second) == (RevisionStage.FAILED, False)

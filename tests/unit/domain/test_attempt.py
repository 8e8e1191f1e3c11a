"""An earlier rollout's end is not taken for this one's, with our fingerprints and with Flagger's."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest

from canarytui.console.scene import NOW, canary_object, deployment_object
from canarytui.domain.attempt import Stage, same_revision, stage, template_written
from canarytui.domain.canary import Canary
from canarytui.domain.revision import spec_hash

OLD, NEW = "podinfo:1", "podinfo:2"


def canary(phase: str, *, applied: str = "5d8f7c6b9", promoted: str = "6bd7f9c54", kind: str = "Deployment") -> Canary:
    obj = canary_object("test", "podinfo", phase)
    obj["status"] |= {"lastAppliedSpec": applied, "lastPromotedSpec": promoted}
    obj["spec"]["targetRef"]["kind"] = kind
    return Canary.parse(obj)


def workload(image: str, name: str = "podinfo") -> dict[str, Any]:
    return deployment_object("test", name, image, 2, 2)


def ours(obj: dict[str, Any]) -> str:
    return spec_hash(obj["spec"]["template"])


@pytest.mark.parametrize("phase", ["", "Initializing", "Waiting", "Progressing", "WaitingPromotion", "Promoting"])
def test_whatever_is_under_way_is_not_decided(phase: str) -> None:
    assert stage(canary(phase), workload(NEW), workload(OLD, "podinfo-primary")) == (Stage.UNDER_WAY, True)


@pytest.mark.parametrize("phase", ["Succeeded", "Initialized"])
def test_with_our_fingerprint_success_counts_for_the_revision_that_it_is_about(phase: str) -> None:
    old, new = workload(OLD), workload(NEW)
    assert stage(canary(phase, applied=ours(new), promoted=ours(new)), new, None) == (Stage.PROMOTED, True)
    assert stage(canary(phase, applied=ours(old), promoted=ours(old)), new, None) == (Stage.NOT_BEGUN, True)


def test_with_our_fingerprint_failure_counts_for_the_revision_that_it_is_about() -> None:
    old, new, third = workload(OLD), workload(NEW), workload("podinfo:3")
    failed = canary("Failed", applied=ours(new), promoted=ours(old))
    assert stage(failed, new, None) == (Stage.FAILED, True)
    assert stage(failed, third, None) == (Stage.NOT_BEGUN, True)
    assert stage(failed, old, None) == (Stage.TAKEN_BACK, True)


def test_with_flaggers_fingerprint_the_primary_tells_what_was_promoted() -> None:
    primary = workload(OLD, "podinfo-primary")
    assert stage(canary("Succeeded"), workload(OLD), primary) == (Stage.PROMOTED, True)
    assert stage(canary("Succeeded"), workload(NEW), primary) == (Stage.NOT_BEGUN, True)
    assert stage(canary("Failed"), workload(OLD), primary) == (Stage.TAKEN_BACK, True)


def test_with_flaggers_fingerprint_the_time_tells_which_revision_failed() -> None:
    failed, primary = canary("Failed"), workload(OLD, "podinfo-primary")
    later, earlier = NOW + timedelta(seconds=1), NOW - timedelta(minutes=2)
    assert stage(failed, workload(NEW), primary, later) == (Stage.NOT_BEGUN, True)
    assert stage(failed, workload(NEW), primary, earlier) == (Stage.FAILED, True)
    assert stage(failed, workload(NEW), primary) == (Stage.FAILED, False)


def test_without_the_target_the_status_is_taken_at_its_word_and_said_to_be_unsure() -> None:
    assert stage(canary("Succeeded"), None, None) == (Stage.PROMOTED, False)
    assert stage(canary("Failed"), None, None) == (Stage.FAILED, False)


def test_a_daemonset_that_is_scaled_to_zero_is_still_the_same_revision() -> None:
    at_work = workload(NEW)
    at_work["spec"]["template"]["spec"]["nodeSelector"] = {}
    idle = copy.deepcopy(at_work)
    idle["spec"]["template"]["spec"]["nodeSelector"] = {"flagger.app/scale-to-zero": "true"}
    succeeded = canary("Succeeded", applied=ours(at_work), promoted=ours(at_work), kind="DaemonSet")
    assert stage(succeeded, idle, None) == (Stage.PROMOTED, True)


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


def test_the_template_was_written_when_its_youngest_owner_wrote_it() -> None:
    obj = workload(NEW)
    template = {"f:spec": {"f:template": {}}}
    obj["metadata"]["managedFields"] = [
        {"manager": "kubectl-set", "time": "2026-11-23T14:00:00Z", "fieldsV1": template},
        {"manager": "kubectl-apply", "time": "2026-11-23T13:00:00Z", "fieldsV1": template},
        {"manager": "flagger", "time": "2026-11-23T15:00:00Z", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
        {"manager": 7, "time": [], "fieldsV1": "broken"},
        "broken",
    ]
    written = template_written(obj)
    assert written is not None
    assert written.isoformat() == "2026-11-23T14:00:00+00:00"
    assert template_written(workload(NEW)) is None
    assert template_written({"metadata": "broken"}) is None

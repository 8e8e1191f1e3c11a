"""Knative's Services as targets: the primary is a named revision, ready as Knative says, and nothing is scaled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from knative_service import FIRST, SECOND, knative_service, revision, split_service
from rig import DEFAULT, STRICT, canary

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.revision import spec_hash
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.references import ignored, require_possible
from canarytui.engine.decide.tick import ControllerSettings, EndTick, Tick
from canarytui.engine.replay.cluster import ReplayCluster
from canarytui.engine.workloads import workload_of
from canarytui.engine.workloads.knative import KnativeWorkload
from canarytui.engine.workloads.service import ServiceWorkload

TARGET = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "podinfo"}
SOON, LATE = datetime(2026, 11, 26, 14, 0, 30, tzinfo=UTC), datetime(2026, 11, 26, 14, 5, tzinfo=UTC)
WORKLOAD = KnativeWorkload()


def tick(*objects: KubernetesObject, settings: ControllerSettings = DEFAULT, now: datetime = SOON, **spec: Any) -> Tick:
    cluster_view = ReplayCluster(lambda _: None)
    for obj in objects:
        cluster_view.put(obj)
    asked = {"provider": "knative", "targetRef": TARGET, "progressDeadlineSeconds": 60, **spec}
    return Tick(Canary.parse(canary(**asked)), cluster_view, settings, now)


def test_a_service_is_knatives_by_its_group() -> None:
    assert isinstance(workload_of(tick().canary), KnativeWorkload)
    for version in ("v1", "core/v1", ""):
        target = tick(targetRef={**TARGET, "apiVersion": version}).canary
        assert isinstance(workload_of(target), ServiceWorkload)
        assert target.spec.target.is_service
    assert not tick().canary.spec.target.is_service


def test_what_was_applied_is_the_latest_revision() -> None:
    found = tick(split_service(20))
    assert WORKLOAD.fingerprint(found) == spec_hash(SECOND)
    assert WORKLOAD.config_checksums(found) is None
    with pytest.raises(EndTick, match=r"Knative Service podinfo\.test has no revision yet"):
        WORKLOAD.fingerprint(tick(knative_service(latest="")))
    with pytest.raises(EndTick, match=r'get query error: services\.serving\.knative\.dev "podinfo" not found'):
        WORKLOAD.target(tick())


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_readiness_is_the_revisions(settings: ControllerSettings) -> None:
    found = tick(split_service(20), revision(FIRST), revision(SECOND, "Unknown"), settings=settings)
    assert WORKLOAD.primary_readiness(found).ready
    waiting = WORKLOAD.canary_readiness(found)
    assert (waiting.ready, waiting.retriable) == (False, True)
    assert waiting.text == f"Knative Revision {SECOND}.test is not ready"
    gone = WORKLOAD.primary_readiness(tick(split_service(20), settings=settings))
    missing = f'get query error: revisions.serving.knative.dev "{FIRST}" not found'
    assert gone.text == f"Knative Revision {FIRST}.test {missing}"
    unnamed = WORKLOAD.primary_readiness(tick(split_service(20, primary=""), settings=settings))
    assert unnamed.text == "service podinfo.test annotation not found"


@pytest.mark.parametrize(("settings", "retriable"), [(STRICT, True), (DEFAULT, False)])
def test_a_revision_that_never_becomes_ready_is_rolled_back(settings: ControllerSettings, retriable: bool) -> None:
    found = tick(split_service(20), revision(SECOND, "False"), settings=settings, now=LATE)
    readiness = WORKLOAD.canary_readiness(found)
    assert (readiness.ready, readiness.retriable) == (False, retriable)
    assert ("exceeded its progressDeadlineSeconds: 60" in readiness.text) is not retriable


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-26T14:00:00"])
def test_a_time_that_cannot_be_read_ends_no_rollout(since: str) -> None:
    found = tick(split_service(20), revision(SECOND, "False", since), now=LATE)
    assert WORKLOAD.canary_readiness(found).retriable


def test_no_service_is_taken_over_before_its_revision_is_ready() -> None:
    found = tick(knative_service(primary=""), revision(FIRST, "Unknown"))
    with pytest.raises(EndTick, match="is not ready"):
        list(WORKLOAD.ensure_primary(found))


def test_nothing_is_scaled() -> None:
    found = tick(split_service(20))
    steps = (WORKLOAD.scale_to_zero, WORKLOAD.scale_from_zero, WORKLOAD.take_over)
    assert [list(step(found)) for step in steps] == [[], [], []]


REFUSED = [
    ({"provider": "istio"}, "can't use istio provider with Knative Service as target"),
    (
        {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"}},
        "can't use apps/v1/Deployment as target if provider is set to knative",
    ),
    (
        {"autoscalerRef": {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "name": "podinfo"}},
        "can't use autoscaler with Knative Service",
    ),
]


@pytest.mark.parametrize(("spec", "text"), REFUSED)
def test_what_does_not_go_together_is_refused(spec: dict[str, Any], text: str) -> None:
    with pytest.raises(EndTick) as error:
        require_possible(tick(**spec))
    assert str(error.value) == text
    strict = tick(settings=STRICT, **spec)
    assert ignored(strict) == text, "Flagger writes it into its log alone"
    require_possible(strict)
    require_possible(tick())

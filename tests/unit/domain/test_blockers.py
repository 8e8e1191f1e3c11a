"""What blocks a rollout, in one phrase each."""

from __future__ import annotations

from typing import Any

from replacing import replace

from canarytui.domain.rollout.blockers import called, complaint, failing, pods_done, tightest, unreachable, unready
from canarytui.domain.rollout.checks import Check
from canarytui.domain.workloads.workload import WorkloadStatus

RATE = Check("request-success-rate", 99.0, None, "%", value=99.9, asked=True)
LATENCY = Check("request-duration", None, 500.0, "ms", value=420.0, asked=True)


def workload(generation: int = 1, **status: Any) -> WorkloadStatus:
    return WorkloadStatus.parse(
        {
            "kind": "Deployment",
            "metadata": {"namespace": "shop", "name": "cart", "generation": generation},
            "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "cart", "image": "shop/cart:2"}]}}},
            "status": {"observedGeneration": 1, "replicas": 2, **status},
        }
    )


def test_pods_that_are_not_ready_are_counted_with_their_reason() -> None:
    one = workload(updatedReplicas=2, readyReplicas=1, availableReplicas=1)
    assert unready(one, "cart CrashLoopBackOff").text == "cart: 1 of 2 ready (cart CrashLoopBackOff)"
    assert unready(one, "").text == "cart: 1 of 2 ready"


def test_old_pods_are_not_counted_as_new_ones() -> None:
    rolling = workload(replicas=3, updatedReplicas=1, readyReplicas=2, availableReplicas=2)
    assert pods_done(rolling).text == "1 of 2 updated"
    assert (
        pods_done(workload(replicas=3, updatedReplicas=1, readyReplicas=3, availableReplicas=3)).text == "1 of 2 ready"
    )
    assert pods_done(workload(generation=2, updatedReplicas=2)).text == "newest spec not picked up yet"


def test_a_failing_check_names_its_value_and_threshold() -> None:
    assert complaint(replace(RATE, value=53.42)).text == "success rate 53.42 % is below 99 %"
    assert complaint(replace(LATENCY, value=812.0)).text.endswith("812 ms is above 500 ms")
    assert complaint(replace(RATE, value=None)).text == "success rate has no value"
    assert complaint(Check("errors", 1.0, 5.0, "", value=7.0, asked=True)).text == "errors 7 is above 5"


def test_a_measured_failure_goes_before_a_missing_value() -> None:
    missing, bad = replace(RATE, value=None), replace(LATENCY, value=812.0)
    assert failing([missing, bad]) is bad
    assert failing([missing, LATENCY]) is missing
    assert failing([RATE, LATENCY, replace(RATE, asked=False)]) is None


def test_only_a_check_near_its_threshold_is_shown_and_the_nearest_of_several() -> None:
    near, nearer = replace(RATE, value=99.2), replace(LATENCY, value=495.0)
    assert tightest([near, replace(LATENCY, value=300.0)]).text == " (success rate 99.2 %, 0.2 % from failing)"
    assert "495 ms, 5 ms from failing" in tightest([near, nearer]).text
    assert tightest([RATE, replace(LATENCY, value=100.0), replace(RATE, value=10.0)]).text == ""


def test_names_and_problems_are_for_people() -> None:
    assert called("request-success-rate") == "success rate"
    assert called("queue-length") == "queue-length"
    assert (
        unreachable([RATE, Check("a", 1.0, None, "", problem="no metrics server", asked=True)]) == "no metrics server"
    )
    assert unreachable([RATE, replace(RATE, value=None)]) == ""

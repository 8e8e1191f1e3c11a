"""What counts as the controller's answer, what as silence, and what as a write that was overwritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from replacing import replace

from canarytui.actions.controller_answer import MOST_REPEATS, AnswerFollower
from canarytui.domain.actions.rolling_back import plan_roll_back
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import following
from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.workload import WorkloadStatus

BEGAN = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def seen(phase: str, failed: int = 0, applied: str = "a", weight: int = 0, **known: Any) -> Situation:
    canary = Canary.parse(
        {
            "metadata": {"name": "cart", "namespace": "shop"},
            "spec": {
                "targetRef": {"kind": "Deployment", "name": "cart"},
                "analysis": {"interval": "10s", "threshold": 5, "maxWeight": 50, "stepWeight": 10},
            },
            "status": {"phase": phase, "failedChecks": failed, "lastAppliedSpec": applied, "canaryWeight": weight},
        }
    )
    return Situation(canary=canary, now=BEGAN, interval_s=10, **known)


def workload(available: int) -> WorkloadStatus:
    return WorkloadStatus.parse(
        {
            "kind": "Deployment",
            "metadata": {"namespace": "shop", "name": "cart"},
            "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "cart", "image": "cart:2"}]}}},
            "status": {
                "updatedReplicas": 2,
                "readyReplicas": available,
                "availableReplicas": available,
                "conditions": [
                    {
                        "type": "Available",
                        "status": "False",
                        "reason": "MinimumReplicasUnavailable",
                        "lastUpdateTime": "2026-11-23T13:59:50Z",
                    },
                ],
            },
        }
    )


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


ROLL_BACK = Plan(Intent.ROLL_BACK, "Roll back", expects=frozenset({"Failed"}), repeats=True)


def test_the_answer_comes_with_its_seconds() -> None:
    follow = AnswerFollower(ROLL_BACK, seen("Progressing"), BEGAN)
    assert follow.look(seen("Progressing", 5), after(3)) is None
    answer = follow.look(seen("Failed"), after(9.7))
    assert answer is not None
    assert (answer.text, answer.final, answer.wanted) == (
        "shop/cart: the controller rolled back 9.7 s later",
        True,
        True,
    )


def test_another_end_than_the_wanted_one_is_a_warning() -> None:
    promote = Plan(Intent.PROMOTE, "Promote", expects=frozenset({"Succeeded", "Failed"}))
    answer = AnswerFollower(promote, seen("Progressing"), BEGAN).look(seen("Failed"), after(5))
    assert answer is not None
    assert (answer.warning, answer.wanted) == (True, False)


def test_a_promotion_that_failed_was_not_rolled_back() -> None:
    promote = Plan(Intent.PROMOTE, "Promote", expects=frozenset({"Succeeded", "Failed"}))
    answer = AnswerFollower(promote, seen("Progressing", weight=20), BEGAN).look(seen("Failed", weight=100), after(5))
    assert answer is not None
    assert answer.text == "shop/cart: the controller ended it as Failed 5.0 s later"


def test_a_canary_that_cannot_be_read_is_not_said_to_be_deleted() -> None:
    answer = AnswerFollower(ROLL_BACK, seen("Progressing"), BEGAN).look(None, after(5))
    assert answer is not None
    assert answer.text == following.GONE.text(canary="shop/cart")


def test_a_restart_in_the_same_phase_counts_by_its_revision() -> None:
    trigger = Plan(Intent.TRIGGER, "Trigger", expects=frozenset({"Progressing"}))
    follow = AnswerFollower(trigger, seen("Progressing"), BEGAN)
    assert follow.look(seen("Progressing"), after(3)) is None
    assert follow.look(seen("Progressing", applied="b"), after(4)) is not None


def test_an_overwritten_count_is_asked_for_again_and_not_for_ever() -> None:
    follow = AnswerFollower(ROLL_BACK, seen("Progressing"), BEGAN)
    assert follow.look(seen("Progressing", 1), after(0.5)) is None, "the watch may be behind the write"
    again = [follow.look(seen("Progressing", 1), after(2 * (number + 1))) for number in range(MOST_REPEATS + 1)]
    assert [answer is not None and answer.again for answer in again] == [True] * MOST_REPEATS + [False]


def test_pods_that_become_ready_before_their_deadline_counts_are_rolled_back_all_the_same() -> None:
    late, ready = (seen("Progressing", target=workload(available)) for available in (0, 2))
    cut = plan_roll_back(late)
    assert [write.body["spec"] for write in cut.writes] == [{"progressDeadlineSeconds": 1}]
    follow = AnswerFollower(cut, late, BEGAN)
    assert follow.look(late, after(3)) is None, "the next tick finds them too late"
    answer = follow.look(ready, after(4))
    assert answer is not None
    assert (answer.text, answer.again) == (
        "shop/cart: its pods became ready meanwhile; asking again (1/3)",
        True,
    )
    assert [write.body["status"] for write in plan_roll_back(ready).writes] == [{"failedChecks": 5}]
    counted = seen("Progressing", 5, target=workload(2))
    assert follow.look(counted, after(6)) is None
    ended = follow.look(seen("Failed"), after(9))
    assert ended is not None
    assert (ended.final, ended.wanted) == (True, True)


def test_silence_is_told_once_with_its_reason() -> None:
    follow = AnswerFollower(replace(ROLL_BACK, repeats=False), seen("Progressing"), BEGAN)
    assert follow.look(seen("Progressing"), after(39)) is None
    answer = follow.look(seen("Progressing"), after(41))
    assert answer is not None
    assert answer.text == "shop/cart: no answer to “roll back” in 4 ticks; is anything reconciling it?"
    assert follow.look(seen("Progressing"), after(60)) is None
    stopped = AnswerFollower(replace(ROLL_BACK, repeats=False), seen("Progressing"), BEGAN)
    answer = stopped.look(seen("Progressing", engine_running=False), after(41))
    assert answer is not None
    assert answer.text.endswith("its controller is scaled to zero")
    busy = AnswerFollower(replace(ROLL_BACK, repeats=False), seen("Progressing"), BEGAN)
    answer = busy.look(
        seen("Progressing", last_tick=after(40), last_warning="no endpoints", warned_at=after(40)), after(41)
    )
    assert answer is not None
    assert answer.text.endswith("the controller is active, but it is still Progressing: no endpoints")

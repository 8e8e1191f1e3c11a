"""What is written is what was shown; what it is called is true when it is written."""

from __future__ import annotations

from typing import Any

from test_explain import canary, situation, workload

from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.actions.revalidation import renewed
from canarytui.domain.plan import Intent, Plan


def planned(intent: Intent, weight: int, **known: Any) -> Plan:
    return plan(situation(canary("Progressing", weight=weight), router_weight=weight, **known), ActionRequest(intent))


def test_a_weight_that_moved_while_the_question_was_open_is_told_as_it_is() -> None:
    shown = planned(Intent.PAUSE, 30)
    done = renewed(shown, planned(Intent.PAUSE, 35))
    assert (shown.title, done.title) == ("Pause shop/cart at weight 30", "Pause shop/cart at weight 35")
    assert done.writes == shown.writes, "the precondition is that of what was shown"


def test_another_write_is_not_called_so() -> None:
    shown = planned(Intent.ROLL_BACK, 0, target=workload(ready=0, conditions=[UNAVAILABLE]))
    later = planned(Intent.ROLL_BACK, 10)
    assert shown.allowed
    assert renewed(shown, later) == shown
    assert renewed(shown, plan(situation(canary("Succeeded")), ActionRequest(Intent.ROLL_BACK))) == shown


UNAVAILABLE = {
    "type": "Available",
    "status": "False",
    "reason": "MinimumReplicasUnavailable",
    "lastUpdateTime": "2026-11-23T14:30:00Z",
}

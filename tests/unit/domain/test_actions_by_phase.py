"""Which action is possible in which phase, as one table; and what no path may ever write."""

from __future__ import annotations

from typing import Any

import pytest
from test_actions_plans import PHASES, situation

from canarytui.domain.actions import ActionRequest, intents, plan
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation

EVERYWHERE = frozenset(PHASES)
PROMOTING = frozenset({"Promoting", "Finalising"})
IN_ANALYSIS = frozenset({"Progressing", "WaitingPromotion"})
AT_REST = frozenset({"Initialized", "Succeeded", "Failed"})

POSSIBLE: dict[Intent, frozenset[str]] = {
    # While it promotes, a new revision would be taken up only afterwards.
    Intent.TRIGGER: EVERYWHERE - PROMOTING,
    Intent.PAUSE: EVERYWHERE,
    Intent.RESUME: frozenset(),
    Intent.EXTEND: IN_ANALYSIS,
    # Flagger would also obey skipAnalysis while it promotes, but there is nothing left to skip.
    Intent.PROMOTE: IN_ANALYSIS,
    # While it promotes, the primary has the new template: a count of failed checks is not looked at any more.
    Intent.ROLL_BACK: IN_ANALYSIS,
    Intent.RETRY: frozenset({"Failed"}),
    Intent.OPEN_GATE: EVERYWHERE,
    Intent.CLOSE_GATE: EVERYWHERE,
    Intent.SKIP_TO: frozenset({"Progressing"}),
    Intent.FINISH: frozenset({"Progressing"}),
    Intent.END_SKIP: frozenset(),
}
PAUSED = {
    Intent.TRIGGER: EVERYWHERE - PROMOTING,
    Intent.RESUME: EVERYWHERE,
    # Resumed for it: nothing else rolls back a canary that nobody looks at.
    Intent.ROLL_BACK: IN_ANALYSIS,
    Intent.OPEN_GATE: EVERYWHERE,
    Intent.CLOSE_GATE: EVERYWHERE,
}
SKIPPING = {
    **POSSIBLE,
    Intent.PROMOTE: frozenset[str](),
    # Flagger promotes before it counts failed checks.
    Intent.ROLL_BACK: frozenset[str](),
    Intent.END_SKIP: AT_REST,
}

STATES: list[tuple[str, dict[str, Any], dict[Intent, frozenset[str]]]] = [
    ("as usual", {}, POSSIBLE),
    ("paused", {"suspend": True}, PAUSED),
    ("skipAnalysis", {"skipAnalysis": True}, SKIPPING),
]
HOOK = {"name": "go", "type": "confirm-promotion", "url": "http://loadtester.shop/gate/check"}


def made(intent: Intent, phase: str, spec: dict[str, Any]) -> tuple[Situation, Plan]:
    analysis: dict[str, Any] = {"webhooks": [HOOK]}
    if intent is Intent.FINISH:
        analysis |= {"iterations": 4, "stepWeight": 0}
    seen = situation(phase, {**spec, "analysis": analysis}, weight=20, status={"iterations": 2})
    return seen, plan(seen, ActionRequest(intent, image="cart:3"))


@pytest.mark.parametrize(("spec", "table"), [state[1:] for state in STATES], ids=[state[0] for state in STATES])
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("intent", intents())
def test_an_action_is_possible_in_these_phases_and_in_no_other(
    intent: Intent, phase: str, spec: dict[str, Any], table: dict[Intent, frozenset[str]]
) -> None:
    _, found = made(intent, phase, spec)
    assert found.allowed is (phase in table.get(intent, frozenset())), found.refusal
    # What is refused has a reason and writes nothing.
    assert bool(found.refusal) is not found.allowed
    assert bool(found.writes or found.calls) is found.allowed


WRITTEN = {
    ("canaries", "spec.suspend"),
    ("canaries", "spec.skipAnalysis"),
    ("canaries", "spec.progressDeadlineSeconds"),
    ("canaries", "status.failedChecks"),
    ("canaries", "status.iterations"),
    ("canaries", "status.lastAppliedSpec"),
    ("deployments", "spec.template"),
    ("traefikservices", "spec.weighted"),
}
"""Everything that any action writes. A status phase is dangerous, a status weight useless: neither is among them."""


def wishes(intent: Intent) -> list[ActionRequest]:
    return [
        ActionRequest(intent, image="cart:3"),
        ActionRequest(intent, restart=True),
        ActionRequest(intent, env=("A", "2")),
        ActionRequest(intent, drift_free=True),
        ActionRequest(intent, rollback_gate=True),
        ActionRequest(intent, weight=40),
    ]


def test_no_action_writes_anything_else() -> None:
    assert {Intent.TRIGGER, Intent.PROMOTE, Intent.ROLL_BACK, Intent.END_SKIP} < set(intents())
    written: set[tuple[str, str]] = set()
    for _, spec, _ in STATES:
        for phase in PHASES:
            for intent in intents():
                for action_request in wishes(intent):
                    seen, _ = made(intent, phase, spec)
                    for write in plan(seen, action_request).writes:
                        assert write.method == "PATCH"
                        assert write.body["metadata"].keys() == {"resourceVersion"}
                        for part in write.body.keys() - {"metadata"}:
                            # What lies in the status is written by its subresource, and only there.
                            assert (write.subresource == "status") is (part == "status")
                            written |= {(write.plural, f"{part}.{field}") for field in write.body[part]}
    assert written <= WRITTEN
    assert written >= WRITTEN - {("canaries", "spec.progressDeadlineSeconds")}, (
        "the rest is for pods that are not ready"
    )


@pytest.mark.parametrize("phase", sorted(IN_ANALYSIS))
def test_the_promoted_image_is_not_set_back_in_an_analysis(phase: str) -> None:
    found = plan(situation(phase, weight=20), ActionRequest(Intent.TRIGGER, image="cart:1"))
    assert "is not a rollback" in found.refusal
    assert plan(situation("Failed"), ActionRequest(Intent.TRIGGER, image="cart:1")).allowed, (
        "after Failed it is harmless"
    )

"""Every reason against a drill is true of the look that gave it, and a look with such a reason is never let pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drilled import NOW, canary_object, plan, situation
from hypothesis import given, settings
from hypothesis import strategies as st
from replacing import replace

from canarytui.domain.sentences import Sentence
from canarytui.domain.sentences import drill_guard as words
from canarytui.domain.spec.canary import Canary
from canarytui.drills.drill_plan import Other, Sight
from canarytui.drills.guards import objection

HOST = "app.example.com"
PLAN = plan()

PREDICATES: dict[Sentence, Callable[[Sight, dict[str, Any]], bool]] = {
    words.NOT_SEEN: lambda seen, obj: bool(seen.trouble),
    words.OTHER_CONTEXT: lambda seen, obj: seen.context != PLAN.context,
    words.UNREADABLE: lambda seen, obj: seen.situation is None,
    words.DELETING: lambda seen, obj: "deletionTimestamp" in obj["metadata"],
    words.SUSPENDED: lambda seen, obj: obj["spec"]["suspend"] is True,
    words.ANALYSIS_SKIPPED: lambda seen, obj: obj["spec"]["skipAnalysis"] is True,
    words.NOT_IN_ANALYSIS: lambda seen, obj: obj["status"]["phase"] != "Progressing",
    words.SAME_NAMESPACE: lambda seen, obj: any(
        other.active and other.key[0] == "test" and other.key != PLAN.key for other in seen.others
    ),
    words.SAME_HOST: lambda seen, obj: any(
        other.active and HOST in other.hosts and other.key != PLAN.key for other in seen.others
    ),
}

others = st.builds(
    Other,
    st.sampled_from([("test", "podinfo"), ("test", "cart"), ("shop", "cart")]),
    st.booleans(),
    st.sampled_from([(), (HOST,), ("other.example.com",)]),
)


@st.composite
def looks(draw: st.DrawFn) -> tuple[Sight, dict[str, Any]]:
    rare = st.sampled_from([False, False, False, True])
    obj = canary_object(phase=draw(st.sampled_from(["Progressing", "Progressing", "Waiting", "Succeeded", ""])))
    obj["spec"] |= {"suspend": draw(rare), "skipAnalysis": draw(rare)}
    if draw(rare):
        obj["metadata"]["deletionTimestamp"] = "2026-05-04T10:00:00Z"
    known = replace(situation(), canary=Canary.parse(obj))
    return Sight(
        NOW,
        draw(st.sampled_from(["lab", "lab", "prod"])),
        None if draw(rare) else known,
        tuple(draw(st.lists(others, max_size=2))),
        trouble="no answer" if draw(rare) else "",
    ), obj


@settings(deadline=None)
@given(looks())
def test_a_reason_is_true_and_none_is_passed_over(look: tuple[Sight, dict[str, Any]]) -> None:
    seen, obj = look
    said = objection(PLAN, seen)
    true = [sentence for sentence, holds in PREDICATES.items() if holds(seen, obj)]
    assert bool(said) == bool(true), (said, true)
    assert not said or any(sentence.read(said) is not None for sentence in true), (said, true)

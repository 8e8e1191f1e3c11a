"""Opening and closing a load tester's gates: the plan, or why there is none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

GATE = Sentence(
    "gating.gate",
    "gate",
    evidence="the person asks for the gate of the confirm hooks",
)
ROLLBACK_GATE = Sentence(
    "gating.rollback_gate",
    "rollback gate",
    evidence="the person asks for the gate of the rollback hooks",
    otherwise="gating.gate",
)
TITLE = Sentence(
    "gating.title",
    "{verb} the {gate} of {canary}",
    evidence="the gate and the canary that the person asks for",
)
NO_GATE = Sentence(
    "gating.no_gate",
    "this canary has no load-tester gate: none of its {kind} hooks calls /{space}/check",
    evidence="no webhook of the spec that asks for it has a URL that ends so",
)
WHEN_ASKED = Sentence(
    "gating.when_asked",
    "when a hook asks next",
    evidence="the rollout waits for no gate now, or the gate is closed",
)
RISK_CLOSED = Sentence(
    "gating.risk_closed",
    "A restart of the load tester closes all of its gates too.",
    evidence="the load tester keeps its gates in memory",
)
RISK_OPEN = Sentence(
    "gating.risk_open",
    (
        "One switch serves all of these hooks. It stays open for every later rollout until it is closed or "
        "the load tester restarts."
    ),
    evidence="the load tester keeps one switch for a canary's confirm hooks and one for its rollback hooks, in memory",
)
THIS_ROLLOUT = Sentence(
    "gating.this_rollout",
    "this rollout as soon as its pods are ready, and every later one",
    evidence="an analysis is under way and not paused",
    otherwise="gating.later_rollouts",
)
LATER_ROLLOUTS = Sentence(
    "gating.later_rollouts",
    "every later rollout",
    evidence="no analysis goes on now that the hook could end",
)
ROLLBACK_OPENS = Sentence(
    "gating.rollback_opens",
    "{hooks} will answer yes: the controller rolls back {which}.",
    evidence="these rollback hooks of the spec ask the gate that opens",
)
GOES_ON = Sentence(
    "gating.goes_on",
    "the controller goes on",
    evidence="the phase is one that waits for the gate, and the canary is not paused",
    otherwise="gating.does_not_wait",
)
DOES_NOT_WAIT = Sentence(
    "gating.does_not_wait",
    "the controller is not waiting for it",
    evidence="the phase is none that waits for a gate, or the canary is paused",
)
OPENS = Sentence(
    "gating.opens",
    "{hooks} will approve: {then}.",
    evidence="these confirm hooks of the spec ask the gate that opens",
)
ROLLBACK_CLOSES = Sentence(
    "gating.rollback_closes",
    "{hooks} will answer no: the controller rolls back only for failed checks again.",
    evidence="these rollback hooks of the spec ask the gate that closes",
)
CLOSES = Sentence(
    "gating.closes",
    "{hooks} will not approve: a rollout waits wherever one of them asks.",
    evidence="these confirm hooks of the spec ask the gate that closes",
)

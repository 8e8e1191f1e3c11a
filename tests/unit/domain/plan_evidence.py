"""What makes each sentence of a plan true, as predicates over a raw state and the fields that were filled in.

Written from the API's and Flagger's meaning, and not with the program's own functions.
"""

from __future__ import annotations

from random_states import State
from sentence_evidence import Fields, Predicate, pods, routed, weight

IN_ANALYSIS = ("Progressing", "WaitingPromotion")
AT_REST = ("Initialized", "Succeeded", "Failed")


def _phase(state: State) -> str:
    return str(state.status["phase"])


def _it_is(state: State, said: Fields) -> bool:
    return said.it_is == (f"it is {_phase(state)}" if _phase(state) else "it has no status yet")


def _active(state: State, said: Fields) -> bool:
    return _phase(state) in IN_ANALYSIS and not state.spec["suspend"]


def _unready(state: State, said: Fields) -> bool:
    target = pods(state, "target")
    return target is not None and not target.ready


def _rolls_back_paused(state: State, said: Fields) -> bool:
    return _phase(state) in IN_ANALYSIS and bool(state.spec["suspend"])


def _waits_for_pods(state: State) -> bool:
    """Whether Flagger takes the pods for unready: fewer than analysis.canaryReadyThreshold percent are available."""
    target = pods(state, "target")
    if target is None or target.ready:
        return False
    status = state.target["status"] if state.target is not None else {}
    percent = state.analysis.get("canaryReadyThreshold", 100)
    updated = status.get("updatedReplicas", 0)
    return bool(status.get("availableReplicas", 0) * 100 < percent * updated) or not updated


def _threshold(state: State) -> int:
    return max(state.analysis["threshold"], 1)


def _iterations(state: State) -> int:
    return int(state.analysis.get("iterations", 0))


def _matches(state: State) -> bool:
    return bool(state.analysis.get("match"))


def _judged(state: State) -> bool:
    """Whether a new revision would be analysed."""
    return not state.spec["skipAnalysis"] and _phase(state) not in ("", "Initializing")


def _images(state: State, whose: str) -> list[str]:
    obj = state.target if whose == "target" else state.primary
    return [each["image"] for each in obj["spec"]["template"]["spec"]["containers"]] if obj else []


PREDICATES: dict[str, Predicate] = {
    "editing.unchanged": lambda state, said: True,  # of an edit without changes
    "editing.changes": lambda state, said: (
        said.what == f"spec.skipAnalysis {str(state.spec['skipAnalysis']).lower()} → true"
    ),
    "editing.next_check": lambda state, said: _phase(state) in IN_ANALYSIS,
    "editing.next_rollout": lambda state, said: _phase(state) not in IN_ANALYSIS,
    "editing.unanalysed": lambda state, said: True,  # of an edit that sets skipAnalysis
    "gating.no_gate": lambda state, said: (
        not any(hook["url"].endswith(f"/{said.space}/check") for hook in state.analysis["webhooks"])
    ),
    "pausing.paused_already": lambda state, said: state.spec["suspend"],
    "pausing.stays_paused": lambda state, said: state.spec["suspend"],
    "pausing.not_paused": lambda state, said: not state.spec["suspend"],
    "pausing.effect": lambda state, said: (
        not state.spec["suspend"]
        and said.stays == (f" {routed(state)} % of the traffic stays on the canary." if routed(state) else "")
    ),
    "pausing.extend_effect": lambda state, said: (
        _active(state, said)
        and float(said.seconds) == 3 * state.interval_s
        and said.stays == (f" {routed(state)} % of the traffic stays on the canary." if routed(state) else "")
    ),
    "pausing.at_once": lambda state, said: not state.spec["suspend"],
    "pausing.at_once_for": lambda state, said: float(said.seconds) == 3 * state.interval_s,
    "pausing.goes_on": lambda state, said: int(said.weight) == weight(state),
    "pausing.past_deadline": lambda state, said: state.spec["suspend"],
    "pausing.unprotected": lambda state, said: weight(state) > 0,
    "pausing.resumed_later": _active,
    "pausing.no_step": lambda state, said: _it_is(state, said) and _phase(state) not in IN_ANALYSIS,
    "planning.paused": lambda state, said: state.spec["suspend"],
    "planning.no_target": lambda state, said: state.target is None and state.workloads_known,
    "planning.target_not_read": lambda state, said: state.target is None and not state.workloads_known,
    "planning.within": lambda state, said: float(said.interval_s) == state.interval_s,
    "planning.next_tick": lambda state, said: (
        state.last_tick is not None and 0 <= int(said.seconds) <= state.interval_s
    ),
    "planning.risk_with_retired": lambda state, said: (
        state.spec["provider"] == "nginx"
        and f"{said.risk} {said.title}".endswith(". ingress-nginx")
        and said.evidence == "Its repository has been read-only since March 2026."
        and _phase(state) not in ("Promoting", "Finalising")
    ),
    "promoting.skips_already": lambda state, said: state.spec["skipAnalysis"],
    "promoting.at_gate": lambda state, said: _phase(state) == "Waiting",
    "promoting.no_analysis": lambda state, said: _it_is(state, said) and _phase(state) not in IN_ANALYSIS,
    "promoting.not_ready": _unready,
    "promoting.effect": lambda state, said: _active(state, said) and not state.spec["skipAnalysis"],
    "promoting.risk": _active,
    "promoting.no_skip": lambda state, said: not state.spec["skipAnalysis"],
    "promoting.goes_on": lambda state, said: _it_is(state, said) and _phase(state) not in AT_REST,
    "promoting.end_skip_effect": lambda state, said: state.spec["skipAnalysis"] and _phase(state) in AT_REST,
    "promoting.at_once": lambda state, said: True,  # the same words as pausing.at_once
    "retrying.promotion_failed": lambda state, said: _phase(state) == "Failed" and weight(state) == 100,
    "retrying.not_failed": lambda state, said: _it_is(state, said) and _phase(state) != "Failed",
    "retrying.effect": lambda state, said: _phase(state) == "Failed" and state.target is not None,
    "retrying.effect_drift_free": lambda state, said: _phase(state) == "Failed" and state.target is not None,
    "retrying.risk": lambda state, said: _phase(state) == "Failed",
    "rolling_back.promoted": lambda state, said: _phase(state) in ("Promoting", "Finalising"),
    "rolling_back.at_gate": lambda state, said: _phase(state) == "Waiting",
    "rolling_back.no_rollout": lambda state, said: _it_is(state, said) and _phase(state) not in IN_ANALYSIS,
    "rolling_back.threshold_reached": lambda state, said: (
        _active(state, said) and state.status["failedChecks"] >= _threshold(state)
    ),
    "rolling_back.no_deadline": _unready,
    "rolling_back.by_checks": lambda state, said: _active(state, said) and int(said.reached) == _threshold(state),
    "rolling_back.by_deadline": lambda state, said: (
        _unready(state, said)
        and int(said.before) == state.spec["progressDeadlineSeconds"]
        and state.target is not None
        and bool(state.target["status"]["conditions"])
    ),
    "rolling_back.not_again": _active,
    "rolling_back.not_again_paused": _rolls_back_paused,
    "rolling_back.would_promote": lambda state, said: (
        state.spec["skipAnalysis"] and _phase(state) in IN_ANALYSIS and not _waits_for_pods(state)
    ),
    "rolling_back.count_then_resume": lambda state, said: (
        _rolls_back_paused(state, said)
        and not _waits_for_pods(state)
        and int(said.reached) == _threshold(state) > state.status["failedChecks"]
    ),
    "rolling_back.counted_already": lambda state, said: (
        _rolls_back_paused(state, said)
        and not _waits_for_pods(state)
        and int(said.reached) == _threshold(state) <= state.status["failedChecks"]
    ),
    "rolling_back.by_deadline_paused": lambda state, said: (
        _rolls_back_paused(state, said)
        and _unready(state, said)
        and int(said.before) == state.spec["progressDeadlineSeconds"] > 1
    ),
    "rolling_back.deadline_over": lambda state, said: (
        _rolls_back_paused(state, said)
        and _unready(state, said)
        and int(said.before) == state.spec["progressDeadlineSeconds"] <= 1
    ),
    "skipping.by_iterations": lambda state, said: _iterations(state) > 0,
    "skipping.by_weights": lambda state, said: _iterations(state) == 0,
    "skipping.no_steps": lambda state, said: _it_is(state, said) and _phase(state) != "Progressing",
    "skipping.no_iterations": lambda state, said: _it_is(state, said) and _phase(state) != "Progressing",
    "skipping.splits_nothing": lambda state, said: said.provider == state.spec["provider"] == "kubernetes",
    "skipping.no_router": lambda state, said: state.situation.router is None,
    "skipping.no_iteration_yet": lambda state, said: state.status["iterations"] == 0,
    "skipping.all_iterations": lambda state, said: state.status["iterations"] >= _iterations(state),
    "skipping.finish_effect": lambda state, said: (
        _phase(state) == "Progressing" and 0 < state.status["iterations"] < _iterations(state)
    ),
    "skipping.finish_risk": lambda state, said: int(said.count) == _iterations(state) - state.status["iterations"],
    "triggering.no_containers": lambda state, said: state.target is not None and not _images(state, "target"),
    "triggering.promotion_first": lambda state, said: _phase(state) in ("Promoting", "Finalising"),
    "triggering.same_image": lambda state, said: said.image in _images(state, "target"),
    "triggering.promoted_image": lambda state, said: (
        said.image in _images(state, "primary") and _phase(state) in IN_ANALYSIS
    ),
    "triggering.when_resumed": lambda state, said: state.spec["suspend"],
    "triggering.first": lambda state, said: _phase(state) in ("", "Initializing"),
    "triggering.first_unchecked": lambda state, said: _phase(state) in ("", "Initializing"),
    "triggering.as_primary": lambda state, said: bool(_images(state, "primary")),
    "triggering.restarts": lambda state, said: _judged(state) and _phase(state) in IN_ANALYSIS,
    "triggering.starts_steps": lambda state, said: _judged(state) and _iterations(state) == 0,
    "triggering.starts_iterations": lambda state, said: (
        _judged(state) and int(said.iterations) == _iterations(state) > 0
    ),
    "triggering.starts_unchecked": lambda state, said: state.spec["skipAnalysis"],
    "triggering.unchecked": lambda state, said: state.spec["skipAnalysis"],
    "triggering.growing_share": lambda state, said: (
        _judged(state) and _iterations(state) == 0 and int(said.threshold) == _threshold(state)
    ),
    "triggering.matching_users": lambda state, said: (
        _judged(state) and _iterations(state) > 0 and _matches(state) and int(said.threshold) == _threshold(state)
    ),
    "triggering.no_users_yet": lambda state, said: (
        _judged(state) and _iterations(state) > 0 and not _matches(state) and int(said.threshold) == _threshold(state)
    ),
}

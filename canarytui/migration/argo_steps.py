"""The steps of an Argo Rollouts canary as Flagger's analysis: one list of weights, one interval, hooks that wait."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec import Struct, field

from canarytui.domain.text.durations import parse_duration
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings
from canarytui.migration.counterparts import FieldNote, note

_SHORTEST_S = 10.0
"""Flagger asks no more often."""

_LOST = {
    "experiment": "Flagger has no experiments: a pre-rollout hook may run a test",
    "setCanaryScale": "Flagger runs as many pods of the canary as its autoscaler, or its Deployment, says",
    "setHeaderRoute": "headers are for A/B tests (spec.analysis.match with iterations), not for steps of weights",
    "setMirrorRoute": "mirroring is spec.analysis.mirror, for providers that can, not a step",
    "plugin": "Flagger has no plugins: a webhook may do it",
}
GATES = ("confirm-rollout", "confirm-traffic-increase", "confirm-promotion")


class AnalysisSteps(Struct):
    """`weights` increase; `interval_s` is the pause between two, None where no step names one; `gates` are the hooks
    that wait for a person; `templates` are the analyses that are steps."""

    weights: list[int] = field(default_factory=list)
    interval_s: float | None = None
    gates: list[str] = field(default_factory=list)
    templates: list[KubernetesObject] = field(default_factory=list)
    missing: list[FieldNote] = field(default_factory=list)
    changed: list[FieldNote] = field(default_factory=list)


def analysis_steps(rollout: KubernetesObject, steps: list[KubernetesObject], at: str) -> AnalysisSteps:
    """Read ``canary.steps``, whose path in the Rollout is `at`."""
    found = AnalysisSteps()
    durations: list[tuple[str, float]] = []
    last = max((number for number, step in enumerate(steps) if "setWeight" in step), default=-1)
    for number, step in enumerate(steps):
        place = f"{at}[{number}]"
        if "setWeight" in step:
            _weight(rollout, place, step["setWeight"], found)
        elif "pause" in step:
            duration = as_mapping(step["pause"]).get("duration")
            if duration is None:
                _gate(rollout, place, found, is_last=number > last)
            else:
                seconds = duration_s(duration)
                if seconds is None:
                    found.missing.append(
                        note(rollout, f"{place}.pause.duration", duration, "no duration that is known")
                    )
                else:
                    durations.append((place, seconds))
        elif "analysis" in step:
            found.templates.append(as_mapping(step["analysis"]))
            text = "its metrics are checked at every step of the analysis, not at this one alone"
            found.changed.append(note(rollout, f"{place}.analysis", None, text))
        else:
            kind = next(iter(step), "")
            found.missing.append(
                note(rollout, f"{place}.{kind}", step.get(kind), _LOST.get(kind, "no step of Flagger's"))
            )
    _interval(rollout, durations, found)
    return found


def duration_s(value: object) -> float | None:
    """Seconds of a pause (``30``, ``"30"``, ``10m``, ``1h``); None for no duration."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value)
    try:
        return float(text) if text.isdecimal() else parse_duration(text)
    except ValueError:
        return None


def flagger_interval(seconds: float) -> str:
    """As ``spec.analysis.interval`` takes it: whole minutes, else seconds."""
    whole = max(round(seconds), 1)
    return f"{whole // 60}m" if whole % 60 == 0 else f"{whole}s"


def gate_hooks(gates: list[str], namespace: str) -> list[dict[str, Any]]:
    """Webhooks that a person opens at the load tester: ``canarytui gate open``."""
    url = f"http://flagger-loadtester.{namespace}/gate/check"
    return [{"name": f"{gate}-gate", "type": gate, "url": url} for gate in GATES if gate in gates]


def steps_of(obj: object) -> list[KubernetesObject]:
    """``canary.steps``."""
    return as_mappings(as_mapping(obj).get("steps"))


def _weight(rollout: KubernetesObject, place: str, value: object, found: AnalysisSteps) -> None:
    weight = value if isinstance(value, int) and not isinstance(value, bool) else -1
    if not 0 <= weight <= 100:
        found.missing.append(note(rollout, f"{place}.setWeight", value, "no whole number of percent"))
    elif weight > (found.weights[-1] if found.weights else 0):
        found.weights.append(weight)
    elif weight:
        found.missing.append(note(rollout, f"{place}.setWeight", weight, "Flagger's weights only increase: left out"))


def _gate(rollout: KubernetesObject, place: str, found: AnalysisSteps, *, is_last: bool) -> None:
    if not found.weights:
        gate, text = "confirm-rollout", "a confirm-rollout hook: nothing starts before somebody opens the gate"
    elif is_last:
        gate, text = "confirm-promotion", "a confirm-promotion hook: it is promoted when somebody opens the gate"
    else:
        gate, text = (
            "confirm-traffic-increase",
            ("a confirm-traffic-increase hook, which is asked before every step; close the gate again after this one"),
        )
    if gate not in found.gates:
        found.gates.append(gate)
    found.changed.append(note(rollout, f"{place}.pause", None, text))


def _interval(rollout: KubernetesObject, durations: list[tuple[str, float]], found: AnalysisSteps) -> None:
    if not durations:
        return
    counted = Counter(seconds for _, seconds in durations)
    most = max(counted.values())
    chosen = max(seconds for seconds, count in counted.items() if count == most)
    found.interval_s = max(chosen, _SHORTEST_S)
    for place, seconds in durations:
        if seconds != found.interval_s:
            text = f"Flagger has one interval for all steps: {flagger_interval(found.interval_s)}"
            found.missing.append(note(rollout, f"{place}.pause.duration", f"{seconds:g} s", text))

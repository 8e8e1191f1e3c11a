"""The numbers behind ``/metrics`` in Prometheus' text format: Flagger's under Flagger's names, and a few of ours.

Series of a canary that has gone go with it; Flagger's stay until it restarts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

Labels = tuple[tuple[str, str], ...]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
DURATION = "flagger_canary_duration_seconds"
LATENESS = "canarytui_tick_lateness_seconds"
_HELP = {
    "flagger_info": ("gauge", "1, with the controller's version and the provider of canaries that name none."),
    "flagger_canary_total": ("gauge", "How many canaries a namespace has."),
    "flagger_canary_status": ("gauge", "0 while a rollout is under way, 2 after it has failed, else 1."),
    "flagger_canary_weight": ("gauge", "Percent of the traffic that a workload gets."),
    "flagger_canary_metric_analysis": ("gauge", "The value that a check of the analysis has seen last."),
    "flagger_canary_successes_total": ("counter", "Rollouts that ended with a promotion."),
    "flagger_canary_failures_total": ("counter", "Rollouts that were taken back."),
    DURATION: ("histogram", "How long ticks took that came to the analysis."),
    LATENESS: ("histogram", "By how much ticks began later than they were due."),
    "canarytui_leader": ("gauge", "1 while this process controls canaries, 0 while it waits for its turn."),
}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """Gauges, counters and histograms."""

    def __init__(self) -> None:
        self._values: dict[str, dict[Labels, float]] = {}
        self._counts: dict[str, dict[Labels, list[float]]] = {}

    def set(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Set a gauge."""
        self._values.setdefault(name, {})[_key(labels)] = value

    def set_all(self, name: str, label: str, values: Mapping[str, float]) -> None:
        """Give a gauge these values of one label, and no others."""
        self._values[name] = {((label, key),): value for key, value in sorted(values.items())}

    def add(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Raise a counter."""
        values = self._values.setdefault(name, {})
        values[_key(labels)] = values.get(_key(labels), 0.0) + value

    def observe(self, name: str, seconds: float, labels: Mapping[str, str]) -> None:
        """Count a duration in a histogram."""
        counts = self._counts.setdefault(name, {}).setdefault(_key(labels), [0.0] * (len(_BUCKETS) + 2))
        for index, bound in enumerate(_BUCKETS):
            if seconds <= bound:
                counts[index] += 1
        counts[-2] += 1
        counts[-1] += seconds

    def forget(self, namespace: str, target: str) -> None:
        """Drop the series of a canary that has gone, by its target's name."""
        own = {("name", target), ("workload", target), ("workload", f"{target}-primary")}

        def stays(labels: Labels) -> bool:
            return ("namespace", namespace) not in labels or not own & set(labels)

        for name, values in self._values.items():
            self._values[name] = {labels: value for labels, value in values.items() if stays(labels)}
        for name, series in self._counts.items():
            self._counts[name] = {labels: counts for labels, counts in series.items() if stays(labels)}

    def text(self) -> str:
        """Everything in exposition format."""
        lines: list[str] = []
        for name, values in self._values.items():
            if values:
                lines += _heading(name)
                lines += [f"{name}{_shown(labels)} {_number(value)}" for labels, value in values.items()]
        for name, series in self._counts.items():
            if series:
                lines += _heading(name)
                for labels, counts in series.items():
                    lines += _histogram(name, labels, counts)
        return "\n".join(lines) + "\n"


def _heading(name: str) -> list[str]:
    kind, help_text = _HELP.get(name, ("gauge", name))
    return [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]


def _histogram(name: str, labels: Labels, counts: list[float]) -> list[str]:
    bounds = [*(f"{bound:g}" for bound in _BUCKETS), "+Inf"]
    lines = [
        f"{name}_bucket{_shown((*labels, ('le', bound)))} {_number(count)}"
        for bound, count in zip(bounds, counts, strict=False)
    ]
    return [
        *lines,
        f"{name}_sum{_shown(labels)} {_number(counts[-1])}",
        f"{name}_count{_shown(labels)} {_number(counts[-2])}",
    ]


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _key(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def _shown(labels: Labels) -> str:
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for _, value in labels)
    pairs = (f'{name}="{value}"' for (name, _), value in zip(labels, escaped, strict=True))
    return "{" + ",".join(pairs) + "}" if labels else ""

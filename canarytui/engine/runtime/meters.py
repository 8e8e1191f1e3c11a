"""The numbers behind ``/metrics``, under Flagger's names, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Mapping

Labels = tuple[tuple[str, str], ...]
_HELP = {
    "flagger_info": ("gauge", "Flagger version and mesh provider information."),
    "flagger_canary_total": ("gauge", "Total number of canary objects."),
    "flagger_canary_status": ("gauge", "Last canary analysis result."),
    "flagger_canary_weight": ("gauge", "The virtual service destination weight current value."),
    "flagger_canary_metric_analysis": ("gauge", "Last canary analysis result per metric."),
    "flagger_canary_duration_seconds": ("histogram", "Seconds spent performing canary analysis."),
    "flagger_canary_successes_total": ("counter", "Total number of canary successes."),
    "flagger_canary_failures_total": ("counter", "Total number of canary failures."),
}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """Gauges, counters and the duration histogram."""

    def __init__(self) -> None:
        self._values: dict[str, dict[Labels, float]] = {}
        self._durations: dict[Labels, list[float]] = {}

    def set(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Set a gauge."""
        self._values.setdefault(name, {})[_key(labels)] = value

    def add(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Raise a counter."""
        values = self._values.setdefault(name, {})
        values[_key(labels)] = values.get(_key(labels), 0.0) + value

    def observe(self, seconds: float, labels: Mapping[str, str]) -> None:
        """A tick's duration."""
        counts = self._durations.setdefault(_key(labels), [0.0] * (len(_BUCKETS) + 2))
        for index, bound in enumerate(_BUCKETS):
            if seconds <= bound:
                counts[index] += 1
        counts[-2] += 1
        counts[-1] += seconds

    def forget(self, names: Mapping[str, str]) -> None:
        """Drop the series of a canary that has gone."""
        wanted = set(names.items())
        for values in self._values.values():
            for labels in [each for each in values if wanted <= set(each)]:
                del values[labels]

    def text(self) -> str:
        """Everything in exposition format."""
        lines: list[str] = []
        for name, values in self._values.items():
            kind, help_text = _HELP.get(name, ("gauge", name))
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
            lines += [f"{name}{_shown(labels)} {value:g}" for labels, value in values.items()]
        if self._durations:
            lines += self._histogram()
        return "\n".join(lines) + "\n"

    def _histogram(self) -> list[str]:
        name = "flagger_canary_duration_seconds"
        lines = [f"# HELP {name} {_HELP[name][1]}", f"# TYPE {name} histogram"]
        for labels, counts in self._durations.items():
            bounds = [*(f"{bound:g}" for bound in _BUCKETS), "+Inf"]
            for bound, count in zip(bounds, counts, strict=False):
                lines.append(f"{name}_bucket{_shown((*labels, ('le', bound)))} {count:g}")
            lines += [f"{name}_sum{_shown(labels)} {counts[-1]:g}", f"{name}_count{_shown(labels)} {counts[-2]:g}"]
        return lines


def _key(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def _shown(labels: Labels) -> str:
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for _, value in labels)
    pairs = (f'{name}="{value}"' for (name, _), value in zip(labels, escaped, strict=True))
    return "{" + ",".join(pairs) + "}" if labels else ""

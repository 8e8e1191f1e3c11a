"""The parts of the detail view as text: steps, checks, versions, conditions, webhooks.

Pure functions of a situation, drawn by ``widgets.detail_pane``; tones are style names as in ``wording``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from canarytui.console.marks import sparkline
from canarytui.domain.checks import Check, Verdict, number_text
from canarytui.domain.plaintext import clean, cut, fit, width
from canarytui.domain.situation import Situation
from canarytui.domain.steps import StepPlan, Strategy, step_plan
from canarytui.domain.workload import Workload, image_tag

_MOST_CONDITIONS = 8
_VERDICT_MARKS = {
    Verdict.PASSES: ("✓", "active"),
    Verdict.FAILS: ("✗", "bad"),
    Verdict.NO_VALUE: ("✗", "bad"),
    Verdict.UNKNOWN: ("·", "quiet"),
}


def headline(situation: Situation, label: str, columns: int) -> Text:
    """Name, phase, strategy, images."""
    canary = situation.canary
    plan = step_plan(canary)
    text = Text(no_wrap=True)
    text.append(clean(f"{canary.namespace}/{canary.name}", 120), style="strong")
    text.append(f"  {label}  ")
    text.append(f"weight {situation.weight}  ", style="strong")
    words = (
        f"{plan.strategy}  provider {clean(canary.spec.provider, 30) or 'default'}  every {situation.interval_s:g} s"
    )
    text.append(cut(words, max(columns - width(text.plain), 0)), style="quiet")
    return text


def ruler(plan: StepPlan, weight: int, iterations: int, columns: int) -> Text:
    """``0 ─ 5 ─ 10 ─ ●15 ─ 20 … 50 ─ promote``: where the analysis stands on its plan.

    Stops that do not fit are left out around the place where it stands.
    """
    if not plan.stops:
        return Text("no steps: neither stepWeight, stepWeights nor iterations is set", style="quiet")
    unit = "" if plan.strategy is Strategy.CANARY else "#"
    reached = plan.reached(weight, iterations)
    labels = ["0", *(f"{unit}{stop}" for stop in plan.stops), "promote"]
    shown = _around(labels, reached, columns)
    text = Text(no_wrap=True)
    previous = -1
    for index in shown:
        if previous >= 0:
            text.append(" ─ " if index == previous + 1 else " … ", style="quiet")
        if index == reached:
            text.append(f"●{labels[index]}", style="mark")
        else:
            text.append(labels[index], style="active" if index < reached else "quiet")
        previous = index
    return text


def _around(labels: Sequence[str], place: int, columns: int) -> list[int]:
    """Indexes of the labels that fit: first, last, the place, then its neighbours outward."""
    last = len(labels) - 1
    order = [place, 0, last]
    for distance in range(1, last + 1):
        order += [place + distance, place - distance]
    kept: set[int] = set()
    used = 1
    for index in order:
        if index in kept or not 0 <= index <= last:
            continue
        needed = width(labels[index]) + 3
        if used + needed > columns + 3:
            break
        kept.add(index)
        used += needed
    return sorted(kept)


def checks_table(checks: Sequence[Check], columns: int) -> Text:
    """Name, value, threshold, margin, trend; one line a check and one for what went wrong asking."""
    if not checks:
        return Text("no metric checks in the spec", style="quiet")
    name_width = min(max(max(width(check.name) for check in checks), 12), max(columns // 3, 12))
    text = Text(no_wrap=True)
    text.append(f"  {fit('CHECK', name_width)} {'VALUE':>10} {'THRESHOLD':>11} {'MARGIN':>9}  TREND\n", style="quiet")
    lines = []
    for check in checks:
        mark, tone = _VERDICT_MARKS[check.verdict]
        line = Text(no_wrap=True)
        line.append(f"{mark} ", style=tone)
        line.append(fit(check.name, name_width))
        value = "no value" if check.verdict is Verdict.NO_VALUE else check.value_text()
        line.append(f" {value:>10}", style=tone)
        line.append(f" {check.bound_text():>11}")
        margin = check.margin
        line.append(f" {'–' if margin is None else f'{margin:+.4g}':>9}", style=tone)
        room = max(columns - width(line.plain) - 2, 0)
        low, high = _trend_range(check)
        line.append("  " + sparkline(check.trend, min(room, 30), low, high), style=tone)
        lines.append(line)
        if check.problem:
            lines.append(Text("  " + cut(clean(check.problem), max(columns - 2, 1)), style="waiting"))
    return text + Text("\n").join(lines)


def _trend_range(check: Check) -> tuple[float, float]:
    values = [value for value in check.trend if value == value]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if check.unit == "%":
        return min(low, 90.0), 100.0
    return 0.0, max(high, check.maximum or 0.0, 1.0)


def versions(situation: Situation, columns: int) -> Text:
    """Primary and canary side by side: image, replicas, share of the traffic."""
    half = max((columns - 12) // 2, 10)
    old, new = situation.primary, situation.target
    rows = [
        ("", f"{'PRIMARY':<{half}}", f"{'CANARY':<{half}}"),
        ("image", _image(old, half), _image(new, half)),
        ("ready", _replicas(old), _replicas(new)),
        ("traffic", f"{100 - situation.weight} %", f"{situation.weight} %"),
    ]
    problem = clean(" ".join(workload.problem for workload in (old, new) if workload and workload.problem), 300)
    differ = old is not None and new is not None and _first(old) != _first(new)
    text = Text(no_wrap=True)
    for title, left, right in rows:
        if text:
            text.append("\n")
        header = not title
        text.append(f"{title:<9} ", style="quiet")
        text.append(fit(left, half), style="quiet" if header else "")
        text.append(" │ ", style="quiet")
        text.append(fit(right, half), style="quiet" if header else ("strong" if title == "image" and differ else ""))
    if problem:
        text.append("\n" + cut(problem, columns), style="waiting")
    return text


def _first(workload: Workload) -> str:
    return workload.containers[0].image if workload.containers else ""


def _image(workload: Workload | None, columns: int) -> str:
    if workload is None:
        return "–"
    image = _first(workload)
    return image if width(image) <= columns else image_tag(image)


def _replicas(workload: Workload | None) -> str:
    return "–" if workload is None else f"{workload.ready}/{workload.desired}"


def conditions(status: Mapping[str, Any], columns: int) -> Text:
    """The status' conditions, one a line."""
    listed = status.get("conditions")
    lines = []
    for condition in (listed if isinstance(listed, list) else [])[:_MOST_CONDITIONS]:
        if not isinstance(condition, Mapping):
            continue
        line = Text(no_wrap=True)
        line.append(clean(f"{condition.get('type')}={condition.get('status')} {condition.get('reason')} ", 120))
        line.append(cut(clean(condition.get("message"), 300), max(columns - width(line.plain), 0)), style="quiet")
        lines.append(line)
    return Text("\n").join(lines) if lines else Text("no conditions yet", style="quiet")


def webhooks(situation: Situation, columns: int) -> Text:
    """The analysis' webhooks: when each is called, and where."""
    lines = []
    for hook in situation.canary.spec.analysis.webhooks:
        line = Text(no_wrap=True)
        line.append(fit(clean(hook.type, 30) or "rollout", 25), style="quiet")
        line.append(cut(f"{clean(hook.name, 60)}  {clean(hook.url, 300)}", max(columns - 25, 1)))
        lines.append(line)
    return Text("\n").join(lines) if lines else Text("no webhooks", style="quiet")


def failures(situation: Situation) -> Text:
    """``failed checks 3 of 10``."""
    status, analysis = situation.canary.status, situation.canary.spec.analysis
    tone = "bad" if status.failed_checks else "quiet"
    return Text(f"failed checks {status.failed_checks} of {number_text(analysis.threshold)}", style=tone)

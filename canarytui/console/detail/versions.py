"""Primary against canary, side by side: image, replicas, traffic, success rate, latency, restarts."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.detail.layout import folded, line
from canarytui.console.detail.view import DetailView
from canarytui.domain.counted import counted
from canarytui.domain.rollout.checks import number_text
from canarytui.domain.text.plain import clean, cut, fit, width
from canarytui.domain.workloads.containers import application_container
from canarytui.domain.workloads.pods import restarts
from canarytui.domain.workloads.tree import ObjectNode, object_tree
from canarytui.domain.workloads.workload import WorkloadStatus, image_tag
from canarytui.metrics.check_queries import observer_of
from canarytui.session.canary_detail import Reading, name_of
from canarytui.session.metric_history import DURATION, SUCCESS_RATE

_TITLE = 13
_MOST_IMAGES = 4


def versions(view: DetailView, columns: int) -> list[Text]:
    """One line per property; differing images are marked, problems follow below.

    The image is the application's; other containers follow where they differ, or where the application is not known.
    """
    situation = view.situation
    half = max((columns - _TITLE - 3) // 2, 10)
    old, new = situation.primary, situation.target
    rows = [
        ("", "PRIMARY", "CANARY", "quiet", "quiet"),
        *_images(view, half),
        ("ready", _replicas(old), _replicas(new), "", ""),
        ("traffic", f"{100 - situation.weight} %", f"{situation.weight} %", "", ""),
    ]
    mean = observer_of(situation.canary, situation.metrics_provider).queries.mean
    duration = "mean" if mean else "P99"
    rows += [_measured(view, SUCCESS_RATE, "success rate", " %"), _measured(view, DURATION, duration, " ms")]
    if view.holdings is not None:
        counts = _restarts(view)
        rows.append(("restarts", counts.get("primary", "–"), counts.get("target", "–"), "", ""))
    lines = []
    for title, left, right, left_tone, tone in rows:
        lines.append(
            line(
                (f"{title:<{_TITLE - 1}} ", "quiet"),
                (fit(left, half), left_tone),
                (" │ ", "quiet"),
                (fit(right, half).rstrip(), tone),
            )
        )
    for workload in (old, new):
        if workload is not None and workload.problem:
            lines += folded(clean(f"{workload.name}: {workload.problem}", 400), columns, "waiting", 2)
    unmeasured = next((reading.problem for reading in view.primary_readings.values() if reading.problem), "")
    if unmeasured:
        lines += folded(f"primary: {clean(unmeasured, 200)}", columns, "quiet", 2)
    return lines


def _measured(view: DetailView, check: str, title: str, unit: str) -> tuple[str, str, str, str, str]:
    """Both sides by the same thresholds: what fails on the canary is no better on the primary."""
    latest = next((point[1] for point in reversed(view.readings.get(check, ()))), None)
    if check not in view.readings:
        latest = None
    known = latest is not None and latest == latest
    primary = view.primary_readings.get(check, Reading(None)).value
    both = (primary, latest if known else None)
    failing = [value is not None and _fails(view, check, value) for value in both]
    shown = [
        "–" if value is None else f"{'✗ ' if bad else ''}{number_text(value)}{unit}"
        for value, bad in zip(both, failing, strict=True)
    ]
    return title, shown[0], shown[1], "bad" if failing[0] else "", "bad" if failing[1] else ""


def _fails(view: DetailView, name: str, value: float) -> bool:
    """Whether a value is outside of the check's thresholds."""
    check = next((check for check in view.situation.checks if check.name == name), None)
    return check is not None and check.fails_at(value)


def _restarts(view: DetailView) -> dict[str, str]:
    """Restarts of all pods of each workload that has any."""
    if view.holdings is None:
        return {}
    canary = view.situation.canary
    restarted = {name_of(pod): restarts(pod) for pod in view.holdings.pods}
    counts = {}
    for root in object_tree(canary, view.holdings, view.now):
        part = {canary.target_name: "target", canary.primary_name: "primary"}.get(root.name)
        if root.kind == canary.spec.target.kind and part:
            pods = [name for name in _pod_names(root) if name in restarted]
            if pods:
                counts[part] = f"{sum(restarted[name] for name in pods)} in {counted(len(pods), 'pod')}"
    return counts


def _pod_names(node: ObjectNode) -> list[str]:
    own = [node.name] if node.kind == "Pod" else []
    return own + [name for child in node.children for name in _pod_names(child)]


def _images(view: DetailView, half: int) -> list[tuple[str, str, str, str, str]]:
    situation = view.situation
    sides = (situation.primary, situation.target)
    old, new = ({each.name: each.image for each in side.containers} if side else {} for side in sides)
    found = [application_container(situation.canary, side) for side in sides]
    application = next((each.name for each in reversed(found) if each is not None), "")
    rows = []
    for name in dict.fromkeys([*([application] if application else []), *new, *old]):
        before, after = old.get(name, ""), new.get(name, "")
        differ = None not in sides and before != after
        if application and name != application and not differ:
            continue
        title = "image" if name == application else cut(clean(name, 63), _TITLE - 1)
        mark = " *" if differ else ""
        rows.append((title, _shown(before, half), _shown(after, half - 2) + mark, "", "strong" if differ else ""))
    return rows[:_MOST_IMAGES] or [("image", "–", "–", "", "")]


def _shown(image: str, columns: int) -> str:
    if not image:
        return "–"
    return image if width(image) <= columns else image_tag(image) or image


def _replicas(workload: WorkloadStatus | None) -> str:
    return "–" if workload is None else f"{workload.ready}/{workload.desired}"

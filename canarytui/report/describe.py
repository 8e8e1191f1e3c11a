"""Everything about one canary as text, section by section, for reading from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.links import Link
from canarytui.domain.rollout.checks import Check, CheckVerdict
from canarytui.domain.rollout.progress import steps_reached
from canarytui.domain.rollout.serving import traffic
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.state import phase_and_state
from canarytui.domain.sentences import links as link_words
from canarytui.domain.sentences import report_lines as words
from canarytui.domain.sentences import shadow as shadow_words
from canarytui.domain.spec.shadow_checks import shadow_problem
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.text.durations import format_duration
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import public_url
from canarytui.domain.traffic.retirement import retired_words
from canarytui.domain.traffic.selection import provider_words
from canarytui.domain.workloads.workload import WorkloadStatus
from canarytui.report.comparison_text import comparison_lines
from canarytui.report.event_lines import EventLines
from canarytui.report.table import Table

_MOST = 20
_INDENT = "  "


def described(
    situation: Situation, sentence: str, entries: Sequence[TimelineEntry], links: Sequence[Link] = ()
) -> list[str]:
    """The lines; `sentence` is the reason, `entries` its timeline, oldest first."""
    return [
        *_head(situation, sentence),
        *_section("Steps", _steps(situation)),
        *_section("Checks", _checks(situation.checks)),
        *_shadow_checks(situation),
        *_comparison(situation),
        *_section("Queries", _queries((*situation.checks, *situation.shadow_checks))),
        *_section("Versions", _versions(situation)),
        *_section("Webhooks", _webhooks(situation)),
        *(_section("Links", map(link_line, links)) if links else []),
        *_section("Conditions", _conditions(situation)),
        *_section("Timeline", EventLines().lines(entries) if entries else [words.NO_TIMELINE.text()]),
    ]


def link_line(link: Link) -> str:
    """``grafana: https://…``, or why it is no link."""
    said = link_words.REFUSED.text(why=link.problem) if link.problem else link.url
    return f"{clean(link.title, 60)}: {said}"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return ["", f"{title}:", *(f"{_INDENT}{line}" for line in lines)]


def _head(situation: Situation, sentence: str) -> list[str]:
    canary, status = situation.canary, situation.canary.status
    target = canary.spec.target
    transition = status.last_transition_time
    autoscaler = canary.spec.autoscaler
    facts = [
        ("Name", canary.name),
        ("Namespace", canary.namespace),
        ("Why", sentence),
        ("Phase", phase_and_state(situation)),
        ("Weight", str(traffic(situation))),
        ("Failed checks", f"{status.failed_checks} of {canary.spec.analysis.threshold}"),
        ("Target", f"{target.kind} {target.name}"),
        ("Autoscaler", f"{autoscaler.kind} {autoscaler.name}" if autoscaler else ""),
        ("Service", f"{canary.apex_name} (port {canary.spec.service.port})"),
        ("Provider", provider_words(canary, situation.mesh_provider)),
        ("Project", retired_words(canary, situation.mesh_provider)),
        ("Interval", format_duration(situation.interval_s)),
        ("Deadline", words.DEADLINE.text(duration=format_duration(canary.spec.progress_deadline_s))),
        ("Owner", situation.canary_owner),
        (
            "Last change",
            transition.astimezone(situation.now.tzinfo).isoformat(timespec="seconds") if transition else "",
        ),
    ]
    return [f"{title + ':':<16}{clean(text, 1000)}" for title, text in facts if text]


def _steps(situation: Situation) -> list[str]:
    """``(0) 5 10 [15] 20``: done, here, to come, in words as well."""
    plan = step_plan(situation.canary)
    if not plan.stops:
        return [words.NO_STEPS.text()]
    lines = [
        f"{plan.strategy}, {'weights' if plan.strategy is AnalysisStrategy.CANARY else 'iterations'}: "
        f"{_joined(plan.stops)}"
    ]
    reached = steps_reached(situation)
    if reached is not None:
        left = plan.stops[reached:]
        what = words.REACHED if left else words.REACHED_LAST
        lines.append(what.text(step=reached, steps=plan.total, left=_joined(left)))
    else:
        lines.append(words.NO_ANALYSIS.text())
    return lines


def _joined(stops: Sequence[int]) -> str:
    return " ".join(map(str, stops))


_WOULD = {CheckVerdict.PASSES: shadow_words.WOULD_PASS.words, CheckVerdict.FAILS: shadow_words.WOULD_FAIL.words}


def _checks(checks: Sequence[Check], *, shadow: bool = False) -> list[str]:
    if not checks:
        return [words.NO_CHECKS.text()]
    table = Table(("CHECK", "VERDICT", "VALUE", "THRESHOLD", "MARGIN"))
    lines = table.lines(
        (
            clean(check.name, 100),
            _WOULD.get(check.verdict, str(check.verdict)) if shadow else str(check.verdict),
            check.value_text().replace("–", "-"),
            check.bound_text(),
            "-" if check.margin is None else f"{check.margin:+.4g}",
        )
        for check in checks
    )
    notes = ((check.name, check.problem or (check.why if check.value is None else "")) for check in checks)
    return lines + [f"{clean(name, 100)}: {clean(note, 600)}" for name, note in notes if note]


def _shadow_checks(situation: Situation) -> list[str]:
    """What would have been said of the rollout by checks that have no effect; nothing without any."""
    problem = shadow_problem(situation.canary)
    if problem:
        return _section("Shadow checks", [clean(problem, 400)])
    if not situation.shadow_checks:
        return []
    return _section("Shadow checks", [words.SHADOW.text(), *_checks(situation.shadow_checks, shadow=True)])


def _comparison(situation: Situation) -> list[str]:
    """Canary against primary; nothing where nobody has measured both."""
    if situation.compared is None:
        return []
    return _section("Against primary", comparison_lines(situation.compared))


def _queries(checks: Sequence[Check]) -> list[str]:
    lines = [f"{clean(check.name, 100)}: {clean(check.query, 2000)}" for check in checks if check.query]
    return lines or [words.NO_QUERIES.text()]


def _versions(situation: Situation) -> list[str]:
    table = Table(("", "PRIMARY", "CANARY"))
    old, new = situation.primary, situation.target
    rows = [
        ("traffic", f"{100 - situation.weight} %", f"{situation.weight} %"),
        ("ready", _ready(old), _ready(new)),
        *_images(old, new),
    ]
    troubles = [
        clean(f"{workload.name}: {trouble or workload.problem}", 400)
        for workload, trouble in ((old, situation.primary_trouble), (new, situation.target_trouble))
        if workload is not None and (trouble or workload.problem)
    ]
    titles, *lines = table.lines([(name, left or "-", right or "-") for name, left, right in rows])
    return [titles, *lines, *troubles]


def _images(old: WorkloadStatus | None, new: WorkloadStatus | None) -> list[tuple[str, str, str]]:
    sides = [
        {container.name: container.image for container in workload.containers} if workload is not None else {}
        for workload in (old, new)
    ]
    names = list(dict.fromkeys([*sides[0], *sides[1]]))[:_MOST]
    return [(name, sides[0].get(name, ""), sides[1].get(name, "")) for name in names]


def _ready(workload: WorkloadStatus | None) -> str:
    return f"{workload.ready} of {workload.desired}" if workload is not None else ""


def _webhooks(situation: Situation) -> list[str]:
    hooks = situation.canary.spec.analysis.webhooks
    if not hooks:
        return ["none"]
    table = Table(("NAME", "TYPE", "URL"))
    return table.lines(
        (clean(hook.name, 100), clean(hook.type, 40) or "rollout", clean(public_url(hook.url), 300))
        for hook in hooks[:_MOST]
    )


def _conditions(situation: Situation) -> list[str]:
    found = situation.canary.status.conditions[:_MOST]
    if not found:
        return ["none yet"]
    table = Table(("TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"))
    fields = ("type", "status", "reason", "lastTransitionTime", "message")
    return table.lines(tuple(clean(each.get(name), 300) for name in fields) for each in found)

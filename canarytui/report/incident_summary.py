"""What happened to one canary in its last rollout, as Markdown for a ticket or a chat. Pure.

Values of clusters and applications are cleaned and escaped: nothing in them is markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from canarytui.domain.history.facts import ANOTHERS, BY_HAND, FactSource
from canarytui.domain.history.rollouts import RecordedRollout, recorded_rollouts
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.links import Link
from canarytui.domain.rollout.checks import Check, number_text
from canarytui.domain.rollout.judgement import limit_text
from canarytui.domain.rollout.serving import traffic
from canarytui.domain.rollout.shadow_count import ShadowCount
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.state import phase_and_state
from canarytui.domain.sentences import incident as words
from canarytui.domain.text.markdown import code_block, plain_markdown, table
from canarytui.domain.values import parse_time
from canarytui.domain.workloads.workload import WorkloadStatus
from canarytui.report.audit_text import audit_text
from canarytui.report.event_lines import severity

_MOST_ENTRIES = 200
_MOST_AUDITED = 60


def incident_summary(
    situation: Situation,
    sentence: str,
    entries: Sequence[TimelineEntry],
    audit: Sequence[Mapping[str, Any]],
    *,
    context: str,
    server: str,
    zone: tzinfo | None,
    links: Sequence[Link] = (),
    shadows: Sequence[ShadowCount] = (),
) -> str:
    """The summary; `sentence` is the reason, `entries` the canary's whole timeline, oldest first, `audit` the audit log
    of this machine, of which only what concerns this canary on this `server` is taken; `shadows` what its shadow checks
    measured in the rollout."""
    canary = situation.canary
    name = f"{canary.namespace}/{canary.name}"
    rollouts = recorded_rollouts(entries)
    rollout = rollouts[-1] if rollouts else None
    lines = [
        f"# {words.TITLE.text(canary=plain_markdown(name))}",
        "",
        f"**{plain_markdown(sentence, 1000)}.**",
        "",
        words.AS_OF.text(at=situation.clock.astimezone(zone)),
    ]
    if situation.stale is not None:
        lines += ["", words.STALE.text(since=situation.stale.since.astimezone(zone))]
    lines += [
        "",
        *table(("", ""), _facts(situation, rollout, context, zone)),
        *_section("Links", (f"- {plain_markdown(each.title)}: <{each.url}>" for each in links if each.url)),
        *_section("Versions", _versions(situation)),
        *_section("Checks", _checks(situation.checks)),
        *_section("Shadow checks", _shadow_checks(shadows)),
        *_section("Timeline", _timeline(rollout, zone)),
        *_section(words.PEOPLE.text(), _people(situation, rollout, audit, server, zone)),
        *_section("Queries", _queries((*situation.checks, *situation.shadow_checks))),
    ]
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    listed = list(lines)
    return ["", f"## {title}", "", *listed] if listed else []


def _facts(
    situation: Situation, rollout: RecordedRollout | None, context: str, zone: tzinfo | None
) -> list[tuple[str, str]]:
    canary, status = situation.canary, situation.canary.status
    facts = [
        ("Context", context),
        ("Phase", phase_and_state(situation)),
        ("Weight", str(traffic(situation))),
        ("Failed checks", f"{status.failed_checks} of {canary.spec.analysis.threshold}"),
        ("Owner", situation.canary_owner),
    ]
    if rollout is not None and (rollout.began or rollout.ended):
        facts += [
            ("Rollout began", _stamp(rollout.began, zone)),
            ("Rollout ended", _stamp(rollout.ended, zone) if rollout.ended else ""),
            ("Outcome", str(rollout.outcome)),
            ("Release", rollout.releases),
            ("Highest weight", "" if rollout.weight is None else f"{rollout.weight} %"),
            (words.COUNTED.text(), "" if rollout.failed is None else str(rollout.failed)),
        ]
    return [(title, value) for title, value in facts if value]


def _versions(situation: Situation) -> list[str]:
    sides = [_images(workload) for workload in (situation.primary, situation.target)]
    names = dict.fromkeys([*sides[0], *sides[1]])
    return table(
        ("Container", "Primary", "Canary"),
        ((name, sides[0].get(name, "–"), sides[1].get(name, "–")) for name in names),
    ) if names else []  # fmt: skip


def _images(workload: WorkloadStatus | None) -> dict[str, str]:
    return {each.name: each.image for each in workload.containers} if workload is not None else {}


def _checks(checks: Sequence[Check]) -> list[str]:
    if not checks:
        return [words.NO_CHECKS.text()]
    rows = (
        (
            check.name,
            str(check.verdict),
            check.value_text(),
            check.bound_text(),
            "" if check.margin is None else f"{check.margin:+.4g}",
            check.problem,
        )
        for check in checks
    )
    return table(("Check", "Verdict", "Value", "Threshold", "Margin", "Problem"), rows)


def _shadow_checks(shadows: Sequence[ShadowCount]) -> list[str]:
    """What would have been counted, had they been real."""
    if not shadows:
        return []
    rows = (
        (
            each.check,
            limit_text(each.limits),
            "–" if each.last is None else number_text(each.last),
            "–" if each.worst is None else number_text(each.worst),
            words.SHADOW_FAILED.text(failing=each.failing, values=each.values),
        )
        for each in shadows
    )
    titles = ("Check", "Threshold", "Last value", "Worst value", words.SHADOW_COUNTED.text())
    return [words.SHADOW.text(), "", *table(titles, rows)]


def _timeline(rollout: RecordedRollout | None, zone: tzinfo | None) -> list[str]:
    if rollout is None:
        return [words.NO_ROLLOUT.text()]
    shown = rollout.entries[-_MOST_ENTRIES:]
    left_out = len(rollout.entries) - len(shown)
    rows = (
        (_stamp(entry.at, zone), severity(entry), entry.full_text, ", ".join(sorted(entry.sources))) for entry in shown
    )
    head = [words.LEFT_OUT.text(count=left_out), ""] if left_out else []
    return [*head, *table(("Time", "Type", "What", "Reported by"), rows)]


def _people(
    situation: Situation,
    rollout: RecordedRollout | None,
    audit: Sequence[Mapping[str, Any]],
    server: str,
    zone: tzinfo | None,
) -> list[str]:
    """What people did, as the cluster's own record has it, then what this machine's audit log has of it. What started
    the rollout comes before its first entry: a controller takes up to an interval to notice it."""
    name = f"{situation.canary.namespace}/{situation.canary.name}"
    acts = [entry for entry in rollout.entries if _by_somebody(entry)] if rollout is not None else []
    since = rollout.entries[0].at - timedelta(seconds=situation.interval_s) if rollout is not None else None
    own = [
        entry
        for entry in audit
        if entry.get("object") == name and entry.get("server") == server and _is_since(entry, since)
    ]
    lines = (
        table(("Time", words.WHO_AND_WHAT.text()), ((_stamp(each.at, zone), each.text) for each in acts))
        if acts
        else []
    )
    if own:
        block = code_block(audit_text(own[-_MOST_AUDITED:], zone).plain.split("\n"))
        lines += [*([""] if lines else []), words.ON_THIS_MACHINE.text(), "", *block]
    return lines or [words.NOBODY.text()]


def _by_somebody(entry: TimelineEntry) -> bool:
    return FactSource.CONSOLE in entry.sources or any(
        aspect == ANOTHERS or aspect.startswith(BY_HAND) for aspect, _ in entry.marks
    )


def _is_since(entry: Mapping[str, Any], since: datetime | None) -> bool:
    at = parse_time(entry.get("at"))
    return since is None or (at is not None and at >= since)


def _queries(checks: Sequence[Check]) -> list[str]:
    lines: list[str] = []
    for check in checks:
        if check.query:
            lines += [*([""] if lines else []), plain_markdown(check.name), ""]
            lines += code_block(check.query.split("\n"))
    return lines


def _stamp(at: datetime | None, zone: tzinfo | None) -> str:
    return words.NOT_RECORDED.text() if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"

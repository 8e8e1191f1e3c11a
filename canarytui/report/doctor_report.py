"""Findings of ``doctor`` as lines and as JSON: one line a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from canarytui.domain.counted import counted
from canarytui.domain.findings.finding import Finding, Severity
from canarytui.domain.text.plain import clean

_LINE_CHARS_MOST = 1200


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """``error shop canary/cart spec.service: What is wrong. What to do. [rule-id]``."""
    for each in findings:
        where = " ".join(part for part in (each.namespace, each.object, each.field) if part)
        text = f"{each.rule.severity} {where}: {each.message} {each.remedy} [{each.rule.id}]"
        yield clean(text, _LINE_CHARS_MOST)


def findings_summary(findings: Sequence[Finding], canaries: int, silenced: int) -> str:
    """``2 canaries examined: 1 error, 2 warnings, 1 silenced``."""
    counts = Counter(each.rule.severity for each in findings)
    said = [counted(counts[severity], severity.value) for severity in Severity if counts[severity]]
    if silenced:
        said.append(f"{silenced} silenced")
    examined = f"{counted(canaries, 'canary')} examined"
    return f"{examined}: {', '.join(said) or 'no findings'}"


def findings_object(
    findings: Sequence[Finding], canaries: int, silenced: int, unread: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """The same as an object for JSON."""
    return {
        "canaries": canaries,
        "silenced": silenced,
        "findings": [
            {
                "rule": each.rule.id,
                "severity": each.rule.severity.value,
                "object": each.object,
                "namespace": each.namespace,
                "field": each.field,
                "message": each.message,
                "remedy": each.remedy,
                "page": each.rule.page,
            }
            for each in findings
        ],
        "unread": [{"what": what, "reason": reason} for what, reason in unread],
    }

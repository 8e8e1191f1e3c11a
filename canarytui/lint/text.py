"""A report of lint as lines for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from canarytui.domain.counted import counted
from canarytui.domain.findings.finding import Severity
from canarytui.domain.text.plain import sentence
from canarytui.lint.report import LintReport, PlacedFinding

_LINE_MOST = 1000


def text_lines(report: LintReport) -> Iterator[str]:
    """Two lines for each open finding, and a sum."""
    for each in report.open:
        finding = each.finding
        place = f"{each.file}:{each.line}" if each.line else each.file
        about = f" {finding.object}:" if finding.object else ""
        yield sentence(
            f"{place}: {finding.rule.severity.value} [{finding.rule.id}]{about} {finding.message}", _LINE_MOST
        )
        yield f"    {sentence(finding.remedy, _LINE_MOST)}"
    yield summary(report)


def summary(report: LintReport) -> str:
    """How much was read, and what was found."""
    read = f"{counted(report.linted, 'Flagger object')} in {counted(report.files, 'file')}"
    counts = Counter(each.finding.rule.severity for each in report.open)
    said = [counted(counts[severity], severity.value) for severity in Severity if counts[severity]]
    silenced = len(report.findings) - len(report.open)
    if silenced:
        said.append(f"{silenced} silenced")
    return f"{read}: {', '.join(said) or 'no findings'}"


def json_text(report: LintReport) -> str:
    """The whole report; silenced findings have their reason."""
    return json.dumps(
        {
            "files": report.files,
            "objects": report.linted,
            "findings": [_as_json(each) for each in report.findings],
        },
        indent=2,
    )


def _as_json(each: PlacedFinding) -> dict[str, object]:
    finding = each.finding
    return {
        "rule": finding.rule.id,
        "severity": finding.rule.severity.value,
        "file": each.file,
        "line": each.line,
        "object": finding.object,
        "namespace": finding.namespace,
        "field": finding.field,
        "message": finding.message,
        "remedy": finding.remedy,
        "page": finding.rule.page,
        "suppressed": {"reason": each.silenced} if each.silenced else None,
    }

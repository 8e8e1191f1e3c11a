"""A report of lint in SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from urllib.parse import quote

from canarytui.lint.report import ALL_RULES, LintReport, PlacedFinding

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ORIGIN = "%SRCROOT%"


def sarif_text(report: LintReport, version: str) -> str:
    """The log file: one run, every rule, and each finding with its place; silenced ones are suppressed."""
    rules = list(ALL_RULES.values())
    indexes = {rule.id: index for index, rule in enumerate(rules)}
    return json.dumps(
        {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "canarytui lint",
                            "version": version,
                            "rules": [
                                {
                                    "id": rule.id,
                                    "shortDescription": {"text": rule.summary},
                                    "help": {"text": f"{rule.summary} See {rule.page}."},
                                    "defaultConfiguration": {"level": rule.severity.value},
                                }
                                for rule in rules
                            ],
                        }
                    },
                    "columnKind": "unicodeCodePoints",
                    "results": [_result(each, indexes) for each in report.findings],
                }
            ],
        },
        indent=2,
    )


def _result(each: PlacedFinding, indexes: dict[str, int]) -> dict[str, object]:
    finding = each.finding
    place: dict[str, object] = {"physicalLocation": _physical(each)}
    if finding.object:
        name = f"{finding.namespace}/{finding.object}" if finding.namespace else finding.object
        place["logicalLocations"] = [{"fullyQualifiedName": f"{name}:{finding.field}", "kind": "resource"}]
    result: dict[str, object] = {
        "ruleId": finding.rule.id,
        "ruleIndex": indexes[finding.rule.id],
        "level": finding.rule.severity.value,
        "message": {"text": f"{finding.message} {finding.remedy}"},
        "locations": [place],
    }
    if each.silenced:
        result["suppressions"] = [{"kind": "inSource", "justification": each.silenced}]
    return result


def _physical(each: PlacedFinding) -> dict[str, object]:
    absolute = each.file.startswith("/")
    path = quote(each.file.removeprefix("./"), errors="surrogateescape")  # a file's name may be no UTF-8
    uri = f"file://{path}" if absolute else path
    artifact = {"uri": uri} if absolute else {"uri": uri, "uriBaseId": _ORIGIN}
    return {"artifactLocation": artifact, "region": {"startLine": max(each.line, 1)}}

"""SARIF 2.1.0: what the standard requires, and what code scanning needs to place a finding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from linted_manifests import MANIFESTS

from canarytui.lint.check import LintOptions
from canarytui.lint.report import ALL_RULES, SourceText, lint_texts
from canarytui.lint.sarif import sarif_text


@pytest.fixture(scope="module")
def log() -> Any:
    sources = [SourceText(f"deploy/{path.name}", path.read_text()) for path in sorted(MANIFESTS.glob("made/*.yaml"))]
    sources.append(SourceText("/abs dir/ü.yaml", "a: [\n"))
    return json.loads(sarif_text(lint_texts(sources, LintOptions()), "1.2.3"))


def test_the_log_has_what_the_standard_requires(log: Any) -> None:
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("canarytui lint", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == list(ALL_RULES)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")


def test_each_result_has_message_level_rule_and_place(log: Any) -> None:
    (run,) = log["runs"]
    assert len(run["results"]) > 50
    for result in run["results"]:
        assert result["message"]["text"]
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        relative = place["artifactLocation"]["uri"].startswith("deploy/")
        assert relative == (place["artifactLocation"].get("uriBaseId") == "%SRCROOT%")


def test_an_absolute_path_is_a_file_uri(log: Any) -> None:
    places = [each["locations"][0]["physicalLocation"]["artifactLocation"] for each in log["runs"][0]["results"]]
    assert {"uri": "file:///abs%20dir/%C3%BC.yaml"} in places


def test_without_findings_the_results_are_an_empty_list() -> None:
    assert json.loads(sarif_text(lint_texts([], LintOptions()), "1"))["runs"][0]["results"] == []

"""Each rule has a page and each page a rule; what the documents say of a rule is what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from canarytui.domain.findings.cluster_rules import CLUSTER_RULES
from canarytui.domain.findings.finding import Rule
from canarytui.lint.registry import CHECKS
from canarytui.lint.report import ALL_RULES
from canarytui.lint.rules.own_annotations import KNOWN, PREFIX

ROOT = Path(__file__).parents[3]
SECTIONS = ["## Why it hurts", "## Example", "## Remedy"]


def test_each_rule_has_a_page_and_each_page_a_rule() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "findings").glob("*.md")}
    assert pages == set(ALL_RULES) | set(CLUSTER_RULES)
    assert not set(ALL_RULES) & set(CLUSTER_RULES)


@pytest.mark.parametrize("rule", ALL_RULES.values(), ids=lambda rule: rule.id)
def test_a_page_says_what_why_an_example_and_the_remedy(rule) -> None:
    text = (ROOT / rule.page).read_text()
    assert text.startswith(f"# {rule.id}\n\n{rule.severity.value.capitalize()}. {rule.summary}\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    parts = re.split(r"^## .*\n", text, flags=re.M)[1:]
    assert all(len(part.split()) >= 2 for part in parts)
    assert "```yaml\n" in parts[1]
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("rule", ALL_RULES.values(), ids=lambda rule: rule.id)
def test_ids_and_summaries_are_in_one_form(rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id)
    assert rule.summary[0].isalnum()
    assert rule.summary.endswith(".")


def test_a_rule_is_one_object_wherever_it_is_checked() -> None:
    assert len({check.rule.id for check in CHECKS}) == len({id(check.rule) for check in CHECKS})


@pytest.mark.parametrize(("document", "rules"), [("lint.md", ALL_RULES), ("doctor.md", CLUSTER_RULES)])
def test_the_table_of_rules_is_the_registry(document: str, rules: Mapping[str, Rule]) -> None:
    rows = re.findall(r"^\| \[(\S+)\]\((\S+)\) \| (\w+) \| (.*) \|$", (ROOT / "docs" / document).read_text(), re.M)
    assert sorted(rows) == sorted(
        (rule.id, f"findings/{rule.id}.md", rule.severity.value, rule.summary) for rule in rules.values()
    )


def test_the_pages_of_annotations_name_all_of_them() -> None:
    """Any `canarytui.io/` name in the package is one that lint knows, and its page lists it."""
    sources = (path.read_text() for path in (ROOT / "canarytui").rglob("*.py"))
    written = {name for text in sources for name in re.findall(r'"(canarytui\.io/[a-z-]+)"', text)}
    assert written == set(KNOWN)
    page = (ROOT / "docs" / "findings" / "unknown-annotation.md").read_text()
    assert all(name.removeprefix(PREFIX) in page for name in KNOWN)


@pytest.mark.parametrize("rule", CLUSTER_RULES.values(), ids=lambda rule: rule.id)
def test_the_remedy_of_what_is_wrong_in_a_cluster_is_a_command_or_a_field(rule: Rule) -> None:
    remedy = (ROOT / rule.page).read_text().partition("## Remedy\n")[2]
    assert re.search(r"`[^`]+`", remedy) or rule.id in _DEPENDS


_DEPENDS = {"check-without-values"}
"""The finding itself has the remedy."""


def test_the_hook_runs_the_command_over_a_folder() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "canarytui lint"
    assert hook["pass_filenames"] is False
    assert hook["args"] == ["."]

"""Each rule has a page and each page a rule; what the documents say of a rule is what it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from canarytui.domain.findings.cluster_rules import CLUSTER_RULES
from canarytui.lint.registry import CHECKS
from canarytui.lint.report import ALL_RULES

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


def test_the_table_of_rules_is_the_registry() -> None:
    rows = re.findall(r"^\| \[(\S+)\]\((\S+)\) \| (\w+) \| (.*) \|$", (ROOT / "docs" / "lint.md").read_text(), re.M)
    assert sorted(rows) == sorted(
        (rule.id, f"findings/{rule.id}.md", rule.severity.value, rule.summary) for rule in ALL_RULES.values()
    )


def test_the_hook_runs_the_command_over_a_folder() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "canarytui lint"
    assert hook["pass_filenames"] is False
    assert hook["args"] == ["."]

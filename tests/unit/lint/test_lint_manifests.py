"""Manifests as people publish them, as they were made for a rule, and healthy ones: their findings, listed by id.

The list of a manifest is the file of its name that ends in ``.findings``: line, rule and field of each.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from linted_manifests import MANIFESTS, linted

from canarytui.lint.report import ALL_RULES, LintReport

ALL = sorted(MANIFESTS.glob("*/*.yaml"))


def listed(report: LintReport) -> list[str]:
    return [
        f"{each.line} {each.finding.rule.id} {each.finding.field or '-'}{' (silenced)' if each.silenced else ''}"
        for each in report.findings
    ]


@pytest.mark.parametrize("manifest", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_findings_are_those_that_are_listed(manifest: Path) -> None:
    expected = manifest.with_suffix(".findings")
    wanted = expected.read_text().splitlines() if expected.exists() else []
    assert listed(linted(manifest)) == wanted
    assert bool(wanted) == (manifest.parent.name != "healthy" and manifest.stem not in _WITHOUT)


_WITHOUT: set[str] = set()
"""Published manifests in which nothing is wrong."""


def test_there_are_as_many_manifests_as_promised() -> None:
    count = Counter(path.parent.name for path in ALL)
    assert len(ALL) >= 40
    assert count["published"] >= 25
    assert count["healthy"] >= 8
    assert all(path.read_text().startswith("# A") or path.read_text().startswith("# T") for path in ALL
               if path.parent.name == "published"), "each says where it is from"  # fmt: skip


def test_every_rule_is_found_somewhere() -> None:
    found = {line.split()[1] for path in MANIFESTS.glob("*/*.findings") for line in path.read_text().splitlines()}
    assert sorted(set(ALL_RULES) - found) == []
    assert sorted(found - set(ALL_RULES)) == []


def test_the_seeds_own_manifests_are_not_without_findings() -> None:
    found = {each.finding.rule.id for path in (MANIFESTS / "seed").glob("*.yaml") for each in linted(path).open}
    assert {"query-inverted", "removed-api-version"} <= found

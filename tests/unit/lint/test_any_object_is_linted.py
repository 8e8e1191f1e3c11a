"""Whatever stands in a manifest, lint has findings or none, and no crash: each field of each manifest is replaced."""

from __future__ import annotations

import copy
import random
from typing import Any

from linted_manifests import MANIFESTS

from canarytui.lint.check import LintOptions
from canarytui.lint.documents import ManifestDocument, documents
from canarytui.lint.report import LintReport, PlacedFinding
from canarytui.lint.run import findings_of
from canarytui.lint.text import text_lines

JUNK = (None, True, 0, -1, 2.5, 1e30, float("nan"), float("inf"), "", "1m", "a\x1b[2J\u202e", "{{ .x }}", "9" * 400,
        "[[", [], [None], ["a", 1], {}, {"a": {"b": []}}, {1: 2, None: "x"}, b"bytes", {"a", "b"}, ("t",))  # fmt: skip
ROUNDS = 1200


def objects() -> list[list[Any]]:
    """Of each manifest."""
    found = []
    for path in sorted(MANIFESTS.glob("*/*.yaml")):
        read = documents(path.read_text(), path.name)
        found.append([each.obj for each in read if isinstance(each, ManifestDocument)])
    return [each for each in found if each]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) below a value."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        found.append((value, key))
        found += places(inner)
    return found


def test_no_field_of_any_manifest_can_break_it() -> None:
    chance, manifests = random.Random(15), objects()
    options = [LintOptions(), LintOptions(3.0, "traefik"), LintOptions(0.0, "nginx"), LintOptions(mesh_provider="?")]
    found = 0
    for number in range(ROUNDS):
        changed = copy.deepcopy(manifests[number % len(manifests)])
        for container, key in chance.sample(places(changed), chance.choice((1, 1, 2))):
            container[key] = chance.choice(JUNK)
        findings = findings_of([each for each in changed if isinstance(each, dict)], chance.choice(options))
        found += len(findings)
        placed = tuple(PlacedFinding(each, "f", 1) for each in findings)
        for line in text_lines(LintReport(placed, 1, 1)):
            assert line.isprintable()
    assert found > ROUNDS

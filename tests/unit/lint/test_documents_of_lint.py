"""Files as data: lines of fields, limits, and texts that somebody else wrote."""

from __future__ import annotations

import pytest

from canarytui.lint.check import LintOptions
from canarytui.lint.documents import ManifestDocument, UnreadableText, documents
from canarytui.lint.report import SourceText, lint_texts
from canarytui.lint.sarif import sarif_text
from canarytui.lint.text import json_text, text_lines

TEXT = """\
# a comment
kind: Canary
metadata:
  annotations:
    a.example/b: "x"
spec:
  analysis:
    metrics:
      - name: one
      - name: two
        thresholdRange: {min: 1}
---
kind: List
items:
  - kind: A
    x: 1
  - kind: B
    spec:
      y: 2
"""


def read(text: str) -> list[ManifestDocument | UnreadableText]:
    return list(documents(text, "f.yaml"))


@pytest.mark.parametrize(("document", "path", "line"), [
    (0, "", 2),
    (0, "spec.analysis.metrics[1].name", 10),
    (0, "spec.analysis.metrics[1].thresholdRange.max", 11),
    (0, "spec.analysis.metrics[7]", 8),
    (0, "spec.service.port", 6),
    (0, 'metadata.annotations["a.example/b"]', 5),
    (1, "x", 16),
    (2, "spec.y", 19),
])  # fmt: skip
def test_a_field_has_its_line_and_an_absent_one_that_of_what_is_above(document: int, path: str, line: int) -> None:
    found = read(TEXT)[document]
    assert isinstance(found, ManifestDocument)
    assert found.line_of(path) == line


def test_json_is_yaml_and_dates_stay_text() -> None:
    (found,) = read('{"kind": "A", "at": "2026-01-01"}')
    assert isinstance(found, ManifestDocument)
    (dated,) = read("kind: A\nat: 2026-01-01\n")
    assert isinstance(dated, ManifestDocument)
    assert dated.obj["at"] == "2026-01-01"


def test_what_is_no_object_is_passed_over_and_tags_of_others_mean_nothing() -> None:
    assert read("text\n---\n- a\n---\n42\n") == []
    (found,) = read("kind: A\nb: !Ref c\nd: !vault |\n  e\n")
    assert isinstance(found, ManifestDocument)
    assert found.obj["b"] is None


HOSTILE = {
    "laughs": "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 10)}]\n" for i in range(9)),
    "itself": "a: &a [*a]\n",
    "deep": "a: " + "[" * 3000 + "]" * 3000,
    "unclosed": "a: {b: [c\n",
    "tabs": "a:\n\tb: c\n",
    "python": "a: !!python/object/apply:os.system [echo]\n",
    "control": "a: \x1b[31mred\n",
    "nothing": "\x00",
    "keys": "? [a, b]\n: c\n",
    "date": "a: !!timestamp 2026-13-45\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_one_finding_and_no_control_byte(name: str) -> None:
    report = lint_texts([SourceText("f\x1b[31m.yaml", HOSTILE[name])], LintOptions())
    (found,) = report.findings
    assert found.finding.rule.id == "unreadable-document"
    for shown in (*text_lines(report), json_text(report), sarif_text(report, "1")):
        assert all(letter.isprintable() or letter == "\n" for letter in shown), repr(shown)


def test_a_name_from_a_manifest_cannot_paint_the_screen() -> None:
    text = (
        'apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: "a\\e[31m"}\n'
        'spec: {targetRef: {apiVersion: v1, kind: Service, name: "b\\u202e"}, service: {port: 80}, suspend: true,\n'
        '  analysis: {"x\\e]0;y\\a": 1, interval: 1m, threshold: 1, stepWeight: 5, metrics: [{name: "c\\e[2J"}]}}\n'
    )
    report = lint_texts([SourceText("a.yaml", text)], LintOptions())
    assert len(report.findings) >= 3
    for line in text_lines(report):
        assert line.isprintable(), repr(line)


def test_broken_files_of_a_folder_count_only_if_they_are_flaggers() -> None:
    broken = "kind: [\n"
    assert lint_texts([SourceText("a", broken, searched=True)], LintOptions()).findings == ()
    assert len(lint_texts([SourceText("a", broken)], LintOptions()).findings) == 1
    flaggers = f"apiVersion: flagger.app/v1beta1\n{broken}"
    assert len(lint_texts([SourceText("a", flaggers, searched=True)], LintOptions()).findings) == 1


def test_what_is_unreadable_is_said_without_the_parsers_own_names() -> None:
    (found,) = documents("a: \x14", "f.yaml")
    assert isinstance(found, UnreadableText)
    assert found.why == "unacceptable character #x0014: control characters are not allowed"

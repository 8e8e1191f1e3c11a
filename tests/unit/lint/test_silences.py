"""A rule is silenced on one object or one line, with a reason; then it is shown as suppressed, not hidden."""

from __future__ import annotations

import json

from linted_manifests import lint_text

from canarytui.lint.check import LintOptions
from canarytui.lint.report import LintReport, SourceText, lint_texts
from canarytui.lint.sarif import sarif_text
from canarytui.lint.text import json_text, summary

HEAD = "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: a}\n"
BODY = (
    "  service: {port: 80, gateways: [g]}\n  targetRef: {apiVersion: apps/v1, kind: Deployment, name: a}\n  analysis:\n"
)
ANALYSIS = "    {interval: 1m, threshold: 5, stepWeight: 5, metrics: [{name: request-duration, threshold: 9}]}\n"


def suspended(comment: str = "", above: str = "") -> str:
    return f"{HEAD}spec:\n{above}  suspend: true{comment}\n{BODY}{ANALYSIS}"


def report(text: str) -> LintReport:
    return lint_texts([SourceText("dir/a.yaml", text)], LintOptions())


def test_a_comment_on_the_line_or_above_it_silences_with_its_reason() -> None:
    assert lint_text(suspended()) == ["suspended spec.suspend"]
    for text in (
        suspended("  # canarytui: ignore suspended: audit"),
        suspended(above="  # canarytui: ignore suspended: audit\n"),
        suspended(above="  # canarytui: ignore suspended: audit\n  # until Friday\n"),
    ):
        (found,) = report(text).findings
        assert found.silenced == "audit"
        assert report(text).worst() is None


def test_a_comment_elsewhere_or_of_another_rule_silences_nothing() -> None:
    far = suspended(above="  # canarytui: ignore suspended: audit\n  provider: istio\n")
    other = suspended("  # canarytui: ignore skip-analysis: audit")
    assert lint_text(far) == lint_text(other) == ["suspended spec.suspend"]


def test_without_a_reason_it_stays_and_is_a_finding_itself() -> None:
    assert lint_text(suspended("  # canarytui: ignore suspended")) == [
        "suspended spec.suspend",
        "silence-without-reason",
    ]


def test_an_unknown_rule_is_a_finding_in_annotations_too() -> None:
    annotated = HEAD.replace("{name: a}", '{name: a, annotations: {canarytui.io/ignore: "susp: x; suspended: audit"}}')
    text = suspended().replace(HEAD, annotated)
    assert lint_text(text) == ['silence-of-unknown-rule metadata.annotations["canarytui.io/ignore"]']


def test_silenced_findings_are_counted_and_printed_as_suppressed() -> None:
    found = report(suspended("  # canarytui: ignore suspended: audit"))
    assert summary(found) == "1 Flagger object in 1 file: 1 silenced"
    (as_json,) = json.loads(json_text(found))["findings"]
    assert as_json["suppressed"] == {"reason": "audit"}
    (result,) = json.loads(sarif_text(found, "1"))["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "audit"}]

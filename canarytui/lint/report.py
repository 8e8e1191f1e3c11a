"""Files to findings: each with its place, and with the reason for which it is silenced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from canarytui.domain.findings.cluster_rules import CLUSTER_RULES
from canarytui.domain.findings.finding import Finding, Rule, Severity
from canarytui.domain.findings.silencing import IGNORE_ANNOTATION, silence_in_comment
from canarytui.lint import silences
from canarytui.lint.check import LintOptions
from canarytui.lint.documents import ManifestDocument, UnreadableText, documents
from canarytui.lint.manifests import namespace_of
from canarytui.lint.registry import RULES
from canarytui.lint.run import located_findings, object_name

UNREADABLE_DOCUMENT = Rule("unreadable-document", Severity.ERROR, "A file that is neither YAML nor JSON.")
UNRENDERED_TEMPLATE = Rule("unrendered-template", Severity.NOTE, "A chart's template: lint what it renders to.")

ALL_RULES: Mapping[str, Rule] = {
    **RULES,
    **{
        rule.id: rule
        for rule in (UNREADABLE_DOCUMENT, UNRENDERED_TEMPLATE, silences.WITHOUT_REASON, silences.UNKNOWN_RULE)
    },
}
"""Every rule that lint knows, by id."""

_SILENCED: Mapping[str, Rule] = {**ALL_RULES, **CLUSTER_RULES}
"""What may be silenced: the manifests' annotations are doctor's, too."""

_FLAGGER_GROUP = "flagger.app/"


class SourceText(Struct, frozen=True):
    """A file's name and text. `searched`: it was found in a folder, where files of all sorts are, broken ones too."""

    file: str
    text: str
    searched: bool = False


class PlacedFinding(Struct, frozen=True):
    """A finding in a file; `line` is from 1, 0 for the whole file. `silenced` is the reason, "" where it is none."""

    finding: Finding
    file: str
    line: int
    silenced: str = ""


class LintReport(Struct, frozen=True):
    """The findings in the order of files and lines; `linted` is how many objects of Flagger's were among them."""

    findings: tuple[PlacedFinding, ...]
    files: int
    linted: int

    @property
    def open(self) -> tuple[PlacedFinding, ...]:
        """Those that nobody has silenced."""
        return tuple(each for each in self.findings if not each.silenced)

    def worst(self) -> Severity | None:
        """The highest severity among the open ones."""
        order = list(Severity)
        return min((each.finding.rule.severity for each in self.open), key=order.index, default=None)


def lint_texts(sources: Sequence[SourceText], options: LintOptions) -> LintReport:
    """Lint the texts of files together: references are looked up among all of them. A text that cannot be read is
    reported where it was asked for, or has to do with Flagger."""
    found: list[PlacedFinding] = []
    read: list[ManifestDocument] = []
    for source in sources:
        for each in documents(source.text, source.file):
            if isinstance(each, ManifestDocument):
                read.append(each)
            elif not source.searched or _FLAGGER_GROUP in source.text:
                found.append(_unreadable(each))
    lines = {source.file: source.text.splitlines() for source in sources}
    for index, finding in located_findings([each.obj for each in read], options):
        document = read[index]
        line = document.line_of(finding.field)
        asked = (*silences.of_object(document.obj), *silences.of_line(lines[document.file], line))
        found.append(PlacedFinding(finding, document.file, line, silences.reason_for(finding.rule, asked)))
    for document in read:
        found += _silences_of_object(document)
    for file, text_lines in lines.items():
        found += _silences_of_lines(file, text_lines)
    order = {source.file: number for number, source in enumerate(sources)}
    found.sort(key=lambda each: (order[each.file], each.line))
    linted = sum(str(each.obj.get("apiVersion", "")).startswith(_FLAGGER_GROUP) for each in read)
    return LintReport(tuple(found), len(sources), linted)


def _unreadable(each: UnreadableText) -> PlacedFinding:
    if each.is_template:
        rule, message = UNRENDERED_TEMPLATE, "This is a template of a chart, and no YAML before it is rendered."
        remedy = "Lint what it becomes: helm template CHART | canarytui lint -"
    else:
        rule, message, remedy = UNREADABLE_DOCUMENT, f"It cannot be read: {each.why}.", "Correct the file."
    return PlacedFinding(Finding(rule, "", "", "", message, remedy), each.file, each.line)


def _silences_of_object(document: ManifestDocument) -> list[PlacedFinding]:
    field = f'metadata.annotations["{IGNORE_ANNOTATION}"]'
    return [
        PlacedFinding(
            Finding(rule, object_name(document.obj), namespace_of(document.obj), field, message, remedy),
            document.file,
            document.line_of(field),
        )
        for rule, message, remedy in silences.problems_of(silences.of_object(document.obj), _SILENCED)
    ]


def _silences_of_lines(file: str, lines: Sequence[str]) -> list[PlacedFinding]:
    return [
        PlacedFinding(Finding(rule, "", "", "", message, remedy), file, number)
        for number, line in enumerate(lines, 1)
        if (silence := silence_in_comment(line)) is not None
        for rule, message, remedy in silences.problems_of([silence], _SILENCED)
    ]

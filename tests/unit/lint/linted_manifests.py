"""The manifests that lint is held to, and how they are read."""

from __future__ import annotations

import shlex
from pathlib import Path

from canarytui.lint.check import LintOptions
from canarytui.lint.report import LintReport, SourceText, lint_texts

MANIFESTS = Path(__file__).parents[2] / "manifests" / "lint"


def options_of(text: str) -> LintOptions:
    """Those of the manifest's line ``# lint: --mesh-provider nginx``."""
    line = next((line for line in text.splitlines() if line.startswith("# lint:")), "# lint:")
    words = shlex.split(line.removeprefix("# lint:"))
    given = dict(zip(words[::2], words[1::2], strict=True))
    rate = given.pop("--requests-per-second", None)
    provider = given.pop("--mesh-provider", "")
    assert given == {}
    return LintOptions(float(rate) if rate is not None else None, provider)


def linted(manifest: Path) -> LintReport:
    text = manifest.read_text()
    return lint_texts([SourceText(manifest.name, text)], options_of(text))


def lint_text(text: str, options: LintOptions = LintOptions()) -> list[str]:  # noqa: B008  # it is frozen
    """``RULE field`` of each open finding in a text."""
    report = lint_texts([SourceText("a.yaml", text)], options)
    return [f"{each.finding.rule.id} {each.finding.field}".rstrip() for each in report.open]

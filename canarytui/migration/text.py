"""Migrations as text: YAML that kubectl applies, with the runbook as comments, or either alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from canarytui.migration.runbook import Migration, runbook_lines
from canarytui.report.manifest import as_yaml

OUTPUTS = ("yaml", "manifests", "runbook")
"""The manifests with the runbook as comments; without it; the runbook alone."""


def migration_lines(migrations: Sequence[Migration], output: str) -> Iterator[str]:
    """Lines of all migrations, in one of :data:`OUTPUTS`."""
    for number, migration in enumerate(migrations):
        if output == "runbook":
            yield from ([""] if number else [])
            yield from runbook_lines(migration)
            continue
        if output == "yaml":
            yield from (f"# {line}".rstrip() for line in runbook_lines(migration))
        for manifest in migration.manifests:
            yield "---"
            yield as_yaml(manifest)

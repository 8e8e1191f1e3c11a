"""Holds objects to the rules. Pure: plain dictionaries in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from canarytui.domain.findings.finding import Finding
from canarytui.domain.values import as_mapping, as_text
from canarytui.lint.check import LintedObject, LintOptions
from canarytui.lint.manifests import Manifests, kind_of, namespace_of
from canarytui.lint.registry import CHECKS

_DEFAULT = LintOptions()


def findings_of(objects: Sequence[Mapping[str, object]], options: LintOptions = _DEFAULT) -> list[Finding]:
    """What the rules find in objects that belong together, such as those of a cluster or a folder.

    References are looked up among `objects`. Silences (annotations) are the caller's to apply.
    """
    return [finding for _, finding in located_findings(objects, options)]


def located_findings(
    objects: Sequence[Mapping[str, object]], options: LintOptions = _DEFAULT
) -> Iterator[tuple[int, Finding]]:
    """The same with the index of the object that each is about, in the order of the objects."""
    manifests = Manifests(objects)
    for index, obj in enumerate(objects):
        kind = kind_of(obj)
        linted = LintedObject(obj, manifests, options, manifests.canary(obj))
        for check in CHECKS:
            if kind in check.kinds:
                for found in check.look(linted):
                    yield (
                        index,
                        Finding(
                            rule=check.rule,
                            object=object_name(obj),
                            namespace=namespace_of(obj),
                            field=found.field,
                            message=found.message,
                            remedy=found.remedy,
                        ),
                    )


def object_name(obj: Mapping[str, object]) -> str:
    """Kind and name as kubectl writes them: ``canary/podinfo``."""
    return f"{as_text(obj.get('kind')).lower()}/{as_text(as_mapping(obj.get('metadata')).get('name'))}"

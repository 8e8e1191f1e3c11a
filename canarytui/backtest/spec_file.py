"""A file with a canary and its MetricTemplates, to be tried on past values before it is applied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from canarytui.cluster.manifest_files import file_names, file_objects
from canarytui.cluster.resources import CANARIES, METRIC_TEMPLATES
from canarytui.domain.sentences import backtest as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import KubernetesObject, as_mapping
from canarytui.errors import UsageError


class SpecFile(Struct, frozen=True):
    """What a file holds. Objects without a namespace are in the one that was given."""

    canary: Canary
    templates: tuple[dict[str, Any], ...]


def read_spec_file(path: Path, namespace: str) -> SpecFile:
    """Read the YAML at `path`.

    Raises:
        ConfigError: it cannot be read, or holds something other than Kubernetes objects.
        UsageError: it does not hold exactly one canary.
        InvalidObject: a field of the canary is wrong.
    """
    objects = [_placed(each, namespace) for each in file_objects([str(path)])]
    canaries = [each for each in objects if each["kind"] == CANARIES.kind]
    if len(canaries) != 1:
        raise UsageError(words.NO_CANARY_IN_FILE.text(file=file_names([str(path)]), count=len(canaries)))
    templates = tuple(each for each in objects if each["kind"] == METRIC_TEMPLATES.kind)
    return SpecFile(Canary.parse(canaries[0]), templates)


def _placed(found: KubernetesObject, namespace: str) -> dict[str, Any]:
    metadata = as_mapping(found.get("metadata"))
    return {**found, "metadata": {**metadata, "namespace": metadata.get("namespace") or namespace}}

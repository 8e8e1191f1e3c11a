"""A file with a canary and its MetricTemplates, to be tried on past values before it is applied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canarytui.cluster.regular_files import read_any
from canarytui.cluster.resources import CANARIES, METRIC_TEMPLATES
from canarytui.domain.sentences import backtest as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.errors import UsageError

_BYTES_MOST = 1_000_000
_REASON_CHARS_MOST = 200


@dataclass(frozen=True, slots=True)
class SpecFile:
    """What a file holds. Objects without a namespace are in the one that was given."""

    canary: Canary
    templates: tuple[dict[str, Any], ...]


def read_spec_file(path: Path, namespace: str) -> SpecFile:
    """Read the YAML at `path`.

    Raises:
        UsageError: it cannot be read, or does not hold exactly one canary.
        InvalidObject: a field of the canary is wrong.
    """
    import yaml

    shown = clean(path, 200)
    try:
        documents = list(yaml.safe_load_all(read_any(path, _BYTES_MOST)))
    except OSError as error:
        raise UsageError(words.UNREADABLE_FILE.text(file=shown, reason=error.strerror)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(clean(error, _REASON_CHARS_MOST).split()) or type(error).__name__
        raise UsageError(words.UNREADABLE_FILE.text(file=shown, reason=reason)) from error
    objects = [placed for document in documents for placed in _objects(document, namespace)]
    canaries = [each for each in objects if each["kind"] == CANARIES.kind]
    if len(canaries) != 1:
        raise UsageError(words.NO_CANARY_IN_FILE.text(file=shown, count=len(canaries)))
    templates = tuple(each for each in objects if each["kind"] == METRIC_TEMPLATES.kind)
    return SpecFile(Canary.parse(canaries[0]), templates)


def _objects(document: object, namespace: str) -> list[dict[str, Any]]:
    """The document's objects that have a kind, a name and a mapping for metadata; a List's items."""
    if not isinstance(document, dict):
        return []
    if document.get("kind") == "List" and isinstance(document.get("items"), list):
        return [each for item in document["items"] for each in _objects(item, namespace)]
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or not metadata.get("name") or not document.get("kind"):
        return []
    return [{**document, "metadata": {**metadata, "namespace": metadata.get("namespace") or namespace}}]

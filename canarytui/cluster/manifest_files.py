"""Reads the Kubernetes objects of files and folders that a person names; ``-`` is standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from canarytui.cluster.regular_files import read_any
from canarytui.domain.sentences import manifest_files as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject, as_mappings
from canarytui.errors import ConfigError

BYTES_MOST = 4 << 20
"""Of one file."""

_STANDARD_INPUT = "-"
_SUFFIXES = (".yaml", ".yml", ".json")


def file_objects(files: Iterable[str]) -> list[KubernetesObject]:
    """The objects of all files in order; those of a List are taken out of it. Of a folder, files and documents that are
    no Kubernetes objects are left out.

    Raises:
        ConfigError: one sentence on the file and what is wrong with it.
    """
    return [
        each for named in files for file in manifests_below(named) for each in _objects(file, searched=file != named)
    ]


def manifests_below(path: str) -> Iterator[str]:
    """`path` itself, or the manifests of a folder in the order of their names; hidden files and folders are left
    out."""
    if path == _STANDARD_INPUT or not Path(path).is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (
            str(Path(folder, name)) for name in sorted(names) if name.endswith(_SUFFIXES) and not name.startswith(".")
        )


def file_names(files: Iterable[str]) -> str:
    """The files as a phrase."""
    return ", ".join("standard input" if each == _STANDARD_INPUT else clean(each, 200) for each in files)


def manifest_path(given: str) -> Path | None:
    """The file that is meant; None where that is a canary's name."""
    if given == "-":
        return Path("/dev/stdin")
    is_path = given.startswith(("/", "./", "../")) or given.endswith(_SUFFIXES)
    return Path(given) if is_path else None


def _objects(file: str, *, searched: bool) -> Iterator[KubernetesObject]:
    text = _text(file)
    if searched and "apiVersion" not in text:
        return
    for number, document in enumerate(_documents(file, text), 1):
        if document is None:
            continue
        if not isinstance(document, dict) or not all(
            isinstance(document.get(key), str) for key in ("apiVersion", "kind")
        ):
            if searched:
                continue
            raise ConfigError(words.NO_OBJECT.text(file=file_names([file]), number=number))
        if document["kind"].endswith("List") and isinstance(document.get("items"), list):
            yield from as_mappings(document["items"])
        else:
            yield document


def _text(file: str) -> str:
    name = file_names([file])
    try:
        data = (
            sys.stdin.buffer.read(BYTES_MOST + 1) if file == _STANDARD_INPUT else read_any(Path(file), BYTES_MOST + 1)
        )
    except OSError as error:
        raise ConfigError(words.UNREADABLE.text(file=name, why=clean(error.strerror or error, 200))) from error
    if len(data) > BYTES_MOST:
        raise ConfigError(words.TOO_LARGE.text(file=name, most=BYTES_MOST))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(words.NO_YAML.text(file=name, why=clean(error, 200))) from error


def _documents(file: str, text: str) -> list[Any]:
    import yaml

    from canarytui.domain.text.bounded import YAML_VALUES_MOST, OutOfBounds, require_bounds

    try:
        found = list(yaml.safe_load_all(text))
        require_bounds(found, YAML_VALUES_MOST)
    except RecursionError as error:
        raise ConfigError(words.NO_YAML.text(file=file_names([file]), why=OutOfBounds.__name__)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(words.NO_YAML.text(file=file_names([file]), why=clean(error, 300))) from error
    return found

"""YAML and JSON files as objects that know their lines. Text from files is data: it has limits and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from msgspec import Struct

from canarytui.domain.text.bounded import DEPTH_MOST, YAML_VALUES_MOST
from canarytui.domain.text.plain import clean

DOCUMENTS_MOST = 5000
"""Documents in a file."""

_TEMPLATE = re.compile(r"\{\{-?\s*(?:\.|\$|if\b|range\b|with\b|include\b|template\b|define\b|end\b|toYaml\b)")
"""An action of a Helm chart's template; Flagger's own queries have none of these."""
_PATH = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]]+)')


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # either, with kubectl's scalars
    pass


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)  # tags of other tools mean nothing here


@dataclass(frozen=True, slots=True)
class ManifestDocument:
    """One object of a file, and the lines of its fields (from 1)."""

    file: str
    obj: Mapping[str, Any]
    node: Any = field(repr=False, compare=False)

    def line_of(self, path: str) -> int:
        """The line of a field (``spec.analysis.metrics[0].name``); of what is nearest above it where it is absent."""
        node, line = self.node, _line(self.node)
        for name, index, plain in _PATH.findall(path):
            step = _step(node, name or plain, int(index) if index else -1)
            if step is None:
                break
            node, line = step
        return line


class UnreadableText(Struct, frozen=True):
    """A file, or a document of it, that cannot be read, and why. `is_template`: it has to be rendered first."""

    file: str
    line: int
    why: str
    is_template: bool = False


def documents(text: str, file: str) -> Iterator[ManifestDocument | UnreadableText]:
    """The objects of a file, those of Lists one by one; what cannot be read ends it."""
    loader = _Loader(text)
    seen = 0
    try:
        while loader.check_node():
            seen += 1
            if seen > DOCUMENTS_MOST:
                yield UnreadableText(file, 0, f"it has more than {DOCUMENTS_MOST} documents")
                return
            node = loader.get_node()
            problem = _beyond_bounds(node)
            if problem:
                yield UnreadableText(file, _line(node), problem)
                return
            yield from _objects(loader, node, file)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        yield _unreadable(text, file, line, clean(error.problem or error.context or "it is no YAML", 200))
    except (yaml.YAMLError, ValueError) as error:
        yield _unreadable(text, file, 0, clean(str(error).partition("\n")[0], 200))  # then the parser's own names
    except RecursionError:
        yield UnreadableText(file, 0, f"it is nested deeper than {DEPTH_MOST} levels")
    finally:
        loader.dispose()


def _unreadable(text: str, file: str, line: int, why: str) -> UnreadableText:
    return UnreadableText(file, line, why, is_template=_TEMPLATE.search(text) is not None)


def _objects(loader: Any, node: Any, file: str) -> Iterator[ManifestDocument | UnreadableText]:
    value = loader.construct_document(node)
    if not isinstance(value, dict):
        return
    items = value.get("items")
    if not str(value.get("kind", "")).endswith("List") or not isinstance(items, list):
        yield ManifestDocument(file, value, node)
        return
    found = _step(node, "items", -1)
    for index, item in enumerate(items):
        step = _step(found[0], "", index) if found is not None else None
        if isinstance(item, dict) and step is not None:
            yield ManifestDocument(file, item, step[0])


def _step(node: Any, name: str, index: int) -> tuple[Any, int] | None:
    """A node's child and the line where it begins: of its key, where it has one."""
    if index >= 0 and isinstance(node, yaml.SequenceNode):
        return (node.value[index], _line(node.value[index])) if index < len(node.value) else None
    if index < 0 and isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):  # the last of two equal keys counts
            if getattr(key, "value", None) == name:
                return value, _line(key)
    return None


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _beyond_bounds(root: Any) -> str:
    """Why a document is not read, as a phrase; "" where it is. Aliases count as what they stand for."""
    level, count = [root], 1
    for _ in range(DEPTH_MOST):
        inner: list[Any] = []
        for node in level:
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    inner += (key, value)
            elif isinstance(node, yaml.SequenceNode):
                inner += node.value
        count += len(inner)
        if count > YAML_VALUES_MOST:
            return f"it stands for more than {YAML_VALUES_MOST} values, its aliases counted"
        if not inner:
            return ""
        level = inner
    return f"it is nested deeper than {DEPTH_MOST} levels"

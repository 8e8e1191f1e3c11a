"""A person's own columns, from ``columns`` in the configuration file::

    columns:
      - {title: TEAM, label: team, width: 10}
      - {title: RUNBOOK, annotation: example.com/runbook}
      - {title: METRICS, path: "spec.analysis.metrics[0].name", width: 20}

A path leads from the Canary to a field: names with dots between, ``[0]`` for an item of a list, ``['a.b/c']`` for a
name with dots. JSONPath's ``{.spec…}`` is understood as far as it is such a path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import config_file as words
from canarytui.domain.text.plain import clean
from canarytui.session import config_file
from canarytui.session.columns.canary_columns import COLUMNS
from canarytui.session.columns.column import ListColumn, Place, Printed
from canarytui.session.config_file import like, mapping, wrong
from canarytui.session.rows import Value

Path = tuple[str | int, ...]

_FIELDS = ("title", "path", "label", "annotation", "width")
_SOURCES = ("path", "label", "annotation")
_WIDTH, _WIDEST = 12, 80
_MOST = 20
_LONGEST = 253
_STEP = re.compile(
    r"\.?(?P<name>[A-Za-z_][\w-]*)|\[(?P<index>\d{1,6})\]|\[(?P<quote>['\"])(?P<quoted>[^'\"]+)(?P=quote)\]"
)


def configured_columns() -> tuple[ListColumn, ...]:
    """Those of the configuration file. Raises ConfigError."""
    return parse_columns(config_file.load().columns, str(config_file.config_path()))


def parse_columns(content: object, path: str) -> tuple[ListColumn, ...]:
    """The columns in `content`, the field ``columns`` of the file at `path`. Raises ConfigError."""
    if content is None:
        return ()
    if not isinstance(content, list) or len(content) > _MOST:
        raise wrong(path, "columns", words.NOT_COLUMNS.say(most=_MOST))
    taken = {column.name for column in COLUMNS}
    found = []
    for number, entry in enumerate(content):
        column = _column(entry, path, f"columns[{number}]", number)
        if column.name in taken:
            raise wrong(path, f"columns[{number}].title", words.COLUMN_TWICE.say(title=column.title))
        taken.add(column.name)
        found.append(column)
    return tuple(found)


def _column(entry: object, path: str, where: str, number: int) -> ListColumn:
    fields = mapping(entry, path, where, words.WRITE_COLUMN)
    for name in fields:
        if name not in _FIELDS:
            raise wrong(path, f"{where}.{name}", words.UNKNOWN.say(like=like(name, _FIELDS), known=", ".join(_FIELDS)))
    title = clean(fields.get("title"), 40)
    if not title:
        raise wrong(path, f"{where}.title", words.COLUMN_WITHOUT_TITLE.say())
    sources = [name for name in _SOURCES if fields.get(name) is not None]
    if len(sources) != 1:
        raise wrong(path, where, words.COLUMN_SOURCE.say())
    width = fields.get("width", max(_WIDTH, len(title)))
    if not isinstance(width, int) or isinstance(width, bool) or not 1 <= width <= _WIDEST:
        raise wrong(path, f"{where}.width", words.COLUMN_WIDTH.say(most=_WIDEST))
    return ListColumn(
        name=re.sub(r"\W+", "_", title.lower()),
        title=title,
        value=_reader(_steps(fields, sources[0], path, where)),
        least=max(width, len(title)),
        most=max(width, len(title)),
        narrow=Place(1000 + number, 85),
        wide=Place(1000 + number, 85),
        printed=Printed(1000 + number, wide=True),
    )


def _steps(fields: Mapping[str, Any], source: str, path: str, where: str) -> Path:
    given = fields[source]
    if not isinstance(given, str) or not given.strip():
        raise wrong(path, f"{where}.{source}", words.COLUMN_NO_PATH.say(path=clean(given, 80)))
    if source != "path":
        return "metadata", f"{source}s", given.strip()
    text = given.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    text = text.removeprefix("$")
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or (at and found["name"] is not None and text[at] != "."):
            raise wrong(path, f"{where}.path", words.COLUMN_NO_PATH.say(path=clean(given, 80)))
        steps.append(int(found["index"]) if found["index"] is not None else found["name"] or found["quoted"])
        at = found.end()
    if not steps:
        raise wrong(path, f"{where}.path", words.COLUMN_NO_PATH.say(path=clean(given, 80)))
    return tuple(steps)


def _reader(steps: Path) -> Callable[[Situation], Value]:
    return lambda situation: _shown(_at(situation.canary.raw, steps))


def _at(obj: object, steps: Path) -> object:
    for step in steps:
        if isinstance(step, str) and isinstance(obj, Mapping):
            obj = obj.get(step)
        elif isinstance(step, int) and isinstance(obj, list) and step < len(obj):
            obj = obj[step]
        else:
            return None
    return obj


def _shown(value: object) -> Value:
    """As text or number; the list cleans texts before they are drawn."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, str):
        return clean(value, _LONGEST)
    return clean(json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":")), _LONGEST)

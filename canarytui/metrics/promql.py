"""The one way to a query's tree: ``promql-parser``, guarded.

The package ends the process on deep nesting, and queries come from objects of others. So what nests deeper, or has more
operators in a row, than any query of a person is not read.
"""

from __future__ import annotations

import re
from typing import Any

import promql_parser

from canarytui.domain.sentences import check_queries as words

CHARS_MOST = 20_000
_NESTING_MOST, _OPERATORS_MOST = 60, 300
_OPAQUE = re.compile(r"""#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""")
_OPERATOR = re.compile(r"[-+*/%^<>=]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)


class UnreadableQuery(ValueError):
    """No PromQL, or more of it than is read here; the text says why."""


def parsed(query: str) -> Any:
    """The query's tree.

    Raises:
        UnreadableQuery: it is no PromQL, or none that is read here.
    """
    text = _OPAQUE.sub('""', query) if len(query) <= CHARS_MOST else ""
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if len(query) > CHARS_MOST or deepest > _NESTING_MOST or len(_OPERATOR.findall(text)) > _OPERATORS_MOST:
        raise UnreadableQuery(words.TOO_DEEP.text())
    try:
        return promql_parser.parse(query)
    except (ValueError, OverflowError) as error:
        raise UnreadableQuery(str(error)) from error

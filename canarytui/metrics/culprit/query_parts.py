"""A PromQL query taken apart: the series that it selects, and the places where values get lost. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from canarytui.metrics.promql import parsed

_OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
DASHBOARD_VARIABLE = re.compile(r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_][\w:]*\})")
"""``$namespace``, ``${namespace}``. A regex' own $ has no name after it."""
_FAILURE = re.compile(r"[\^(]*[45][\d.x*\[]")
_NAME = "__name__"
COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


class LabelMatcher(Struct, frozen=True):
    """``name operator "value"``; `operator` is ``=``, ``!=``, ``=~`` or ``!~``."""

    name: str
    operator: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{json.dumps(self.value, ensure_ascii=False)}"

    @property
    def negative(self) -> bool:
        """Whether it leaves out what it names."""
        return self.operator in ("!=", "!~")

    @property
    def dashboard_variable(self) -> str:
        """A variable of Grafana's in its value (``$namespace``), which nothing has filled in; "" without one."""
        found = DASHBOARD_VARIABLE.search(self.value)
        return found[0] if found else ""

    @property
    def names_failures(self) -> bool:
        """Whether its value is, or begins like, an HTTP status of 400 and up: ``404``, ``5..``, ``5[0-9]+``."""
        return _FAILURE.match(self.value) is not None


class Selector(Struct, frozen=True):
    """Series that a query selects. `range_s` is 0 for an instant; `function` is what is called on them, "" for
    nothing."""

    metric: str
    matchers: tuple[LabelMatcher, ...]
    range_s: float = 0.0
    offset_s: float = 0.0
    function: str = ""

    def without(self, *left_out: LabelMatcher) -> Selector:
        """The same without some of its matchers."""
        return replace(self, matchers=tuple(each for each in self.matchers if each not in left_out))

    def bare(self) -> Selector:
        """All series of the metric."""
        return replace(self, matchers=())

    def over(self, range_s: float) -> str:
        """The selector with a range of its own, as PromQL."""
        return f"{self.series}[{seconds(range_s)}]{self.offset}"

    @property
    def series(self) -> str:
        """What is between range and function: ``metric{a="b"}``."""
        inner = ",".join(map(str, self.matchers))
        return f"{self.metric}{{{inner}}}" if inner or not self.metric else self.metric

    @property
    def instant(self) -> str:
        """The selector as an instant vector."""
        return f"{self.series}{self.offset}"

    @property
    def offset(self) -> str:
        """Its offset as PromQL, "" for none."""
        return f" offset {seconds(self.offset_s)}" if self.offset_s else ""


class Operation(Struct, frozen=True):
    """``left operator right``, whole and each side as PromQL; which sides are numbers, and whether a comparison
    filters."""

    text: str
    operator: str
    left: str
    right: str
    left_number: bool
    right_number: bool
    filters: bool


class QueryParts(Struct, frozen=True):
    """`needed` are the selectors without which there is no value, `optional` those behind ``or``, ``unless`` and
    ``absent()``. `calls` are the functions used; `le_lost`: a quantile is taken of series whose ``le`` was aggregated
    away."""

    tree: Any
    needed: tuple[Selector, ...]
    optional: tuple[Selector, ...]
    operations: tuple[Operation, ...]
    calls: frozenset[str]
    le_lost: bool


@lru_cache(maxsize=256)
def query_parts(query: str) -> QueryParts:
    """Take `query` apart.

    Raises:
        UnreadableQuery: it is no PromQL, or none that is read here.
    """
    tree = parsed(query)
    needed: dict[Selector, None] = {}
    optional: dict[Selector, None] = {}
    operations, calls, le_lost = [], set(), False
    for node, function, is_needed in _walk(tree, "", needed=True):
        kind = type(node).__name__
        if kind in ("VectorSelector", "MatrixSelector"):
            found = selector_of(node, function)
            if found is not None:
                (needed if is_needed else optional)[found] = None
        elif kind == "BinaryExpr":
            operations.append(_operation(node))
        elif kind == "Call":
            calls.add(str(node.func.name))
            le_lost |= node.func.name == "histogram_quantile" and _loses_le(node.args[-1])
    optional = {each: None for each in optional if each not in needed}
    return QueryParts(tree, tuple(needed), tuple(optional), tuple(operations), frozenset(calls), le_lost)


def selector_of(node: Any, function: str = "") -> Selector | None:
    """A selector's node as a value; None for one that looks at a fixed time (``@``)."""
    ranged = type(node).__name__ == "MatrixSelector"
    selector = node.vector_selector if ranged else node
    if selector.at is not None or selector.matchers.or_matchers:
        return None
    matchers = tuple(
        LabelMatcher(str(each.name), _OPERATORS[str(each.op)], str(each.value)) for each in selector.matchers.matchers
    )
    named = next((each for each in matchers if each.name == _NAME and each.operator == "="), None)
    metric = str(selector.name or "") or (named.value if named else "")
    return Selector(
        metric,
        tuple(each for each in matchers if each is not named),
        node.range.total_seconds() if ranged else 0.0,
        selector.offset.total_seconds() if selector.offset is not None else 0.0,
        function,
    )


def unwrapped(node: Any) -> Any:
    """`node` without parentheses around it."""
    while type(node).__name__ == "ParenExpr":
        node = node.expr
    return node


def is_number(node: Any) -> bool:
    """Whether an expression is a scalar."""
    node = unwrapped(node)
    kind = type(node).__name__
    if kind == "UnaryExpr":
        return is_number(node.expr)
    if kind == "BinaryExpr":
        return is_number(node.lhs) and is_number(node.rhs)
    return kind == "NumberLiteral" or (kind == "Call" and node.func.name in ("scalar", "time", "pi"))


def seconds(duration_s: float) -> str:
    """A duration as PromQL writes it: ``90s``, ``1m``, ``500ms``."""
    if duration_s < 0:
        return f"-{seconds(-duration_s)}"
    for unit, length in (("h", 3600), ("m", 60), ("s", 1)):
        if duration_s >= length and duration_s % length == 0:
            return f"{duration_s / length:.0f}{unit}"
    return f"{duration_s * 1000:.0f}ms"


def _walk(node: Any, function: str, *, needed: bool) -> Iterator[tuple[Any, str, bool]]:
    """Every node, with the name of the innermost function around it, and whether there is no value without it."""
    yield node, function, needed
    kind = type(node).__name__
    if kind == "BinaryExpr":
        yield from _walk(node.lhs, "", needed=needed)
        yield from _walk(node.rhs, "", needed=needed and str(node.op) not in ("or", "unless"))
    elif kind == "Call":
        name = str(node.func.name)
        for argument in node.args:
            yield from _walk(argument, name, needed=needed and not name.startswith("absent"))
    elif kind in ("ParenExpr", "UnaryExpr", "SubqueryExpr", "AggregateExpr"):
        yield from _walk(node.expr, "" if kind == "AggregateExpr" else function, needed=needed)


def _operation(node: Any) -> Operation:
    modifier = node.modifier
    operator = str(node.op)
    return Operation(
        str(node),
        operator,
        str(node.lhs),
        str(node.rhs),
        is_number(node.lhs),
        is_number(node.rhs),
        operator in COMPARISONS and not (modifier is not None and modifier.return_bool),
    )


def _loses_le(node: Any) -> bool:
    node = unwrapped(node)
    if type(node).__name__ != "AggregateExpr":
        return False
    modifier = node.modifier
    if modifier is None:
        return True
    without = str(modifier.type).endswith("Without")
    return ("le" in modifier.labels) == without

"""From a query's text to its tree: ``promql-parser`` reads the grammar; its differences from Prometheus end here.

The package compiles regular expressions with Rust's engine, so they are hidden from it and compiled here as Go's. It
ends the process on deep nesting, so that is refused before. It accepts some things that Prometheus does not, and
functions that are not evaluated here: both are refused in Prometheus' words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any

import promql_parser as promql

from canarytui.sandbox.go_regexp import BadPattern, compile_anchored
from canarytui.sandbox.prometheus.evaluate.values import QueryError
from canarytui.sandbox.prometheus.storage import Matcher

_OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?P<comment>\#[^\n]*)"""
    r"""|(?P<regex>=~|!~)|(?P<word>[A-Za-z_:][\w:]*)|(?P<open>[(\[{])|(?P<close>[)\]}])"""
    r"""|(?P<operator>[-+*/%^<>]|==|!=|>=|<=)|(?P<space>\s+)|(?P<other>.)""",
    re.DOTALL,
)
_WORD_OPERATORS = frozenset(("and", "or", "unless", "atan2"))
_ENCODED = re.compile(r"x_((?:[0-9a-f]{2})*)_x")
_LONGEST = timedelta(microseconds=2**63 // 1000)
"""Go counts durations in nanoseconds of 64 bits."""

_NESTING_MOST, _OPERATORS_MOST = 60, 200

HOLT_WINTERS = "holt_winters"
"""Prometheus 2's name for ``double_exponential_smoothing``, which the package no longer knows."""


class ParseError(QueryError):
    """The query cannot be read; the text begins with line and column."""


def parse(query: str, evaluated: Collection[str], aggregated: Collection[str]) -> Any:
    """The expression's tree.

    Args:
        query: PromQL.
        evaluated: names of the functions that can be evaluated.
        aggregated: names of the aggregation operators that can be evaluated.

    Raises:
        ParseError: with Prometheus' sentence.
    """
    _register()
    text, words = _prepared(query)
    try:
        tree = promql.parse(text)
        found = [(node, _problem(node, evaluated, aggregated)) for node in walk(tree)]
    except (ValueError, OverflowError) as error:
        raise _failed(query, 0, _prometheus_words(str(error))) from error
    except BaseException as error:  # the package's panics are not Exceptions
        if type(error).__name__ != "PanicException":
            raise
        raise _failed(query, 0, "duration or timestamp out of range") from error
    for node, problem in found:
        if problem:
            raise _failed(query, words.get(_name_of(node), 0), problem)
    return tree


def matchers_of(selector: Any) -> list[Matcher]:
    """The matchers of a vector selector, its metric name among them."""
    found = []
    for matcher in selector.matchers.matchers:
        operator = _OPERATORS[str(matcher.op)]
        found.append(Matcher(matcher.name, operator, _decoded(matcher.value) if "~" in operator else matcher.value))
    return [Matcher("__name__", "=", selector.name), *found] if selector.name else found


def walk(node: Any) -> Iterator[Any]:
    """The expression and all its subexpressions."""
    yield node
    for child in _children(node):
        yield from walk(child)


def _children(node: Any) -> list[Any]:
    match type(node).__name__:
        case "BinaryExpr":
            return [node.lhs, node.rhs]
        case "Call":
            return list(node.args)
        case "AggregateExpr":
            return [node.expr, *([] if node.param is None else [node.param])]
        case "MatrixSelector":
            return [node.vector_selector]
        case "ParenExpr" | "UnaryExpr" | "SubqueryExpr":
            return [node.expr]
        case _:
            return []


@lru_cache(maxsize=1)
def _register() -> None:
    matrix, scalar, vector = promql.ValueType.Matrix, promql.ValueType.Scalar, promql.ValueType.Vector
    promql.register_extra_functions([promql.Function(HOLT_WINTERS, [matrix, scalar, scalar], vector)])


def _prepared(query: str) -> tuple[str, dict[str, int]]:
    """The query with its regular expressions encoded, and where each word stands first."""
    parts: list[str] = []
    words: dict[str, int] = {}
    depth = signs = operators = label_at = 0
    after_regex = False
    for found in _TOKEN.finditer(query):
        kind, text = str(found.lastgroup), found[0]
        if kind in ("comment", "space"):
            parts.append(text)
            continue
        if kind == "word":
            words.setdefault(text, found.start())
            label_at = found.start()
        # The package's parser and the walk recurse for each level.
        depth += (kind == "open") - (kind == "close")
        signs = signs + 1 if text in ("-", "+") else 0
        operators += kind == "operator" or text in _WORD_OPERATORS
        if depth + signs > _NESTING_MOST or operators > _OPERATORS_MOST:
            raise _failed(query, found.start(), "the expression nests too deeply for this server")
        if kind == "string" and text[0] == "`":
            text = _quoted(text[1:-1])  # the package looks for escapes in raw strings
        if kind == "string" and after_regex:
            text = _encoded(query, label_at, text)
        parts.append(text)
        after_regex = kind == "regex"
    return "".join(parts), words


def _quoted(value: str) -> str:
    for raw, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        value = value.replace(raw, escaped)
    return f'"{value}"'


def _encoded(query: str, at: int, literal: str) -> str:
    try:
        tree: Any = promql.parse(literal)
        pattern = str(tree.val)
    except ValueError:
        return literal  # the package says what is wrong with it
    try:
        compile_anchored(pattern)
    except BadPattern as error:
        raise _failed(query, at, str(error)) from error
    return f'"x_{pattern.encode(errors="surrogatepass").hex()}_x"'


def _decoded(value: str) -> str:
    return _ENCODED.sub(lambda found: bytes.fromhex(found[1]).decode(errors="surrogatepass"), value)


def _failed(query: str, at: int, text: str) -> ParseError:
    before = query[:at]
    return ParseError(f"{before.count(chr(10)) + 1}:{at - before.rfind(chr(10))}: parse error: {text}")


def _name_of(node: Any) -> str:
    kind = type(node).__name__
    return str(node.func.name) if kind == "Call" else str(node.op) if kind == "AggregateExpr" else ""


def _problem(node: Any, evaluated: Collection[str], aggregated: Collection[str]) -> str:
    for field in ("at", "offset", "range", "step"):  # reading one that is out of range fails: better here than later
        value = getattr(node, field, None)
        if isinstance(value, timedelta) and abs(value) > _LONGEST:
            return "duration out of range"
    match type(node).__name__:
        case "VectorSelector":
            if node.matchers.or_matchers:
                return 'unexpected identifier "or" in label matching, expected "," or "}"'
            tests = [matcher.predicate() for matcher in matchers_of(node)]
            if all(test("") for test in tests):
                return "vector selector must contain at least one non-empty matcher"
        case "Call" if node.func.name not in evaluated:
            if node.func.experimental:
                return f'function "{node.func.name}" is not enabled'
            return f'unknown function with name "{node.func.name}"'
        case "AggregateExpr" if str(node.op) not in aggregated:
            return (
                f"{node.op}() is experimental and must be enabled with --enable-feature=promql-experimental-functions"
            )
        case "BinaryExpr" if node.modifier is not None:
            fill = node.modifier.fill_values
            if fill is not None and (fill.lhs is not None or fill.rhs is not None):
                return "binop fill modifiers are experimental and not enabled"
    return ""


_TYPES: tuple[tuple[str, str], ...] = (
    (r"'([^']*)'", r'"\1"'),
    (r"\b(type|got:?|or|on) vector\b", r"\1 instant vector"),
    (r"\bgot: (\w+)", r'got "\1"'),
    (r"\b(scalar|string) in aggregation expression", r"\1 in aggregation parameter"),
    (r"\bbetween vectors\b", "between instant vectors"),
    (r"\b(type|got:?) matrix\b", r"\1 range vector"),
)


def _prometheus_words(text: str) -> str:
    shown = _decoded(text)
    for pattern, replacement in _TYPES:
        shown = re.sub(pattern, replacement, shown)
    return shown

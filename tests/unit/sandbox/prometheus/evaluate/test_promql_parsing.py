"""PromQL read: the tree, or Prometheus' own sentence about what is wrong."""

from __future__ import annotations

import pytest

from canarytui.sandbox.prometheus.evaluate.parsing import ParseError, matchers_of, parse, walk
from canarytui.sandbox.prometheus.storage import Matcher

FUNCTIONS, AGGREGATIONS = {"rate", "abs", "holt_winters"}, {"sum"}


def test_a_tree_has_all_its_nodes() -> None:
    tree = parse('sum(rate(a{b!="c"}[1m])) / 2', FUNCTIONS, AGGREGATIONS)
    kinds = [type(node).__name__ for node in walk(tree)]
    assert kinds[0] == "BinaryExpr"
    assert {"AggregateExpr", "Call", "MatrixSelector", "NumberLiteral"} <= set(kinds)


def test_matchers_have_the_name_and_prometheus_operators() -> None:
    selector = parse('a{b!="c", d=~"e", f!~"g", h="i\\n"}', FUNCTIONS, AGGREGATIONS)
    assert sorted(matchers_of(selector), key=lambda each: each.name) == [
        Matcher("__name__", "=", "a"), Matcher("b", "!=", "c"), Matcher("d", "=~", "e"), Matcher("f", "!~", "g"),
        Matcher("h", "=", "i\n"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ["", "sum(", "a[1m", "a{b=}", "unknown_function(a)", "ceil(a)", "topk(1, a)", "rate(a)", "a[5m] + 1", "{}", "1e"],
)
def test_what_cannot_be_read_or_evaluated_is_a_parse_error(query: str) -> None:
    with pytest.raises(ParseError, match="parse error: "):
        parse(query, FUNCTIONS, AGGREGATIONS)


def test_the_place_of_an_error_is_named() -> None:
    with pytest.raises(ParseError) as found:
        parse("1 + ceil(a)", FUNCTIONS, AGGREGATIONS)
    assert "ceil" in str(found.value)
    assert str(found.value).startswith("1:5: parse error: ")

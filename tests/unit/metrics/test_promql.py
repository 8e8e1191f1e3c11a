"""Queries come from objects of others: none of them may end the process."""

from __future__ import annotations

import pytest

from canarytui.lint.run import findings_of
from canarytui.metrics.promql import UnreadableQuery, parsed
from canarytui.metrics.providers.prometheus_batching import can_join

HOSTILE = {
    "parentheses": "(" * 5_000 + "1" + ")" * 5_000,
    "operators": "+".join(["1"] * 5_000),
    "signs": "-" * 5_000 + "1",
    "words": " or ".join(["up"] * 5_000),
    "braces in calls": "sum(" * 5_000 + "up" + ")" * 5_000,
    "length": f'up{{a="{"x" * 100_000}"}}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_end_the_parser_is_refused_before(name: str) -> None:
    with pytest.raises(UnreadableQuery, match="than is read here"):
        parsed(HOSTILE[name])
    assert not can_join(HOSTILE[name])


def test_brackets_and_operators_in_strings_and_comments_do_not_count() -> None:
    assert str(parsed(f'up{{a="{"(" * 200}"}} # {"+" * 1000}')) == f'up{{a="{"(" * 200}"}}'


def test_an_ordinary_error_is_the_parsers() -> None:
    with pytest.raises(UnreadableQuery, match="unclosed left parenthesis"):
        parsed("sum(up")


def test_a_template_that_nests_is_a_finding_of_lint() -> None:
    template = {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "MetricTemplate",
        "metadata": {"name": "deep", "namespace": "shop"},
        "spec": {"provider": {"type": "prometheus", "address": "http://p:9090"}, "query": HOSTILE["parentheses"]},
    }
    assert "query-syntax-error" in {each.rule.id for each in findings_of([template])}

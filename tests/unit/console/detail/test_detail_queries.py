"""The query tab: each check's query, laid out, with where it comes from; or why there is none."""

from __future__ import annotations

import asyncio
from typing import Any

from canarytui.cluster.resources import METRIC_TEMPLATES
from canarytui.console.detail.queries import CheckQueryText, asked_queries
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.spec.canary import Canary
from canarytui.session.state import ClusterState


def canary(*metrics: dict[str, Any], provider: str = "kubernetes") -> Canary:
    spec = {"targetRef": {"kind": "Deployment", "name": "cart"}, "service": {"port": 80}, "provider": provider}
    spec["analysis"] = {"metrics": list(metrics)}
    return Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})


def template(name: str, type_: str, query: str) -> dict[str, Any]:
    return {"metadata": {"namespace": "shop", "name": name}, "spec": {"provider": {"type": type_}, "query": query}}


async def asked(*metrics: dict[str, Any], templates: tuple[dict[str, Any], ...] = ()) -> list[CheckQueryText]:
    cluster_state = ClusterState()
    cluster_state.stores[METRIC_TEMPLATES].replace(list(templates))
    await asyncio.sleep(0)
    found = asked_queries(cluster_state, canary(*metrics))
    return [found[metric["name"]] for metric in metrics]


async def test_a_built_in_query_names_the_provider_and_the_factor() -> None:
    (duration,) = await asked({"name": "request-duration"})
    assert duration.origin == "built-in check for provider kubernetes, result multiplied by 1000"
    assert duration.query.startswith("histogram_quantile(")
    assert len(duration.lines) > 1, "laid out by the parser"
    assert duration.problem == ""


async def test_an_inline_query_is_the_canarys() -> None:
    (mine,) = await asked({"name": "mine", "query": "sum(up{app='{{ target }}'})"})
    assert (mine.query, mine.origin) == ("sum(up{app='cart'})", words.INLINE.text())


async def test_a_templates_query_is_shown_whoever_can_ask_it() -> None:
    templates = (template("a", "prometheus", "sum(up)"), template("b", "datadog", "avg:errors{app={{ target }}}"))
    first, second = await asked(
        {"name": "first", "templateRef": {"name": "a"}}, {"name": "second", "templateRef": {"name": "b"}},
        templates=templates,
    )  # fmt: skip
    assert (first.query, first.origin) == ("sum(up)", "MetricTemplate shop/a, provider prometheus")
    assert (second.query, second.lines) == ("avg:errors{app=cart}", ("avg:errors{app=cart}",)), "no PromQL"
    assert second.origin == "MetricTemplate shop/b, provider datadog"


async def test_why_there_is_no_query() -> None:
    missing, broken, nothing = await asked(
        {"name": "missing", "templateRef": {"name": "gone"}},
        {"name": "broken", "query": "{{ nothing }}"},
        {"name": "nothing"},
    )
    assert (missing.origin, missing.problem) == ("MetricTemplate shop/gone", words.NO_TEMPLATE.text(name="shop/gone"))
    assert broken.problem.startswith("its query cannot be rendered: ")
    assert nothing.problem == words.NOTHING_TO_ASK.text()
    assert [each.query for each in (missing, broken, nothing)] == ["", "", ""]

"""What the console asks for a check, and each sentence that says why it asks nothing."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from replacing import replace

from canarytui.backtest.run import controller_traits
from canarytui.cluster.resources import METRIC_TEMPLATES
from canarytui.domain.sentences import Sentence
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.metric_questions import (
    MetricQuestion,
    NoQuestion,
    metric_question,
    metrics_address,
    needed_secret,
    shown_query,
    template_of,
)
from canarytui.session.provider_secrets import ProviderSecrets
from canarytui.session.state import ClusterState

MINE, THEIRS, OWN = "http://mine.test", "http://controllers.test", "http://canarys.test"


def secrets() -> ProviderSecrets:
    """None was read."""
    return ProviderSecrets(cast(Any, None))


def metric_and_canary(entry: dict[str, Any], **spec: Any) -> tuple[Metric, Canary]:
    fields = {
        "provider": "traefik",
        "targetRef": {"kind": "Deployment", "name": "cart"},
        "service": {"port": 80},
        "analysis": {"metrics": [entry]},
        **spec,
    }
    canary = Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": fields})
    return canary.spec.analysis.metrics[0], canary


def template(query: str = "up", namespace: str = "shop", **provider: Any) -> dict[str, Any]:
    provider = {"type": "prometheus", "address": "http://templates.test", **provider}
    return {"metadata": {"namespace": namespace, "name": "t"}, "spec": {"provider": provider, "query": query}}


async def world_with(*templates: dict[str, Any], server: str = THEIRS) -> ClusterState:
    cluster_state = ClusterState()
    cluster_state.stores[METRIC_TEMPLATES].replace(list(templates))
    await asyncio.sleep(0)
    cluster_state.engine = cast(Any, SimpleNamespace(metrics_server=server, mesh_provider="", deviates=True))
    return cluster_state


async def test_a_persons_prometheus_comes_first_then_the_canarys_then_the_controllers() -> None:
    cluster_state = await world_with()
    _, plain = metric_and_canary({"name": "x"})
    _, named = metric_and_canary({"name": "x"}, metricsServer=OWN)
    assert metrics_address(cluster_state, named, MINE) == MINE
    assert metrics_address(cluster_state, named, "") == OWN
    assert metrics_address(cluster_state, plain, "") == THEIRS
    cluster_state.engine = None
    assert metrics_address(cluster_state, plain, "") == ""


async def test_built_in_and_inline_queries_go_to_that_prometheus() -> None:
    cluster_state = await world_with()
    metric, canary = metric_and_canary({"name": "mine", "query": "rate(x[{{ interval }}])", "interval": "30s"})
    expected = MetricQuestion(ProviderSpec("prometheus", THEIRS), "rate(x[30s])")
    assert metric_question(cluster_state, canary, metric, "", secrets()) == expected
    metric, canary = metric_and_canary({"name": "request-duration"}, provider="kubernetes")
    question = metric_question(cluster_state, canary, metric, MINE, secrets())
    assert (question.provider, question.factor) == (ProviderSpec("prometheus", MINE), 1000.0)


@pytest.mark.parametrize(("override", "address"), [("", "http://templates.test"), (MINE, MINE)])
async def test_a_template_is_asked_where_it_says_unless_a_person_says_where(override: str, address: str) -> None:
    cluster_state = await world_with(template(query="up{app={{ target }}}", namespace="other"))
    metric, canary = metric_and_canary({"name": "mine", "templateRef": {"name": "t", "namespace": "other"}})
    question = metric_question(cluster_state, canary, metric, override, secrets())
    assert question == MetricQuestion(ProviderSpec("prometheus", address), "up{app=cart}")
    assert template_of(cluster_state, canary, metric)["metadata"]["namespace"] == "other"


OF_TEMPLATE = {"name": "mine", "templateRef": {"name": "t"}}
NOT_AN_ADDRESS = words.MISCONFIGURED.say(error="prometheus endpoint is not a valid URL").text


@pytest.mark.parametrize(
    ("entry", "templates", "sentence"),
    [
        (OF_TEMPLATE, [], words.NO_TEMPLATE.text(name="shop/t")),
        (OF_TEMPLATE, [template(type="nobody")], words.OTHER_PROVIDER.text(provider="nobody")),
        (OF_TEMPLATE, [template(secretRef={"name": "s"})], words.NO_SECRET.text(name="shop/s")),
        (OF_TEMPLATE, [template(address="")], NOT_AN_ADDRESS),
        ({"name": "mine"}, [], words.NOTHING_TO_ASK.text()),
    ],
)
async def test_why_nothing_is_asked(entry: dict[str, Any], templates: list[dict[str, Any]], sentence: str) -> None:
    cluster_state = await world_with(*templates)
    metric, canary = metric_and_canary(entry)
    with pytest.raises(NoQuestion) as reason:
        metric_question(cluster_state, canary, metric, "", secrets())
    assert " ".join(str(reason.value).split()) == sentence


@pytest.mark.parametrize(
    ("server", "provider", "sentence"),
    [("", "traefik", words.NO_SERVER), (THEIRS, "", words.NO_PROVIDER_YET), ("", "", words.NO_SERVER)],
)
async def test_before_the_controller_is_known(server: str, provider: str, sentence: Sentence) -> None:
    cluster_state = await world_with(server=server)
    cluster_state.engine_sought = False
    metric, canary = metric_and_canary({"name": "request-duration"}, provider=provider)
    with pytest.raises(NoQuestion, match=sentence.text()):
        metric_question(cluster_state, canary, metric, "", secrets())
    assert shown_query(cluster_state, canary, metric).text, "the query is shown all the same"


async def test_an_error_in_a_query_is_said() -> None:
    cluster_state = await world_with(template(query="{{ nothing }}"))
    for entry in ({"name": "mine", "query": "{{ nothing }}"}, OF_TEMPLATE):
        metric, canary = metric_and_canary(entry)
        with pytest.raises(NoQuestion, match=r"its query cannot be rendered: .*nothing"):
            metric_question(cluster_state, canary, metric, "", secrets())


@pytest.mark.parametrize(
    ("entry", "provider", "override", "needed"),
    [
        (OF_TEMPLATE, {}, "", None),
        (OF_TEMPLATE, {"secretRef": {"name": "s"}}, "", ("shop", "s")),
        (OF_TEMPLATE, {"secretRef": {"name": "s"}}, MINE, None),
        (OF_TEMPLATE, {"secretRef": {"name": "s"}, "type": "datadog"}, MINE, ("shop", "s")),
        (OF_TEMPLATE, {"secretRef": {"name": "s"}, "type": "nobody"}, "", None),
        ({"name": "request-duration"}, {"secretRef": {"name": "s"}}, "", None),
    ],
)
async def test_which_secret_is_needed(
    entry: dict[str, Any], provider: dict[str, Any], override: str, needed: tuple[str, str] | None
) -> None:
    cluster_state = await world_with(template(**provider))
    metric, canary = metric_and_canary(entry)
    assert needed_secret(cluster_state, canary, metric, override) == needed


async def test_no_secret_is_needed_for_a_template_that_is_not_there() -> None:
    cluster_state = await world_with()
    metric, canary = metric_and_canary(OF_TEMPLATE)
    with pytest.raises(NoQuestion, match="does not exist"):
        needed_secret(cluster_state, canary, metric, "")


@pytest.mark.parametrize(("flagger", "strict"), [(True, False), (False, False), (False, True)])
async def test_answers_intervals_and_replays_are_the_controllers(flagger: bool, strict: bool) -> None:
    """Ours with -strict-flagger does as Flagger does."""
    cluster_state = await world_with(template())
    cluster_state.engine = DetectedController(
        flagger, "1", "flagger", "flagger", True, metrics_server=THEIRS, strict=strict
    )
    metric, canary = metric_and_canary(OF_TEMPLATE)
    like_flagger = flagger or strict
    assert metric_question(cluster_state, canary, metric, "", secrets()).provider.strict is like_flagger
    quick = replace(canary, spec=replace(canary.spec, analysis=replace(canary.spec.analysis, interval_s=2.0)))
    assert cluster_state.interval_s(quick) == (10.0 if like_flagger else 2.0)
    assert controller_traits(cluster_state, canary).strict is like_flagger

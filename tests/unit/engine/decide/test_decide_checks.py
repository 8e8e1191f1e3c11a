"""The checks of an analysis as effects and answers: what is asked, in which order, and what is said of each answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.checks import checks_pass, metric_servers_answer
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.metrics.answers import Answer, NoValues, QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec

Object = dict[str, Any]
OWN = "http://prometheus:9090"
RATE, DURATION = {"name": "request-success-rate"}, {"name": "request-duration"}
MINE = {"name": "mine", "query": "mine"}
OF_TEMPLATE = {"name": "theirs", "templateRef": {"name": "t"}}
TEMPLATE = {
    "metadata": {"name": "t", "namespace": "shop"},
    "spec": {"provider": {"type": "prometheus", "address": "http://p.test"}, "query": "theirs[{{ interval }}]"},
}


class Played:
    """A decision carried out with given answers: `asked` are (address, query), `said` (kind, message)."""

    def __init__(
        self, metrics: list[Object], *answers: Answer, strict: bool = False, objects: tuple[Object, ...] = (TEMPLATE,)
    ) -> None:
        self.asked: list[tuple[str, str]] = []
        self.online: list[ProviderSpec] = []
        self.said: list[tuple[str, str]] = []
        self.measured: dict[str, float] = {}
        self.down = ""
        self._answers = list(answers)
        self._objects = {obj["metadata"]["name"]: obj for obj in objects}
        fields = {"targetRef": {"kind": "Deployment", "name": "cart"}, "service": {"port": 80}, "provider": "traefik"}
        spec = {**fields, "analysis": {"metrics": metrics}}
        canary = Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})
        self.tick = Tick(canary, cast(Any, self), ControllerSettings(strict=strict), datetime(2026, 11, 26, tzinfo=UTC))

    def get(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        return self._objects.get(name)

    def passes(self) -> bool:
        return self._play(checks_pass(self.tick))

    def initialise(self) -> None:
        self._play(metric_servers_answer(self.tick))

    def _play(self, decision: fx.Decision[Any]) -> Any:
        answer: Any = None
        while True:
            try:
                effect = decision.send(answer)
            except StopIteration as end:
                return end.value
            answer = None
            match effect:
                case fx.AskMetric(provider, query):
                    self.asked.append((provider.address, query.partition("{")[0]))
                    answer = self._answers.pop(0)
                case fx.CheckServer(provider):
                    self.online.append(provider)
                    answer = self.down
                case fx.Say(message, warning, error):
                    self.said.append(("error" if error else "warning" if warning else "", message))
                case fx.Measure(_, value, labels):
                    self.measured[labels["metric"]] = value


def test_templates_come_after_all_others_and_the_first_failure_ends_it() -> None:
    played = Played([OF_TEMPLATE, RATE, {**MINE, "thresholdRange": {"max": 1}}], Value(100), Value(1), Value(2))
    assert played.passes() is False, "its template has no threshold, which is one of 0"
    assert [query.partition("(")[0] for _, query in played.asked] == ["sum", "mine", "theirs[1m]"]
    assert [address for address, _ in played.asked] == [OWN, OWN, "http://p.test"]
    assert played.measured == {"request-success-rate": 100, "mine": 1, "theirs": 2}
    assert played.said == [("warning", "Halt cart.shop advancement theirs 2.00 > 0")]

    played = Played([MINE, OF_TEMPLATE], QueryFailed("request failed: away"))
    assert played.passes() is False
    assert len(played.asked) == 1


def test_a_built_in_check_with_a_query_and_a_template_needs_all_three() -> None:
    everything = {**RATE, "query": "mine", "templateRef": {"name": "t"}, "thresholdRange": {"min": 99}}
    assert Played([everything], Value(99.5), Value(99), Value(100)).passes() is True
    assert Played([everything], Value(99.5), Value(99), Value(1)).passes() is False
    played = Played([everything], Value(99.5), Value(1))
    assert played.passes() is False
    assert len(played.asked) == 2


NO_TRAFFIC = "Halt advancement no values found for traefik metric {} probably cart.shop is not receiving traffic"


@pytest.mark.parametrize(
    ("metric", "answer", "said"),
    [
        (RATE, NoValues(), ("warning", f"{NO_TRAFFIC.format(RATE['name'])}: running query failed: no values found")),
        (DURATION, NoValues(), ("warning", NO_TRAFFIC.format(DURATION["name"]))),
        (MINE, NoValues(), ("warning", "Halt advancement no values found for metric: mine")),
        (
            OF_TEMPLATE,
            NoValues("invalid response: {}: no values found"),
            (
                "warning",
                "Halt advancement no values found for custom metric: theirs: invalid response: {}: no values found",
            ),
        ),
        (RATE, QueryFailed("x"), ("error", "Prometheus query failed: running query failed: x")),
        (DURATION, QueryFailed("x"), ("error", "Prometheus query failed: running query failed: x")),
        (MINE, QueryFailed("x"), ("error", "Prometheus query failed for mine: x")),
        (OF_TEMPLATE, QueryFailed("x"), ("error", "Metric query failed for theirs: x")),
        (
            {**RATE, "thresholdRange": {"min": 99}},
            Value(52),
            ("warning", "Halt cart.shop advancement success rate 52.00% < 99%"),
        ),
        ({**RATE, "threshold": 99}, Value(52), ("warning", "Halt cart.shop advancement success rate 52.00% < 99%")),
        (
            {**DURATION, "thresholdRange": {"max": 500}},
            Value(1500.9),
            ("warning", "Halt cart.shop advancement request duration 1.5s > 500ms"),
        ),
        (
            {**MINE, "thresholdRange": {"min": 1e7}},
            Value(float("-inf")),
            ("warning", "Halt cart.shop advancement mine -Inf < 1e+07"),
        ),
    ],
)
def test_what_is_said_of_a_failed_check(metric: Object, answer: Answer, said: tuple[str, str]) -> None:
    played = Played([metric], answer)
    assert played.passes() is False
    assert played.said == [said]


def test_what_cannot_be_evaluated() -> None:
    played = Played([{"name": "mine"}])
    assert played.passes() is False
    text = "Metric query failed for no usable metrics template and query were configured"
    assert played.said == [("error", text)]

    played = Played([OF_TEMPLATE], objects=())
    assert played.passes() is False
    assert played.said == [("error", 'Metric template t.shop error: metrictemplate.flagger.app "t" not found')]


@pytest.mark.parametrize("strict", [False, True])
def test_a_query_that_cannot_be_rendered(strict: bool) -> None:
    broken = {**TEMPLATE, "spec": {**TEMPLATE["spec"], "query": "{{ nothing }}"}}  # type: ignore[dict-item]
    played = Played([OF_TEMPLATE], strict=strict, objects=(broken,))
    assert played.passes() is False
    assert played.asked == []
    started = (
        "Metric template t.shop query render error: " if strict else "Metric template t.shop: spec.query cannot be"
    )
    assert played.said[0][1].startswith(started)

    played = Played([{"name": "mine", "query": "{{ nothing }}"}], NoValues(), strict=strict)
    assert played.passes() is False
    assert played.asked == ([(OWN, "")] if strict else []), "Flagger asks an empty query"


def test_providers_are_looked_at_in_the_order_of_the_list() -> None:
    played = Played([OF_TEMPLATE, MINE, RATE])
    played.initialise()
    assert [spec.address for spec in played.online] == ["http://p.test", OWN], "inline queries are not looked at"
    assert played.said == [("", "all the metrics providers are available!")]

    for metrics, said in (
        ([RATE, OF_TEMPLATE], "prometheus not avaiable: it is down"),
        ([OF_TEMPLATE, RATE], "prometheus in metric template t.shop not avaiable: it is down"),
    ):
        played = Played(metrics)
        played.down = "it is down"
        played.initialise()
        assert len(played.online) == 1
        assert played.said == [("error", f"Error checking metric providers: {said}")]

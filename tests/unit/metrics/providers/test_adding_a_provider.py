"""A metric provider is one file and one line of the registry: engine, console and plots then work with it."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from example_provider import KEY, ExampleProvider
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, METRIC_TEMPLATES
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.console.detail.checks import checks_table
from canarytui.console.detail.queries import asked_queries
from canarytui.console.detail.trends import plots
from canarytui.console.detail.view import DetailView, gather
from canarytui.domain.rollout.checks import CheckVerdict
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide.checks import checks_pass, metric_servers_answer
from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.runtime.interpreter import Interpreter
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.meters import Meters
from canarytui.metrics.providers.registry import PROVIDERS, open_provider, provider_class
from canarytui.session.metric_poller import MetricPoller
from canarytui.session.state import ClusterState

Object = dict[str, Any]
KEY_OF_CART = ("shop", "cart")
QUERY = "errors{app={{ target }}}"


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "example", "example_provider:ExampleProvider")


class ExampleService:
    """Answers `value` to who has the key, or `status`; keeps the queries and windows it was asked."""

    def __init__(self, server: HTTPServer, key: str = "") -> None:
        self.value: float | None = 0.5
        self.key = key
        self.well = True
        self.asked: list[tuple[str, str]] = []
        self.address = server.url_for("").rstrip("/")
        server.expect_request("/value").respond_with_handler(self._value)
        server.expect_request("/health").respond_with_handler(lambda _: Response(status=200 if self.well else 503))

    def _value(self, request: Request) -> Response:
        if request.headers.get("X-Example-Key", "") != self.key:
            return Response("who are you", status=403)
        self.asked.append((request.args["query"], request.args["window"]))
        return Response(f'{{"value": {"null" if self.value is None else self.value}}}')


@pytest.fixture
def service(httpserver: HTTPServer) -> ExampleService:
    return ExampleService(httpserver)


def template(address: str, *, secret: str = "") -> Object:
    provider: Object = {"type": "example", "address": address, "secretRef": {"name": secret} if secret else None}
    return {"metadata": {"namespace": "shop", "name": "errors"}, "spec": {"provider": provider, "query": QUERY}}


def canary_of_cart() -> Object:
    canary = canary_object(*KEY_OF_CART, "Progressing", weight=20)
    errors = {"name": "errors", "interval": "30s", "templateRef": {"name": "errors"}, "thresholdRange": {"max": 1}}
    canary["spec"]["analysis"] |= {"metrics": [errors], "webhooks": []}
    return canary


def test_the_registry_finds_the_class() -> None:
    assert provider_class("example").__module__ == ExampleProvider.__module__
    assert set(PROVIDERS) >= {"prometheus", "example"}


class Controller:
    """The engine's checks of one canary, carried out by its own interpreter; `said` are its Events."""

    def __init__(self, lone_cluster: Cluster, *objects: tuple[str, Object], strict: bool = False) -> None:
        self.said: list[str] = []
        self.meters = Meters()
        self._objects = {(kind, obj["metadata"]["name"]): obj for kind, obj in objects}
        self._settings = ControllerSettings(strict=strict)
        recorder = cast(Any, self)
        self._interpreter = Interpreter(
            lone_cluster, cast(Any, self), recorder, cast(Any, None), JsonLog("info", io.StringIO()), self.meters
        )

    def get(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        assert namespace == "shop"
        return self._objects.get((kind, name))

    def record(self, canary: Canary, message: str, **how: Any) -> None:
        self.said.append(message)

    async def passes(self) -> bool:
        verdict: list[bool] = []

        def decision() -> Decision[None]:
            verdict.append((yield from checks_pass(self._tick())))

        await self._interpreter.run(self._tick(), decision())
        return verdict[0]

    async def look_at_providers(self) -> None:
        await self._interpreter.run(self._tick(), metric_servers_answer(self._tick()))

    def _tick(self) -> Tick:
        return Tick(Canary.parse(canary_of_cart()), cast(Any, self), self._settings, datetime.now(UTC))


async def test_the_engine_passes_and_fails_a_check_by_it(lone_cluster: Cluster, service: ExampleService) -> None:
    controller = Controller(lone_cluster, ("MetricTemplate", template(service.address)))

    assert await controller.passes() is True
    assert service.asked == [("errors{app=cart}", "30s")], "the rendered query, and the check's interval"
    assert controller.said == []
    series = 'flagger_canary_metric_analysis{metric="errors",name="cart",namespace="shop"}'
    assert f"{series} 0.5\n" in controller.meters.exposition().decode()

    service.value = 2.5
    assert await controller.passes() is False
    assert controller.said == ["Halt cart.shop advancement errors 2.50 > 1"]


async def test_the_engine_tells_failures_in_the_providers_words(lone_cluster: Cluster, service: ExampleService) -> None:
    controller = Controller(lone_cluster, ("MetricTemplate", template(service.address)))
    service.value = None
    assert await controller.passes() is False
    service.key = "another"
    assert await controller.passes() is False
    assert controller.said == [
        "Halt advancement no values found for custom metric: errors: "
        'invalid response: {"value": null}: no values found',
        "Metric query failed for errors: error response: who are you",
    ]


async def test_strict_mode_reaches_the_provider(lone_cluster: Cluster, service: ExampleService) -> None:
    service.value = None
    controller = Controller(lone_cluster, ("MetricTemplate", template(service.address)), strict=True)
    assert await controller.passes() is True, "null is 0 for Flagger"


async def test_credentials_come_from_the_secret(lone_cluster: Cluster, httpserver: HTTPServer) -> None:
    service = ExampleService(httpserver, key="letmein")
    made = template(service.address, secret="example")
    data = {KEY: base64.b64encode(b"letmein").decode()}
    secret = {"metadata": {"namespace": "shop", "name": "example"}, "data": data}
    assert await Controller(lone_cluster, ("MetricTemplate", made), ("Secret", secret)).passes() is True

    for objects, said in (
        ((), 'Metric template errors.shop secret example error: secrets "example" not found'),
        (
            (("Secret", {**secret, "data": {"token": "eA=="}}),),
            "Metric template errors.shop provider example error: example credentials does not contain example_key",
        ),
    ):
        controller = Controller(lone_cluster, ("MetricTemplate", made), *objects)
        assert await controller.passes() is False
        assert controller.said == [said]


@pytest.mark.parametrize("well", [True, False])
async def test_the_engine_checks_that_it_is_online(lone_cluster: Cluster, service: ExampleService, well: bool) -> None:
    service.well = well
    controller = Controller(lone_cluster, ("MetricTemplate", template(service.address)))
    await controller.look_at_providers()
    down = "Error checking metric providers: example in metric template errors.shop not avaiable: error response: "
    assert controller.said == ["all the metrics providers are available!" if well else down]


async def world_with(*templates: Object) -> ClusterState:
    cluster_state = ClusterState()
    cluster_state.stores[DEPLOYMENTS].replace([deployment_object("shop", "cart", "cart:1", 1, 1)])
    cluster_state.stores[CANARIES].replace([canary_of_cart()])
    cluster_state.stores[METRIC_TEMPLATES].replace(list(templates))
    await asyncio.sleep(0)
    return cluster_state


def view_of(cluster_state: ClusterState) -> DetailView:
    view = gather(cluster_state, KEY_OF_CART, None, datetime.now(UTC), label="", zone=UTC, coloured=False)
    assert view is not None
    return view


async def test_the_console_shows_its_value_and_says_where_the_plot_begins(
    lone_cluster: Cluster, service: ExampleService
) -> None:
    cluster_state = await world_with(template(service.address))
    poller = MetricPoller(
        lone_cluster, cluster_state, "http://127.0.0.1:9"
    )  # a person's own Prometheus is none of its business
    poller.show_checks_of([KEY_OF_CART])
    running = asyncio.create_task(poller.run())
    async with asyncio.timeout(10):
        while not cluster_state.readings.series(KEY_OF_CART, "errors").asked:  # noqa: ASYNC110 - readings tell nobody
            await asyncio.sleep(0.01)
    running.cancel()

    view = view_of(cluster_state)
    check = view.situation.checks[0]
    assert (check.value, check.verdict, check.query) == (0.5, CheckVerdict.PASSES, "errors{app=cart}")
    assert any("errors" in line.plain and "0.5" in line.plain for line in checks_table(view, 100))
    assert poller.phrase() == "example by URL, fresh"
    asked = asked_queries(cluster_state, view.situation.canary)["errors"]
    assert (asked.query, asked.origin) == ("errors{app=cart}", "MetricTemplate shop/errors, provider example")

    drawn = " ".join(" ".join(line.plain for line in plots(view, 200, 40)).split())
    assert words.NO_HISTORY.text(check="errors", provider="example") in drawn


async def test_the_console_says_why_it_shows_no_value(lone_cluster: Cluster, service: ExampleService) -> None:
    cluster_state = await world_with(template(""))
    await MetricPoller(lone_cluster, cluster_state, "").ask_once([KEY_OF_CART])
    check = view_of(cluster_state).situation.checks[0]
    said = words.MISCONFIGURED.text(error="example endpoint is not set")
    assert (check.problem, check.verdict) == (said, CheckVerdict.UNKNOWN)
    assert service.asked == []


async def test_an_unknown_type_is_asked_by_nobody(
    lone_cluster: Cluster, service: ExampleService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(PROVIDERS, "example")
    controller = Controller(lone_cluster, ("MetricTemplate", template(service.address)))
    assert await controller.passes() is False
    known = ", ".join(PROVIDERS)
    said = f"Metric template errors.shop provider example error: this controller asks {known} providers only"
    assert controller.said == [said]

    cluster_state = await world_with(template(service.address))
    await MetricPoller(lone_cluster, cluster_state, "").ask_once([KEY_OF_CART])
    assert view_of(cluster_state).situation.checks[0].problem == words.OTHER_PROVIDER.text(provider="example")
    assert service.asked == []


async def test_what_is_registered_must_be_a_provider(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    from canarytui.metrics.provider_spec import ProviderSpec

    monkeypatch.setitem(PROVIDERS, "example", "example_provider:KEY")
    with pytest.raises(TypeError, match="MetricProvider"):
        open_provider(lone_cluster, ProviderSpec("example", "http://127.0.0.1:9"))

"""Asks Prometheus for the checks of the canaries on the screen: their past once, then their present.

Through the API server like everything else, a few queries at a time, and never for what nobody looks at.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import METRIC_TEMPLATES
from canarytui.cluster.service_http import ProviderUnreachable, route
from canarytui.domain.analysis import Metric
from canarytui.domain.canary import Canary
from canarytui.domain.phases import ACTIVE
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.traffic.selection import metrics_provider_of
from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import MetricServer
from canarytui.metrics.check_queries import builtin_query, rendered
from canarytui.metrics.providers import prometheus
from canarytui.metrics.template import TemplateError
from canarytui.session.connection import Key
from canarytui.session.metric_templates import why_missing
from canarytui.session.state import World

log = logging.getLogger(__name__)

EVERY_S = 5.0
MANY_EVERY_S = 15.0
"""With many canaries in view, of whom nobody reads each value as it comes: a request each costs the thin line's end
more than all that it shows."""

_FEW = 6
_PAST = timedelta(minutes=20)
_STEP_S = 10.0
_AT_ONCE = 4
_FRESH_S = 15.0


@dataclass(frozen=True, slots=True)
class Question:
    """One check's query: where it goes and by what its value is multiplied."""

    check: str
    address: str
    query: str
    factor: float = 1.0


class Poller:
    """`override` is the person's own Prometheus address, "" for the controller's."""

    def __init__(self, cluster: Cluster, world: World, override: str) -> None:
        self._cluster = cluster
        self._world = world
        self._override = override
        self._keys: tuple[Key, ...] = ()
        self._asked: dict[Key, float] = {}
        """When each canary was asked for last, by the loop's clock."""
        self._with_past: set[tuple[Key, str]] = set()
        self._wake = asyncio.Event()
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._answered: datetime | None = None
        self._way = ""
        self._problem = ""

    def look_at(self, keys: Iterable[Key]) -> None:
        """Ask for these canaries from now on."""
        wanted = tuple(keys)
        if set(wanted) - set(self._keys):
            self._wake.set()
        self._keys = wanted

    def engine_known(self) -> None:
        """The controller was found, or looked for: its metrics server is known now if it ever is."""
        self._asked.clear()
        self._wake.set()

    def phrase(self) -> str:
        """How Prometheus is reached, and how old its data is."""
        if self._answered is None:
            return words.PROBLEM.text(problem=self._problem) if self._problem else words.NO_DATA_YET.text()
        age_s = (datetime.now(UTC) - self._answered).total_seconds()
        # A number that changes every second would repaint the title bar every second, on a thin line too.
        age = "fresh" if age_s < _FRESH_S else f"{age_s // _FRESH_S * _FRESH_S:.0f} s old"
        if self._problem:
            return words.DATA_BUT.text(way=self._way, age=age, problem=self._problem)
        return words.DATA.text(way=self._way, age=age)

    async def run(self) -> None:
        """Ask until cancelled: for each canary in its turn, also when others come into view and go."""
        clock = asyncio.get_running_loop().time
        while True:
            self._wake.clear()
            every_s = EVERY_S if len(self._keys) <= _FEW else MANY_EVERY_S
            began = clock()
            self._asked = {key: at for key, at in self._asked.items() if began - at < every_s}
            due = [key for key in self._keys if key not in self._asked]
            self._asked |= dict.fromkeys(due, began)
            await asyncio.gather(*(self._ask_canary(key) for key in due))
            next_at = min((at for key, at in self._asked.items() if key in self._keys), default=began) + every_s
            try:
                # Python 3.11's wait_for swallows a cancellation that comes together with the wake: then close() hangs.
                async with asyncio.timeout(max(next_at - clock(), 0.05)):
                    await self._wake.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(0.2)  # a held key scrolls past many canaries

    async def ask_once(self, keys: Iterable[Key]) -> None:
        """Ask for the present values of these canaries, not for their past."""
        wanted = tuple(keys)
        for key in wanted:
            canary = self._world.canary(key)
            if isinstance(canary, Canary):
                self._with_past |= {(key, metric.name) for metric in canary.spec.analysis.metrics}
        await asyncio.gather(*(self._ask_canary(key) for key in wanted))

    async def _ask_canary(self, key: Key) -> None:
        canary = self._world.canary(key)
        if not isinstance(canary, Canary):
            return
        news = False
        for metric in canary.spec.analysis.metrics:
            async with self._free:
                news |= await self._ask_metric(key, canary, metric)
        if news:
            self._world.touch(key)

    async def _ask_metric(self, key: Key, canary: Canary, metric: Metric) -> bool:
        """Ask for one check; whether there is anything new to draw."""
        now = datetime.now(UTC)
        question = self._question(canary, metric)
        if isinstance(question, str):
            news = self._world.readings.series(key, metric.name).problem != question
            self._world.readings.add(key, metric.name, now, None, problem=question)
            return news
        try:
            if (key, metric.name) not in self._with_past:
                await self._ask_past(key, question, now)
                self._with_past.add((key, metric.name))
            server = MetricServer("prometheus", question.address)
            samples = await prometheus.query(self._cluster, server, question.query)
        except (ProviderUnreachable, CanarytuiError) as error:
            self._problem = clean(str(error), 160)
            news = self._world.readings.series(key, metric.name).problem != self._problem
            self._world.readings.add(key, metric.name, now, None, problem=self._problem, query=question.query)
            return news
        self._answered, self._problem = now, ""
        through = route(question.address, in_cluster=self._cluster.in_cluster).via_api_server
        self._way = words.VIA_API.text() if through else "by URL"
        value = samples[-1].value * question.factor if samples else math.nan
        series = self._world.readings.series(key, metric.name)
        at_rest = canary.status.phase not in ACTIVE and not series.problem and series.points.last is not None
        if at_rest and math.isnan(value) and math.isnan(series.points.last or 0.0):
            return False  # nothing is measured and nothing was: no need to draw it again
        shown = None if math.isnan(value) else value
        self._world.readings.add(key, metric.name, now, shown, query=question.query)
        return True

    async def _ask_past(self, key: Key, question: Question, now: datetime) -> None:
        server = MetricServer("prometheus", question.address)
        end = now - timedelta(seconds=_STEP_S)
        found = await prometheus.query_range(
            self._cluster, server, question.query, start=now - _PAST, end=end, step_s=_STEP_S
        )
        for series in found[-1:]:
            for moment, value in series.points:
                at = datetime.fromtimestamp(moment, UTC)
                shown = None if math.isnan(value) else value * question.factor
                self._world.readings.add(key, question.check, at, shown, query=question.query)

    def _question(self, canary: Canary, metric: Metric) -> Question | str:
        """The query, or the sentence that says why there is none."""
        try:
            if metric.template_name:
                return self._from_template(canary, metric)
            address = self.address(canary)
            if not address:
                return words.NO_SERVER.text()
            if metric.query:
                return Question(metric.name, address, rendered(canary, metric, metric.query))
        except TemplateError as error:
            return words.NOT_RENDERED.text(error=clean(str(error), 120))
        if not canary.spec.provider and not self._world.engine_sought:
            return words.NO_PROVIDER_YET.text()
        builtin = builtin_query(canary, metric, metrics_provider_of(canary, self._world.mesh_provider))
        if builtin is None:
            return words.NOTHING_TO_ASK.text()
        return Question(metric.name, address, *builtin)

    def _from_template(self, canary: Canary, metric: Metric) -> Question | str:
        namespace = metric.template_namespace or canary.namespace
        templates = self._world.stores[METRIC_TEMPLATES]
        template = templates.get(namespace, metric.template_name)
        if template is None:
            return why_missing(templates, namespace, metric.template_name)
        spec: Mapping[str, Any] = template.get("spec") or {}
        provider = spec.get("provider") or {}
        if provider.get("type") != "prometheus":
            return words.OTHER_PROVIDER.text(provider=clean(str(provider.get("type")), 30))
        if provider.get("secretRef"):
            return words.NEEDS_SECRET.text()
        address = self._override or str(provider.get("address") or "")
        return Question(metric.name, address, rendered(canary, metric, str(spec.get("query") or "")))

    def address(self, canary: Canary) -> str:
        """Where a canary's metrics server is; "" when none is known."""
        engine = self._world.engine
        return self._override or canary.spec.metrics_server or (engine.metrics_server if engine else "")

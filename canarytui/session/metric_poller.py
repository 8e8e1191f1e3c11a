"""Queries the checks of the canaries in view: their past once, then their present on a timer.

A few queries at a time, and none for what nobody looks at. Values go to the state's
:class:`~canarytui.session.metric_history.MetricHistory`.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from canarytui.cluster.client import Cluster
from canarytui.cluster.service_http import ProviderUnreachable, route
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import ACTIVE
from canarytui.domain.spec.shadow_checks import measured_metrics
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.metrics.answers import QueryFailed, QueryHistory, Value
from canarytui.metrics.provider_cache import ProviderCache
from canarytui.metrics.provider_spec import PROMETHEUS
from canarytui.metrics.providers.base import HistoryProvider, MetricProvider
from canarytui.session.check_culprits import CheckCulprits, suspect_of, vector_source
from canarytui.session.metric_questions import (
    MetricQuestion,
    NoQuestion,
    metric_question,
    metrics_address,
    needed_secret,
    template_of,
)
from canarytui.session.provider_secrets import ProviderSecrets
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from canarytui.metrics.providers.prometheus_vector import VectorSource

log = logging.getLogger(__name__)

EVERY_S = 5.0
MANY_EVERY_S = 15.0
"""With many canaries in view, when nobody reads every value as it comes: on a slow connection a request for each costs
more than everything else on the screen."""

_FEW = 6
_PAST = timedelta(minutes=20)
_STEP_S = 10.0
_AT_ONCE = 4
_FRESH_S = 15.0
_WHY_CHARS_MOST = 600
_DOWN_STEP_S = 5.0
_FIRST_ANSWER_S = 15.0
"""A provider that has never answered is given so long before it counts as down: it may just be starting."""
_UNREACHED = "request failed: "
"""How Flagger's message of a query begins that got no answer."""


class _Contact(Struct):
    """How querying one type of metric provider goes: when it was asked, when it answered, how, and its last error."""

    provider: str
    asked: datetime
    answered: datetime | None = None
    way: str = ""
    problem: str = ""
    failing_since: datetime | None = None
    """Since when no query has succeeded; None while they do."""
    reached: bool = True
    """Whether the provider answered the last query at all, if only with an error."""

    def note(self, now: datetime, problem: str, *, reached: bool) -> None:
        """Take note of a query, why it failed ("" if it did not), and whether the provider was reached."""
        self.asked, self.problem, self.reached = now, problem, reached
        if not problem:
            self.failing_since = None
        elif self.failing_since is None:
            self.failing_since = now

    def outage(self) -> str:
        """``PROMETHEUS DOWN 25 s``, or ``FAILING`` where it answers with errors; in steps like the age of data. ""
        while queries succeed, and while the first answer is waited for."""
        if self.failing_since is None or self._is_awaited(self.failing_since):
            return ""
        down_s = self._failing_s(self.failing_since) // _DOWN_STEP_S * _DOWN_STEP_S
        said = words.FAILING if self.reached else words.DOWN
        return said.text(provider=self.provider.upper(), seconds=down_s)

    def _failing_s(self, since: datetime) -> float:
        return (datetime.now(UTC) - since).total_seconds()

    def _is_awaited(self, since: datetime) -> bool:
        """Whether its first answer, which has failed since then, may still come."""
        return self.answered is None and self._failing_s(since) < _FIRST_ANSWER_S

    def awaited(self, since: datetime) -> bool:
        """Whether its first answer may still come, for one who asks since `since`."""
        return self._is_awaited(since if self.failing_since is None else self.failing_since)

    def phrase(self) -> str:
        if self.failing_since is not None and self._is_awaited(self.failing_since):
            return words.WAITING.text(provider=self.provider)
        if self.answered is None:
            return words.PROBLEM.text(provider=self.provider, problem=self.problem)
        age_s = (datetime.now(UTC) - self.answered).total_seconds()
        # A number that changes every second would repaint the title bar every second, on a slow connection too.
        age = "fresh" if age_s < _FRESH_S else f"{age_s // _FRESH_S * _FRESH_S:.0f} s old"
        if self.problem:
            return words.DATA_BUT.text(provider=self.provider, way=self.way, age=age, problem=self.problem)
        return words.DATA.text(provider=self.provider, way=self.way, age=age)


class MetricPoller:
    """`override` is the person's own Prometheus address, "" for the controller's."""

    def __init__(self, cluster: Cluster, cluster_state: ClusterState, override: str) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._override = override
        self._providers = ProviderCache(cluster)
        self._secrets = ProviderSecrets(cluster)
        self._keys: tuple[NamespacedName, ...] = ()
        self._asked: dict[NamespacedName, float] = {}
        """When each canary was last queried, by the loop's clock."""
        self._paused: dict[tuple[NamespacedName, str, str], float] = {}
        """When the query of a canary's check may be sent to a hosted service again, by the loop's clock."""
        self._with_past: set[tuple[NamespacedName, str]] = set()
        self._wake = asyncio.Event()
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._culprits = CheckCulprits()
        self._contacts: dict[str, _Contact] = {}
        self._since = datetime.now(UTC)
        """By the provider's type."""

    def show_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        """Query these canaries from now on."""
        wanted = tuple(keys)
        if set(wanted) - set(self._keys):
            self._wake.set()
        self._keys = wanted

    def engine_known(self) -> None:
        """The search for the controller has ended: its metrics server is known now, if ever."""
        self._asked.clear()
        self._paused.clear()
        self._wake.set()

    def awaits_first_answer(self) -> bool:
        """Whether Prometheus has not answered yet, and it is too early to call that an outage."""
        contact = self._contacts.get(PROMETHEUS) or _Contact(PROMETHEUS, self._since)
        return contact.awaited(self._since)

    def phrase(self) -> str:
        """How the metric provider is reached, and how old its data is.

        Of several types, the one with a problem is shown; one that is no longer queried only when there is no other.
        """
        shown = self._shown()
        return shown.phrase() if shown else words.NO_DATA_YET.text()

    def outage(self) -> str:
        """For how long no query to the metric provider has succeeded; "" while they do."""
        shown = self._shown()
        return shown.outage() if shown else ""

    def _shown(self) -> _Contact | None:
        since = datetime.now(UTC) - timedelta(seconds=2 * MANY_EVERY_S)
        contacts = list(self._contacts.values())
        contacts = [contact for contact in contacts if contact.asked >= since] or contacts
        return next((contact for contact in contacts if contact.problem), contacts[0] if contacts else None)

    async def run(self) -> None:
        """Query until cancelled, each canary on its own timer, however others come into view and go."""
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

    async def ask_once(self, keys: Iterable[NamespacedName]) -> None:
        """Query the present values of these canaries, without their past."""
        wanted = tuple(keys)
        for key in wanted:
            canary = self._cluster_state.canary(key)
            if isinstance(canary, Canary):
                self._with_past |= {(key, metric.name) for metric in measured_metrics(canary)}
        await asyncio.gather(*(self._ask_canary(key) for key in wanted))

    async def _ask_canary(self, key: NamespacedName) -> None:
        canary = self._cluster_state.canary(key)
        if not isinstance(canary, Canary):
            return
        news = False
        for metric in measured_metrics(canary):
            async with self._free:
                news |= await self._ask_metric(key, canary, metric)
        if news:
            self._cluster_state.touch(key)

    async def _ask_metric(self, key: NamespacedName, canary: Canary, metric: Metric) -> bool:
        """Query one check; returns whether there is anything new to draw."""
        now = datetime.now(UTC)
        try:
            needed = needed_secret(self._cluster_state, canary, metric, self._override)
            if needed is not None:
                await self._secrets.read(*needed)
            question = metric_question(self._cluster_state, canary, metric, self._override, self._secrets)
        except NoQuestion as reason:
            return self._failed(key, metric.name, now, str(reason))
        provider = self._providers.get(question.provider)
        if provider.asking_writes(question.query):
            left_alone = words.ASKING_WRITES.text(provider=provider.spec.type)
            return self._failed(key, metric.name, now, left_alone, query=question.query)
        pause_s = provider.pause_s
        if (
            canary.status.phase in ACTIVE
        ):  # as often as the controller asks: what is shown is not older than what decides
            pause_s = min(pause_s, canary.spec.analysis.interval_s)
        if self._rests((key, metric.name, question.query), pause_s):
            return False
        without_past = "" if isinstance(provider, HistoryProvider) else provider.spec.type
        self._cluster_state.readings.series(key, metric.name).without_past = without_past
        failed: QueryFailed | None = None
        if isinstance(provider, HistoryProvider) and (key, metric.name) not in self._with_past:
            failed = await self._ask_past(provider, key, metric.name, question, now)
            if failed is None:
                self._with_past.add((key, metric.name))
        if failed is None:
            answer = await provider.query(question.query)
            failed = answer if isinstance(answer, QueryFailed) else None
        problem = str(failed) if failed is not None else ""
        contact = self._contacts.setdefault(provider.spec.type, _Contact(provider.spec.type, now))
        contact.note(now, clean(problem, 160), reached=failed is None or not failed.reason.startswith(_UNREACHED))
        if problem:
            return self._failed(key, metric.name, now, contact.problem, query=question.query)
        contact.answered, contact.way = now, self._way_to(provider)
        value = answer.value * question.factor if isinstance(answer, Value) else math.nan
        series = self._cluster_state.readings.series(key, metric.name)
        at_rest = canary.status.phase not in ACTIVE and not series.problem and series.points.last is not None
        if at_rest and math.isnan(value) and math.isnan(series.points.last or 0.0):
            return False  # nothing is measured and nothing was: no need to draw it again
        shown = None if math.isnan(value) else value
        source = vector_source(provider) if shown is None and _is_measured(canary) else None
        self._cluster_state.readings.add(key, metric.name, now, shown, query=question.query)
        if source is not None and self._culprits.due(key, metric, question.query):
            await self._search(key, canary, metric, question, source)
        elif shown is None and self._culprits.outdated(key, metric, question.query):
            series.why = ""  # the searches of this minute are spent
        return True

    async def _search(
        self,
        key: NamespacedName,
        canary: Canary,
        metric: Metric,
        question: MetricQuestion,
        provider: VectorSource,
    ) -> None:
        """Find out why a check has no value; until then it is shown without the reason."""
        series = self._cluster_state.readings.series(key, metric.name)
        series.seeking = True
        self._cluster_state.touch(key)
        try:
            template = template_of(self._cluster_state, canary, metric) if metric.template_name else None
            suspect = suspect_of(canary, metric, question, template)
            found = await self._culprits.search(key, metric, suspect, provider)
            series.why = clean(found.text, _WHY_CHARS_MOST)
        except NoQuestion:  # its template has just been deleted
            series.why = ""
        finally:
            series.seeking = False

    def _rests(self, asked: tuple[NamespacedName, str, str], pause_s: float) -> bool:
        """Whether the check's query was sent too lately to be sent again; if not, that pause begins now."""
        now = asyncio.get_running_loop().time()
        self._paused = {each: until for each, until in self._paused.items() if until > now}
        if asked in self._paused:
            return True
        if pause_s:
            self._paused[asked] = now + pause_s
        return False

    def _failed(self, key: NamespacedName, check: str, now: datetime, problem: str, *, query: str = "") -> bool:
        """Record why there is no value; returns whether that is new."""
        news = self._cluster_state.readings.series(key, check).problem != problem
        self._cluster_state.readings.add(key, check, now, None, problem=problem, query=query)
        return news

    async def _ask_past(
        self, provider: HistoryProvider, key: NamespacedName, check: str, question: MetricQuestion, now: datetime
    ) -> QueryFailed | None:
        """Fill in the values from before now; returns why that failed, if it did."""
        readings = self._cluster_state.readings
        end = now - timedelta(seconds=_STEP_S)
        past = await provider.query_range(question.query, start=now - _PAST, end=end, step_s=_STEP_S)
        if not isinstance(past, QueryHistory):
            return past
        for moment, value in past.points:
            at = datetime.fromtimestamp(moment, UTC)
            readings.add(key, check, at, None if math.isnan(value) else value * question.factor, query=question.query)
        return None

    def _way_to(self, provider: MetricProvider) -> str:
        if provider.asks_own_cluster:
            return words.BY_API.text()
        try:
            through = route(provider.spec.address, in_cluster=self._cluster.in_cluster).via_api_server
        except ProviderUnreachable:  # one whose address is the vendor's own
            through = False
        return words.VIA_API.text() if through else "by URL"

    def address(self, canary: Canary) -> str:
        """Where a canary's Prometheus is; "" when none is known."""
        return metrics_address(self._cluster_state, canary, self._override)


def _is_measured(canary: Canary) -> bool:
    """Whether a missing value means anything: no traffic reaches the canary otherwise."""
    status = canary.status
    return status.phase in ACTIVE and (status.canary_weight > 0 or status.iterations > 0)

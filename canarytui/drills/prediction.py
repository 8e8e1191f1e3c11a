"""Predicts, tick by tick, what a drill will do to a rollout, before anything is sent. Pure.

Simulates the controller's arithmetic, second by second. At each tick every check sees the requests of its window,
including those before the drill. A failed check is counted, a passed one moves the weight, and the tick after the last
allowed failure rolls back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct, field

from canarytui.domain.rollout.checks import Check, CheckVerdict
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import Phrase
from canarytui.domain.sentences import drill as words
from canarytui.domain.spec.steps import AnalysisStrategy, next_weight, step_plan, target_weight
from canarytui.domain.text.durations import parse_duration
from canarytui.drills import prediction_words
from canarytui.drills.drill import Drill
from canarytui.drills.predicted import DrillOutcome, PredictedTick, Prediction
from canarytui.drills.traffic import Traffic
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import observer_of

SCRAPE_S = 5.0
"""Scrape interval of Flagger's own Prometheus. A query sees the state of half of this ago, on average."""

FIRST_VALUE_S = 2.5 * SCRAPE_S
"""From a canary's first requests to its first value: a rate needs two scrapes, and the router needs a moment. Measured:
the tick 10 s after the first step finds no values, the one 20 s after it does."""

_MOST_TICKS = 400
_DEFAULT_WINDOW_S = 60.0
_P99_SHARE = 0.01


class _Second(Struct):
    total: float = 0.0
    failed: float = 0.0
    slow: float = 0.0


class _Flow(Struct):
    """Requests at the canary second by second; index 0 is `past` seconds before the start."""

    past: int
    seconds: list[_Second] = field(default_factory=list)

    def window(self, end_s: float, length_s: float) -> _Second:
        """The sum over `length_s` seconds up to `end_s` after the start."""
        last = max(int(end_s) + self.past, 0)
        found = self.seconds[max(last - int(length_s), 0) : last]
        return _Second(sum(s.total for s in found), sum(s.failed for s in found), sum(s.slow for s in found))


def predict(situation: Situation, drill: Drill, traffic: Traffic, start: datetime) -> Prediction:
    """What happens if `drill` starts at `start` and nothing else changes; times are in the zone of `start`."""
    canary, analysis = situation.canary, situation.canary.spec.analysis
    plan = step_plan(canary)
    if not situation.splits:
        return _unknown(words.NO_REQUESTS.say())
    if plan.strategy is not AnalysisStrategy.CANARY and not analysis.mirror:
        return _unknown((words.MATCHED_ONLY if plan.strategy is AnalysisStrategy.AB else words.NO_REQUESTS).say())
    if situation.phase != "Progressing" or situation.interval_s <= 0:
        return _unknown(words.NOT_PROGRESSING.say(phase=situation.phase or "without status"))
    return _Simulation(situation, drill, traffic, start).run()


def _unknown(why: Phrase) -> Prediction:
    return Prediction(DrillOutcome.UNKNOWN, 0, None, why.text, ids=why.ids)


class _Simulation:
    def __init__(self, situation: Situation, drill: Drill, traffic: Traffic, start: datetime) -> None:
        self._s, self._drill, self._start = situation, drill, start
        canary = situation.canary
        self._mean = observer_of(canary, situation.metrics_provider).queries.mean
        self._windows = {metric.name: _window_s(metric.interval) for metric in canary.spec.analysis.metrics}
        self._goal = target_weight(canary.spec.analysis)
        self._weight = situation.weight
        self._caveats = [
            words.OWN_QUERY.text(check=check.name)
            for check in situation.checks
            if check.name not in (SUCCESS_RATE, DURATION)
        ]
        self._users, history = self._known_traffic(traffic)
        past = int(max([traffic.window_s, *self._windows.values()]))
        success = self._value(SUCCESS_RATE)
        failing = 1 - (100.0 if success is None else success) / 100
        failed = history * failing
        self._usual_failing = failing if traffic.failing_now is None else traffic.failing_now
        self._flow = _Flow(past, [_Second(history, failed) for _ in range(past)])
        # A new series counts from its second sample on.
        self._unseen_s = SCRAPE_S if failed <= 0 else 0.0
        self._values_from_s = self._first_value_s(traffic)
        delays = [stream for stream in drill.streams if stream.effect.delay_s]
        self._slow_share = sum(stream.share for stream in delays) / 100
        self._delay_ms = 1000 * max((stream.effect.delay_s for stream in delays), default=0.0)

    def run(self) -> Prediction:
        analysis = self._s.canary.spec.analysis
        interval = timedelta(seconds=self._s.interval_s)
        at = self._s.tick_after(self._start)
        failed_checks = self._s.canary.status.failed_checks
        until = self._start + timedelta(seconds=self._drill.duration_s + max([*self._windows.values(), 0.0])) + interval
        ticks: list[PredictedTick] = []
        crossing: PredictedTick | None = None
        while len(ticks) < _MOST_TICKS and (at <= until or not ticks):
            number = len(ticks) + 1
            self._flow_until((at - self._start).total_seconds())
            if failed_checks >= analysis.threshold:
                ticks.append(PredictedTick(number, at, 0, (), (), failed_checks))
                return self._end(DrillOutcome.ROLLED_BACK, ticks, crossing)
            moment_s = (at - self._start).total_seconds()
            first_step = self._weight == 0 and not analysis.mirror
            values, failing = ((), ()) if first_step else self._judge(moment_s)
            if first_step:
                # The controller takes its first step without checks.
                self._values_from_s = moment_s + FIRST_VALUE_S
            if failing:
                failed_checks += 1
            elif self._weight >= self._goal:
                ticks.append(PredictedTick(number, at, self._weight, values, (), failed_checks))
                return self._end(DrillOutcome.PROMOTED, ticks, crossing)
            else:
                self._weight = max(next_weight(analysis, self._weight), self._weight)
            tick = PredictedTick(number, at, self._weight, values, failing, failed_checks)
            # A failure for lack of a first value is not the drill's doing.
            crossing = crossing or (tick if failing and moment_s >= self._values_from_s else None)
            ticks.append(tick)
            at += interval
        return self._end(DrillOutcome.HALTED if crossing else DrillOutcome.UNTOUCHED, ticks, crossing)

    def _known_traffic(self, traffic: Traffic) -> tuple[float, float]:
        """(requests a second of the users, those of them that have reached the canary so far)."""
        if traffic.canary is None:
            self._caveats.append(words.TRAFFIC_UNKNOWN.text())
            return 0.0, 0.0
        if traffic.users is not None:
            return traffic.users, traffic.canary
        self._caveats.append(words.USERS_UNKNOWN.text())
        return (traffic.canary * 100 / self._weight if self._weight else 0.0), traffic.canary

    def _first_value_s(self, traffic: Traffic) -> float:
        """Seconds after the start from which the canary's checks have values; -inf if they already do."""
        if traffic.canary is None or traffic.canary > 0:
            return float("-inf")
        # Users reach it since the last tick's step; without users the drill's requests are its first.
        since = self._s.last_tick if self._users > 0 else None
        return FIRST_VALUE_S + (min((since - self._start).total_seconds(), 0.0) if since is not None else 0.0)

    def _flow_until(self, end_s: float) -> None:
        share = (100 if self._s.canary.spec.analysis.mirror else self._weight) / 100
        while len(self._flow.seconds) - self._flow.past < end_s:
            moment = len(self._flow.seconds) - self._flow.past
            sent = self._drill.rate if moment < self._drill.duration_s else 0.0
            bad = sent * self._drill.failing_share if moment >= self._unseen_s else 0.0
            self._flow.seconds.append(
                _Second(
                    share * (self._users + sent),
                    share * (self._users * self._usual_failing + bad),
                    share * sent * self._slow_share,
                )
            )

    def _judge(self, moment_s: float) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...]]:
        values: list[tuple[str, float]] = []
        failing: list[str] = []
        for check in self._s.checks:
            seen = self._flow.window(moment_s - SCRAPE_S / 2, self._windows.get(check.name, _DEFAULT_WINDOW_S))
            value = self._predicted(check, seen) if moment_s >= self._values_from_s else None
            if value is None:
                # Without requests there is no value, which fails; a custom check stays as it is.
                built_in = check.name in (SUCCESS_RATE, DURATION)
                unseen = seen.total <= 0 or moment_s < self._values_from_s
                if (built_in and unseen) or (not built_in and check.verdict is CheckVerdict.FAILS):
                    failing.append(check.name)
                continue
            values.append((check.name, value))
            if _crosses(check, value):
                failing.append(check.name)
        return tuple(values), tuple(failing)

    def _predicted(self, check: Check, seen: _Second) -> float | None:
        if seen.total <= 0:
            return None
        if check.name == SUCCESS_RATE:
            return 100 * (1 - seen.failed / seen.total)
        if check.name != DURATION:
            return None
        usual = check.value if check.value is not None else 0.0
        slow = seen.slow / seen.total
        if self._mean:
            return usual * (1 - slow) + self._delay_ms * slow
        return max(self._delay_ms, usual) if slow > _P99_SHARE else usual

    def _value(self, name: str) -> float | None:
        return next((check.value for check in self._s.checks if check.name == name), None)

    def _end(self, outcome: DrillOutcome, ticks: list[PredictedTick], crossing: PredictedTick | None) -> Prediction:
        last = ticks[-1]
        decided = outcome in (DrillOutcome.ROLLED_BACK, DrillOutcome.PROMOTED)
        because = prediction_words.because(outcome, last, crossing, self._s, self._drill, self._start.tzinfo)
        return Prediction(outcome, last.number if decided else 0, last.at if decided else None, because.text,
                          tuple(ticks), crossing, tuple(self._caveats), because.ids)  # fmt: skip


def _crosses(check: Check, value: float) -> bool:
    low = check.minimum is not None and value < check.minimum
    return low or (check.maximum is not None and value > check.maximum)


def _window_s(interval: str) -> float:
    try:
        return max(parse_duration(interval), 1.0) if interval else _DEFAULT_WINDOW_S
    except ValueError:
        return _DEFAULT_WINDOW_S

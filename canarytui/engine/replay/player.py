"""Plays a recording: its answers and actions drive the decisions tick by tick; the outcome is compared."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.domain.spec.analysis import Webhook
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.hooks import worth_another_try
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import ReplayCluster
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.recorded_fields import KINDS, NOT_SHOWN, as_shown, identity, shown, shown_whole
from canarytui.engine.replay.recording import AFTER_DELETION, TICK_S, Recording
from canarytui.engine.replay.run_decision import drive
from canarytui.engine.replay.scenario import Scenario
from canarytui.metrics.answers import Answer, NoValues, QueryFailed, Value

_BEGIN = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
_ACTION_LAG_S = 0.2
_PODS_START_S = 3.0
_DELETION_TRIES = 4
_BOOM = '{"status": "error", "errorType": "internal", "error": "boom"}'


class RecordingPlayer:
    """Plays one recording; :meth:`play` returns what the decisions did."""

    def __init__(
        self, recording: Recording, settings: ControllerSettings | None = None, *, broken: Collection[str] = ()
    ) -> None:
        """`broken` are the image tags whose pods never become ready, besides those of the recording."""
        stuck = {what.removeprefix("stuck ") for _, what in recording.actions if what.startswith("stuck ")}
        self._broken = frozenset(broken) | recording.broken | stuck
        self._recording = recording
        self._settings = settings or ControllerSettings(strict=True, metrics_server="http://prometheus:9090")
        self._outcome = ReplayOutcome()
        self._number = 0
        self._notes: dict[str, Any] = {}
        self._cluster_view = ReplayCluster(self._note)
        self._scenario = Scenario(recording, self._cluster_view)
        self._asked: dict[str, int] = defaultdict(int)
        self._due = list(recording.actions)
        self._acted_s = list(recording.acted_s) if len(recording.acted_s) == len(recording.actions) else []
        self._due_at_s: float | None = None
        self._acted_at_s = 0.0
        self._pods_start_at_s: float | None = None

    def play(self) -> ReplayOutcome:
        """Run all ticks, or as many as the canary lives."""
        self._scenario.set_up(_BEGIN)
        for number in range(self._recording.ticks):
            self._number = number
            if self._outcome.tick != AFTER_DELETION:
                self._outcome.tick = number
            at_s = number * TICK_S
            if not self._act_until(at_s):
                break
            if not self._look(at_s) or not self._react(at_s):
                break
        return self._outcome

    def _look(self, at_s: float) -> bool:
        """One tick, after which pods start; False when the canary has gone."""
        canary = self._cluster_view.get("Canary", self._scenario.namespace, self._scenario.name)
        if canary is None:
            return False
        now = _BEGIN + timedelta(seconds=at_s)
        if self._pods_start_at_s is not None and self._pods_start_at_s <= at_s:
            self._cluster_view.let_pods_start(_BEGIN + timedelta(seconds=self._pods_start_at_s), self._broken)
            self._pods_start_at_s = None
        self._tick(Canary.parse(dict(canary)), now, self._notes)
        self._cluster_view.let_pods_start(now, self._broken)
        return True

    def _tick(self, canary: Canary, now: datetime, notes: dict[str, Any]) -> None:
        drive(decide(Tick(canary, self._cluster_view, self._settings, now, notes=notes)), self._carry_out)

    def _carry_out(self, effect: fx.Effect) -> Any:
        match effect:
            case fx.Create():
                return self._cluster_view.create(effect)
            case fx.Replace():
                return self._cluster_view.replace(effect)
            case fx.Patch():
                return self._cluster_view.patch(effect)
            case fx.PatchStatus():
                return self._cluster_view.patch_status(effect)
            case fx.Delete(kind, namespace, name):
                if self._cluster_view.get(kind, namespace, name) is not None:
                    self._cluster_view.delete(kind, namespace, name)
            case fx.Say(message, warning, is_error):
                self._outcome.add_message(message, error=is_error)
                self._outcome.severities[message] = "Warning" if warning or is_error else "Normal"
            case fx.CallWebhook(hook, payload):
                return self._call(hook, payload)
            case fx.AskMetric(query=query):
                self._outcome.add_query(query)
                return self._metric_answer(query)
            case fx.CheckServer():
                return ""
        return None

    def _note(self, obj: KubernetesObject) -> None:
        """An object was stored, by a decision or by an action."""
        name, spec = str(obj["metadata"]["name"]), obj.get("spec") or {}
        match obj["kind"]:
            case "Canary":
                if obj["status"]:
                    self._outcome.add_status(obj["status"])
            case kind if kind in NOT_SHOWN:
                return
            case kind if (known := identity(kind, str(obj.get("apiVersion") or ""))) in self._recording.wholes:
                self._outcome.add_object(known, name, shown_whole(obj))
            case "TraefikService":
                self._outcome.add_route(spec)
            case kind if kind in KINDS.values():
                self._outcome.add_object(kind, name, as_shown(shown(obj)))
            case kind:  # one that the recording has none of: a difference
                self._outcome.add_object(identity(kind, str(obj.get("apiVersion") or "")), name, shown_whole(obj))

    def _call(self, hook: Webhook, payload: dict[str, Any]) -> fx.WebhookResponse:
        """As often as the webhook's server was asked: again and again where that may help."""
        given = self._recording.webhook_answers.get(hook.name) or [self._recording.defaults["webhook"]]
        attempts = 0
        while True:
            attempts += 1
            self._outcome.add_hook(hook.name, payload)
            status = int(given[min(self._asked[hook.name], len(given) - 1)])
            self._asked[hook.name] += 1
            if attempts > hook.retries or not worth_another_try(status):
                break
        body = "" if status <= 202 else self._recording.bodies.get(hook.name, f"answer {status}")
        return fx.WebhookResponse(status, body, attempts)

    def _metric_answer(self, query: str) -> Answer:
        check = self._check_of(query)
        given = self._recording.metric_answers.get(check) or [self._recording.defaults.get(check, 0)]
        answer = given[min(self._asked[f"metric {check}"], len(given) - 1)]
        self._asked[f"metric {check}"] += 1
        if answer is None or answer == "NaN":
            return NoValues()
        if answer == "ERR":
            return QueryFailed(f"error response: Status 500 Internal Server Error: {_BOOM}")
        return Value(float(answer))

    def _check_of(self, query: str) -> str:
        """Which of the scripted answers a query gets; one that was not recorded is recognised by its text."""
        known = self._recording.checks.get(" ".join(query.split()))
        if known is not None:
            return known
        if "histogram_quantile" in query:
            return "duration"
        return "success" if re.search(r'!~"5|classification!=', query) else "template"

    def _react(self, at_s: float) -> bool:
        """After a tick: begin the wait for an action whose condition has come true, and do what is due at once."""
        while self._due and self._due_at_s is None and self._holds(self._due[0][0]):
            acted_s = max(self._recorded_s(at_s), at_s + _ACTION_LAG_S)
            if acted_s >= at_s + TICK_S:
                break  # an action takes time
            if not self._do(acted_s):
                return False
        self._begin_wait()
        return True

    def _act_until(self, at_s: float) -> bool:
        """Before a tick: do what has become due since the last one."""
        while self._due_at_s is not None and self._due_at_s <= at_s:
            due_at_s, self._due_at_s = self._due_at_s, None
            if not self._do(due_at_s):
                return False
            self._begin_wait()
        return True

    def _begin_wait(self) -> None:
        if self._due and self._due_at_s is None and self._due[0][0].startswith("+"):
            self._due_at_s = self._recorded_s(self._acted_at_s + float(self._due[0][0]))

    def _recorded_s(self, nominal_s: float) -> float:
        """When the next action was done; `nominal_s` where the recording does not say."""
        return self._acted_s[-len(self._due)] if self._acted_s else nominal_s

    def _do(self, at_s: float) -> bool:
        self._acted_at_s = at_s
        self._pods_start_at_s = at_s + _PODS_START_S  # as after a tick, those of a target that was changed
        _, what = self._due.pop(0)
        if not self._scenario.do(what):
            return False
        if what == "delete":
            self._outcome.tick = AFTER_DELETION
            return all(self._look(at_s) for _ in range(_DELETION_TRIES))
        return True

    def _holds(self, condition: str) -> bool:
        if condition.startswith("+"):
            return False
        obj = self._cluster_view.get("Canary", self._scenario.namespace, self._scenario.name)
        status = (obj or {}).get("status") or {}
        counter, reached, count = condition.partition(">=")
        if reached:
            return int(status.get("canaryWeight" if counter == "weight" else counter) or 0) >= int(count)
        return bool(status.get("phase") == condition)

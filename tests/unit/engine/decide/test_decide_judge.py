"""Canary against primary in the engine: played on a fake clock, with counters in the sandbox's Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from replacing import replace
from rollouts import DEFAULT, PROMOTE, STRICT, UPDATE, phases, rollout

from canarytui.domain.spec.canary import Canary
from canarytui.engine.alerts.message import AlertMessage, message_of
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide import judge
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import ReplayCluster, merged
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording
from canarytui.engine.replay.run_decision import drive
from canarytui.metrics.answers import QueryFailed
from canarytui.metrics.provider_spec import PROMETHEUS
from canarytui.metrics.providers.prometheus_vector import Sample
from canarytui.sandbox.prometheus.evaluate import Evaluator, parse
from canarytui.sandbox.prometheus.evaluate.values import VectorSample
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage

REQUESTS_PER_S = 100.0
SCRAPE_S = 5
HALT = {"canarytui.io/judge": "halt"}
CLOSED = {**HALT, "canarytui.io/judge-without-verdict": "halt"}
WORSE = "Halt promote.r1 advancement canary is worse than primary by "
NO_VERDICT = "promote.r1 is not compared with its primary, no verdict: "
HALTS_WITHOUT = "Halt promote.r1 advancement no verdict on canary against primary: "


def opted(annotations: dict[str, str], *actions: tuple[str, str], **given: Any) -> Recording:
    made = rollout(*actions, **given)
    return replace(made, canary=merged(made.canary, {"metadata": {"annotations": annotations}}))


class Counted(RecordingPlayer):
    """The gateway counts what both sides get by the weight, of which the part in `failing` fails; Prometheus scrapes it
    every 5 s. Without `counts` it does not scrape the gateway; `down` is why it does not answer."""

    def __init__(
        self,
        recording: Recording,
        failing: tuple[float, float] = (0.0, 0.0),
        settings: ControllerSettings = DEFAULT,
        *,
        per_s: float = REQUESTS_PER_S,
        counts: bool = True,
        down: str = "",
    ) -> None:
        super().__init__(recording, settings)
        self.alerts: list[AlertMessage] = []
        self.asked: list[str] = []
        self.storage = SeriesStorage()
        self.forget_at: int | None = None
        """The tick before which Prometheus loses its past."""
        self.taken_over_at: int | None = None
        """The tick before which another controller takes over, which has no notes."""
        self.checks_ask = PROMETHEUS
        self._failing = dict(zip(("canary", "primary"), failing, strict=True))
        self._per_s, self._counts, self._down = per_s, counts, down
        self._totals = {(side, code): 0.0 for side in self._failing for code in ("200", "503")}
        self._scraped_s: float | None = None
        self._ticks = 0
        self._now: Tick | None = None

    def _tick(self, canary: Canary, now: datetime, notes: dict[str, Any]) -> None:
        self._ticks += 1
        if self._ticks == self.forget_at:
            self.storage = SeriesStorage()
        if self._ticks == self.taken_over_at:
            notes.clear()
        self._scrape_until(now.timestamp())
        for template in [obj for (kind, *_), obj in self._cluster_view.objects.items() if kind == "MetricTemplate"]:
            self._cluster_view.put(merged(template, {"spec": {"provider": {"type": self.checks_ask}}}))
        self._now = Tick(canary, self._cluster_view, self._settings, now, notes=notes)
        drive(decide(self._now), self._carry_out)

    def _scrape_until(self, now_s: float) -> None:
        services = (self._cluster_view.get("TraefikService", "r1", "promote") or {}).get("spec", {})
        shares = {
            entry["name"].rpartition("-")[2]: entry.get("weight", 0) / 100
            for entry in services.get("weighted", {}).get("services", [])
        }
        at_s = now_s if self._scraped_s is None else self._scraped_s + SCRAPE_S
        while at_s <= now_s:
            for side, failing in self._failing.items():
                got = self._per_s * SCRAPE_S * shares.get(side, 0.0)
                self._totals[side, "200"] += got * (1 - failing)
                self._totals[side, "503"] += got * failing
            if self._counts:
                for (side, code), total in self._totals.items():
                    service = f"r1-promote-{side}-80@kubernetescrd"
                    name = "traefik_service_request_duration_seconds_count"
                    self.storage.append(make_labels({"__name__": name, "service": service, "code": code}), at_s, total)
            self.storage.append(make_labels({"__name__": "up", "job": "gateway"}), at_s, 1.0)
            self._scraped_s = at_s
            at_s += SCRAPE_S

    def _carry_out(self, effect: fx.Effect) -> Any:
        match effect:
            case fx.AskSamples(_, query):
                self.asked.append(query)
                return QueryFailed(self._down) if self._down else self._evaluated(query)
            case fx.SendAlert():
                assert self._now is not None
                self.alerts.append(message_of(self._now, effect))
        return super()._carry_out(effect)

    def _evaluated(self, query: str) -> list[Sample]:
        assert self._now is not None
        found = Evaluator(self.storage, self._now.now.timestamp()).evaluate(parse(query))
        assert isinstance(found, list)
        return [Sample(dict(each.labels), each.value) for each in found if isinstance(each, VectorSample)]


def test_a_worse_canary_is_rolled_back_although_its_checks_pass() -> None:
    player = Counted(opted(HALT), (0.08, 0.01))
    outcome = player.play()
    assert phases(outcome)[-1] == "Failed"
    halts = [text for text in outcome.texts if text.startswith(WORSE)]
    assert len(halts) == 3, "as many as the threshold of failed checks"
    assert all(outcome.severities[text] == "Warning" for text in halts)
    last = player.alerts[-1]
    assert last.text == "Failed checks threshold reached 3"
    fields = dict(last.fields)
    assert f"Halt promote.r1 advancement canary is {fields['Canary against primary']}" == halts[-1]
    assert fields["Cost"].startswith("the canary served ")
    assert "more than the primary would have failed" in fields["Cost"]


@pytest.mark.parametrize(
    ("failing", "verdict"),
    [((0.0, 0.0), "no difference larger than "), ((0.08, 0.08), "primary fails too (8 %): ")],
    ids=["well", "everything-ill"],
)
def test_a_canary_that_is_not_worse_is_promoted_and_the_alert_says_why(
    failing: tuple[float, float], verdict: str
) -> None:
    player = Counted(opted(HALT), failing)
    assert phases(player.play())[-1] == "Succeeded"
    assert all("Cost" not in dict(alert.fields) for alert in player.alerts[:-1])
    fields = dict(player.alerts[-1].fields)
    assert fields["Canary against primary"].startswith(verdict)
    assert "Cost" in fields


@pytest.mark.parametrize(
    ("annotations", "settings"),
    [({}, DEFAULT), (CLOSED, STRICT), ({"canarytui.io/judge": "yes"}, DEFAULT)],
    ids=["not-opted-in", "strict", "mistyped"],
)
def test_nothing_is_asked_of_others_nor_strictly(annotations: dict[str, str], settings: ControllerSettings) -> None:
    player = Counted(opted(annotations), (0.5, 0.0), settings)
    outcome = player.play()
    assert phases(outcome)[-1] == "Succeeded"
    assert player.asked == []
    assert all("Cost" not in dict(alert.fields) for alert in player.alerts)
    said = "annotation canarytui.io/judge of promote.r1 is ignored: 'yes' is not halt"
    assert outcome.texts.count(said) == ("yes" in annotations.values())


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"down": "connection refused"}, "connection refused"),
        ({"counts": False}, "Prometheus has no counter of its requests"),
    ],
    ids=["unreachable", "not-scraped"],
)
def test_without_a_verdict_as_the_canary_says(given: dict[str, Any], why: str) -> None:
    opens = Counted(opted(HALT), **given).play()
    assert phases(opens)[-1] == "Succeeded"
    assert opens.texts.count(f"{NO_VERDICT}{why}") == 1, "once, not at every tick"

    closes = Counted(opted(CLOSED), **given).play()
    assert phases(closes)[-1] == "Failed"
    assert closes.texts.count(f"{HALTS_WITHOUT}{why}") == 3


def test_too_few_requests_pass_even_where_no_verdict_halts() -> None:
    player = Counted(opted(CLOSED), (0.5, 0.0), per_s=0.2)
    assert phases(player.play())[-1] == "Succeeded"
    assert dict(player.alerts[-1].fields)["Canary against primary"].startswith("not enough requests")


def test_what_an_earlier_revision_failed_is_not_counted() -> None:
    """Every second request fails until a fix comes in mid-analysis; then none does."""

    class Fixed(Counted):
        def _scrape_until(self, now_s: float) -> None:
            super()._scrape_until(now_s)
            target = self._cluster_view.get("Deployment", "r1", "promote") or {}
            if "v3" in str(target.get("spec")):
                self._failing["canary"] = 0.0

    fixed = Fixed(opted(HALT, UPDATE, ("failedChecks>=1", "set-image v3"), ticks=40), (0.5, 0.0))
    outcome = fixed.play()
    assert [text for text in outcome.texts if text.startswith(WORSE)]
    assert "New revision detected! Restarting analysis for promote.r1" in outcome.texts
    assert phases(outcome)[-1] == "Succeeded"
    assert dict(fixed.alerts[-1].fields)["Canary against primary"].startswith("no difference larger than ")


def test_a_prometheus_that_lost_its_past_is_no_verdict_and_counts_from_there() -> None:
    """What the counters had before would make this canary look worse: its predecessor failed half its requests."""
    player = Counted(opted(HALT))
    player._totals["canary", "503"] = player._totals["canary", "200"] = 50_000.0
    player.forget_at = 7
    outcome = player.play()
    assert phases(outcome)[-1] == "Succeeded"
    again = "Prometheus has no data from when counting began, it begins again"
    assert outcome.texts.count(f"{NO_VERDICT}{again}") == 1
    assert not [text for text in outcome.texts if text.startswith(WORSE)]


@pytest.mark.parametrize(
    ("failing", "ends"), [((0.0, 0.0), "Succeeded"), ((0.2, 0.0), "Failed")], ids=["well", "worse"]
)
def test_a_controller_that_takes_over_counts_from_its_first_tick(failing: tuple[float, float], ends: str) -> None:
    """It does not know when this revision's requests began: what an earlier one failed must not count."""
    player = Counted(opted(CLOSED), failing)
    player._totals["canary", "503"] = 50_000.0
    player.taken_over_at = 7
    outcome = player.play()
    assert phases(outcome)[-1] == ends
    assert any(text.startswith(WORSE) for text in outcome.texts) == (ends == "Failed")


def test_checks_of_another_service_have_no_verdict() -> None:
    template = {"name": "theirs", "templateRef": {"name": "theirs"}, "thresholdRange": {"min": 0}}
    made = Counted(opted(HALT, analysis={"metrics": [template]}), (0.5, 0.0))
    made.checks_ask = "graphite"
    outcome = made.play()
    assert phases(outcome)[-1] == "Succeeded"
    assert outcome.texts.count(f"{NO_VERDICT}its checks ask graphite, not Prometheus") == 1
    assert made.asked == []


def test_a_provider_that_does_not_tell_the_primary_has_no_verdict() -> None:
    canary = merged(PROMOTE.canary, {"metadata": {"annotations": HALT}, "spec": {"provider": "apisix"}})
    tick = Tick(Canary.parse(canary), ReplayCluster(lambda _: None), DEFAULT, datetime(2026, 11, 26, tzinfo=UTC))
    asked: list[fx.Effect] = []
    drive(judge.measure(tick), asked.append)
    compared = judge.last_comparison(tick)
    assert compared is not None
    assert compared.phrase.text == "no verdict: this provider's metrics do not show the primary separately"
    assert asked == []


class LongCounted(Counted):
    """Prometheus has scraped the primary for `past_s` seconds before the first tick; a third of its requests fail."""

    def __init__(self, recording: Recording, past_s: int) -> None:
        super().__init__(recording, (0.0, 1 / 3))
        self._past_s = past_s
        self.storage = SeriesStorage(retention_s=8 * 3600)

    def _scrape_until(self, now_s: float) -> None:
        if self._scraped_s is None:
            for ago_s in range(self._past_s, 0, -60):
                self.storage.append(make_labels({"__name__": "up", "job": "gateway"}), now_s - ago_s, 1.0)
                for code, part in (("200", 2 / 3), ("503", 1 / 3)):
                    self._totals["primary", code] += self._per_s * 60 * part
                    labels = {"service": "r1-promote-primary-80@kubernetescrd", "code": code}
                    name = "traefik_service_request_duration_seconds_count"
                    total = self._totals["primary", code]
                    self.storage.append(make_labels({"__name__": name, **labels}), now_s - ago_s, total)
        super()._scrape_until(now_s)


@pytest.mark.parametrize(
    ("past_s", "long", "pairs"),
    [
        (7 * 3600, "over 1 h and ", 2),
        (2400, "min (of 1 h, the metrics server holds no more) and ", 2),
        (60, "", 0),
    ],
    ids=["all-held", "held-shorter", "hardly-any"],
)
def test_alerts_say_how_fast_the_service_burns_its_budget(past_s: int, long: str, pairs: int) -> None:
    player = LongCounted(opted({**HALT, "canarytui.io/slo": "99"}), past_s)
    assert phases(player.play())[-1] == "Succeeded"
    said = dict(player.alerts[-1].fields).get("Burn rate", "")
    assert said.count("both above 14.4: worth an alert") + said.count("both above 6: worth an alert") == pairs
    assert long in said
    assert bool(said) == bool(pairs)
    if pairs:
        assert said.startswith("burn rate of the service (SLO 99 %): 3"), "a third fails, where a hundredth may"
        assert "over 5 min, both above 14.4" in said
    ticks = sum("canarytui_part" in query and "rate/canary" in query for query in player.asked)
    burning = sum("count_over_time" in query for query in player.asked)
    assert 1 <= burning <= ticks * 10 // 60 + 1, "once a minute at most"

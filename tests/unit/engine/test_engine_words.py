"""What is told to whom, in whose words: phases in event webhooks, retried calls, metrics that cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rollouts import DEFAULT, STRICT, UPDATE, iterated, phases, rollout, weights

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import load

EVENTS = {"name": "events", "type": "event", "url": "http://events/"}


def hook(type_: str, **more: Any) -> dict[str, Any]:
    return {"name": "gate", "type": type_, "url": "http://gate/", **more}


def told(outcome: ReplayOutcome) -> list[tuple[str, str]]:
    """(phase, message) of each call to the event webhook."""
    calls = [json.loads(call.payload) for call in outcome.hooks if call.name == "events"]
    return [(call["phase"], call["metadata"]["eventMessage"]) for call in calls]


def test_event_webhook_is_told_of_a_closed_gate_in_the_phase_that_met_it() -> None:
    for type_, phase in (("confirm-rollout", "Initialized"), ("confirm-promotion", "Progressing")):
        analysis = {"webhooks": [hook(type_), EVENTS]}
        played = RecordingPlayer(rollout(analysis=analysis, ticks=12, webhook_answers={"gate": [403]}), STRICT).play()
        assert [found for found, text in told(played) if text.endswith("approval gate")] == [phase]


@pytest.mark.parametrize(("settings", "phase"), [(STRICT, "Progressing"), (DEFAULT, "Failed")])
def test_event_webhook_is_told_of_the_hook_after_a_failure(settings: ControllerSettings, phase: str) -> None:
    analysis = {"webhooks": [hook("post-rollout"), EVENTS]}
    played = RecordingPlayer(rollout(analysis=analysis, metric_answers={"success": [50]}), settings).play()
    assert (phase, "Post-rollout check gate passed") in told(played)
    assert any(found == ("Failed", "Canary failed! Scaling down promote.r1") for found in told(played))


def test_event_webhook_is_told_of_the_end_in_the_phase_before() -> None:
    canary = rollout(("Initialized", "delete"), spec={"revertOnDeletion": True}, analysis={"webhooks": [EVENTS]})
    played = RecordingPlayer(canary, STRICT).play()
    assert told(played)[-2:] == [
        ("Initialized", "Terminating canary promote.r1"),
        ("Initialized", "Terminated canary promote.r1"),
    ]


def test_webhook_that_fails_is_called_again_as_often_as_it_says() -> None:
    analysis = {"webhooks": [hook("pre-rollout", retries=2)]}
    canary = rollout(analysis=analysis, webhook_answers={"gate": [500, 429, 503, 500, 200]})
    played = RecordingPlayer(canary, STRICT).play()
    assert [call.tick for call in played.hooks] == [3, 3, 3, 4, 4]
    assert (
        "Halt promote.r1 advancement pre-rollout check gate failed POST http://gate/ giving up after 3 attempt(s)"
        in played.texts
    )
    assert "Pre-rollout check gate passed" in played.texts


def test_what_a_webhook_answered_is_read_from_the_recorded_message(tmp_path: Path) -> None:
    canary = rollout(analysis={"webhooks": [hook("pre-rollout")]}).canary
    text = "Halt promote.r1 advancement pre-rollout check gate failed not today"
    log = {"t": 39.4, "kind": "log", "level": "info", "caller": "controller/events.go", "message": text}
    (tmp_path / "refused.jsonl").write_text("\n".join(map(json.dumps, [{"scenario": "x", "canary": canary}, log])))
    assert load(tmp_path / "refused.jsonl").bodies == {"gate": "not today"}


def test_metric_without_query_or_template_is_noticed_after_the_others_were_asked() -> None:
    metrics = [{"name": "latency"}, {"name": "request-success-rate", "thresholdRange": {"min": 99}}]
    played = RecordingPlayer(rollout(analysis={"metrics": metrics}, ticks=6), STRICT).play()
    assert len(played.queries) == 2
    text = "Metric query failed for no usable metrics template and query were configured"
    assert [said.level for said in played.messages if said.text == text] == ["error", "error"]


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_missing_template_is_told_by_its_kind(settings: ControllerSettings) -> None:
    metrics = [{"name": "latency", "templateRef": {"name": "latency", "namespace": "monitoring"}}]
    player = RecordingPlayer(rollout(analysis={"metrics": metrics}, ticks=6), settings)
    player._scenario.set_up = _without_templates(player)  # type: ignore[method-assign]
    texts = player.play().texts
    missing = 'metrictemplate.flagger.app "latency" not found'
    assert f"Error checking metric providers: metric template latency.monitoring error: {missing}" in texts
    assert f"Metric template latency.monitoring error: {missing}" in texts


def _without_templates(player: RecordingPlayer) -> Any:
    set_up = player._scenario.set_up

    def without(now: Any) -> None:
        set_up(now)
        player._cluster_view.delete("MetricTemplate", "monitoring", "latency")

    return without


def test_inline_query_that_cannot_be_rendered() -> None:
    """Flagger asks an empty query."""
    metrics = [{"name": "latency", "query": "rate({{ nobody }})"}]
    asked = RecordingPlayer(rollout(analysis={"metrics": metrics}, ticks=6), STRICT).play()
    assert {query.query for query in asked.queries} == {""}
    played = RecordingPlayer(rollout(analysis={"metrics": metrics}, ticks=6), DEFAULT).play()
    problem = 'its query cannot be rendered: function "nobody" not defined at line 1; correct the query'
    assert f"Metric query failed for latency: {problem}" in played.texts
    assert not played.queries


UNKNOWN = "rate({{ variables.nope }})"
GO_SAYS = 'template: tmpl:1:8: executing "tmpl" at <variables>: map has no entry for key "nope"'
WE_SAY = 'cannot be rendered: map has no entry for key "nope" at line 1, column 9; give nope in templateVariables of'


@pytest.mark.parametrize(
    ("settings", "query", "text"),
    [
        (STRICT, UNKNOWN, f"latency.r1 query render error: template excution failed: {GO_SAYS}"),
        (STRICT, "{{ x }}", 'latency.r1 query render error: template parsing failed: template: tmpl:1: function "x"'),
        (DEFAULT, UNKNOWN, f"latency.r1: spec.query {WE_SAY} metric slow"),
        (DEFAULT, "{{ x }}", 'latency.r1: spec.query cannot be rendered: function "x" not defined at line 1; correct'),
    ],
)
def test_metric_template_that_cannot_be_rendered(settings: ControllerSettings, query: str, text: str) -> None:
    metrics = [{"name": "slow", "templateRef": {"name": "latency"}}]
    player = RecordingPlayer(rollout(analysis={"metrics": metrics}, ticks=6, checks={query: "template"}), settings)
    failed = [said for said in player.play().messages if said.text.startswith(f"Metric template {text}")]
    assert [said.level for said in failed] == ["error", "error"]


def test_query_with_functions_and_conditions_is_asked_as_rendered() -> None:
    """A MetricTemplate may use all of Go's text/template."""
    query = (
        'sum(rate(requests{service=~"{{ printf "%s-%s-canary-.*" namespace target }}"'
        '{{ if eq target "promote" }}, code!~"5.."{{ end }}}[{{ interval }}]))'
    )
    metrics = [{"name": "by-printf", "templateRef": {"name": "by-printf"}, "interval": "1m"}]
    played = RecordingPlayer(rollout(analysis={"metrics": metrics}, ticks=6, checks={query: "template"}), STRICT).play()
    assert {asked.query for asked in played.queries} == {
        'sum(rate(requests{service=~"r1-promote-canary-.*", code!~"5.."}[1m]))'
    }


def test_promotion_gate_that_stays_closed_changes_iterations_only() -> None:
    """The weight that somebody gave meanwhile is not written over."""
    analysis = {"webhooks": [hook("confirm-promotion")]}
    edit = ("WaitingPromotion", 'status {"status":{"canaryWeight":7}}')
    played = RecordingPlayer(
        rollout(UPDATE, edit, analysis=analysis, ticks=14, webhook_answers={"gate": [403]}), STRICT
    ).play()
    assert played.statuses[-1][:4] == ("WaitingPromotion", 7, 0, -1)


def test_step_weights_that_fall() -> None:
    """Flagger stays at the highest for ever."""
    analysis = {"stepWeight": None, "maxWeight": None, "stepWeights": [10, 50, 40]}
    stuck = RecordingPlayer(rollout(analysis=analysis), STRICT).play()
    assert weights(stuck)[-1] == (50, 50)
    assert phases(stuck)[-1] == "Progressing"
    assert phases(RecordingPlayer(rollout(analysis=analysis), DEFAULT).play())[-1] == "Succeeded"


def test_iterations_begin_anew_behind_a_gate() -> None:
    """With one iteration, blue/green asks the pre-rollout hooks at every second tick that the gate is closed."""
    webhooks = [hook("confirm-promotion"), {**hook("pre-rollout"), "name": "smoke"}]
    canary = rollout(analysis=iterated(1, webhooks=webhooks), ticks=10, webhook_answers={"gate": [403]})
    played = RecordingPlayer(canary, STRICT).play()
    assert [call.name for call in played.hooks] == ["smoke", "gate"] * 3 + ["smoke"]


def test_pods_of_a_target_that_was_changed_between_two_ticks_start_before_the_next() -> None:
    """As when the recordings were made: an action comes right after a tick."""
    played = RecordingPlayer(rollout(UPDATE, ("weight>=20", "set-image v1"), ticks=24), STRICT).play()
    assert not [text for text in played.texts if text.startswith("canary deployment")]
    assert played.texts.count("New revision detected! Scaling up promote.r1") == 2
    assert next(said.tick for said in played.messages if said.text.endswith("canary weight 30")) == 5


def test_actions_wait_for_any_counter_of_the_status() -> None:
    analysis = iterated(4)
    played = RecordingPlayer(
        rollout(UPDATE, ("iterations>=2", "set-image v3"), analysis=analysis, ticks=8), STRICT
    ).play()
    assert [said.tick for said in played.messages if "Restarting" in said.text] == [5]

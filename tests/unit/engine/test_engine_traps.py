"""Where Flagger harms its user: what it does there, strictly, and what our engine does instead."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import DEFAULT, STRICT, UPDATE, Changing, images, iterated, phases, rollout, weights

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer

QUICK_DEADLINE = {"progressDeadlineSeconds": 15}


def promotion_fails(phase: str, texts: list[str]) -> frozenset[str]:
    """v2 starts as a canary, but from the promotion on no more; v3 always starts."""
    promoting = any(text.startswith("Copying") for text in texts)
    return frozenset({"promote-primary:v2"}) if promoting else frozenset()


def test_fix_after_a_failed_promotion_reaches_users_without_touching_the_broken_primary() -> None:
    fix = ("Failed", "set-image v3")
    recording = rollout(UPDATE, fix, spec=QUICK_DEADLINE, ticks=60)

    flagger = Changing(recording, STRICT, promotion_fails).play()
    assert weights(flagger)[-1] == (100, 0), "everybody to the primary, which cannot start"
    assert phases(flagger)[-1] == "Failed"
    assert flagger.objects["Deployment promote"][-1]["replicas"] == 0

    ours = Changing(recording, DEFAULT, promotion_fails).play()
    assert phases(ours)[-4:] == ["Progressing", "Promoting", "Finalising", "Succeeded"]
    assert images(ours, "promote-primary") == ["v1", "v2", "v3"]
    assert weights(ours) == [(100, 0), (90, 10), (80, 20), (70, 30), (60, 40), (50, 50), (0, 100), (100, 0)]
    assert ours.texts[-1] == "Promotion completed! Scaling down promote.r1"


def test_fix_that_is_bad_too_leaves_everybody_on_the_canary() -> None:
    answers = {"success": [100, 100, 100, 100, 100, 50]}
    fix = ("Failed", "set-image v3")
    recording = rollout(UPDATE, fix, spec=QUICK_DEADLINE, ticks=60, metric_answers=answers)
    ours = Changing(recording, DEFAULT, promotion_fails).play()
    assert phases(ours)[-1] == "Failed"
    assert weights(ours)[-1] == (0, 100)
    assert ours.objects["Deployment promote"][-1]["replicas"] == 2
    assert any(
        text.startswith("Canary failed! All traffic stays on promote.r1, promote-primary.r1") for text in ours.texts
    )


def test_target_set_back_in_mid_analysis_is_rolled_back_not_promoted() -> None:
    back = ("weight>=20", "set-image v1")
    flagger = RecordingPlayer(rollout(UPDATE, back, ticks=40), STRICT).play()
    assert "Copying promote.r1 template spec to promote-primary.r1" in flagger.texts
    assert phases(flagger).count("Progressing") == 2, "a second analysis, of what was promoted already"

    ours = RecordingPlayer(rollout(UPDATE, back, ticks=40), DEFAULT).play()
    assert phases(ours) == ["Initializing", "Initialized", "Progressing", "Failed"]
    assert ours.texts[-2:] == [
        "Rolling back promote.r1 target was set back to the promoted revision",
        "Canary failed! Scaling down promote.r1",
    ]
    assert images(ours, "promote-primary") == ["v1"]
    assert weights(ours)[-1] == (100, 0)


def test_revision_that_waits_for_approval_can_be_taken_back() -> None:
    gate = {"name": "gate", "type": "confirm-rollout", "url": "http://hook"}
    given: dict[str, Any] = {"analysis": {"webhooks": [gate]}, "webhook_answers": {"gate": [403]}, "ticks": 12}
    back = ("Waiting", "set-image v1")
    assert phases(RecordingPlayer(rollout(UPDATE, back, **given), STRICT).play())[-1] == "Waiting"
    ours = RecordingPlayer(rollout(UPDATE, back, **given), DEFAULT).play()
    assert phases(ours) == ["Initializing", "Initialized", "Waiting", "Succeeded"]
    assert ours.texts[-1] == "Stopped waiting for approval, promote.r1 was set back to the promoted revision"
    again = RecordingPlayer(rollout(UPDATE, back, ("Succeeded", "set-image v2"), **given), DEFAULT).play()
    assert phases(again)[-1] == "Waiting", "the same revision, asked for again, waits again"


def test_revision_taken_back_to_one_that_failed_has_failed() -> None:
    gate = {"name": "gate", "type": "confirm-rollout", "url": "http://hook"}
    actions = [UPDATE, ("Failed", "set-image v3"), ("Waiting", "set-image v2")]
    answers = {"success": [50]}
    given: dict[str, Any] = {"analysis": {"webhooks": [gate]}, "webhook_answers": {"gate": [200, 403]}}
    ours = RecordingPlayer(rollout(*actions, metric_answers=answers, **given), DEFAULT).play()
    assert phases(ours)[-3:] == ["Failed", "Waiting", "Failed"]
    assert ours.texts[-1] == "Stopped waiting for approval, promote.r1 was set back to the revision that failed before"


@pytest.mark.parametrize("dies_in", ["Promoting", "Finalising"])
def test_canary_that_dies_after_the_primary_took_over_does_not_fail_the_rollout(dies_in: str) -> None:
    class CanaryDies(RecordingPlayer):
        """The canary's pods go away in one phase, the primary's stay."""

        def _tick(self, *given: Any) -> None:
            target = self._cluster_view.get("Deployment", "r1", "promote")
            if self._outcome.statuses and self._outcome.statuses[-1][0] == dies_in and target is not None:
                self._cluster_view.put({**target, "status": {**target["status"], **self._gone()}})
            super()._tick(*given)

        def _gone(self) -> dict[str, Any]:
            since = "2026-11-23T06:00:00Z"
            unavailable = {"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable"}
            progressing = {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}
            return {"availableReplicas": 0, "conditions": [{**unavailable, "lastUpdateTime": since}, progressing]}

    flagger = CanaryDies(rollout(), STRICT).play()
    assert phases(flagger)[-1] == "Failed"
    assert images(flagger, "promote-primary")[-1] == "v2", "although the primary runs the new revision"
    ours = CanaryDies(rollout(), DEFAULT).play()
    assert phases(ours)[-1] == "Succeeded"
    assert weights(ours)[-1] == (100, 0)


def test_canary_whose_pods_all_die_gets_no_traffic() -> None:
    def dies(phase: str, texts: list[str]) -> frozenset[str]:
        return frozenset({"v2"}) if "Advance promote.r1 canary weight 20" in texts else frozenset()

    flagger = Changing(rollout(), STRICT, dies).play()
    assert [canary for _, canary in weights(flagger)] == [0, 10, 20, 0]
    tick_of = {said.text: said.tick for said in reversed(flagger.messages)}
    assert tick_of["Canary failed! Scaling down promote.r1"] - tick_of["Advance promote.r1 canary weight 20"] > 5

    ours = Changing(rollout(), DEFAULT, dies).play()
    tick_of = {said.text: said.tick for said in reversed(ours.messages)}
    withdrawn = tick_of["Routing all traffic to primary, no pod of promote.r1 is available"]
    assert withdrawn == tick_of["Advance promote.r1 canary weight 20"] + 1
    assert phases(ours)[-1] == "Failed", "at its deadline, as Flagger's"


def test_primary_that_never_starts_is_no_reason_to_take_the_target_away() -> None:
    class NothingStarts(RecordingPlayer):
        """The target runs; its copy does not."""

        def _look(self, at_s: float) -> bool:
            self._broken = frozenset({"v1"}) if at_s >= 0 else frozenset()
            return super()._look(at_s)

    recording = rollout(("+10", "set-image v1"), spec={"provider": "kubernetes", **QUICK_DEADLINE}, ticks=12)
    flagger, ours = (NothingStarts(recording, settings).play() for settings in (STRICT, DEFAULT))
    assert phases(flagger) == ["Initializing", "Failed"]
    assert flagger.objects["Deployment promote"][-1]["replicas"] == 0, "an outage"
    assert phases(ours) == ["Initializing"]
    assert ours.objects["Deployment promote"][-1]["replicas"] == 2


@pytest.mark.parametrize(("settings", "replicas"), [(STRICT, 0), (DEFAULT, 2)])
def test_skipped_analysis_still_waits_for_the_first_primary(settings: ControllerSettings, replicas: int) -> None:
    played = RecordingPlayer(rollout(spec={"skipAnalysis": True}, ticks=1), settings, broken={"v1"}).play()
    assert played.objects["Deployment promote"][-1]["replicas"] == replicas


def test_mirror_that_the_provider_cannot_do_is_said_once_and_left_out() -> None:
    recording = rollout(analysis={"mirror": True})
    flagger = RecordingPlayer(recording, STRICT).play()
    assert weights(flagger) == [(100, 0)], "at weight 0 for ever"
    ours = RecordingPlayer(recording, DEFAULT).play()
    assert phases(ours)[-1] == "Succeeded"
    assert ours.texts.count("Traffic mirroring is not supported when using the traefik provider") == 1


def test_match_that_the_provider_cannot_do_does_not_send_everybody_to_an_untested_canary() -> None:
    match = [{"headers": {"x-canary": {"exact": "insider"}}}]
    recording = rollout(analysis=iterated(3, match=match))
    first = "Advance promote.r1 canary iteration 1/3"

    def canary_weight_at(outcome: ReplayOutcome, text: str) -> int:
        tick = next(said.tick for said in outcome.messages if said.text == text)
        written = [i for i, when in enumerate(outcome.ticks["routes"]) if when <= tick]
        return weights(outcome)[written[-1]][1]

    assert canary_weight_at(RecordingPlayer(recording, STRICT).play(), first) == 100
    ours = RecordingPlayer(recording, DEFAULT).play()
    assert canary_weight_at(ours, first) == 0
    assert ours.texts.count("A/B testing is not supported when using the traefik provider") == 1
    assert phases(ours)[-1] == "Succeeded"


def test_acceptance_tests_run_once_behind_a_closed_gate() -> None:
    hooks = [
        {"name": "smoke", "type": "pre-rollout", "url": "http://hook"},
        {"name": "more", "type": "confirm-traffic-increase", "url": "http://hook"},
    ]
    given: dict[str, Any] = {"analysis": {"webhooks": hooks}, "webhook_answers": {"more": [403, 403, 403, 200]}}
    for settings, runs in ((STRICT, 4), (DEFAULT, 1)):
        played = RecordingPlayer(rollout(**given), settings).play()
        assert sum(hook.name == "smoke" for hook in played.hooks) == runs
        assert phases(played)[-1] == "Succeeded"


def test_stepped_promotion_without_weight_on_the_canary_comes_to_its_end() -> None:
    class RouterEdited(RecordingPlayer):
        """Somebody routes everything to the primary while it is being promoted in steps."""

        def _tick(self, *given: Any) -> None:
            live = self._cluster_view.get("TraefikService", "r1", "promote")
            if live is not None and self._outcome.texts[-1:] == ["Advance promote.r1 primary weight 70"]:
                services = [{**live["spec"]["weighted"]["services"][0], "weight": 100}]
                self._cluster_view.put({**live, "spec": {"weighted": {"services": services}}})
            super()._tick(*given)

    recording = rollout(analysis={"stepWeightPromotion": 20})
    assert phases(RouterEdited(recording, STRICT).play())[-1] == "Promoting", "for ever"
    assert phases(RouterEdited(recording, DEFAULT).play())[-1] == "Succeeded"


def test_canary_that_is_scaled_to_zero_by_hand_is_rolled_back() -> None:
    recording = rollout(UPDATE, ("weight>=20", "scale 0"))
    assert phases(RecordingPlayer(recording, STRICT).play())[-1] == "Succeeded", "half of the traffic to nobody"
    ours = RecordingPlayer(recording, DEFAULT).play()
    assert phases(ours)[-1] == "Failed"
    assert ours.texts[-2:] == [
        "canary deployment promote.r1 not ready: scaled to zero",
        "Canary failed! Scaling down promote.r1",
    ]
    assert weights(ours)[-1] == (100, 0)


def test_canary_that_keda_takes_to_zero_for_want_of_events_goes_on() -> None:
    scaled = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "promote-so"}

    class Idles(RecordingPlayer):
        """KEDA finds nothing to do for the canary at weight 20, for one tick."""

        def _tick(self, *given: Any) -> None:
            target = self._cluster_view.get("Deployment", "r1", "promote")
            said = self._outcome.texts
            if target is not None and said[-1:] == ["Advance promote.r1 canary weight 20"]:
                self._cluster_view.put({**target, "spec": {**target["spec"], "replicas": 0}})
            super()._tick(*given)

    played = Idles(rollout(spec={"autoscalerRef": scaled}), DEFAULT).play()
    assert phases(played)[-1] == "Succeeded"
    assert not any("scaled to zero" in text for text in played.texts)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("confirm-rollout", "Halt promote.r1 advancement waiting for approval gate"),
        ("pre-rollout", "Halt promote.r1 advancement pre-rollout check gate failed "),
        ("rollout", "Halt promote.r1 advancement external check gate failed "),
        ("confirm-traffic-increase", "Halt promote.r1 advancement waiting for traffic increase approval gate"),
        ("confirm-promotion", "Halt promote.r1 advancement waiting for promotion approval gate"),
        ("rollback", "Rollback hook gate not signaling a rollback"),
        ("post-rollout", "Post-rollout hook gate failed "),
    ],
)
def test_a_hook_that_answers_204_fails_with_a_reason(kind: str, said: str) -> None:
    gate = {"name": "gate", "type": kind, "url": "http://hook"}
    recording = rollout(UPDATE, analysis={"webhooks": [gate]}, webhook_answers={"gate": [204]}, bodies={"gate": ""})
    assert said in RecordingPlayer(recording, STRICT).play().texts
    why = "status 204 does not count as success, only 200, 201 and 202 do"
    told = said + why if said.endswith(" ") else f"{said}: {why}"
    assert told in RecordingPlayer(recording, DEFAULT).play().texts

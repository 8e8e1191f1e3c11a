"""When people are alerted along whole rollouts, and of what."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import DEFAULT, STRICT, UPDATE, rollout

from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.player import RecordingPlayer

BEGUN = [
    ("info", "New Deployment detected, initialization completed.", True),
    ("info", "New revision detected, progressing canary analysis.", True),
]
BOTH = pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])


class Alerted(RecordingPlayer):
    """Notes alerts as (severity, text, whether with fields)."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.alerts: list[tuple[str, str, bool]] = []
        super().__init__(*given, **named)

    def _carry_out(self, effect: fx.Effect) -> Any:
        if isinstance(effect, fx.SendAlert):
            self.alerts.append((effect.severity, effect.text, effect.with_fields))
        return super()._carry_out(effect)


def alerts(
    settings: ControllerSettings, *actions: tuple[str, str], broken: frozenset[str] = frozenset(), **given: Any
) -> Any:
    player = Alerted(rollout(*actions, **given), settings, broken=broken)
    player.play()
    return player.alerts


def hook(kind: str, **more: Any) -> dict[str, Any]:
    return {"webhooks": [{"name": "gate", "type": kind, "url": "http://hook", **more}]}


@BOTH
def test_success(settings: ControllerSettings) -> None:
    done = ("info", "Canary analysis completed successfully, promotion finished.", False)
    assert alerts(settings) == [*BEGUN, done]


@BOTH
def test_failed_checks(settings: ControllerSettings) -> None:
    failed = ("error", "Failed checks threshold reached 3", False)
    assert alerts(settings, metric_answers={"success": [50]}) == [*BEGUN, failed]


@BOTH
def test_skipped_analysis(settings: ControllerSettings) -> None:
    skip = ("weight>=20", 'patch {"spec": {"skipAnalysis": true}}')
    done = ("info", "Canary analysis was skipped, promotion finished.", False)
    assert alerts(settings, UPDATE, skip) == [*BEGUN, done]


@BOTH
@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("confirm-rollout", "Canary is waiting for approval.", 1),
        ("confirm-promotion", "Canary promotion is waiting for approval.", 2),
    ],
)
def test_closed_gate_is_told_once(settings: ControllerSettings, kind: str, text: str, place: int) -> None:
    answers = {"gate": [403, 403, 403, 200]}
    found = alerts(settings, analysis=hook(kind), webhook_answers=answers)
    assert found[place] == ("warn", text, False)
    assert [told for _, told, _ in found].count(text) == 1
    muted = alerts(settings, analysis=hook(kind, muteAlert=True), webhook_answers=answers)
    assert text not in [told for _, told, _ in muted]


@pytest.mark.parametrize(("settings", "times"), [(STRICT, 4), (DEFAULT, 2)])
def test_closed_traffic_gate_is_told_once_for_each_time_that_it_is_closed(
    settings: ControllerSettings, times: int
) -> None:
    answers = {"gate": [200, 403, 403, 403, 200, 403, 200]}
    found = alerts(settings, analysis=hook("confirm-traffic-increase"), webhook_answers=answers)
    told = [text for severity, text, _ in found if severity == "warn"]
    assert told == ["Canary traffic increase is waiting for approval."] * times


@BOTH
def test_rollback_hook(settings: ControllerSettings) -> None:
    found = alerts(settings, analysis=hook("rollback"), webhook_answers={"gate": [403, 200]})
    assert found == [*BEGUN, ("warn", "Rolling back manual webhook invoked", False)]


def test_deadline_of_which_flagger_says_nothing() -> None:
    given: dict[str, Any] = {"spec": {"progressDeadlineSeconds": 15}, "broken": frozenset({"v2"})}
    assert alerts(STRICT, **given) == BEGUN
    *begun, failed = alerts(DEFAULT, **given)
    assert begun == BEGUN
    assert failed[0] == "error"
    assert failed[1].startswith(
        "Canary failed, canary deployment promote.r1 not ready: waiting for rollout to finish: "
    )


@BOTH
def test_failed_promotion(settings: ControllerSettings) -> None:
    class PrimaryBreaks(Alerted):
        def _tick(self, *given: Any) -> None:
            super()._tick(*given)
            if any(text.startswith("Copying") for text in self._outcome.texts):
                self._broken = frozenset({"promote-primary:v2"})

    player = PrimaryBreaks(rollout(spec={"progressDeadlineSeconds": 15}), settings)
    player.play()
    assert player.alerts[:2] == BEGUN
    [(severity, text, _)] = player.alerts[2:]
    assert severity == "error"
    assert text.startswith("Promotion failed, primary not ready: ")


def test_target_set_back_in_mid_analysis() -> None:
    found = alerts(DEFAULT, UPDATE, ("weight>=20", "set-image v1"))
    assert found == [*BEGUN, ("warn", "Rolling back, target was set back to the promoted revision", False)]


def test_target_set_back_while_it_waits() -> None:
    gate = {"analysis": hook("confirm-rollout"), "webhook_answers": {"gate": [403]}}
    found = alerts(DEFAULT, UPDATE, ("Waiting", "set-image v1"), **gate)
    waiting = ("warn", "Canary is waiting for approval.", False)
    stopped = ("info", "Stopped waiting for approval, target was set back to the promoted revision.", False)
    assert found == [BEGUN[0], waiting, stopped]


@pytest.mark.parametrize(("settings", "restarts"), [(STRICT, 0), (DEFAULT, 1)], ids=["strict", "default"])
def test_restart_with_a_newer_revision(settings: ControllerSettings, restarts: int) -> None:
    found = alerts(settings, UPDATE, ("weight>=20", "set-image v3"))
    restart = ("info", "New revision detected, restarting canary analysis.", True)
    done = ("info", "Canary analysis completed successfully, promotion finished.", False)
    assert found == [*BEGUN, *[restart] * restarts, done]


@pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])
def test_suspension_in_mid_rollout(settings: ControllerSettings) -> None:
    suspend, resume = (f'patch {{"spec": {{"suspend": {on}}}}}' for on in ("true", "false"))
    found = alerts(settings, UPDATE, ("weight>=20", suspend), ("+35", resume))
    done = ("info", "Canary analysis completed successfully, promotion finished.", False)
    if settings.strict:
        assert found == [*BEGUN, done]
        return
    suspended = ("warn", "Canary is suspended in the middle of a rollout: its traffic stays as it is.", False)
    resumed = ("info", "Canary is resumed, its rollout goes on.", False)
    assert found == [*BEGUN, suspended, resumed, done]


def test_suspension_outside_a_rollout_concerns_nobody() -> None:
    assert alerts(DEFAULT, ("Initialized", 'patch {"spec": {"suspend": true}}'), ticks=6) == [BEGUN[0]]


@pytest.mark.parametrize(("settings", "told"), [(STRICT, 0), (DEFAULT, 1)], ids=["strict", "default"])
def test_deletion(settings: ControllerSettings, told: int) -> None:
    found = alerts(settings, UPDATE, ("weight>=20", "delete"), spec={"revertOnDeletion": True})
    deleted = ("info", "Canary is being deleted, the target takes over from the primary.", False)
    assert found == [*BEGUN, *[deleted] * told]


@pytest.mark.parametrize(("settings", "told"), [(STRICT, 2), (DEFAULT, 1)], ids=["strict", "default"])
def test_two_reasons_for_one_ending(settings: ControllerSettings, told: int) -> None:
    """The hook asks for what the threshold asks for as well."""
    answers = {"gate": [403, 403, 403, 403, 200]}
    found = alerts(settings, analysis=hook("rollback"), webhook_answers=answers, metric_answers={"success": [50]})
    reasons = [
        ("warn", "Rolling back manual webhook invoked", False),
        ("error", "Failed checks threshold reached 3", False),
    ]
    assert found == [*BEGUN, *reasons[:told]]


class RefusingRouter(Alerted):
    """Refuses three times to take the traffic from the canary."""

    refusals = 0

    def _carry_out(self, effect: fx.Effect) -> Any:
        if isinstance(effect, fx.Replace) and effect.obj["kind"] == "TraefikService" and self.refusals < 3:
            weights = [each.get("weight") for each in effect.obj["spec"]["weighted"]["services"]]
            if weights[0] == 100 and self._outcome.texts[-1].startswith("Rolling back"):
                self.refusals += 1
                raise fx.WriteRefused("traefikservices.traefik.io is forbidden")
        return super()._carry_out(effect)


@pytest.mark.parametrize(("settings", "told"), [(STRICT, 4), (DEFAULT, 1)], ids=["strict", "default"])
def test_rollback_that_has_to_be_tried_again_is_one_ending(settings: ControllerSettings, told: int) -> None:
    player = RefusingRouter(rollout(metric_answers={"success": [50]}), settings)
    player.play()
    assert player.refusals == 3
    assert player.alerts == [*BEGUN, *[("error", "Failed checks threshold reached 3", False)] * told]


class RefusedStart(Alerted):
    """Refuses three times to scale the target up."""

    refusals = 0

    def _carry_out(self, effect: fx.Effect) -> Any:
        begins = bool(self._outcome.texts) and self._outcome.texts[-1].startswith("New revision detected")
        if begins and isinstance(effect, fx.Patch) and effect.kind == "Deployment" and self.refusals < 3:
            self.refusals += 1
            raise fx.WriteRefused("exceeded quota")
        return super()._carry_out(effect)


@pytest.mark.parametrize(("settings", "told"), [(STRICT, 4), (DEFAULT, 1)], ids=["strict", "default"])
def test_start_that_has_to_be_tried_again_is_one(settings: ControllerSettings, told: int) -> None:
    player = RefusedStart(rollout(UPDATE, ("Succeeded", "set-image v3"), ticks=40), settings)
    player.play()
    assert player.refusals == 3
    done = ("info", "Canary analysis completed successfully, promotion finished.", False)
    assert player.alerts == [BEGUN[0], *[BEGUN[1]] * told, done, BEGUN[1], done]


def test_second_failure_of_the_same_revision_is_another_ending() -> None:
    retry = "annotate again"
    found = alerts(DEFAULT, UPDATE, ("Failed", retry), metric_answers={"success": [50]}, ticks=40)
    failed = ("error", "Failed checks threshold reached 3", False)
    assert found == [*BEGUN, failed, BEGUN[1], failed]


def test_events_go_to_the_controllers_webhook_unless_the_canary_has_its_own() -> None:
    everywhere = ControllerSettings(strict=True, event_webhook="http://events")
    played = RecordingPlayer(rollout(ticks=2), everywhere).play()
    assert [called.name for called in played.hooks] == ["event"] * len(played.messages)
    own = RecordingPlayer(rollout(analysis=hook("event"), ticks=2), everywhere).play()
    assert {called.name for called in own.hooks} == {"gate"}

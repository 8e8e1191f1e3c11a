"""Which alerts belong to one rollout: for systems that have threads."""

from __future__ import annotations

from typing import Any

from rollouts import DEFAULT, UPDATE, rollout

from canarytui.domain.spec.canary import Canary
from canarytui.engine.alerts.message import message_of
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import Tick
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.run_decision import drive


class Threaded(RecordingPlayer):
    """Notes alerts as (text, thread). `forgetful`: the controller is started again before every tick."""

    def __init__(self, *given: Any, forgetful: bool = False) -> None:
        self.threads: list[tuple[str, str]] = []
        self._forgetful = forgetful
        super().__init__(*given)

    def _tick(self, canary: Canary, now: Any, notes: Any) -> None:
        self._current = Tick(canary, self._cluster_view, self._settings, now, notes={} if self._forgetful else notes)
        drive(decide(self._current), self._carry_out)

    def _carry_out(self, effect: fx.Effect) -> Any:
        if isinstance(effect, fx.SendAlert):
            message = message_of(self._current, effect)
            self.threads.append((effect.text, message.thread))
        return super()._carry_out(effect)


def threads(*actions: tuple[str, str], forgetful: bool = False, **given: Any) -> dict[str, list[str]]:
    """Texts by thread, in the order of the threads."""
    player = Threaded(rollout(*actions, **given), DEFAULT, forgetful=forgetful)
    player.play()
    found: dict[str, list[str]] = {}
    for text, thread in player.threads:
        assert thread.startswith("r1/promote/")
        found.setdefault(thread, []).append(text)
    return found


INITIALISED = "New Deployment detected, initialization completed."
BEGUN = "New revision detected, progressing canary analysis."
PROMOTED = "Canary analysis completed successfully, promotion finished."


def gated(forgetful: bool) -> list[list[str]]:
    hooks = [{"name": kind, "type": kind, "url": "http://hook"} for kind in ("confirm-rollout", "confirm-promotion")]
    answers = {kind: [403, 403, 200] for kind in ("confirm-rollout", "confirm-promotion")}
    return list(threads(forgetful=forgetful, analysis={"webhooks": hooks}, webhook_answers=answers).values())


def test_a_rollout_is_one_thread_from_its_gate_to_its_end() -> None:
    waits = "Canary is waiting for approval.", "Canary promotion is waiting for approval."
    assert gated(forgetful=False) == [[INITIALISED], [waits[0], BEGUN, waits[1], PROMOTED]]


def test_the_thread_outlives_a_controller() -> None:
    assert gated(forgetful=True) == gated(forgetful=False)


def test_a_failed_rollout_and_the_fix_are_two_threads() -> None:
    found = threads(UPDATE, ("Failed", "set-image v3"), metric_answers={"success": [50]}, ticks=40)
    failed = "Failed checks threshold reached 3"
    assert list(found.values()) == [[INITIALISED], [BEGUN, failed], [BEGUN, failed]]


def test_a_newer_revision_in_mid_analysis_begins_a_thread() -> None:
    found = threads(UPDATE, ("weight>=20", "set-image v3"))
    restarted = "New revision detected, restarting canary analysis."
    assert list(found.values()) == [[INITIALISED], [BEGUN], [restarted, PROMOTED]]


def test_a_new_config_is_a_rollout_of_its_own() -> None:
    """The pods' template is the same as before."""
    found = threads(UPDATE, ("Succeeded", "configmap blue"), ticks=40)
    assert list(found.values()) == [[INITIALISED], [BEGUN, PROMOTED], [BEGUN, PROMOTED]]

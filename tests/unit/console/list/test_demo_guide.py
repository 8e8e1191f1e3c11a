"""The demo's tips follow its canary and end; no other console has them."""

from __future__ import annotations

from datetime import UTC

import pytest

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, FixtureConnection, canary_object
from canarytui.console.list.demo_guide import DemoGuide
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

KEYS = {"trigger": "t", "open": "Enter", "fault": "f"}


def situation(phase: str, weight: int = 0, *, suspend: bool = False) -> Situation:
    made = canary_object("test", "podinfo", phase, weight=weight, suspend=suspend)
    return Situation(Canary.parse(made), NOW, 10.0)


def tips(*states: tuple[str, int]) -> list[str]:
    """What one guide says, state by state."""
    guide = DemoGuide()
    return [guide.tip(situation(phase, weight), KEYS) for phase, weight in states]


def test_each_state_says_what_to_press_next() -> None:
    said = tips(
        ("Initializing", 0), ("Initialized", 0), ("Progressing", 0), ("Progressing", 10), ("Promoting", 100),
        ("Succeeded", 0), ("Progressing", 10), ("Failed", 0), ("Succeeded", 0),
    )  # fmt: skip
    assert "being set up" in said[0]
    assert "press t to roll out another version of podinfo" in said[1]
    assert "under way" in said[2]
    assert "Enter shows" in said[3]
    assert "f breaks it" in said[3]
    assert "under way" in said[4]
    assert "promoted. Press t with another tag, then f" in said[5]
    assert "f breaks it" in said[6]
    assert said[7:] == ["", ""]


def test_a_rollback_first_leaves_the_promotion_to_be_seen() -> None:
    said = tips(("Initialized", 0), ("Progressing", 5), ("Failed", 0), ("Progressing", 5), ("Succeeded", 0))
    assert "rolled back; :events shows how" in said[2]
    assert said[4] == ""


def test_what_ended_before_the_demo_is_not_taken_for_its_own() -> None:
    assert "press t" in tips(("Succeeded", 0))[0]


def test_there_is_no_tip_without_a_canary_nor_while_it_is_paused() -> None:
    guide = DemoGuide()
    assert guide.tip(None, KEYS) == ""
    assert guide.tip(situation("Progressing", 5, suspend=True), KEYS) == ""


def test_the_keys_are_this_persons() -> None:
    assert "press X to roll out" in DemoGuide().tip(situation("Initialized"), {**KEYS, "trigger": "X"})


@pytest.mark.parametrize("guided", [True, False])
async def test_only_the_demos_list_has_the_line(guided: bool) -> None:
    async def connector(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        cluster_state.canaries.replace([canary_object("test", "podinfo", "Initialized")])
        return FixtureConnection()

    app = ConsoleApp(connector, zone=UTC)
    app.model.guide = DemoGuide() if guided else None
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(60):
            await pilot.pause(0.05)
            if "podinfo" in shown(app) and ("Demo:" in shown(app)) == guided:
                break
        lines = shown(app).splitlines()
        assert len(lines) == 24
        assert ("Demo: press t to roll out another version of podinfo" in "\n".join(lines)) is guided
        assert "help" in lines[-1]
        paused = canary_object("test", "podinfo", "Progressing", weight=10, suspend=True)
        paused["metadata"]["resourceVersion"] = "999999"
        app.model.state.canaries.put(paused)
        for _ in range(60):
            await pilot.pause(0.05)
            if "Suspended" in shown(app) and "Demo:" not in shown(app):
                break
        assert "Demo:" not in shown(app)


def shown(app: ConsoleApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)

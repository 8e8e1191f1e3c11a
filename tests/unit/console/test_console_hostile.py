"""Ten thousand objects that nobody should write: nothing fails, none reaches the terminal, lines keep their width."""

from __future__ import annotations

import unicodedata
from typing import Any

import hostile
import pytest
from textual.pilot import Pilot

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, EVENTS
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.domain.rollout.explain import explain
from canarytui.session.state import ClusterState

COUNT = 10_000
FORBIDDEN = frozenset({"Cc", "Cs"})
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def is_clean(text: str) -> bool:
    return not any(unicodedata.category(letter) in FORBIDDEN or letter in BIDI for letter in text)


def filled(cluster_state: ClusterState, count: int) -> ClusterState:
    """`cluster_state` after a list of hostile canaries, and a watch on the rest."""
    cluster_state.stores[CANARIES].replace(
        [*cluster_state.stores[CANARIES].objects(), *hostile.canaries(count, seed=1)]
    )
    cluster_state.stores[DEPLOYMENTS].replace(
        [*cluster_state.stores[DEPLOYMENTS].objects(), *hostile.workloads(count, seed=2)]
    )
    for event in hostile.events(count, seed=3):
        cluster_state.stores[EVENTS].put(event)
    return cluster_state


async def test_every_object_has_a_line_and_a_sentence() -> None:
    cluster_state = filled(ClusterState(), COUNT)
    assert len(cluster_state.keys()) == COUNT
    explained = 0
    for key in cluster_state.keys():  # noqa: SIM118 - a ClusterState is no mapping
        row = cluster_state.row(key)
        assert row is not None
        situation = cluster_state.situation(key)
        if situation is not None:
            explained += 1
            sentence = explain(situation).sentence
            assert is_clean(sentence)
            assert len(sentence) <= 600
    assert explained > COUNT / 4


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_screens_stay_whole(size: tuple[int, int]) -> None:
    app = ConsoleApp(open_fixture, state=lambda: filled(fixture_state(), 2000))
    async with app.run_test(size=size) as pilot:
        while app.model.flow is None:
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        assert_whole(app, size)
        for keys in (("G",), ("s", "g"), ("enter",), ("escape", "j", "j", "j"), ("enter",), ("escape", "pagedown")):
            await pilot.press(*keys)
            await pilot.pause(0.2)
            assert_whole(app, size)
        await open_events(pilot)
        assert_whole(app, size)


async def open_events(pilot: Pilot[Any]) -> None:
    await pilot.press("colon", *"events", "enter")
    await pilot.pause(0.3)


def assert_whole(app: ConsoleApp, size: tuple[int, int]) -> None:
    """Every line of the screen is as wide as the screen and holds nothing but characters that take up room."""
    strips = app.screen._compositor.render_strips()
    assert len(strips) == size[1]
    for strip in strips:
        assert strip.cell_length == size[0]
        assert is_clean(strip.text), repr(strip.text)

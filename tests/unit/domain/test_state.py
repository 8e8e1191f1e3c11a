"""One word for the state, wherever it is shown."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from replacing import replace
from test_explain import NOW, RATE, canary, situation, workload

from canarytui.console.detail.plan import headline
from canarytui.console.detail.view import DetailView
from canarytui.console.help_screen import WALL_SIGNS
from canarytui.console.wall.cards import card_of, word_of
from canarytui.domain.history.controller_messages import WAITS_FOR_INCREASE
from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.revision_outcome import RevisionStage
from canarytui.domain.rollout.state import mark_of, phase_and_state, state_of
from canarytui.report.describe import described
from canarytui.report.rollout_status import RolloutStatus
from canarytui.session.columns.column import Room
from canarytui.session.columns.list_cells import badged, status
from canarytui.session.row_builder import row_of

MINUTE = timedelta(seconds=60)


@pytest.mark.parametrize(
    ("phase", "known", "state", "full"),
    [
        ("Progressing", {}, "Progressing", "Progressing"),
        ("Progressing", {"halted": True}, "Halted", "Progressing (halted)"),
        ("Progressing", {"failed": 5}, "Halted", "Progressing (halted)"),
        ("Progressing", {"suspend": True, "halted": True}, "Suspended", "Progressing (suspended)"),
        # Neither a controller that is gone nor pods that are not ready are a failed check.
        ("Progressing", {"halted": True, "last_tick": NOW - MINUTE}, "Unattended", "Progressing (unattended)"),
        ("Progressing", {"halted": True, "target": workload(ready=1)}, "Progressing", "Progressing"),
        ("Progressing", {"halted": True, "target": None}, "Progressing", "Progressing"),
        ("WaitingPromotion", {"halted": True}, "WaitingPromotion", "WaitingPromotion"),
        ("", {}, "New", "(none yet)"),
    ],
)
def test_every_screen_has_the_same_word(phase: str, known: dict[str, Any], state: str, full: str) -> None:
    known = dict(known)
    spec = {"suspend": known.pop("suspend", False)}
    found = situation(canary(phase, weight=20, failed=known.pop("failed", 0), spec=spec), checks=(RATE,), **known)
    assert state_of(found) == state
    assert row_of(found).label == state
    assert phase_and_state(found) == full
    assert f"Phase:          {full}" in described(found, "", ())
    told = RolloutStatus("shop", "cart", RevisionStage.UNDER_WAY, True, "", found).as_object()
    assert (told["phase"], told["state"]) == (phase, state)


@pytest.mark.parametrize(
    ("phase", "known", "mark"),
    [
        ("", {}, "·"),
        ("Initializing", {}, "▲"),
        ("Initialized", {}, "✓"),
        ("Waiting", {}, "?"),
        ("Progressing", {}, "▲"),
        ("Progressing", {"halted": True}, "✗"),
        ("Progressing", {"target": workload(ready=1)}, "?"),
        ("Progressing", {"suspend": True}, "="),
        ("Progressing", {"halted": True, "last_tick": NOW - MINUTE}, "!"),
        ("Progressing", {"target": None}, "!"),
        ("WaitingPromotion", {}, "?"),
        ("Promoting", {}, "▲"),
        ("Finalising", {}, "▲"),
        ("Succeeded", {}, "✓"),
        ("Failed", {}, "✗"),
        ("Terminating", {}, "▼"),
    ],
)
def test_every_screen_has_the_same_sign(phase: str, known: dict[str, Any], mark: str) -> None:
    spec = {"suspend": known.get("suspend", False)}
    given = {name: value for name, value in known.items() if name != "suspend"}
    found = situation(canary(phase, weight=20, spec=spec), checks=(RATE,), **given)
    row = row_of(found)
    assert mark_of(row.label, row.tone) == mark
    in_list = status(row, Room(24, NOW))
    assert in_list == f"{mark} {row.label}" or badged(row), "a badge is a sign by itself"
    assert card_of(found, (), alarm=False, since=None).mark == mark
    view = DetailView(found, row.label, explain(found), UTC, True)
    assert headline(view, 120).plain.startswith(f"shop/cart  {mark} {row.label}  ")
    explained = {sign[0] for sign, _ in (*WALL_SIGNS,)}
    assert mark in explained, "the wall's help explains it"


@pytest.mark.parametrize(
    ("known", "word"),
    [
        ({}, "ADVANCING"),
        ({"halted": True, "failed": 2}, "HALTED 2 OF 5"),
        ({"target": workload(ready=1)}, "WAITING FOR PODS"),
        ({"last_warning": WAITS_FOR_INCREASE, "warned_at": NOW}, "WAITING FOR GATE"),
        # Nothing waits here: the next check fails unless something changes.
        ({"checks": (replace(RATE, value=53.4),)}, "CHECK FAILING"),
        ({"checks": (replace(RATE, value=None),)}, "CHECK FAILING"),
    ],
)
def test_the_wall_names_what_the_sentence_says(known: dict[str, Any], word: str) -> None:
    known = {"checks": (RATE,), **known}
    found = situation(canary("Progressing", weight=20, failed=known.pop("failed", 0)), **known)
    assert word_of(found, explain(found).tone) == word

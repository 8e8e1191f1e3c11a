"""Dialogs that answer with a number, a gate or nothing: numbers, gates, the audit log."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from textual.app import App
from textual.screen import ModalScreen

from canarytui.console.actions.audit_screen import AuditScreen
from canarytui.console.actions.gates_screen import GatesScreen
from canarytui.console.actions.number_screen import NumberScreen, ticks_screen, weight_screen
from canarytui.console.demo_fixture import canary_object, fill, fixture_state
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page
from canarytui.domain.actions import ActionRequest, LoadTesterGate
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation

PODINFO = ("test", "podinfo")


async def answer(screen: ModalScreen[Any], *keys: str, text: list[str] | None = None) -> Any:
    """What `screen` answers to `keys`; `text` takes in what it shows before the last one."""
    answers: list[Any] = []
    app: App[None] = App()
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(screen, answers.append)
        await pilot.pause()
        for key in keys[:-1]:
            await pilot.press(key)
        await pilot.pause()
        if text is not None:
            text += [lines.text.plain for lines in screen.query(Lines)]
            text += ["\n".join(line.plain for line in page.lines) for page in screen.query(Page)]
        await pilot.press(keys[-1])
        await pilot.pause()
    return answers[0] if answers else "open"


def situation_of(key: tuple[str, str]) -> Situation:
    state = fixture_state()
    fill(state)
    found = state.situation(key)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("enter",), 35),
        (("up", "enter"), 40),
        (("up", "down", "enter"), 35),
        (("7", "enter"), "open"),
        (("escape",), None),
    ],
)
async def test_only_later_weights_can_be_chosen(keys: tuple[str, ...], expected: object) -> None:
    assert await answer(weight_screen(situation_of(PODINFO)), *keys) == expected


async def test_any_number_of_ticks_from_one_on() -> None:
    assert await answer(ticks_screen(situation_of(PODINFO), 6), "up", "enter") == 7
    assert await answer(ticks_screen(situation_of(PODINFO), 1), "down", "enter") == 1
    assert await answer(NumberScreen("Title", 3, "why"), "0", "enter") == "open"


async def test_the_number_is_selected_and_typed_over() -> None:
    assert await answer(NumberScreen("Title", 3, "why"), "4", "2", "enter") == 42


async def test_gates_say_who_asks_and_are_opened_and_closed() -> None:
    state = fixture_state()
    canary = canary_object("test", "podinfo", "Progressing")
    canary["spec"]["analysis"]["webhooks"] = [
        {"name": "approve", "type": "confirm-rollout", "url": "http://flagger-loadtester.test/gate/check"},
        {"name": "stop", "type": "rollback", "url": "http://flagger-loadtester.test/rollback/check"},
    ]
    state.canaries.put(canary)
    situation = state.situation(PODINFO)
    assert situation is not None

    async def asked(gate: LoadTesterGate, _: Situation) -> str:
        return "open" if gate.space == "rollback" else "closed"

    text: list[str] = []
    opened = await answer(GatesScreen(situation, asked), "o", text=text)
    shown = "\n".join(text)
    assert opened == ActionRequest(Intent.OPEN_GATE)
    assert "approve (confirm-rollout)" in shown
    assert "● closed" in shown
    assert "○ open" in shown
    closed = await answer(GatesScreen(situation, asked), "j", "c")
    assert closed == ActionRequest(Intent.CLOSE_GATE, rollback_gate=True)
    assert await answer(GatesScreen(situation, asked), "escape") is None


async def test_a_gate_that_is_not_known_says_why_in_lines_of_its_own() -> None:
    state = fixture_state()
    canary = canary_object("test", "podinfo", "Progressing")
    url = "http://flagger-loadtester.test/gate/check"
    canary["spec"]["analysis"]["webhooks"] = [{"name": "approve", "type": "confirm-rollout", "url": url}]
    state.canaries.put(canary)
    situation = state.situation(PODINFO)
    assert situation is not None

    why = "http://flagger-loadtester.test cannot be reached through the API server: prod does not answer in time"

    async def asked(gate: LoadTesterGate, _: Situation) -> str:
        return why

    text: list[str] = []
    assert await answer(GatesScreen(situation, asked), "escape", text=text) is None
    gate, *below = text[1].split("\n")
    assert gate.split() == ["▶", "gate", "?", "not", "known"]
    reason = below[: next(number for number, row in enumerate(below) if "asked by" in row)]
    assert len(reason) > 1
    assert all(row.startswith("    ") and len(row) <= 100 for row in reason)
    assert " ".join(row.strip() for row in reason) == why


async def test_the_audit_log_is_shown_and_closed() -> None:
    entry = {
        "at": "2026-11-23T14:30:12Z",
        "context": "a",
        "namespace": "shop",
        "name": "cart",
        "title": "Roll back cart",
    }
    text: list[str] = []

    async def read() -> list[dict[str, str]]:
        return [entry]

    assert await answer(AuditScreen(read, UTC, "audit.jsonl"), "j", "q", text=text) is None
    assert text[0] == "Audit audit.jsonl"
    assert "cart" in text[1]

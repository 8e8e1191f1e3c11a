"""The console as a person drives it, over a fixed cluster that remembers what it was asked to write."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from canarytui.cluster.resources import CANARIES
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.domain.plan import Intent
from canarytui.errors import CanarytuiError, ClusterUnreachable
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState


class Console:
    """An app over a scene, with the connection at hand."""

    def __init__(self, *, refusal: str = "", failure: CanarytuiError | None = None) -> None:
        self.connection = FixtureConnection(refusal=refusal)
        self._failure = failure
        self.app = ConsoleApp(self._open, state=fixture_state, zone=UTC)

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        if self._failure is not None:
            raise self._failure
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        return self.connection

    def text(self) -> str:
        """Everything on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def press(self, pilot: Pilot[Any], *keys: str) -> None:
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.15)


async def test_list_shows_kubectls_columns_and_what_is_wrong_first() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await console.press(pilot)
        await pilot.pause(0.3)
        lines = console.text().splitlines()
        header = next(line for line in lines if "STATUS" in line)
        assert header.split()[:4] == ["NAMESPACE", "NAME", "STATUS", "WEIGHT"]
        rows = [line for line in lines if any(name in line for name in ("cart ", "ledger ", "podinfo "))]
        assert "HALTED 3/10" in rows[0]
        assert "SANDBOX" in lines[0]


@pytest.mark.parametrize(
    ("keys", "intent", "field"),
    [
        (("j", "j", "R"), Intent.ROLL_BACK, "failedChecks"),
        (("j", "j", "P"), Intent.PROMOTE, "skipAnalysis"),
        (("j", "j", "p"), Intent.PAUSE, "suspend"),
        (("j", "p"), Intent.RESUME, "suspend"),
    ],
)
async def test_an_action_shows_what_it_will_write_before_it_writes(
    keys: tuple[str, ...], intent: Intent, field: str
) -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, *keys)
        assert field in console.text()
        assert "resourceVersion" in console.text()
        assert console.connection.plans == []
        await console.press(pilot, "y")
        await pilot.pause(0.3)
        assert [plan.intent for plan in console.connection.plans] == [intent]


async def test_no_is_no() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "j", "j", "R", "n", "j", "j", "R", "escape")
        assert console.connection.plans == []


async def test_trigger_asks_for_the_tag_and_shows_the_image() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "j", "j", "t")
        await console.press(pilot, *"4.0.9", "enter")
        assert "stefanprodan/podinfo:4.0.9" in console.text()
        await console.press(pilot, "y")
        await pilot.pause(0.3)
        assert [plan.intent for plan in console.connection.plans] == [Intent.TRIGGER]


async def test_a_refusal_is_told_before_anything_is_written() -> None:
    console = Console(refusal='User "viewer" cannot patch resource "canaries/status"')
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "j", "j", "R", "y")
        await pilot.pause(0.3)
        assert console.connection.plans == []
        told = " ".join(notification.message for notification in console.app._notifications)
        assert 'User "viewer" cannot patch' in told


async def test_a_cluster_that_does_not_answer_ends_the_console_with_one_sentence() -> None:
    console = Console(failure=ClusterUnreachable("The API server at https://127.0.0.1:1 does not answer."))
    async with console.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.5)
    assert console.app.failure == "The API server at https://127.0.0.1:1 does not answer."
    assert console.app.return_code == 1


async def test_lost_contact_keeps_the_list_and_says_so() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        console.app.model.state.stores[CANARIES].stale("connection refused")
        await pilot.pause(1.2)
        assert "podinfo" in console.text()
        assert "STALE since" in console.text()
        console.app.model.state.stores[CANARIES].fresh()
        await pilot.pause(1.2)
        assert "STALE" not in console.text()


async def test_text_from_the_cluster_cannot_write_to_the_terminal() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        store = console.app.model.state.stores[CANARIES]
        evil = dict(next(obj for obj in store.objects() if obj["metadata"]["name"] == "front"))
        evil["metadata"] = {
            **evil["metadata"],
            "name": "x\x1b]0;owned\x07[red]y",
            "uid": "evil",
            "resourceVersion": "9",
        }
        store.put(evil)
        await pilot.pause(0.5)
        text = console.text()
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "[red]y" in text


async def test_palette_opens_again_while_the_last_one_is_being_removed() -> None:
    """As when its key is held down, or Escape and the key come together. Textual's own action raises there, which ends
    the app."""
    console = Console()
    async with console.app.run_test(size=(120, 34)) as pilot:
        await pilot.pause(0.3)
        console.app.action_command_palette()
        await pilot.pause()
        removed = console.app.pop_screen()
        console.app.action_command_palette()
        console.app.action_command_palette()
        await removed
        await pilot.pause(0.3)
        assert isinstance(console.app.screen, CommandPalette)
        assert sum(isinstance(screen, CommandPalette) for screen in console.app.screen_stack) == 1

"""A walk through what a person on call does, by keys alone, in one run of the app: each task takes no more keys than in
k9s, shows what it should, and writes nothing before the key that confirms it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from loop_files import files_touched_here
from textual.pilot import Pilot
from walk_tasks import CART, SAFER, TASKS, WalkTask, pressed

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.list.screen import ListScreen
from canarytui.console.memory import ConsoleMemory
from canarytui.console.messages import NarrowList, ShowList
from canarytui.console.programs.plugins import Plugin
from canarytui.console.settings import ConsoleSettings
from canarytui.console.terminal.foreground_program import run_in_terminal
from canarytui.domain.values import NamespacedName
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

SIZE = (140, 45)
HELLO = Plugin("hello", ("hello", "$NAMESPACE/$NAME"), "ctrl+g", background=True)

PROGRAMS = {
    "editor": 'sed -i "s/stepWeight: 5/stepWeight: 15/" "$1"',
    "pager": '{ printf "paged: "; cat; } > "$SAID/pager.said"',
    "kubectl": 'echo "kubectl: $*" > "$SAID/kubectl.said"',
    "hello": 'echo "hello $1"',
    "browser": 'echo "browser: $1" > "$SAID/browser.said"',
}


class WalkApp(ConsoleApp):
    """Programs that want a terminal are run without one: here there is none."""

    async def hand_over(
        self,
        argv: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        text: str = "",
        errors: list[str] | None = None,
    ) -> int:
        return await run_in_terminal(argv, variables or {}, text, errors)


class WalkConnection(FixtureConnection):
    """Its containers run."""

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        detail = super().open_detail(key)
        for pod in (pod for part in ("target", "primary") for pod in detail.objects("Pod", part)):
            for status in pod["status"]["containerStatuses"]:  # type: ignore[index]
                status["state"] = {"running": {}}
        return detail


class Walk:
    """The app over the fixed cluster, and the screen as one text."""

    def __init__(self, folder: Path) -> None:
        self.connection = FixtureConnection()
        self.app = WalkApp(
            self._open,
            state=fixture_state,
            zone=UTC,
            known_contexts=lambda: ["prod-eu", "prod-us"],
            memory=ConsoleMemory(folder / "console.json"),
            settings=ConsoleSettings(plugins=(HELLO,), links={"grafana": "https://grafana.example.com/?canary=$NAME"}),
        )
        self._folder = folder
        self.pilot: Pilot[Any]

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for canary in list(cluster_state.canaries.objects()):
            metadata = {**canary["metadata"], "labels": {"app": canary["metadata"]["name"]}}
            cluster_state.canaries.put({**canary, "metadata": metadata})
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        self.connection = WalkConnection(state=cluster_state)
        return self.connection

    def seen(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        shown = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        notes = [f"{note.title} {note.message}" for note in self.app._notifications]
        said = [path.read_text(encoding="utf-8") for path in self._folder.glob("*.said")]
        return "\n".join([shown, *notes, *said])

    async def until(self, holds: Callable[[], object], what: str) -> None:
        for _ in range(250):
            if holds():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"{what}:\n{self.seen()}")

    async def begin(self, task: WalkTask) -> None:
        """The list, as after the start, with the cursor on the task's canary."""
        app = self.app
        while len(app.screen_stack) > 1 and not isinstance(app.screen, ListScreen):
            await self.pilot.press("escape")
        app.clear_notifications()
        listing = app.model.listing
        listing.marked.clear()
        listing.sort("")
        app.receive(ShowList())
        app.receive(NarrowList(pattern="", namespace=""))
        self.connection.plans.clear()
        rows = app.screen.query_one(CanaryRows)
        if rows.placing.wide:
            await self.pilot.press("w")
        rows.select(task.on)
        await self.until(lambda: rows.selected == task.on, "the canary is selected")

    async def do(self, task: WalkTask) -> None:
        await self.begin(task)
        keys = pressed(task.keys)
        last = keys.pop() if task.writes is not None else None
        await self.pilot.press(*keys)
        assert self.connection.plans == [], task.name
        if last is not None:
            await self.until(lambda: "Yes" in self.seen(), f"{task.name}: the question")
            await self.pilot.press(last)
            await self.until(lambda: self.connection.plans, f"{task.name}: the write")
        for words in task.shows:
            await self.until(lambda words=words: words in self.seen(), f"{task.name}: {words!r}")
        for words in task.hides:
            await self.until(lambda words=words: words not in self.seen(), f"{task.name}: no {words!r}")
        if task.writes is not None:
            assert {plan.intent for plan in self.connection.plans} == {task.writes}, task.name


async def test_a_walk_by_keys_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name, script in PROGRAMS.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("SAID", str(tmp_path))
    for variable, program_name in (("KUBE_EDITOR", "editor"), ("PAGER", "pager"), ("BROWSER", "browser")):
        monkeypatch.setenv(variable, program_name)
    walk = Walk(tmp_path)
    with files_touched_here(tmp_path) as touched:
        await _walk(walk, record_property)
    assert touched == [], "a key waits for the disk"


async def _walk(walk: Walk, record_property: Callable[[str, object], None]) -> None:
    async with walk.app.run_test(size=SIZE) as pilot:
        walk.pilot = pilot
        await walk.until(lambda: walk.app.model.flow is not None and "HALTED" in walk.seen(), "the list")
        for task in TASKS:
            await walk.do(task)
            record_property("walk", (task.name, task.keys, len(pressed(task.keys)), task.k9s, len(pressed(task.k9s))))


def test_no_task_takes_more_keys_than_in_k9s() -> None:
    assert len(TASKS) >= 40
    assert len({task.name for task in TASKS}) == len(TASKS)
    more = {task.name: len(pressed(task.keys)) - len(pressed(task.k9s)) for task in TASKS}
    assert {name: count for name, count in more.items() if count > 0} == SAFER


def test_keys_are_counted_as_they_are_pressed() -> None:
    assert pressed(":ns⏎^s␣A'") == [":", "n", "s", "enter", "ctrl+s", "space", "A", "apostrophe"]
    assert CART in {task.on for task in TASKS}

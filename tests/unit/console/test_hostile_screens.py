"""Names, images, reasons and annotations that nobody should write, on every screen, dialog and file that a key leads
to: nothing fails, and no control character reaches the terminal, a file, the clipboard or a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import hostile
import pytest
from test_console_hostile import assert_whole, is_clean
from textual.pilot import Pilot

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, EVENTS
from canarytui.console.app import ConsoleApp
from canarytui.console.commands import run_command
from canarytui.console.demo_fixture import FixtureConnection, canary_object, deployment_object, fill, fixture_state
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.memory import ConsoleMemory
from canarytui.console.messages import NarrowList, ShowList
from canarytui.console.programs.plugins import Plugin
from canarytui.console.settings import ConsoleSettings
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

SIZE = (110, 36)
SAY = Plugin("say", ("say", "$NAMESPACE/$NAME", "$REVISION", "$CONTEXT"), "ctrl+g", writes=False)
KEYS: tuple[tuple[str, ...], ...] = (
    ("d",), ("y", "vertical_line"), ("y", "c"), ("l",), ("e", "v"), ("e", "o"), *(("enter", part) for part in "12348"),
    ("enter", "2", "enter"), ("c",), ("R",), ("p",), ("P",), ("t",), ("f",), ("u",), ("ctrl+g",), ("ctrl+o",),
    ("ctrl+y",), ("ctrl+s",), ("apostrophe",), ("question_mark",), ("w",), ("v",), ("v",), ("v",), ("z",),
    ("colon", *"ns ", "tab"), ("slash", *"red"),
)  # fmt: skip
COMMANDS = ("pulse", "ns", "ctx", "events", "requests", "audit", "filter", "gates", "detail c", "filter bad")


def spoilt(text: str, number: int) -> dict[str, Any]:
    """A canary that says `text` wherever others' words are shown."""
    made = canary_object(f"shop{text[:60]}", f"c{number}{text[:60]}", "Progressing", weight=20, failed=2)
    made["metadata"]["annotations"] = {
        "canarytui.io/link": f"https://x.example/{text[:200]}",
        f"canarytui.io/link-{text[:60]}": f"javascript:{text[:200]}",
        text[:200]: text,
    }
    made["metadata"]["labels"] = {text[:60]: text[:60]}
    made["spec"]["suspend"] = number % 2 == 0
    made["spec"]["analysis"]["webhooks"] = [
        {"name": text[:200], "type": "confirm-rollout", "url": f"http://loadtester.test/gate/check?{text[:200]}"},
        {"name": "load", "url": text[:200], "metadata": {"cmd": text}},
    ]
    made["spec"]["analysis"]["metrics"] = [
        {"name": text[:200], "interval": "1m", "query": text, "thresholdRange": {"min": 99}}
    ]
    made["spec"]["analysis"]["alerts"] = [{"name": text[:200], "severity": "info", "providerRef": {"name": text}}]
    made["status"]["conditions"] = [
        {"type": "Promoted", "status": "False", "reason": text[:2000], "message": text, "lastUpdateTime": text[:40]}
    ]
    made["status"]["lastAppliedSpec"] = text[:200]
    return made


class HostileApp(ConsoleApp):
    """Keeps what would leave it."""

    def __init__(self, text: str, folder: Path) -> None:
        super().__init__(
            self._open,
            state=fixture_state,
            zone=UTC,
            known_contexts=lambda: [f"prod{text[:60]}", "stage"],
            memory=ConsoleMemory(folder / "console.json"),
            settings=ConsoleSettings(
                plugins=(SAY,), filters={"bad": ":failed"}, links={"dash": "https://x.example/$NAMESPACE/$NAME"}
            ),
        )
        self.text = text
        self.left: list[str] = []

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for number in range(2):
            made = spoilt(self.text, number)
            place = made["metadata"]["namespace"], made["metadata"]["name"]
            cluster_state.stores[CANARIES].put(made)
            target = deployment_object(place[0], place[1], self.text[:500] or "a/b:1", 2, 1)
            target["metadata"]["annotations"] = {"a": self.text}
            cluster_state.stores[DEPLOYMENTS].put(target)
            cluster_state.stores[EVENTS].put(
                {
                    "apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": self.text[:200], "count": 1,
                    "metadata": {"namespace": place[0], "name": f"e{number}", "uid": f"u{number}"},
                    "involvedObject": {"kind": "Canary", "namespace": place[0], "name": place[1]},
                    "message": f"Halt {place[1]} advancement {self.text}", "lastTimestamp": "2026-11-23T14:30:00Z",
                }
            )  # fmt: skip
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        connection = FixtureConnection(state=cluster_state, context=f"c{self.text[:80]}")
        request = connection.requests.begin("PATCH", f"/apis/{self.text[:300]}")
        request.answered(409)
        return connection

    async def hand_over(
        self,
        argv: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        text: str = "",
        errors: list[str] | None = None,
    ) -> int:
        self.left += [*argv, text]
        return 0


def assert_nothing_raw(text: str) -> None:
    assert all(is_clean(line) for line in text.replace("\t", " ").split("\n")), repr(text[:500])


TEXT = hostile.ESCAPES + hostile.BIDI + hostile.SURROGATE + hostile.MARKUP + hostile.WIDE + hostile.LONG[:100_000]


async def test_every_key_of_a_hostile_canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name, program in (("PAGER", "page"), ("KUBE_EDITOR", "edit"), ("BROWSER", "")):
        monkeypatch.setenv(name, program)
    app = HostileApp(TEXT, tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(200):
            if app.model.flow is not None and app.model.listing.shown:
                break
            await pilot.pause(0.02)
        for way in (*KEYS, *COMMANDS):
            await begin(app, pilot)
            if isinstance(way, str):
                run_command(app.model, way)
            else:
                await pilot.press(*("space" if key == " " else key for key in way))
            for _ in range(100):
                await pilot.pause(0.05)
                if app.screen._compositor.render_strips():  # a screen that has just been opened is not laid out yet
                    break
            assert_whole(app, SIZE)
            app.left.append(app.clipboard)
            for note in app._notifications:
                assert_nothing_raw(f"{note.title}\n{note.message}")
    assert app.return_code in (None, 0)
    for said in app.left:
        assert_nothing_raw(said)
    assert_files_are_clean(tmp_path)


def assert_files_are_clean(folder: Path) -> None:
    written = [path for path in folder.rglob("*") if path.suffix in (".md", ".txt", ".svg")]
    assert {path.suffix for path in written} == {".md", ".txt", ".svg"}
    for path in written:
        assert_nothing_raw(path.read_text(encoding="utf-8"))


async def begin(app: HostileApp, pilot: Pilot[Any]) -> None:
    """The list, with the cursor on a hostile canary."""
    while len(app.screen_stack) > 2:
        app.pop_screen()
    app.clear_notifications()
    app.receive(ShowList())
    app.receive(NarrowList(pattern="", namespace=""))
    await pilot.pause()
    key = next(key for key in app.model.state.keys() if key[0].startswith("shop") and key != ("shop", "cart"))  # noqa: SIM118
    app.screen.query_one(CanaryRows).select(key)

"""What the console does with a person's programs: guards, audit, output, the text of a failed edit."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.actions.executor import CarriedOut
from canarytui.console.actions.confirm_screen import ConfirmScreen
from canarytui.console.actions.dialog import Dialog
from canarytui.console.app import ConsoleApp
from canarytui.console.commands import completions, run_command
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.console.help_screen import help_text
from canarytui.console.messages import OpenShell, RunPlugin, ShowCanary
from canarytui.console.picker_screen import PickerScreen
from canarytui.console.programs.plugins import Plugin
from canarytui.console.requests.screen import RequestsScreen
from canarytui.console.settings import ConsoleSettings
from canarytui.console.text_dialog import TextDialog
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.errors import CanarytuiError
from canarytui.session.connection import Connection
from canarytui.session.read_only_connection import ReadOnlyConnection
from canarytui.session.state import ClusterState

CART = ("shop", "cart")
SAY = (sys.executable, "-c", "import sys; print(*sys.argv[1:]); sys.exit(3)", "$NAMESPACE/$NAME", "$REVISION")
NOISY = Plugin("noisy", (sys.executable, "-c", "for n in range(9): print('line', n)"), "ctrl+g", background=True)


class Console(ConsoleApp):
    """An app over the demo fixture that keeps what it would hand the terminal to; `edit` changes an edited file."""

    def __init__(self, settings: ConsoleSettings | None = None) -> None:
        super().__init__(self._open, state=fixture_state, zone=UTC, settings=settings)
        self.connection = FixtureConnection()
        self.handed: list[tuple[list[str], str]] = []
        self.told: list[str] = []
        self.edit: Callable[[Path], None] = lambda path: None

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        self.connection = FixtureConnection(state=cluster_state)
        return ReadOnlyConnection(self.connection) if self.model.settings.read_only else self.connection

    async def hand_over(
        self,
        argv: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        text: str = "",
        errors: list[str] | None = None,
    ) -> int:
        if argv[0] == "missing":
            raise FileNotFoundError(2, "No such file or directory")
        self.handed.append((list(argv), text))
        if argv[0] == "edit":
            self.edit(Path(argv[-1]))
        return 0

    def tell(self, text: str, *, warning: bool = False, timeout_s: float | None = None) -> None:
        self.told.append(text)


@asynccontextmanager
async def opened(settings: ConsoleSettings | None = None) -> AsyncIterator[tuple[Console, Pilot[Any]]]:
    app = Console(settings)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        yield app, pilot


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.05)
    raise AssertionError("it did not happen")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("PAGER", "page -x")
    monkeypatch.setenv("KUBE_EDITOR", "edit --wait")


async def test_the_pager_gets_the_whole_part_and_what_lies_above_it() -> None:
    async with opened() as (app, pilot):
        await pilot.press("vertical_line")
        assert app.handed == []
        app.model.send(ShowCanary(CART, "yaml"))
        await pilot.pause(0.3)
        await pilot.press("vertical_line")
        await until(pilot, lambda: app.handed)
        argv, text = app.handed.pop()
        assert argv == ["page", "-x"]
        assert text.startswith("apiVersion: flagger.app/v1beta1\n")
        run_command(app.model, ":requests")
        await until(pilot, lambda: isinstance(app.screen, RequestsScreen))
        log = app.connection.requests
        log.begin("GET", "/apis/x").answered(200)
        await pilot.press("vertical_line")
        await until(pilot, lambda: app.handed)
        assert "GET    /apis/x" in app.handed.pop()[1]
        await until(pilot, lambda: "/apis/x" in str(app.screen.query_one("#requests").lines))  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        await pilot.press("escape")
        assert isinstance(app.screen, RequestsScreen), "Esc closes the innermost only"


async def test_a_pager_that_is_missing_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "missing")
    async with opened() as (app, pilot):
        app.model.send(ShowCanary(CART))
        await pilot.pause(0.3)
        await pilot.press("vertical_line")
        await until(pilot, lambda: app.told)
    assert app.told == [
        "missing cannot be started (No such file or directory): set $PAGER to a program that is installed."
    ]


async def test_an_edit_is_a_plan_that_is_confirmed(tmp_path: Path) -> None:
    seen: list[int] = []

    def change(path: Path) -> None:
        seen.append(stat.S_IMODE(path.stat().st_mode))
        path.write_text(path.read_text().replace("stepWeight: 5", "stepWeight: 15"))

    async with opened() as (app, pilot):
        app.edit = change
        app.model.send(ShowCanary(CART))
        await pilot.pause(0.3)
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert list((tmp_path / "canarytui" / "edits").iterdir())
        await pilot.press("y")
        await until(pilot, lambda: app.connection.plans)
        (made,) = app.connection.plans
        assert made.intent is Intent.EDIT
        assert made.writes[0].body["spec"] == {"analysis": {"stepWeight": 15}}
        await until(pilot, lambda: not list((tmp_path / "canarytui" / "edits").iterdir()))
    assert seen == [0o600]


@pytest.mark.parametrize("why", ["no", "invalid", "refused"])
async def test_what_is_not_written_is_kept_and_named(why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "kind: [" if why == "invalid" else "stepWeight: 15"
    async with opened() as (app, pilot):
        app.edit = lambda path: path.write_text(path.read_text().replace("stepWeight: 5", text)) and None

        async def refuse(plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
            raise CanarytuiError("spec.analysis is wrong.")

        if why == "refused":
            monkeypatch.setattr(app.connection.executor, "carry_out", refuse)
        app.model.send(ShowCanary(CART))
        await pilot.pause(0.3)
        await pilot.press("E")
        if why == "no":
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
            await pilot.press("n")
        await until(pilot, lambda: app.told)
        assert app.connection.plans == []
        if why == "no":
            assert app.told[-1].startswith("Your text is kept in "), "it may also follow an unknown outcome"
    (kept,) = (tmp_path / "canarytui" / "edits").iterdir()
    assert text in kept.read_text()
    assert str(kept) in app.told[-1]


async def test_an_edit_without_a_change_asks_nothing(tmp_path: Path) -> None:
    async with opened() as (app, pilot):
        run_command(app.model, ":edit")
        await until(pilot, lambda: app.told)
        assert app.told == ["Edit: nothing was changed."]
    assert list((tmp_path / "canarytui" / "edits").iterdir()) == []


async def test_a_plugin_is_audited_and_its_failure_reported() -> None:
    async with opened(ConsoleSettings(plugins=(NOISY,))) as (app, pilot):
        app.model.send(RunPlugin(Plugin("say", SAY, background=True), CART))
        await until(pilot, lambda: app.told)
        assert app.told == ["Plugin say on shop/cart: exit code 3. shop/cart 4.0.7"]
        (command,) = app.connection.executor.commands
        assert (command.intent, command.key, command.argv[-2:]) == (Intent.PLUGIN, CART, ("shop/cart", "4.0.7"))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        assert isinstance(app.screen, TextDialog)
        assert app.screen.pager_text().split("\n") == [f"line {n}" for n in range(9)]
        assert app.programs().background.running == ()


async def test_a_plugin_asks_first_where_it_says_so_and_misses_its_program() -> None:
    async with opened() as (app, pilot):
        app.model.send(RunPlugin(Plugin("gone", ("missing", "$NAME"), confirm=True), CART))
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await pilot.press("y")
        await until(pilot, lambda: app.told)
        assert "missing cannot be started" in app.told[0]
        app.model.send(RunPlugin(Plugin("needy", ("x", "$NAME")), None))
        await until(pilot, lambda: len(app.told) > 1)
        assert app.told[1] == "Plugin needy: select a canary first."
        assert app.handed == []


async def test_a_writing_plugin_asks_where_a_plain_y_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def guarded(namespace: str) -> str:
        return f"namespace {namespace} is guarded"

    async with opened() as (app, pilot):
        monkeypatch.setattr(app.connection.executor, "guard", guarded)
        app.model.send(RunPlugin(Plugin("looks", ("see", "$NAME"), writes=False), CART))
        await until(pilot, lambda: app.handed)
        app.model.send(RunPlugin(Plugin("writes", ("put", "$NAME")), CART))
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await pilot.press("y", "escape")
        await pilot.pause(0.1)
        assert [argv[0] for argv, _ in app.handed] == ["see"]
        assert app.connection.executor.commands == []


async def test_an_editor_that_gets_no_terminal_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(argv: Sequence[str], **options: object) -> int:
        await asyncio.sleep(0.1)
        raise CanarytuiError("This terminal cannot be handed to another program.")

    async with opened() as (app, pilot):
        monkeypatch.setattr(app, "hand_over", refuse)
        run_command(app.model, ":edit")
        run_command(app.model, ":edit")
        await until(pilot, lambda: app.told)
        await pilot.pause(0.1)
        assert app.told == ["This terminal cannot be handed to another program."], "the second E opens nothing"
    assert list((tmp_path / "canarytui" / "edits").iterdir()) == []


async def test_a_read_only_console_has_no_writing_plugin_no_shell_and_no_edit() -> None:
    looks = Plugin("looks", ("see", "$NAME"), "ctrl+n", writes=False)
    async with opened(ConsoleSettings(read_only=True, plugins=(NOISY, looks))) as (app, pilot):
        await pilot.press("ctrl+g", "ctrl+e")
        app.model.send(RunPlugin(NOISY, CART))
        app.model.send(OpenShell(CART))
        await until(pilot, lambda: len(app.told) >= 3)
        assert all("this console is read-only" in said for said in app.told)
        assert (app.handed, app.connection.executor.commands) == ([], [])
        assert completions(app.model, "plugin ") == ["plugin looks"]
        said = help_text(app.model.settings).plain
        assert "(looks)" in said
        assert "(noisy)" not in said
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.handed)
        assert app.handed[0][0][0] == "see"
        assert app.connection.executor.commands == [], "what does not write is not audited as a write"


async def test_a_shell_is_picked_confirmed_and_audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\n")
    kubectl.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    async with opened() as (app, pilot):
        detail = app.connection.open_detail(CART)
        for part in ("target", "primary"):
            for pod in detail.objects("Pod", part):
                pod["status"]["containerStatuses"][0]["state"] = {"running": {}}  # type: ignore[index]
        monkeypatch.setattr(app.connection, "open_detail", lambda key: detail)
        app.model.send(OpenShell(CART))
        await until(pilot, lambda: isinstance(app.screen, PickerScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        assert app.handed == []
        await pilot.press("y")
        await until(pilot, lambda: app.told)
        (command,) = app.connection.executor.commands
        assert command.intent is Intent.SHELL
        assert [each.subresource for each in command.permissions] == ["exec"]
        ((argv, _),) = app.handed
        assert argv[0] == str(kubectl)
        assert argv[-4:] == ["--container", "cartd", "--", "sh"]
        assert "exit code 0" in app.told[0]
        assert app.connection.left == [detail]

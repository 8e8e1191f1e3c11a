"""The drill wizard as a person goes through it: what is sent when, and what ends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from drill_console import Console, opened, until

from canarytui.cluster.audit import AuditLog, default_path
from canarytui.console.actions.dialog import Dialog
from canarytui.console.drill import form_screen
from canarytui.console.drill.form_screen import DrillScreen
from canarytui.console.drill.live_screen import DrillLiveScreen, LeaveScreen
from canarytui.console.drill.open_drill import open_drill
from canarytui.console.list.screen import ListScreen
from canarytui.console.widgets.lines import Lines
from canarytui.domain.plan import Permission
from canarytui.drills.hey_command import SLICE_S
from canarytui.session.read_only_connection import ReadOnlyConnection


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def reports(folder: Path, kind: str) -> list[Path]:
    return list((folder / "state" / "canarytui" / "drills").glob(f"*.{kind}"))


async def test_three_keypresses_send_and_nothing_before() -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, Dialog))
        await pilot.pause(0.2)
        shown = console.text()
        assert "hey -z 1.8s -c 5 -q 5 -t 2 -m GET -disable-redirects" in shown
        assert "app.example.com (IngressRoute cart) and no other host" in shown
        assert console.connection.faults == []
        await pilot.press("y")
        await until(pilot, lambda: len(console.connection.faults) > 1)
        assert isinstance(console.app.screen, DrillLiveScreen)
        words = [piece.commands[0] for piece in console.connection.faults]
        assert all(each[-1] == "http://traefik.traefik/status/500" for each in words)
        assert all(each[each.index("-host") + 1] == "app.example.com" for each in words)
        assert {each[each.index("-z") + 1] for each in words} == {f"{SLICE_S - 0.2:.1f}s"}
        await pilot.press("a")
        await until(pilot, lambda: "aborted by the abort key" in console.text())


@pytest.mark.parametrize("no", ["n", "escape", "enter"])
async def test_any_other_answer_sends_nothing(no: str) -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, Dialog))
        await pilot.press(no)
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(console.app.screen, ListScreen))
        assert console.app.model.drills is not None
        assert console.app.model.drills.current is None
        assert console.connection.faults == []


async def test_a_guarded_name_has_to_be_typed() -> None:
    console = Console(reason="namespace shop is live")
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, Dialog))
        await pilot.press("y", "enter")
        await pilot.pause(0.3)
        assert isinstance(console.app.screen, Dialog)
        assert console.connection.faults == []
        await pilot.press("backspace", *"cart", "enter")
        await until(pilot, lambda: console.connection.faults)


async def test_left_it_runs_on_under_a_banner_and_is_found_again(folders: Path) -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, Dialog))
        await pilot.press("y")
        await until(pilot, lambda: console.connection.faults)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(console.app.screen, LeaveScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(console.app.screen, DrillLiveScreen))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(console.app.screen, LeaveScreen))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(console.app.screen, ListScreen))
        await until(pilot, lambda: "⚠ DRILL on shop/cart" in console.text())
        sent = len(console.connection.faults)
        await until(pilot, lambda: len(console.connection.faults) > sent)
        await pilot.press("j", "f")  # whatever is selected
        await until(pilot, lambda: isinstance(console.app.screen, DrillLiveScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(console.app.screen, LeaveScreen))
        await pilot.press("a")
        await until(pilot, lambda: reports(folders, "md"))
        await until(pilot, lambda: "REPORT" in console.text())
        assert "aborted by the abort key" in console.text()
        assert json.loads(reports(folders, "json")[0].read_text())["ending"] == "aborted"
        sent = len(console.connection.faults)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(console.app.screen, ListScreen))
        await pilot.pause(1.2)
        assert "DRILL on" not in console.text().splitlines()[0]
        assert len(console.connection.faults) == sent


async def test_leaving_the_console_ends_the_load_and_says_so(folders: Path) -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, Dialog))
        await pilot.press("y")
        await until(pilot, lambda: console.connection.faults)
        await pilot.press("ctrl+c")
    last = AuditLog(default_path()).entries()[-1]
    assert (last["intent"], last["stage"], last["why"]) == ("drill", "abort", "the console was closed")
    assert json.loads(reports(folders, "json")[0].read_text())["by"] == "the end of this session"


async def test_another_context_ends_the_load_first() -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, Dialog))
        await pilot.press("y")
        before = console.connection
        await until(pilot, lambda: before.faults)
        await console.app.opening.switch("other")
        assert console.connection is not before
        assert console.app.model.drills is not None
        assert not console.app.model.drills.running
        sent = len(before.faults)
        await pilot.pause(1.0)
        assert len(before.faults) == sent
        assert console.connection.faults == []


async def test_refused_where_nothing_is_analysed() -> None:
    console = Console()
    async with opened(console) as pilot:
        await open_drill(console.app, console.app.model, ("web", "front"))
        await until(pilot, lambda: "REFUSED" in console.text())
        assert "it is Succeeded: drills only work during an analysis" in console.text()
        await pilot.press("enter")
        await pilot.pause(0.5)
        assert isinstance(console.app.screen, DrillScreen)
        assert console.connection.faults == []


async def test_another_fault_fills_the_form_and_the_form_is_held_to_the_limits() -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: "THEN    rolled back" in console.text())
        await pilot.press("j")
        await until(pilot, lambda: "▶ Slow answers" in console.text() and "/delay/1" in console.text())
        await pilot.press("end")
        await until(pilot, lambda: "▶ Any HTTP status" in console.text() and "/status/503" in console.text())
        await pilot.press("tab", "tab", "tab", "tab", "end", "backspace", "4")
        await until(pilot, lambda: "HTTP 504: 25 requests" in console.text())
        await until(pilot, lambda: "traefik.traefik/status/504" in console.text())
        await pilot.press("tab", "end", "0", "0")
        await until(pilot, lambda: "2500 requests a second are more than the 200" in console.text())
        await pilot.press("enter")
        await pilot.pause(0.5)
        assert isinstance(console.app.screen, DrillScreen)
        await pilot.press("backspace", "backspace", "x")
        await until(pilot, lambda: "The rate must be a number of requests a second above 0." in console.text())
        assert console.connection.faults == []


async def test_who_may_not_roll_back_may_not_provoke_one(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console()
    async with opened(console) as pilot:
        monkeypatch.setattr(console.connection.executor, "drill_forbidden", lambda: "your configuration forbids it")
        await open_drill(console.app, console.app.model, ("shop", "cart"))
        await until(pilot, lambda: "Not possible: your configuration forbids it." in console.text())
        monkeypatch.setattr(console.app.model.contexts.current, "connection", ReadOnlyConnection(console.connection))
        console.app.pop_screen()
        await pilot.pause(0.2)
        await open_drill(console.app, console.app.model, ("shop", "cart"))
        await pilot.pause(0.2)
        assert isinstance(console.app.screen, ListScreen)


async def test_a_command_opens_it_by_name() -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("colon", *"drill test/podinfo", "enter")
        await until(pilot, lambda: "Drill on test/podinfo: choose the fault" in console.text())


async def test_who_may_not_reach_the_load_tester_is_told_before() -> None:
    console = Console()
    async with opened(console) as pilot:
        permission = Permission("create", "", "services", "proxy", "shop")
        console.connection.executor.permissions = {permission: permission.sentence}
        await open_drill(console.app, console.app.model, ("shop", "cart"))
        await until(pilot, lambda: "you may not create services/proxy in namespace shop" in console.text())
        await pilot.press("tab", "tab", "space")  # sent from here it takes no such right
        await until(pilot, lambda: "FROM    here" in console.text() and "REFUSED" not in console.text())


async def test_suspending_the_console_ends_the_load_first(folders: Path) -> None:
    console = Console()
    async with opened(console) as pilot:
        assert await console.app.before_suspending() == (True, "")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, Dialog))
        await pilot.press("y")
        await until(pilot, lambda: console.connection.faults)
        go_on, said = await console.app.before_suspending()
        assert go_on
        assert "The drill was stopped before the console was suspended" in said
        assert console.app.model.drills is not None
        assert not console.app.model.drills.running
        sent = len(console.connection.faults)
        await pilot.pause(1.2)
        assert len(console.connection.faults) == sent
    last = AuditLog(default_path()).entries()[-1]
    assert (last["intent"], last["stage"], last["why"]) == ("drill", "abort", "the console was suspended")


async def test_under_way_it_calls_the_state_as_the_list_does_and_fades_when_contact_is_lost() -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.app.screen, DrillScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, Dialog))
        await pilot.pause(0.2)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(console.app.screen, DrillLiveScreen))
        await until(pilot, lambda: "Halted" in console.text().splitlines()[4])

        def styles(name: str) -> set[str]:
            return {str(span.style) for span in console.app.screen.query_one(name, Lines).text.spans}

        assert styles("#drill-head") != {"quiet"}
        console.app.model.state.canaries.stale("no answer in time", "no answer")
        await until(pilot, lambda: styles("#drill-head") == styles("#drill-plot") == {"quiet"})
        assert "STALE since" in console.text()


async def test_a_plan_of_another_fault_or_of_old_data_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console()
    async with opened(console) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: "THEN " in console.text())

        def note() -> str:
            text = console.app.screen.query_one("#drill-plan-text", Lines).text
            return text.plain.split("\n")[0]

        def tones() -> set[str]:
            text = console.app.screen.query_one("#drill-plan-text", Lines).text
            return {str(span.style) for span in text.spans}

        assert note().startswith("THEN")
        monkeypatch.setattr(form_screen, "_SETTLED_S", 60.0)
        await pilot.press("down")
        assert note() == "Planning this drill … below is the one before it."
        assert tones() == {"waiting", "quiet"}
        monkeypatch.setattr(form_screen, "_SETTLED_S", 0.0)
        await pilot.press("up", "down")
        await until(pilot, lambda: note().startswith("THEN"))
        assert "answers after" in console.text()
        for store in console.app.model.state.stores.values():
            store.stale("The API server does not answer.", "no answer")
        await until(pilot, lambda: note().startswith("as of "))
        assert note().endswith("the plan and its prediction")
        assert tones() == {"waiting", "quiet"}

"""Textual's private names: each is there, each can be missing, and only ``console/terminal`` uses any."""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from kept_output import KeptOutput
from rich.console import Console
from rich.segment import Segment
from textual import _compositor, _xterm_parser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip

import canarytui.console
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.terminal import diff_app, internals
from canarytui.console.terminal.diff import TerminalDiff
from canarytui.console.terminal.diff_app import DiffApp
from canarytui.console.terminal.driver import with_our_input
from canarytui.console.terminal.internals import (
    DISPLAY,
    INPUT,
    PAINT,
    has_all,
    key_of,
    key_parser,
    screen_update_types,
)

CONSOLE = Path(canarytui.console.__path__[0])
PLAIN = Console(file=io.StringIO(), force_terminal=True, color_system="256")


def test_textual_has_every_name() -> None:
    """Fails when a release of Textual changes one: what is lost then is in ``terminal/internals.py``."""
    assert screen_update_types() == (_compositor.CompositorUpdate, _compositor.ChopsUpdate, _compositor.LayoutUpdate)
    assert key_parser() is _xterm_parser.XTermParser
    assert has_all(App(), (*DISPLAY, "_context", "_handle_exception"))
    assert has_all(LinuxDriver, INPUT)
    assert has_all(Screen, PAINT)
    assert callable(internals.private("textual.keys", "_character_to_key"))
    assert list(inspect.signature(App._display).parameters) == ["self", "screen", "renderable"]
    assert list(inspect.signature(App._handle_exception).parameters) == ["self", "error"]
    assert set(inspect.signature(_compositor.ChopsUpdate).parameters) == {"chops", "spans", "chop_ends"}
    assert set(inspect.signature(_compositor.LayoutUpdate).parameters) == {"strips", "region"}
    assert "_display" in inspect.getsource(_display_callers()), "Textual draws by another name"
    assert with_our_input(LinuxDriver) is not LinuxDriver


def _display_callers() -> Any:
    from textual import screen

    return screen


@pytest.fixture
def nothing_private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(internals, "private", lambda module, name: None)


@pytest.mark.usefixtures("nothing_private")
def test_without_its_parser_the_driver_is_textuals() -> None:
    assert key_parser() is None
    assert with_our_input(LinuxDriver) is LinuxDriver


@pytest.mark.usefixtures("nothing_private")
def test_without_its_updates_everything_is_drawn_by_textual() -> None:
    diff = TerminalDiff()
    update = _compositor.LayoutUpdate([[Strip.blank(4)]], Region(0, 0, 4, 1))
    assert not diff.draws(update)
    assert diff.difference(update, PLAIN) == "\x1b[m" + update.render_segments(PLAIN)


@pytest.mark.parametrize("missing", [(), ("_no_such_name",)], ids=["all names", "a name is missing"])
async def test_without_a_name_textual_writes_its_updates_itself(
    missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    textuals: list[object] = []
    monkeypatch.setattr(App, "_display", lambda self, screen, update: textuals.append(update))
    monkeypatch.setattr(diff_app, "DISPLAY", (*DISPLAY, *missing))
    app, wire = DiffApp(), KeptOutput()
    monkeypatch.setattr(app, "_driver", wire)
    monkeypatch.setattr(app, "_running", True)
    update = _compositor.LayoutUpdate([[Strip([Segment("cart")])]], Region(0, 0, 4, 1))
    app._display(Screen(), update)
    assert textuals == ([update] if missing else [])
    assert any("cart" in data for data in wire.written) is not bool(missing)


def test_an_update_of_another_shape_is_written_as_it_is() -> None:
    class Later(_compositor.ChopsUpdate):
        def __init__(self) -> None:
            """It has other parts."""

        def render_segments(self, console: Console) -> str:
            return "as it is"

    diff = TerminalDiff()
    assert diff.draws(Later())
    assert diff.difference(Later(), PLAIN) == "\x1b[mas it is"


def test_keys_have_textuals_names_without_its_function(monkeypatch: pytest.MonkeyPatch) -> None:
    characters = [chr(code) for code in range(0x21, 0x7F)] + ["é", "ß", "漢"]
    named = [key_of(character) for character in characters]
    genuine = internals.private
    without = "_character_to_key"
    monkeypatch.setattr(internals, "private", lambda module, name: None if name == without else genuine(module, name))
    assert [key_of(character) for character in characters] == named
    assert key_of("/") == "slash"


def test_a_module_that_is_gone_has_no_names() -> None:
    assert internals.private("textual._no_such_module", "anything") is None
    assert internals.private("textual.keys", "_no_such_name") is None


@pytest.mark.parametrize("context", [True, False], ids=["past the queue", "through the queue"])
async def test_frames_are_drawn_with_or_without_a_way_past_the_queue(
    context: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    drawn: list[Callable[..., object]] = []
    async with app.run_test() as pilot:
        await pilot.pause()
        if not context:
            monkeypatch.setattr(app, "_context", None)
        app.run_directly(lambda: drawn.append(app.run_directly))
        assert len(drawn) == (1 if context else 0)
        monkeypatch.undo()
        await pilot.pause()
    assert len(drawn) == 1
    app.run_directly(lambda: drawn.append(app.run_directly))
    assert len(drawn) == 1, "the app has ended"


def private_uses(tree: ast.AST, theirs: set[str]) -> Iterator[str]:
    """Private names of Textual that a module imports, or takes from an object of Textual's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual"):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from (name for name in names if name.startswith("_"))
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith("textual.") and "._" in each.name)
        elif isinstance(node, ast.Attribute) and node.attr in theirs:
            yield node.attr
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in theirs:
            yield node.name


def their_names(module: str) -> set[str]:
    """Private names of the classes of Textual that the widgets, screens and apps of a module are made of."""
    found: set[str] = set()
    for made in vars(importlib.import_module(module)).values():
        if inspect.isclass(made) and made.__module__ == module and issubclass(made, MessagePump):
            for base in made.__mro__[1:]:
                if base.__module__.startswith("textual"):
                    found |= set(re.findall(r"(?:self\.|def |^ {4})(_[a-z]\w*)", inspect.getsource(base), re.MULTILINE))
    return found


def modules() -> list[Path]:
    return [path for path in sorted(CONSOLE.rglob("*.py")) if path.parent.name != "terminal"]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(CONSOLE)))
def test_nobody_else_uses_private_names_nor_overrides_them(path: Path) -> None:
    module = ".".join(path.relative_to(CONSOLE.parent.parent).with_suffix("").parts).removesuffix(".__init__")
    assert list(private_uses(ast.parse(path.read_text()), their_names(module))) == []


@pytest.mark.parametrize(
    "line",
    [
        "from textual._compositor import ChopsUpdate",
        "import textual._compositor",
        "from textual.keys import _character_to_key",
        "self._driver.write('x')",
        "def _display(self): ...",
    ],
)
def test_the_scan_finds_them(line: str) -> None:
    theirs = their_names("canarytui.console.app")
    assert {"_driver", "_display", "_context"} <= theirs
    assert list(private_uses(ast.parse(line), theirs))

"""``canarytui`` without a command: what is refused before a screen opens, and how an app's end becomes an exit code."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hostile_api import kubeconfig

from canarytui.cli import console
from canarytui.cli.main import main
from canarytui.exit_codes import ExitCode


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Files of its own, and the log of the tests as it was."""
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    (tmp_path / "kube").write_text(kubeconfig(9))
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.raiseExceptions = raising


def test_the_console_needs_a_terminal(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--kubeconfig", str(own_home / "kube")]) == 2
    assert "needs a terminal" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--kubeconfig", "/nowhere/kube"], "/nowhere/kube"), (["--contexts", "kind,elsewhere"], "elsewhere")],
)
def test_what_cannot_be_opened_is_named(
    arguments: list[str], said: str, own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arguments if "--kubeconfig" in arguments else [*arguments, "--kubeconfig", str(own_home / "kube")]
    assert main(given) in (1, 2)
    heard = capsys.readouterr().err
    assert said in heard
    assert len(heard.strip().splitlines()) == 1


class EndedApp:
    """An app that ends at once."""

    def __init__(self, *, code: int | None = 0, failure: str = "", crash: Exception | None = None) -> None:
        self.return_code, self.failure, self.crash = code, failure, crash

    async def run_async(self, *, mouse: bool) -> None:
        self.mouse = mouse

    def interrupted(self) -> None:
        pass


@pytest.mark.parametrize("mouse", [True, False])
def test_the_mouse_can_be_left_to_the_terminal(mouse: bool) -> None:
    app = EndedApp()
    assert console.run_app(cast(Any, app), mouse=mouse) == 0
    assert app.mouse is mouse


@pytest.mark.parametrize(
    ("app", "code", "said"),
    [
        (EndedApp(), 0, ""),
        (EndedApp(code=130), 130, ""),
        (EndedApp(code=1, failure="The API server is gone."), 1, "canarytui: The API server is gone."),
        (EndedApp(code=None, failure="It failed."), 1, "It failed."),
        (EndedApp(code=None), ExitCode.CRASHED, "details"),
        (EndedApp(code=ExitCode.CRASHED, crash=ValueError("odd")), ExitCode.CRASHED, "ValueError: odd"),
    ],
)
def test_how_an_app_ends_is_its_exit_code(
    app: EndedApp, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert console.run_app(cast(Any, app)) == code
    heard = capsys.readouterr().err
    assert said in heard
    assert bool(heard) is bool(said)


def test_the_log_is_private_and_a_long_one_begins_again(own_home: Path) -> None:
    path = own_home / "canarytui" / "console.log"
    path.parent.mkdir()
    path.write_bytes(b"x" * 1_000_001)
    console.log_to_file()
    logging.getLogger("test").warning("written")
    assert "WARNING test: written" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.with_suffix(".log.1").stat().st_size == 1_000_001


def test_the_wall_has_the_consoles_options() -> None:
    options = console.parser().parse_args(["-n", "shop", "--read-only"])
    assert (options.namespace, options.read_only, options.contexts) == ("shop", True, "")

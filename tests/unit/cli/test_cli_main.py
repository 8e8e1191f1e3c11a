"""The command line's first word: what answers at once, what is refused in one sentence, what is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest

from canarytui import __version__
from canarytui.cli import demo
from canarytui.cli import main as command
from canarytui.errors import PortTaken, UsageError


def fresh(code: str) -> str:
    """Output of a Python of its own: this one has imported everything."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_the_quick_answers_load_nothing_heavy(flag: str) -> None:
    heavy = ("textual", "kubernetes", "aiohttp", "cryptography", "plotext")
    code = (
        "import sys\nfrom canarytui.cli.main import main\n"
        f"assert main([{flag!r}]) == 0\n"
        f"print('loaded:', [name for name in {heavy!r} if name in sys.modules])"
    )
    assert fresh(code).splitlines()[-1] == "loaded: []"


def test_the_console_is_up_without_what_it_needs_later() -> None:
    heavy = ("re2", "promql_parser", "plotext", "cryptography", "canarytui.metrics.gotemplate.parser",
             "canarytui.domain.sentences.catalogue", "canarytui.sandbox", "canarytui.engine",
             "prometheus_client", "canarytui.metrics.providers.prometheus")  # fmt: skip
    code = (
        "import sys, canarytui.console.app, canarytui.session.live\n"
        f"print('loaded:', [name for name in {heavy!r} if name in sys.modules])"
    )
    assert fresh(code).splitlines()[-1] == "loaded: []"


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--version"]) == 0
    assert capsys.readouterr().out == f"canarytui {__version__}\n"


def test_an_unknown_command_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["frobnicate"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("canarytui: Unknown command 'frobnicate': choose one of ")
    for name in ("get", "watch", "drill", "demo", "sandbox", "controller", "conformance", "trigger", "audit"):
        assert f" {name}," in said or f" {name}." in said


@pytest.mark.parametrize(("given", "meant"), [("stauts", "status"), ("promot", "promote"), ("Get", "get")])
def test_a_command_that_is_misspelt_is_guessed(given: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([given]) == 2
    assert f"Unknown command '{given}': did you mean {meant}?" in capsys.readouterr().err


def raising(error: BaseException) -> Callable[[Sequence[str]], int]:
    def run(arguments: Sequence[str]) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (UsageError("Give a port."), 2, "canarytui: Give a port.\n"),
        (PortTaken("127.0.0.1:80 is in use."), 1, "canarytui: 127.0.0.1:80 is in use.\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_become_one_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, text: str
) -> None:
    monkeypatch.setattr(demo, "run", raising(error))
    assert command.main(["demo"]) == code
    assert capsys.readouterr().err == text


def test_manifests_prints_a_folder_that_kubectl_can_apply(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["sandbox", "manifests"]) == 0
    folder = capsys.readouterr().out.strip()
    assert "kustomization.yaml" in fresh(f"import os; print(os.listdir({folder + '/podinfo'!r}))")


@pytest.mark.parametrize(
    "arguments", [["up", "--port", "99999"], ["up", "--port", "-1"], ["down"], ["up", "--scenario", "x"]]
)
def test_flags_that_cannot_be_meant_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        command.main(["sandbox", *arguments])
    assert exited.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_the_demo_needs_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "canarytui", "demo"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("canarytui: The demo needs a terminal")
    assert len(done.stderr.strip().splitlines()) == 1


PLANNED_WITH = {
    "action", "bounds", "editing", "following", "gating", "images", "invalid", "objects", "ownership", "pausing",
    "planning", "promoting", "providers", "retrying", "rolling_back", "skipping", "stale", "timeline", "triggering",
    "undoing",
}  # fmt: skip
"""What the planners of all actions say, and what they rest on: a command's options stand beside its planner."""


@pytest.mark.parametrize(
    ("arguments", "areas"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["get", "--help"], set()),
        (["pause", "--help"], PLANNED_WITH),
        (["status", "--help"], {"command", "command_status"}),
        (["controller", "--help"], {"bounds", "command_controller", "objects", "providers"}),
        (["stauts"], {"command"}),
    ],
)
def test_a_command_loads_no_sentences_but_its_own(arguments: list[str], areas: set[str]) -> None:
    code = (
        "import contextlib, sys\nfrom canarytui.cli.main import main\n"
        f"with contextlib.suppress(SystemExit):\n    main({arguments!r})\n"
        "print('loaded:', *[name for name in sys.modules if name.startswith('canarytui.domain.sentences.')])"
    )
    loaded = {name.rpartition(".")[2] for name in fresh(code).rpartition("loaded:")[2].split()}
    assert loaded - {"sentence"} <= areas

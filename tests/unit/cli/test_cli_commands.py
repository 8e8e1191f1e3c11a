"""One record makes a command: it is listed, run, guessed and completed, and loaded only when it runs."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import canarytui.cli
from canarytui.arguments import Parser
from canarytui.cli import commands
from canarytui.cli.candidates import candidates
from canarytui.cli.commands import COMMANDS, CONSOLE, CliCommand, command_names, usage
from canarytui.cli.main import main

EXAMPLE = """
from canarytui.arguments import Parser
from canarytui.output import say

def parser():
    made = Parser(prog="canarytui example", description="Say a word.")
    made.add_argument("--loud", action="store_true")
    made.add_argument("word", choices=("hello", "bye"))
    return made

def run(arguments):
    options = parser().parse_args(arguments)
    say(options.word.upper() if options.loud else options.word)
    return 7
"""


@pytest.fixture
def example_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a contributor adds: a module in the package, and a record."""
    (tmp_path / "example.py").write_text(EXAMPLE)
    monkeypatch.setattr(canarytui.cli, "__path__", [*canarytui.cli.__path__, str(tmp_path)])
    monkeypatch.setattr(commands, "COMMANDS", (*COMMANDS, CliCommand(("example",), "say a word")))
    importlib.invalidate_caches()
    yield
    sys.modules.pop("canarytui.cli.example", None)
    vars(canarytui.cli).pop("example", None)


def test_a_record_and_a_module_make_a_command(example_command: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "\n  example      say a word\n" in capsys.readouterr().out
    assert "canarytui.cli.example" not in sys.modules
    assert main(["example", "--loud", "hello"]) == 7
    assert capsys.readouterr().out == "HELLO\n"


def test_a_record_is_enough_for_completion_and_for_guesses(
    example_command: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert candidates(["exa"]) == ["example"]
    assert candidates(["example", "--l"]) == ["--loud"]
    assert candidates(["example", ""]) == ["bye", "hello"]
    assert main(["exmaple"]) == 2
    assert "did you mean example?" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", *command_names()])
def test_every_command_has_options_that_can_be_completed(name: str) -> None:
    command = commands.command_named(name) or CONSOLE
    parser = command.parser(name)
    assert isinstance(parser, Parser)
    assert parser.commands or any(action.dest == "help" for action in parser.declared)
    assert callable(command.load(name).run)


def test_names_are_unique_and_each_has_a_line_in_the_usage_text() -> None:
    names = [name for command in COMMANDS for name in command.names]
    assert len(names) == len(set(names))
    lines = [line.strip() for line in usage().splitlines()]
    for command in COMMANDS:
        shown = any(line.startswith(", ".join(command.names)) for line in lines)
        assert shown is not command.hidden, command.names


def test_help_and_completion_of_names_import_no_command() -> None:
    code = (
        "import sys\nfrom canarytui.cli.main import main\nfrom canarytui.cli.candidates import candidates\n"
        "assert main(['--help']) == 0\nassert candidates(['st']) == ['status']\n"
        "print(sorted(name[14:] for name in sys.modules if name.startswith('canarytui.cli.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "['candidates', 'commands', 'crash', 'main']"


def test_actions_can_be_completed_too() -> None:
    assert candidates(["trigger", "--im"]) == ["--image"]
    assert candidates(["gate", ""]) == ["close", "open", "status"]
    assert candidates(["promote", "--dr"]) == ["--dry-run"]

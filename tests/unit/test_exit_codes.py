"""Exit codes are an interface: their numbers stay, and the help of every command says them as they are."""

from __future__ import annotations

import re

import pytest

from canarytui.cli.commands import command_named
from canarytui.errors import CanarytuiError, ConfigError, UsageError
from canarytui.exit_codes import ACTION, DRILL, JUDGE, LINT, MIGRATE, STATUS, VIEW, ExitCode, help_lines, help_sentence

NUMBERS = {
    STATUS: {"PROMOTED": 0, "FAILED": 1, "USAGE": 2, "TIMED_OUT": 3, "UNREACHABLE": 4, "UNDECIDED": 5,
             "INTERRUPTED": 130},
    ACTION: {"DONE": 0, "OTHERWISE": 1, "USAGE": 2, "NO_ANSWER": 3, "UNREACHABLE": 4, "NOT_POSSIBLE": 5, "LOST": 6,
             "NOT_CONFIRMED": 7, "UNKNOWN": 8, "INTERRUPTED": 130},
    VIEW: {"DONE": 0, "ERROR": 1, "USAGE": 2},
    LINT: {"NOTHING_FOUND": 0, "FOUND": 1, "USAGE": 2},
    MIGRATE: {"DONE": 0, "ERROR": 1, "USAGE": 2},
    JUDGE: {"NOT_WORSE": 0, "WORSE": 1, "USAGE": 2, "UNREACHABLE": 4, "NO_VERDICT": 5, "INTERRUPTED": 130},
    DRILL: {"DONE": 0, "NOT_AS_EXPECTED": 1, "USAGE": 2, "INTERRUPTED": 130},
}  # fmt: skip


@pytest.mark.parametrize("commands", NUMBERS)
def test_the_numbers_that_scripts_depend_on_stay(commands: str) -> None:
    assert {code.name: int(code) for code in ExitCode if commands in code.meanings} == NUMBERS[commands]


def test_the_programs_own_endings_keep_their_numbers() -> None:
    own = (ExitCode.CRASHED, ExitCode.HUNG_UP, ExitCode.INTERRUPTED, ExitCode.NO_READER)
    assert [int(code) for code in own] == [70, 129, 130, 141]
    assert (CanarytuiError.exit_code, ConfigError.exit_code, UsageError.exit_code) == (1, 2, 2)


def test_meanings_that_share_a_number_stay_apart() -> None:
    assert ExitCode.DONE == ExitCode.PROMOTED == 0
    assert ExitCode.DONE is not ExitCode.PROMOTED
    assert hash(ExitCode.LOST) == hash(6)
    assert f"{ExitCode.LOST}" == "6"
    assert max(ExitCode.DONE, ExitCode.NO_ANSWER, ExitCode.OTHERWISE) is ExitCode.NO_ANSWER


def test_no_command_has_two_meanings_for_a_number() -> None:
    for commands in NUMBERS:
        numbers = [int(code) for code in ExitCode if commands in code.meanings]
        assert len(numbers) == len(set(numbers)), commands


@pytest.mark.parametrize(
    ("name", "commands"), [("status", STATUS), ("promote", ACTION), ("gate", ACTION), ("lint", LINT), ("judge", JUDGE)]
)
def test_the_help_lists_each_code_on_a_line_of_its_own(name: str, commands: str) -> None:
    command = command_named(name)
    assert command is not None
    text = command.parser(name).format_help()
    assert help_lines(commands) in text
    assert [int(number) for number in re.findall(r"^  (\d+) +\S", text, re.MULTILINE)] == [*NUMBERS[commands].values()]


@pytest.mark.parametrize(("name", "commands"), [("get", VIEW), ("describe", VIEW), ("events", VIEW), ("drill", DRILL)])
def test_the_help_says_the_codes_in_a_sentence(name: str, commands: str) -> None:
    command = command_named(name)
    assert command is not None
    assert help_sentence(commands) in " ".join(command.parser(name).format_help().split())
    for code in ExitCode:
        assert commands not in code.meanings or f"{int(code)} {code.meanings[commands]}" in help_sentence(commands)

"""The argument parser says which options it has, and cleans what it prints."""

from __future__ import annotations

import pytest

from canarytui.arguments import Parser
from canarytui.cli import candidates


def example() -> Parser:
    made = Parser(prog="example")
    made.add_argument("name")
    either = made.add_mutually_exclusive_group()
    either.add_argument("-a", "--all", action="store_true")
    either.add_argument("--one")
    made.add_argument_group("more").add_argument("--deep")
    return made


def test_all_that_was_declared_is_known_also_what_is_in_groups() -> None:
    """Fails when argparse keeps its list elsewhere: then `Parser.declared` must follow it."""
    assert [action.dest for action in example().declared] == ["help", "name", "all", "one", "deep"]


def test_an_argparse_without_that_list_completes_nothing_and_parses_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parser = example()
    assert parser.parse_args(["x", "--all"]).all
    monkeypatch.delattr(parser, "_actions")
    assert parser.declared == ()
    monkeypatch.setattr(Parser, "declared", ())
    assert candidates.candidates(["get", "--no"]) == []


def test_subcommands_are_known_by_name() -> None:
    made = Parser(prog="example")
    assert made.commands == {}
    commands = made.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", aliases=["start"])
    assert made.commands == {"up": up, "start": up}


@pytest.mark.parametrize("arguments", [["--nosuch\x1b[2J", "x"], []])
def test_errors_go_to_standard_error_cleaned_with_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        example().parse_args(arguments)
    heard = capsys.readouterr()
    assert (ended.value.code, heard.out) == (2, "")
    assert heard.err.startswith("usage: example")
    assert "\nexample: error: " in heard.err
    assert "\x1b" not in heard.err


def test_help_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        example().parse_args(["--help"])
    heard = capsys.readouterr()
    assert (ended.value.code, heard.err) == (0, "")
    assert heard.out == example().format_help()

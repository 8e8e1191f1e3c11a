"""What the sandbox's programs print: nothing that a terminal would obey, whatever they are given."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from canarytui.sandbox import output


def test_answers_and_complaints_are_cleaned(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("a\x1b[2J\tb\u202e\nc é")
    output.tell("\x9b1m", end="")
    assert capsys.readouterr() == ("a\\x1b[2J\tb\\u202e\nc é\n", "\\x9b1m")


def test_a_complaint_is_one_line_after_the_programs_name(capsys: pytest.CaptureFixture[str]) -> None:
    output.complain("two\n lines\x07", "hey")
    assert capsys.readouterr().err == "hey: two lines\\x07\n"


def test_bytes_go_unchanged_to_a_program_and_cleaned_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    for kind, seen in ((io.TextIOWrapper, b"\x1b[2J\xff"), (Screen, "\\x1b[2J\ufffd".encode())):
        raw = io.BytesIO()
        stream = kind(raw, encoding="utf-8")
        monkeypatch.setattr(sys, "stdout", stream)
        output.pass_on(b"\x1b[2J\xff")
        assert raw.getvalue() == seen


def test_streams_that_lack_a_letter_take_it_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    output.prepare()
    output.say("é")
    assert raw.getvalue() == b"\\xe9\n"
    assert [type(handler) for handler in logging.getLogger().handlers] == [output.SentenceHandler]


def test_libraries_warnings_are_one_line_without_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.Logger("library")
    logger.addHandler(output.SentenceHandler())
    try:
        raise ValueError("inside")
    except ValueError:
        logger.exception("bad %s", "thing\n\x9b")
    assert capsys.readouterr().err == "canarytui sandbox: bad thing \\x9b\n"


def test_usage_errors_repeat_no_control_byte(capsys: pytest.CaptureFixture[str]) -> None:
    parser = output.CommandParser(prog="x\x1b[2J")
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--what\x1b]0;t\x07"])
    assert ended.value.code == 2
    with pytest.raises(SystemExit):
        parser.parse_args(["--help"])
    captured = capsys.readouterr()
    assert "usage: x\\x1b[2J" in captured.out
    assert "--what\\x1b]0;t\\x07" in captured.err
    assert "\x1b" not in captured.out + captured.err

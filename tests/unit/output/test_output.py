"""The one way out: what an encoding lacks, streams that cannot be written, and that nothing prints past it."""

from __future__ import annotations

import ast
import functools
import gc
import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import canarytui
from canarytui import output
from canarytui.arguments import Parser
from canarytui.domain.marks import PHASE_MARKS
from canarytui.domain.text.glyphs import encodable
from canarytui.domain.text.plain import unseen, width

PACKAGE = Path(canarytui.__path__[0])
ALLOWED_MODULES = {
    "output.py",
    "arguments.py",
    "engine/runtime/logs.py",
    "sandbox/output.py",
    "console/terminal/foreground_program.py",  # hands the streams to a child and writes nothing to them
}
"""The one way out, argparse's way to it, the controller's log, which escapes what it writes, and the sandbox's own."""
STREAMS = {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}
ALLOWED = {"isatty", "fileno"}


@functools.cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its path."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {str(path.relative_to(PACKAGE)): _parsed(path.read_text(encoding="utf-8")) for path in paths}


def _parsed(source: str) -> ast.Module:
    """Without a collection of garbage in between: one that runs Python code there makes CPython 3.11 lose count of its
    own recursion ("AST constructor recursion depth mismatch")."""
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        gc.enable()


@functools.cache
def letters() -> frozenset[str]:
    """What the package's own strings hold beyond ASCII and can be seen."""
    found: set[str] = set()
    for name, tree in modules().items():
        if name not in ("domain/text/glyphs.py", "domain/text/plain.py"):
            constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
            found.update(*(text for text in constants if isinstance(text, str) and not text.isascii()))
    # U+FFFD stands for what could not be read; "?" is all that stands for it elsewhere.
    return frozenset(letter for letter in found if not letter.isascii() and not unseen(letter)) - {"\ufffd"}


def prints(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Lines that write to the standard streams by themselves, or hand them to somebody."""
    harmless: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            call = ast.unparse(node.func)
            if call in ("print", "pprint", "input", "warnings.warn", "traceback.print_exc", "logging.StreamHandler"):
                yield node.lineno, call
            if call in ("argparse.ArgumentParser", "ArgumentParser", "rich.print", "console.print"):
                yield node.lineno, call
            if call == "os.write" and isinstance(node.args[0], ast.Constant):
                yield node.lineno, call
        if isinstance(node, ast.Attribute) and node.attr in ALLOWED:
            harmless.add(id(node.value))
        elif isinstance(node, ast.Attribute) and id(node) not in harmless and ast.unparse(node) in STREAMS:
            yield node.lineno, ast.unparse(node)


def test_nothing_prints_past_the_one_way_out() -> None:
    found = {
        f"{name}:{line}: {what}"
        for name, tree in modules().items()
        for line, what in prints(tree)
        if name not in ALLOWED_MODULES
    }
    assert found == set(), "use say, tell or complain of canarytui.output, and Parser of canarytui.arguments"


@pytest.mark.parametrize(
    "line",
    ["print('x')", "sys.stdout.write('x')", "sys.stderr.flush()", "sys.stdout.buffer.write(b'')", "print(1, file=log)",
     "json.dump(x, sys.stdout)", "os.write(1, b'')", "argparse.ArgumentParser()", "f(stream=sys.__stderr__)",
     "out = sys.stderr if x else sys.stdout"],
)  # fmt: skip
def test_the_scan_finds_them(line: str) -> None:
    assert list(prints(ast.parse(line)))


ENCODINGS = ("ascii", "iso-8859-1", "cp437", "koi8-r")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_all_that_we_write_ourselves_has_a_shape(encoding: str) -> None:
    lacking = set()
    for letter in letters():
        try:
            letter.encode(encoding)
        except UnicodeEncodeError:
            instead = encodable(letter, encoding)
            assert instead.encode(encoding)
            assert len(instead) == width(letter), letter
            if "?" in instead and letter != "\ufffd":  # the replacement character means just that
                lacking.add(letter)
    assert len(letters()) > 50
    assert lacking == set(), "give them stand-ins in canarytui/domain/text/glyphs.py"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_states_stay_apart(encoding: str) -> None:
    shown = ["".join(output._fitting(letter, encoding) for letter in mark) for mark in set(PHASE_MARKS.values())]
    assert len(set(shown)) == len(shown), shown


def test_foreign_letters_keep_their_width() -> None:
    assert encodable("é", "ascii") == "e"
    assert encodable("漢", "ascii") == "??"
    assert encodable("\ud800", "utf-8") == ""


def test_streams_of_any_encoding_take_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))
    output.say("▶ é ✓")
    monkeypatch.setattr(logging.getLogger(), "handlers", [output.CleanHandler()])
    output.prepare()
    stream.write("… 漢\ud800 →\n")  # as Textual writes, past say()
    stream.flush()
    assert raw.getvalue() == b"> e +\n. ?? >\n"


def test_libraries_speak_in_clean_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.Logger("library")
    logger.addHandler(output.CleanHandler())
    try:
        raise ValueError("inside")
    except ValueError:
        logger.exception("bad\x1b]52;c;eA==\x07 %s", "thing\n\x9b")
    assert capsys.readouterr().err == "canarytui: bad\\x1b]52;c;eA==\\x07 thing \\x9b\n"


def test_usage_errors_are_disarmed(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="x\x1b[2J")
    parser.add_subparsers().add_parser("a")
    with pytest.raises(SystemExit):
        parser.parse_args(["a", "--what\x1b]0;t\x07"])
    with pytest.raises(SystemExit):
        parser.parse_args(["--help"])
    captured = capsys.readouterr()
    assert "\\x1b]0;t\\x07" in captured.err
    assert "usage: x\\x1b[2J" in captured.out
    assert "\x1b" not in captured.out + captured.err


def test_bytes_go_as_they_are_to_a_program_and_cleaned_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    for kind, seen in ((io.TextIOWrapper, b"\x1b[2J\xff"), (Screen, "\\x1b[2J\ufffd".encode())):
        raw = io.BytesIO()
        stream = kind(raw, encoding="utf-8")
        monkeypatch.setattr(sys, "stdout", stream)
        output.pass_on(b"\x1b[2J\xff")
        assert raw.getvalue() == seen


def test_a_closed_standard_error_stops_nothing() -> None:
    code = "import os, sys; os.close(2); from canarytui.output import complain, say; complain('x'); say('on')"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, env=dict(os.environ), timeout=60)
    assert (done.returncode, done.stdout) == (0, b"on\n")

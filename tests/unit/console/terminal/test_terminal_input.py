"""Bytes from a terminal: keys come through, answers and reports do not, and nothing stops the parser."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from canarytui.console.terminal import driver as terminal_driver
from canarytui.console.terminal.driver import Keys, understood, with_our_input
from canarytui.console.terminal.input import ANSWER_PATIENCE_S, PASTE_ENDS, TerminalInput

ANSWERS = {
    "X10 mouse report, column 150": b"\x1b[MC\xb6*",
    "X10 mouse report with letters": b"\x1b[M yy",
    "OSC 11, ended by ST": b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    "OSC 11, ended by BEL": b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    "OSC 52": b"\x1b]52;c;cQpxCg==\x07",
    "OSC 10 in one-byte controls": b"\x9d10;rgb:ff/ff/ff\x9c",
    "OSC 10 in encoded controls": b"\xc2\x9d10;rgb:ff/ff/ff\xc2\x9c",
    "DCS of XTGETTCAP": b"\x1bP1+r544e=787465726d\x1b\\",
    "DCS of DECRQSS": b"\x1bP1$r0;1m\x1b\\",
    "APC of kitty graphics": b"\x1b_Gi=31;OK\x1b\\",
    "primary attributes": b"\x1b[?62;4;22c",
    "secondary attributes": b"\x1b[>1;10;0c",
    "status": b"\x1b[0n",
    "size in characters": b"\x1b[8;40;120t",
    "keyboard flags": b"\x1b[?1u",
    "a code point beyond Unicode": b"\x1b[1;1;99999999999u",
    "a Latin-1 letter": b"\xe9",
    "bytes that are never UTF-8": b"\xff\xfe\xfc",
    "half a letter": b"\xe6\xbc",
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A clock that goes on when told to."""
    now = [100.0]
    monkeypatch.setattr(terminal_driver.time, "monotonic", lambda: now[0])
    monkeypatch.setattr("textual._parser.get_time", lambda: now[0])

    def later(seconds: float) -> None:
        now[0] += seconds

    return later


def names(messages: list[Message]) -> list[str]:
    return [event.key if isinstance(event, events.Key) else type(event).__name__ for event in messages]


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("apart", [False, True], ids=["at once", "byte by byte"])
def test_answers_are_no_keys(answer: bytes, apart: bool) -> None:
    keys = Keys()
    pieces = [bytes((byte,)) for byte in answer] if apart else [answer]
    found = [name for piece in (b"/", *pieces, b"q") for name in names(keys.feed(piece))]
    assert found == ["slash", "q"]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        (b"a", "a"), ("é".encode(), "é"), ("漢".encode(), "漢"), (b"\r", "enter"), (b"\x03", "ctrl+c"),
        (b"\x1b[A", "up"),
        (b"\x1bOA", "up"), (b"\x1bOP", "f1"), (b"\x1b[[A", "f1"), (b"\x1b[15~", "f5"), (b"\x1b[1;5A", "ctrl+up"),
        (b"\x1b[97;5u", "ctrl+a"), (b"\x1bx", "alt+x"), (b"\x1b[Z", "shift+tab"), (b"\x1b[I", "AppFocus"),
        (b"\x1b[<0;10;10M", "MouseDown"), (b"\x1b[?2026;2$y", "TerminalSupportsSynchronizedOutput"),
    ],
)  # fmt: skip
def test_keys_and_reports_that_are_asked_for_come_through(
    sent: bytes, key: str, clock: Callable[[float], None]
) -> None:
    keys = Keys()
    found = keys.feed(sent)
    clock(0.2)
    assert names([*found, *keys.idle()]) == [key]


def test_escape_is_a_key_once_nothing_follows(clock: Callable[[float], None]) -> None:
    keys = Keys()
    assert keys.feed(b"\x1b") == []
    assert keys.idle() == []
    clock(0.11)
    assert names(keys.idle()) == ["escape"]
    assert names(keys.feed(b"\x1b[")) == []
    clock(0.11)
    keys.idle()
    clock(0.11)
    assert names(keys.idle()) == ["left_square_bracket"]


def test_an_answer_without_end_is_given_up_and_ctrl_c_leaves_it(clock: Callable[[float], None]) -> None:
    keys = Keys()
    assert keys.feed(b"\x1b]11;rgb:") == []
    clock(ANSWER_PATIENCE_S / 2)
    assert keys.idle() == []
    assert keys.feed(b"ff/ff\r") == []
    clock(ANSWER_PATIENCE_S)
    assert keys.idle() == []
    assert names(keys.feed(b"q")) == ["q"]
    assert names(keys.feed(b"\x1bPabc\x03")) == ["ctrl+c"]


def pasted(messages: list[Message]) -> str:
    (paste,) = messages
    assert isinstance(paste, events.Paste)
    return paste.text


def test_a_paste_is_text_whatever_is_in_it() -> None:
    keys = Keys()
    inside = b"a\x1b[2J\x1b]52;c;eA==\x07b\x00\x08\x7f\x9b31mc\x1b" + b"x" * 40 + b"\r\nd\te\x1b[I"
    assert pasted(keys.feed(b"\x1b[200~" + inside + b"\x1b[201~")) == "abc" + "x" * 39 + "\r\nd\te"
    assert names(keys.feed(b"q")) == ["q"]


def test_a_paste_without_end_ends(clock: Callable[[float], None]) -> None:
    keys = Keys()
    assert keys.feed(b"\x1b[200~abc") == []
    clock(ANSWER_PATIENCE_S)
    assert pasted(keys.idle()) == "abc"
    assert names(keys.feed(b"q")) == ["q"]
    assert names(keys.feed(b"\x1b[201~q")) == ["q"], "an end without a beginning"


@pytest.mark.parametrize("seed", range(20))
def test_any_bytes_leave_a_parser_that_works(seed: int, clock: Callable[[float], None]) -> None:
    chance, keys = random.Random(seed), Keys()
    favourites = b"\x1b\x1b\x1b[]PM<;?0123456789~umMARt$y\x07\x9c\x9b\x9d"
    for _ in range(500):
        size = chance.randrange(1, 40)
        keys.feed(
            bytes(chance.choice(favourites) if chance.random() < 0.5 else chance.randrange(256) for _ in range(size))
        )
    for _ in range(3):
        clock(ANSWER_PATIENCE_S)
        keys.idle()
    assert names(keys.feed(b"q")) == ["q"]


def test_only_clean_text_leaves() -> None:
    chance, source = random.Random(5), TerminalInput(lambda sequence: True)
    text = source.feed(b"\x1b[200~" + chance.randbytes(10_000).replace(b"\x1b[201~", b"")) + source.silence()
    inside = text.removeprefix("\x1b[200~").partition(PASTE_ENDS)[0]
    assert len(inside) > 1000
    assert not any((letter < " " and letter not in "\t\r\n") or "\x7f" <= letter <= "\x9f" for letter in inside)


def test_textual_has_what_our_driver_replaces() -> None:
    """Fails when a release of Textual moves it: look at ``console/terminal/driver.py`` then."""
    ours = with_our_input(LinuxDriver)
    assert ours is not LinuxDriver
    assert ours.__mro__[1] is LinuxDriver
    assert "run_input_thread" in vars(LinuxDriver)
    assert "run_input_thread" in LinuxDriver._run_input_thread.__code__.co_names
    assert {"exit_event", "fileno", "input_tty"} <= set(LinuxDriver.__init__.__code__.co_names)
    assert {"feed", "tick"} <= set(dir(XTermParser))
    assert understood("\x1b[A")
    assert not understood("\x1b[?62c")


def test_another_driver_stays_as_it_is() -> None:
    class WindowsDriver(LinuxDriver):
        pass

    assert with_our_input(WindowsDriver) is WindowsDriver

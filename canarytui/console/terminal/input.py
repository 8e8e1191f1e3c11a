"""What a terminal sends, made into text that the key parser understands: no byte can stop it, no answer is typed.

A terminal sends more than keys: reports of the mouse in bytes that are no UTF-8, answers to questions that somebody
asked before us (colours, the clipboard, what it is called), a paste with control characters inside. Textual's parser
decodes strictly and types what it does not know; so everything passes here first. Pure: bytes in, text out. The
driver's thread (``driver``) reads the bytes and keeps the time.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from enum import Enum, auto

PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
LONGEST_SEQUENCE = 256
"""Characters of a control sequence; no key and no report is longer."""

KEY_PATIENCE_S, ANSWER_PATIENCE_S = 0.1, 1.0

_ETX, _ESC, _BEL, _CAN, _SUB, _ST = 0x03, 0x1B, 0x07, 0x18, 0x1A, 0x9C
_PLAIN = re.compile(rb"[^\x1b\x80-\xff]+")
_STRINGS = frozenset(b"]PX^_")
"""After ESC: OSC, DCS, SOS, PM and APC, whose text runs to its terminator."""
_C1 = {0x9B: ord("["), 0x9D: ord("]"), 0x90: ord("P"), 0x98: ord("X"), 0x9E: ord("^"), 0x9F: ord("_")}
"""The same introducers, and CSI, in one byte each."""
_IN_PASTE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class _State(Enum):
    GROUND = auto()
    ESCAPE = auto()  # ESC was read
    CONTROL = auto()  # a control sequence, up to its final byte
    STRING = auto()  # an answer's text, dropped
    STRING_ESCAPE = auto()  # ESC within it
    MOUSE = auto()  # the three bytes of an X10 report, dropped


class TerminalInput:
    """Turns bytes into text. `understood` says whether the key parser knows a whole control sequence."""

    def __init__(self, understood: Callable[[str], bool]) -> None:
        self._understood = understood
        self._decode = codecs.getincrementaldecoder("utf-8")("ignore")
        self._state = _State.GROUND
        self._sequence = bytearray()
        self._left = 0
        self._pasting = False
        self._out: list[str] = []

    @property
    def patience_s(self) -> float | None:
        """So long after the last byte :meth:`silence` is due; None where nothing waits. What may still be a key is
        decided soon; the rest of an answer, or of a paste, may be late on a slow line."""
        if self._state in (_State.ESCAPE, _State.MOUSE) or len(self._sequence) == 2:
            return KEY_PATIENCE_S
        return ANSWER_PATIENCE_S if self._pasting or self._state is not _State.GROUND else None

    def feed(self, data: bytes) -> str:
        """The text in `data` and in what waited for it."""
        at = 0
        while at < len(data):
            if self._state is _State.GROUND and (plain := _PLAIN.match(data, at)) is not None:
                self._text(plain.group())
                at = plain.end()
                continue
            self._byte(data[at])
            at += 1
        return self._taken()

    def silence(self) -> str:
        """No more bytes came: what waits was a key, such as Escape or Alt with a bracket, or is given up, and a paste
        without end has ended."""
        keys = self._sequence.decode("ascii") if len(self._sequence) <= 2 else ""
        given_up = self._state is _State.GROUND
        self._ground()
        self._emit(keys)
        if self._pasting and given_up:
            self._pasting = False
            self._out.append(PASTE_ENDS)
        return self._taken()

    def _taken(self) -> str:
        text = "".join(self._out)
        self._out.clear()
        return text

    def _ground(self) -> None:
        self._state = _State.GROUND
        self._sequence.clear()

    def _text(self, data: bytes) -> None:
        text = self._decode.decode(data)
        self._out.append(_IN_PASTE.sub("", text) if self._pasting else text)

    def _byte(self, byte: int) -> None:
        match self._state:
            case _State.GROUND:
                self._in_ground(byte)
            case _State.ESCAPE:
                self._after_escape(byte)
            case _State.CONTROL:
                self._in_control(byte)
            case _State.STRING:
                self._in_string(byte)
            case _State.STRING_ESCAPE:
                self._after_escape_in_string(byte)
            case _State.MOUSE:
                self._left -= 1
                if not self._left:
                    self._ground()

    def _in_ground(self, byte: int) -> None:
        between_letters = not self._decode.getstate()[0]
        if byte == _ESC:
            self._decode.reset()
            self._begin(_State.ESCAPE, b"\x1b")
        elif between_letters and byte in _C1:
            self._introduce(_C1[byte])
        else:
            for letter in self._decode.decode(bytes((byte,))):
                if ord(letter) in _C1:  # encoded, as a terminal with 8-bit controls and UTF-8 sends them
                    self._introduce(_C1[ord(letter)])
                elif not 0x80 <= ord(letter) < 0xA0:
                    self._out.append(_IN_PASTE.sub("", letter) if self._pasting else letter)

    def _begin(self, state: _State, sequence: bytes) -> None:
        self._state = state
        self._sequence[:] = sequence

    def _introduce(self, byte: int) -> None:
        self._begin(_State.CONTROL if byte == ord("[") else _State.STRING, bytes((_ESC, byte)))

    def _after_escape(self, byte: int) -> None:
        if byte == _ESC:
            self._emit("\x1b")  # the first one was the Escape key
        elif byte == ord("[") or byte in _STRINGS:
            self._introduce(byte)
        elif byte == ord("O"):
            self._ground()
            self._emit("\x1bO")  # a key whose last letter is plain text
        else:
            self._ground()
            if byte < 0x80:
                self._emit(f"\x1b{chr(byte)}")  # Alt and a letter
            else:
                self._in_ground(byte)

    def _in_control(self, byte: int) -> None:
        whole = self._sequence
        if byte == _ESC or byte < 0x20 or byte >= 0x7F or len(whole) >= LONGEST_SEQUENCE:
            self._ground()  # cut off: it means nothing
            if byte != _CAN and byte != _SUB:
                self._byte(byte)
            return
        whole.append(byte)
        if whole == b"\x1b[M":
            self._state, self._left = _State.MOUSE, 3
        elif byte >= 0x40 and whole != b"\x1b[[":  # the Linux console's F1 to F5 have a second bracket
            sequence = whole.decode("ascii")
            self._ground()
            self._control(sequence)

    def _control(self, sequence: str) -> None:
        if sequence == PASTE_BEGINS and not self._pasting:
            self._pasting = True
            self._out.append(sequence)
        elif sequence == PASTE_ENDS and self._pasting:
            self._pasting = False
            self._out.append(sequence)
        elif not self._pasting and sequence not in (PASTE_BEGINS, PASTE_ENDS) and self._understood(sequence):
            self._out.append(sequence)

    def _emit(self, keys: str) -> None:
        if not self._pasting:
            self._out.append(keys)

    def _in_string(self, byte: int) -> None:
        self._sequence[2:] = b"."  # it has begun; what it says is nobody's business
        if byte == _ESC:
            self._state = _State.STRING_ESCAPE
        elif byte in (_BEL, _CAN, _SUB, _ST):
            self._ground()
        elif byte == _ETX:  # no answer holds Ctrl+C: a person wants to leave
            self._ground()
            self._text(b"\x03")

    def _after_escape_in_string(self, byte: int) -> None:
        self._ground()
        if byte != ord("\\"):
            self._begin(_State.ESCAPE, b"\x1b")
            self._after_escape(byte)

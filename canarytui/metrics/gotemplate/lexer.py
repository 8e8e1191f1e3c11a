"""The tokens of a template. Only the parser calls this.

An error is a token as well (``Kind.ERROR``): it matters only once the parser reaches it, as in Go.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from enum import IntEnum, auto

from msgspec import Struct

from canarytui.metrics.gotemplate.formatting import quoted

LEFT, RIGHT = "{{", "}}"
_SPACES = " \t\r\n"


class Kind(IntEnum):
    """What a token is. Those after KEYWORD are shown in angle brackets in errors."""

    ERROR = auto()
    BOOL = auto()
    CHAR = auto()
    CHAR_CONSTANT = auto()
    ASSIGN = auto()
    DECLARE = auto()
    EOF = auto()
    FIELD = auto()
    IDENTIFIER = auto()
    LEFT_DELIM = auto()
    LEFT_PAREN = auto()
    NUMBER = auto()
    PIPE = auto()
    RAW_STRING = auto()
    RIGHT_DELIM = auto()
    RIGHT_PAREN = auto()
    SPACE = auto()
    STRING = auto()
    TEXT = auto()
    VARIABLE = auto()
    KEYWORD = auto()
    BLOCK = auto()
    BREAK = auto()
    CONTINUE = auto()
    DOT = auto()
    DEFINE = auto()
    ELSE = auto()
    END = auto()
    IF = auto()
    NIL = auto()
    RANGE = auto()
    TEMPLATE = auto()
    WITH = auto()


_KEYWORDS = {
    "block": Kind.BLOCK,
    "break": Kind.BREAK,
    "continue": Kind.CONTINUE,
    "define": Kind.DEFINE,
    "else": Kind.ELSE,
    "end": Kind.END,
    "if": Kind.IF,
    "nil": Kind.NIL,
    "range": Kind.RANGE,
    "template": Kind.TEMPLATE,
    "with": Kind.WITH,
}
_SINGLE = {"=": Kind.ASSIGN, "|": Kind.PIPE}


class Token(Struct, frozen=True):
    """`position` counts characters from the start of the text, `line` from 1."""

    kind: Kind
    position: int
    value: str
    line: int

    def __str__(self) -> str:
        if self.kind is Kind.EOF:
            return "EOF"
        if self.kind is Kind.ERROR:
            return self.value
        if self.kind > Kind.KEYWORD:
            return f"<{self.value}>"
        return f"{quoted(self.value[:10])}..." if len(self.value) > 10 else quoted(self.value)


class _Stop(Exception):
    """A token that cannot be read ends the tokens."""


class Lexer:
    """Iterates over the tokens of `text`; after EOF or an error nothing follows."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._start = 0
        self._parens = 0
        self._line_ends = [at for at, letter in enumerate(text) if letter == "\n"]

    def __iter__(self) -> Iterator[Token]:
        try:
            yield from self._tokens()
        except _Stop as stop:
            yield self._token(Kind.ERROR, self._start, str(stop))

    def _tokens(self) -> Iterator[Token]:
        while True:
            opening = self._text.find(LEFT, self._at)
            end = len(self._text) if opening < 0 else opening
            text = self._text[self._at : end]
            if opening >= 0 and self._trims_before(opening):
                text = text.rstrip(_SPACES)
            if text:
                yield self._token(Kind.TEXT, self._at, text)
            if opening < 0:
                yield self._token(Kind.EOF, end, "")
                return
            self._start = self._at = opening
            inside = opening + len(LEFT) + (2 if self._trims_before(opening) else 0)
            if self._text.startswith("/*", inside):
                self._comment(inside)
                continue
            yield self._token(Kind.LEFT_DELIM, opening, LEFT)
            self._at = inside
            self._parens = 0
            yield from self._action()

    def _trims_before(self, opening: int) -> bool:
        marker = self._text[opening + len(LEFT) : opening + len(LEFT) + 2]
        return marker[:1] == "-" and marker[1:] in (*_SPACES,)

    def _right_delim(self) -> tuple[bool, bool]:
        """(a right delimiter stands here, it trims what follows)."""
        if self._text[self._at : self._at + 1] in (*_SPACES,) and self._text.startswith("-" + RIGHT, self._at + 1):
            return True, True
        return self._text.startswith(RIGHT, self._at), False

    def _close(self, *, trims: bool) -> None:
        self._at += len(RIGHT) + (2 if trims else 0)
        while trims and self._at < len(self._text) and self._text[self._at] in _SPACES:
            self._at += 1

    def _comment(self, inside: int) -> None:
        end = self._text.find("*/", inside)
        if end < 0:
            raise _Stop("unclosed comment")
        self._at = end + 2
        closed, trims = self._right_delim()
        if not closed:
            raise _Stop("comment ends before closing delimiter")
        self._close(trims=trims)

    def _action(self) -> Iterator[Token]:
        while True:
            self._start = self._at
            closed, trims = self._right_delim()
            if closed:
                if self._parens:
                    raise _Stop("unclosed left paren")
                at = self._at + (2 if trims else 0)
                self._close(trims=trims)
                yield self._token(Kind.RIGHT_DELIM, at, RIGHT)
                return
            if self._at >= len(self._text):
                raise _Stop("unclosed action")
            yield self._inside()

    def _inside(self) -> Token:
        text, start = self._text, self._at
        letter = text[start]
        following = text[start + 1 : start + 2]
        if letter in _SPACES:
            return self._space()
        if letter in _SINGLE:
            return self._emit(_SINGLE[letter], start + 1)
        if letter == ":":
            if following != "=":
                raise _Stop("expected :=")
            return self._emit(Kind.DECLARE, start + 2)
        if letter == '"':
            return self._quoted('"', Kind.STRING, "unterminated quoted string")
        if letter == "'":
            return self._quoted("'", Kind.CHAR_CONSTANT, "unterminated character constant")
        if letter == "`":
            end = text.find("`", start + 1)
            if end < 0:
                raise _Stop("unterminated raw quoted string")
            return self._emit(Kind.RAW_STRING, end + 1)
        if letter == "$":
            return self._field_or_variable(Kind.VARIABLE)
        if letter == "." and not ("0" <= following <= "9" and following):
            return self._field_or_variable(Kind.FIELD)
        if letter in "+-.0123456789":
            return self._number()
        if _alphanumeric(letter):
            return self._identifier()
        if letter == "(":
            self._parens += 1
            return self._emit(Kind.LEFT_PAREN, start + 1)
        if letter == ")":
            self._parens -= 1
            if self._parens < 0:
                raise _Stop("unexpected right paren")
            return self._emit(Kind.RIGHT_PAREN, start + 1)
        if " " <= letter <= "~":
            return self._emit(Kind.CHAR, start + 1)
        raise _Stop(f"unrecognized character in action: {_named(letter)}")

    def _space(self) -> Token:
        end = self._at
        while end < len(self._text) and self._text[end] in _SPACES:
            if self._text.startswith("-" + RIGHT, end + 1):
                break  # this one belongs to the trim marker
            end += 1
        return self._emit(Kind.SPACE, end)

    def _quoted(self, quote: str, kind: Kind, problem: str) -> Token:
        at = self._at + 1
        while at < len(self._text) and self._text[at] != "\n":
            if self._text[at] == quote:
                return self._emit(kind, at + 1)
            escaped = self._text[at] == "\\" and self._text[at + 1 : at + 2] not in ("", "\n")
            at += 2 if escaped else 1
        raise _Stop(problem)

    def _word(self, at: int) -> int:
        while at < len(self._text) and _alphanumeric(self._text[at]):
            at += 1
        return at

    def _field_or_variable(self, kind: Kind) -> Token:
        end = self._word(self._at + 1)
        if end == self._at + 1 and kind is Kind.FIELD:
            return self._emit(Kind.DOT, end)
        self._must_terminate(end)
        return self._emit(kind, end)

    def _identifier(self) -> Token:
        end = self._word(self._at)
        self._must_terminate(end)
        word = self._text[self._at : end]
        if word in ("true", "false"):
            return self._emit(Kind.BOOL, end)
        return self._emit(_KEYWORDS.get(word, Kind.IDENTIFIER), end)

    def _must_terminate(self, end: int) -> None:
        letter = self._text[end : end + 1]
        if letter == "" or letter in _SPACES or letter in ".,|:)(" or self._text.startswith(RIGHT, end):
            return
        raise _Stop(f"bad character {_named(letter)}")

    def _number(self) -> Token:
        end, well = self._scan_number(self._at)
        if well and self._text[end : end + 1] in ("+", "-"):  # a complex constant
            end, well = self._scan_number(end)
            well = well and self._text[end - 1] == "i"
        if not well:
            raise _Stop(f"bad number syntax: {quoted(self._text[self._at : end])}")
        return self._emit(Kind.NUMBER, end)

    def _scan_number(self, at: int) -> tuple[int, bool]:
        text = self._text

        def one(at: int, letters: str) -> int:
            return at + 1 if at < len(text) and text[at] in letters else at

        def run(at: int, letters: str) -> int:
            while at < len(text) and text[at] in letters:
                at += 1
            return at

        digits, exponent = "0123456789_", "eE"
        at = one(at, "+-")
        zero = one(at, "0")
        if zero > at:
            at = zero
            for marks, allowed, power in (
                ("xX", "0123456789abcdefABCDEF_", "pP"),
                ("oO", "01234567_", ""),
                ("bB", "01_", ""),
            ):
                marked = one(at, marks)
                if marked > at:
                    at, digits, exponent = marked, allowed, power
                    break
        at = run(at, digits)
        point = one(at, ".")
        if point > at:
            at = run(point, digits)
        powered = one(at, exponent)
        if powered > at:
            at = run(one(powered, "+-"), "0123456789_")
        at = one(at, "i")
        if at < len(text) and _alphanumeric(text[at]):
            return at + 1, False
        return at, True

    def _emit(self, kind: Kind, end: int) -> Token:
        token = self._token(kind, self._at, self._text[self._at : end])
        self._at = end
        return token

    def _token(self, kind: Kind, position: int, value: str) -> Token:
        return Token(kind, position, value, 1 + bisect_left(self._line_ends, position))


def _alphanumeric(letter: str) -> bool:
    return letter == "_" or letter.isalpha() or letter.isdecimal()


def _named(letter: str) -> str:
    shown = f" '{letter}'" if letter.isprintable() else ""
    return f"U+{ord(letter):04X}{shown}"

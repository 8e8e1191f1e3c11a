"""The tokens of a template with the look ahead that its grammar needs, and errors with the place where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.metrics.gotemplate import nodes
from canarytui.metrics.gotemplate.errors import TemplateError
from canarytui.metrics.gotemplate.lexer import Kind, Lexer, Token
from canarytui.metrics.gotemplate.literals import LiteralError, unquoted

MAX_DEPTH = 100
"""Controls and parentheses inside each other; Python's own stack ends not much later."""


class TokenStream:
    """What both halves of the parser read from. A word is a token that is no space."""

    def __init__(self, text: str, name: str) -> None:
        self._tree = nodes.Tree(name, text)
        self._tokens: Iterator[Token] = iter(Lexer(text))
        self._ahead: list[Token] = []
        self._seen = Token(Kind.EOF, 0, "", 1)
        self._depth = 0
        self._action_line = 0

    def _next(self) -> Token:
        if self._ahead:
            self._seen = self._ahead.pop()
        else:
            self._seen = next(self._tokens, self._seen)
        return self._seen

    def _back(self, token: Token) -> None:
        self._ahead.append(token)

    def _peek(self) -> Token:
        token = self._next()
        self._back(token)
        return token

    def _next_word(self) -> Token:
        token = self._next()
        while token.kind is Kind.SPACE:
            token = self._next()
        return token

    def _peek_word(self) -> Token:
        token = self._next_word()
        self._back(token)
        return token

    def _error(self, problem: str) -> TemplateError:
        line = self._seen.line
        return TemplateError(f"template: {self._tree.name}:{line}: {problem}", problem, line)

    def _unexpected(self, token: Token, context: str) -> TemplateError:
        if token.kind is not Kind.ERROR:
            return self._error(f"unexpected {token} in {context}")
        extra = ""
        if self._action_line and self._action_line != token.line:
            extra = f" in action started at {self._tree.name}:{self._action_line}"
            if token.value.endswith(" action"):
                extra = extra.removeprefix(" in action")
        return self._error(f"{token}{extra}")

    def _expect(self, kind: Kind, context: str) -> Token:
        token = self._next_word()
        if token.kind is not kind:
            raise self._unexpected(token, context)
        return token

    def _unquoted(self, token: Token) -> str:
        try:
            return unquoted(token.value)
        except LiteralError as error:
            raise self._error(str(error)) from error

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"nested more than {MAX_DEPTH} deep")

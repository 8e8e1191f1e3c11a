"""Tokens become a tree, with Go's own complaints about those that do not.

This half reads text and actions; what stands inside an action is read by :mod:`.pipelines`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from canarytui.metrics.gotemplate import nodes
from canarytui.metrics.gotemplate.errors import TemplateError
from canarytui.metrics.gotemplate.formatting import quoted
from canarytui.metrics.gotemplate.lexer import Kind, Token
from canarytui.metrics.gotemplate.pipelines import PipelineParser

MAX_LENGTH = 256 * 1024
"""Characters; a longer text is no query."""

_CONTROLS = {Kind.IF: "if", Kind.WITH: "with", Kind.RANGE: "range"}
_SPACES_ONLY = re.compile(r"[ \t\r\n]*\Z")


def parse(text: str, functions: Collection[str], *, name: str = "tmpl") -> nodes.Tree:
    """The tree of `text`, which may call `functions`.

    Raises:
        TemplateError: ``template: NAME:LINE: …``.
    """
    if len(text) > MAX_LENGTH:
        problem = f"longer than {MAX_LENGTH} characters"
        raise TemplateError(f"template: {name}:1: {problem}", problem, 1)
    return _TemplateParser(text, functions, name).tree()


class _End:
    """``{{end}}``, or ``{{else}}`` with what follows it on its own token."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __str__(self) -> str:
        return f"{{{{{self.word}}}}}"


class _TemplateParser(PipelineParser):
    def __init__(self, text: str, functions: Collection[str], name: str) -> None:
        super().__init__(text, functions, name)
        self._ranges = 0
        """How many ranges the current action stands in."""

    def tree(self) -> nodes.Tree:
        found: list[nodes.Node] = []
        while self._peek().kind is not Kind.EOF:
            if self._peek().kind is Kind.LEFT_DELIM:
                opening = self._next()
                if self._next_word().kind is Kind.DEFINE:
                    self._definition()
                    continue
                self._back(self._seen)
                self._back(opening)
            node = self._text_or_action()
            if isinstance(node, _End):
                raise self._error(f"unexpected {node}")
            found.append(node)
        self._tree.nodes = tuple(found)
        return self._tree

    def _text_or_action(self) -> nodes.Node | _End:
        token = self._next_word()
        if token.kind is Kind.TEXT:
            return nodes.Text(token.position, token.value)
        if token.kind is Kind.LEFT_DELIM:
            self._action_line = token.line
            try:
                return self._action()
            finally:
                self._action_line = 0
        raise self._unexpected(token, "input")

    def _action(self) -> nodes.Node | _End:
        token = self._next_word()
        if token.kind in _CONTROLS:
            return self._control(_CONTROLS[token.kind], token)
        if token.kind is Kind.ELSE:
            return self._else()
        if token.kind is Kind.END:
            self._expect(Kind.RIGHT_DELIM, "end")
            return _End("end")
        if token.kind in (Kind.BREAK, Kind.CONTINUE):
            return self._loop_control(token)
        if token.kind is Kind.TEMPLATE:
            return self._call()
        if token.kind is Kind.BLOCK:
            return self._block()
        self._back(token)
        return nodes.ActionNode(token.position, self._pipeline("command", Kind.RIGHT_DELIM))

    def _items(self) -> tuple[tuple[nodes.Node, ...], _End]:
        found: list[nodes.Node] = []
        while self._peek_word().kind is not Kind.EOF:
            node = self._text_or_action()
            if isinstance(node, _End):
                return tuple(found), node
            found.append(node)
        raise self._error("unexpected EOF")

    def _control(self, word: str, token: Token) -> nodes.Control:
        self._deeper()
        known = len(self._variables)
        pipe = self._pipeline(word, Kind.RIGHT_DELIM)
        self._ranges += word == "range"
        body, ending = self._items()
        self._ranges -= word == "range"
        otherwise: tuple[nodes.Node, ...] = ()
        if ending.word == "else":
            chained = self._peek()
            if word in ("if", "with") and _CONTROLS.get(chained.kind) == word:
                otherwise = (self._control(word, self._next()),)
            else:
                otherwise, ending = self._items()
                if ending.word != "end":
                    raise self._error(f"expected end; found {ending}")
        del self._variables[known:]
        self._depth -= 1
        return nodes.Control(token.position, word, pipe, body, otherwise)

    def _else(self) -> _End:
        if self._peek_word().kind not in (Kind.IF, Kind.WITH):
            self._expect(Kind.RIGHT_DELIM, "else")
        return _End("else")

    def _loop_control(self, token: Token) -> nodes.Node:
        following = self._next_word()
        if following.kind is not Kind.RIGHT_DELIM:
            raise self._unexpected(following, f"{{{{{token.value}}}}}")
        if not self._ranges:
            raise self._error(f"{{{{{token.value}}}}} outside {{{{range}}}}")
        return (nodes.Break if token.kind is Kind.BREAK else nodes.Continue)(token.position)

    def _template_name(self, token: Token, context: str) -> str:
        if token.kind not in (Kind.STRING, Kind.RAW_STRING):
            raise self._unexpected(token, context)
        return self._unquoted(token)

    def _call(self) -> nodes.TemplateNode:
        token = self._next_word()
        name = self._template_name(token, "template clause")
        pipe = None
        following = self._next_word()
        if following.kind is not Kind.RIGHT_DELIM:
            self._back(following)
            pipe = self._pipeline("template clause", Kind.RIGHT_DELIM)
        return nodes.TemplateNode(token.position, name, pipe)

    def _block(self) -> nodes.TemplateNode:
        token = self._next_word()
        name = self._template_name(token, "block clause")
        pipe = self._pipeline("block clause", Kind.RIGHT_DELIM)
        self._define(name, "in block clause")
        return nodes.TemplateNode(token.position, name, pipe)

    def _definition(self) -> None:
        name = self._template_name(self._next_word(), "define clause")
        self._expect(Kind.RIGHT_DELIM, "define clause")
        self._define(name, "in define clause")

    def _define(self, name: str, where: str) -> None:
        self._deeper()
        variables, ranges = self._variables, self._ranges
        self._variables, self._ranges = ["$"], 0
        body, ending = self._items()
        if ending.word != "end":
            raise self._error(f"unexpected {ending} {where}")
        self._variables, self._ranges = variables, ranges
        self._depth -= 1
        before = self._tree.defined.get(name)
        if before is not None and not _empty(before) and not _empty(body):
            raise self._error(f"template: multiple definition of template {quoted(name)}")
        if before is None or _empty(before):
            self._tree.defined[name] = body


def _empty(body: tuple[nodes.Node, ...]) -> bool:
    return all(isinstance(node, nodes.Text) and _SPACES_ONLY.match(node.text) for node in body)

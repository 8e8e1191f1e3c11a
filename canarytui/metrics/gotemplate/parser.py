"""Tokens become a tree, with Go's own complaints about those that do not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from canarytui.metrics.gotemplate import nodes
from canarytui.metrics.gotemplate.errors import TemplateError
from canarytui.metrics.gotemplate.formatting import quoted
from canarytui.metrics.gotemplate.lexer import Kind, Lexer, Token
from canarytui.metrics.gotemplate.literals import LiteralError, number, unquoted

MAX_LENGTH = 256 * 1024
"""A longer text is no query."""
MAX_DEPTH = 100
"""So many controls and parentheses in each other; Python's own stack ends not much later."""

_OPERANDS = frozenset(
    {
        Kind.BOOL,
        Kind.CHAR_CONSTANT,
        Kind.DOT,
        Kind.FIELD,
        Kind.IDENTIFIER,
        Kind.NUMBER,
        Kind.NIL,
        Kind.RAW_STRING,
        Kind.STRING,
        Kind.VARIABLE,
        Kind.LEFT_PAREN,
    }
)
_CONTROLS = {Kind.IF: "if", Kind.WITH: "with", Kind.RANGE: "range"}
_NOT_EXECUTABLE = (nodes.Constant, nodes.Dot, nodes.Nil)
_SPACES_ONLY = re.compile(r"[ \t\r\n]*\Z")


def parse(text: str, functions: Collection[str], *, name: str = "tmpl") -> nodes.Tree:
    """The tree of `text`, which may call `functions`.

    Raises:
        TemplateError: ``template: NAME:LINE: …``.
    """
    if len(text) > MAX_LENGTH:
        problem = f"longer than {MAX_LENGTH} characters"
        raise TemplateError(f"template: {name}:1: {problem}", problem, 1)
    return _Parser(text, functions, name).tree()


class _End:
    """``{{end}}``, or ``{{else}}`` with what follows it on its own token."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __str__(self) -> str:
        return f"{{{{{self.word}}}}}"


class _Parser:
    def __init__(self, text: str, functions: Collection[str], name: str) -> None:
        self._tree = nodes.Tree(name, text)
        self._functions = functions
        self._tokens: Iterator[Token] = iter(Lexer(text))
        self._ahead: list[Token] = []
        self._seen = Token(Kind.EOF, 0, "", 1)
        self._variables = ["$"]
        self._ranges = 0
        self._depth = 0
        self._action_line = 0

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

    # tokens -----------------------------------------------------------------------------------------------------

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

    # actions ----------------------------------------------------------------------------------------------------

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
        return nodes.Action(token.position, self._pipeline("command", Kind.RIGHT_DELIM))

    def _items(self) -> tuple[tuple[nodes.Node, ...], _End]:
        found: list[nodes.Node] = []
        while self._peek_word().kind is not Kind.EOF:
            node = self._text_or_action()
            if isinstance(node, _End):
                return tuple(found), node
            found.append(node)
        raise self._error("unexpected EOF")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"nested more than {MAX_DEPTH} deep")

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

    def _unquoted(self, token: Token) -> str:
        try:
            return unquoted(token.value)
        except LiteralError as error:
            raise self._error(str(error)) from error

    def _call(self) -> nodes.Call:
        token = self._next_word()
        name = self._template_name(token, "template clause")
        pipe = None
        following = self._next_word()
        if following.kind is not Kind.RIGHT_DELIM:
            self._back(following)
            pipe = self._pipeline("template clause", Kind.RIGHT_DELIM)
        return nodes.Call(token.position, name, pipe)

    def _block(self) -> nodes.Call:
        token = self._next_word()
        name = self._template_name(token, "block clause")
        pipe = self._pipeline("block clause", Kind.RIGHT_DELIM)
        self._define(name, "in block clause")
        return nodes.Call(token.position, name, pipe)

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

    # pipelines --------------------------------------------------------------------------------------------------

    def _pipeline(self, context: str, end: Kind) -> nodes.Pipe:
        self._deeper()
        start = self._peek_word().position
        declared, assigns = self._declarations(context)
        commands: list[nodes.Command] = []
        while True:
            token = self._next_word()
            if token.kind is end:
                break
            if token.kind not in _OPERANDS:
                raise self._unexpected(token, context)
            self._back(token)
            commands.append(self._command())
        if not commands:
            raise self._error(f"missing value for {context}")
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.arguments[0], _NOT_EXECUTABLE):
                raise self._error(f"non executable command in pipeline stage {stage}")
        self._depth -= 1
        return nodes.Pipe(start, tuple(declared), assigns, tuple(commands))

    def _declarations(self, context: str) -> tuple[list[nodes.Variable], bool]:
        declared: list[nodes.Variable] = []
        while self._peek_word().kind is Kind.VARIABLE:
            variable = self._next_word()
            after = self._next()
            following = self._next_word() if after.kind is Kind.SPACE else after
            if following.kind in (Kind.ASSIGN, Kind.DECLARE):
                declared.append(self._declare(variable))
                return declared, following.kind is Kind.ASSIGN
            if following.kind is Kind.CHAR and following.value == ",":
                declared.append(self._declare(variable))
                if context != "range" or len(declared) > 1:
                    raise self._error(f"too many declarations in {context}")
                if self._peek_word().kind not in (Kind.VARIABLE, Kind.RIGHT_DELIM, Kind.RIGHT_PAREN):
                    raise self._error("range can only initialize variables")
                continue
            self._back(following)
            if following is not after:
                self._back(after)
            self._back(variable)
            break
        return declared, False

    def _declare(self, token: Token) -> nodes.Variable:
        self._variables.append(token.value)
        return nodes.Variable(token.position, (token.value,))

    def _command(self) -> nodes.Command:
        start = self._peek_word().position
        found: list[nodes.Node] = []
        while True:
            self._peek_word()
            operand = self._operand()
            if operand is not None:
                found.append(operand)
            token = self._next()
            if token.kind is Kind.SPACE:
                continue
            if token.kind in (Kind.RIGHT_DELIM, Kind.RIGHT_PAREN):
                self._back(token)
            elif token.kind is not Kind.PIPE:
                raise self._unexpected(token, "operand")
            break
        if not found:
            raise self._error("empty command")
        return nodes.Command(start, tuple(found))

    def _operand(self) -> nodes.Node | None:
        node = self._term()
        if node is None or self._peek().kind is not Kind.FIELD:
            return node
        start = self._peek().position
        names: list[str] = []
        while self._peek().kind is Kind.FIELD:
            names.append(self._next().value[1:])
        if isinstance(node, nodes.Field):
            return nodes.Field(start, node.names + tuple(names))
        if isinstance(node, nodes.Variable):
            return nodes.Variable(start, node.names + tuple(names))
        if isinstance(node, _NOT_EXECUTABLE):
            raise self._error(f"unexpected . after term {quoted(str(node))}")
        return nodes.Chain(start, node, tuple(names))

    def _term(self) -> nodes.Node | None:
        token = self._next_word()
        at, value = token.position, token.value
        match token.kind:
            case Kind.IDENTIFIER:
                if value not in self._functions:
                    raise self._error(f"function {quoted(value)} not defined")
                return nodes.Identifier(at, value)
            case Kind.DOT:
                return nodes.Dot(at)
            case Kind.NIL:
                return nodes.Nil(at)
            case Kind.VARIABLE:
                if value not in self._variables:
                    raise self._error(f"undefined variable {quoted(value)}")
                return nodes.Variable(at, (value,))
            case Kind.FIELD:
                return nodes.Field(at, (value[1:],))
            case Kind.BOOL:
                return nodes.Constant(at, value == "true", value)
            case Kind.NUMBER | Kind.CHAR_CONSTANT:
                try:
                    return nodes.Constant(at, number(value), value)
                except LiteralError as error:
                    raise self._error(str(error)) from error
            case Kind.LEFT_PAREN:
                return self._pipeline("parenthesized pipeline", Kind.RIGHT_PAREN)
            case Kind.STRING | Kind.RAW_STRING:
                return nodes.Constant(at, self._unquoted(token), value)
        self._back(token)
        return None


def _empty(body: tuple[nodes.Node, ...]) -> bool:
    return all(isinstance(node, nodes.Text) and _SPACES_ONLY.match(node.text) for node in body)

"""What stands inside an action: a pipeline of commands, their operands, and the variables that it declares."""

from __future__ import annotations

from collections.abc import Collection

from canarytui.metrics.gotemplate import nodes
from canarytui.metrics.gotemplate.formatting import quoted
from canarytui.metrics.gotemplate.lexer import Kind, Token
from canarytui.metrics.gotemplate.literals import LiteralError, number
from canarytui.metrics.gotemplate.token_stream import TokenStream

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
_NOT_EXECUTABLE = (nodes.Constant, nodes.Dot, nodes.Nil)


class PipelineParser(TokenStream):
    """Knows the functions that may be called, and the variables that are in scope."""

    def __init__(self, text: str, functions: Collection[str], name: str) -> None:
        super().__init__(text, name)
        self._functions = functions
        self._variables = ["$"]

    def _pipeline(self, context: str, end: Kind) -> nodes.Pipe:
        self._deeper()
        start = self._peek_word().position
        declared, assigns = self._declarations(context)
        commands: list[nodes.CommandNode] = []
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

    def _command(self) -> nodes.CommandNode:
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
        return nodes.CommandNode(start, tuple(found))

    def _operand(self) -> nodes.Node | None:
        node = self._term()
        if node is None or self._peek().kind is not Kind.FIELD:
            return node
        start = self._peek().position
        names: list[str] = []
        while self._peek().kind is Kind.FIELD:
            names.append(self._next().value[1:])
        if isinstance(node, nodes.FieldNode):
            return nodes.FieldNode(start, node.names + tuple(names))
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
                return nodes.FieldNode(at, (value[1:],))
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

"""A tree is executed: text comes out, or an error with its place in the template.

Bounded: the text, the passes of loops and the depth of templates that call each other have limits, so that no template
can hold up a controller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from canarytui.metrics.gotemplate import nodes
from canarytui.metrics.gotemplate.errors import TemplateError
from canarytui.metrics.gotemplate.formatting import Value, quoted, shown, type_name
from canarytui.metrics.gotemplate.functions import BUILTINS, LOGIC, Builtin, CallError, truth

MAX_OUTPUT = 256 * 1024
MAX_PASSES = 10_000
MAX_CALLS = 50


class _Missing:
    """No value was handed on by the command before."""


_MISSING = _Missing()
_Final = Value | _Missing


class _BreakLoop(Exception):
    pass


class _ContinueLoop(Exception):
    pass


def execute(tree: nodes.Tree, functions: Mapping[str, Value]) -> str:
    """The text that `tree` makes; `functions` are what those of the template's own functions return.

    Raises:
        TemplateError: ``template: NAME:LINE:COLUMN: executing …``.
    """
    return _Evaluator(tree, functions).run()


class _Evaluator:
    def __init__(self, tree: nodes.Tree, functions: Mapping[str, Value]) -> None:
        self._tree = tree
        self._functions = functions
        self._at: nodes.Node | None = None
        self._name = tree.name
        self._variables: list[tuple[str, Value]] = [("$", None)]
        self._pieces: list[str] = []
        self._length = 0
        self._passes = 0
        self._calls = 0

    def run(self) -> str:
        self._walk_all(None, self._tree.nodes)
        return "".join(self._pieces)

    def _error(self, problem: str) -> TemplateError:
        position = self._at.position if self._at is not None else 0
        before = self._tree.text[:position]
        line = 1 + before.count("\n")
        column = len(before[before.rfind("\n") + 1 :].encode())
        where = f"{self._tree.name}:{line}:{column}: executing {quoted(self._name)} at <{self._at}>"
        return TemplateError(f"template: {where}: {problem}", problem, line, column)

    def _write(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_OUTPUT:
            raise self._error(f"the text is longer than {MAX_OUTPUT} characters")
        self._pieces.append(text)

    # statements -------------------------------------------------------------------------------------------------

    def _walk_all(self, dot: Value, body: Sequence[nodes.Node]) -> None:
        for node in body:
            self._walk(dot, node)

    def _walk(self, dot: Value, node: nodes.Node) -> None:
        self._at = node if not isinstance(node, nodes.Text) else self._at
        match node:
            case nodes.Text():
                self._write(node.text)
            case nodes.ActionNode():
                value = self._pipeline(dot, node.pipe)
                if not node.pipe.declared:
                    self._write("<no value>" if value is None else shown(value))
            case nodes.Control(word="range"):
                self._range(dot, node)
            case nodes.Control():
                self._branch(dot, node)
            case nodes.TemplateNode():
                self._template(dot, node)
            case nodes.Break():
                raise _BreakLoop
            case nodes.Continue():
                raise _ContinueLoop

    def _branch(self, dot: Value, node: nodes.Control) -> None:
        known = len(self._variables)
        value = self._pipeline(dot, node.pipe)
        inner = value if node.word == "with" else dot
        if truth(value):
            self._walk_all(inner, node.body)
        else:
            self._walk_all(dot, node.otherwise)
        del self._variables[known:]

    def _range(self, dot: Value, node: nodes.Control) -> None:
        known = len(self._variables)
        value = self._pipeline(dot, node.pipe)
        pairs = self._pairs(node, value)
        inner = len(self._variables)
        try:
            for index, element in pairs:
                self._passes += 1
                if self._passes > MAX_PASSES:
                    raise self._error(f"more than {MAX_PASSES} passes of a range")
                self._set_loop_variables(node.pipe, index, element)
                try:
                    self._walk_all(element, node.body)
                except _ContinueLoop:
                    continue
                finally:
                    del self._variables[inner:]
        except _BreakLoop:
            pass
        if not pairs:
            self._walk_all(dot, node.otherwise)
        del self._variables[known:]

    def _pairs(self, node: nodes.Control, value: Value) -> Sequence[tuple[Value, Value]]:
        if value is None:
            return ()
        if isinstance(value, int) and not isinstance(value, bool):
            if len(node.pipe.declared) > 1:
                raise self._error(f"can't use {value} to iterate over more than one variable")
            return _Count(value)
        if isinstance(value, dict):
            return [(key, value[key]) for key in sorted(value)]
        raise self._error(f"range can't iterate over {shown(value)}")

    def _set_loop_variables(self, pipe: nodes.Pipe, index: Value, element: Value) -> None:
        if not pipe.declared:
            return
        values = (element,) if len(pipe.declared) == 1 else (index, element)
        for variable, value in zip(pipe.declared, values, strict=True):
            if pipe.assigns:
                self._assign(variable.names[0], value)
            else:
                self._variables.append((variable.names[0], value))

    def _template(self, dot: Value, node: nodes.TemplateNode) -> None:
        body = self._tree.defined.get(node.name)
        if body is None:
            raise self._error(f"template {quoted(node.name)} not defined")
        if self._calls >= MAX_CALLS:
            raise self._error(f"exceeded maximum template depth ({MAX_CALLS})")
        inner = self._pipeline(dot, node.pipe) if node.pipe else None
        variables, name = self._variables, self._name
        self._variables, self._name = [("$", inner)], node.name
        self._calls += 1
        self._walk_all(inner, body)
        self._calls -= 1
        self._variables, self._name = variables, name

    # expressions ------------------------------------------------------------------------------------------------

    def _assign(self, name: str, value: Value) -> None:
        for index in range(len(self._variables) - 1, -1, -1):
            if self._variables[index][0] == name:
                self._variables[index] = (name, value)
                return
        raise self._error(f"undefined variable: {name}")

    def _pipeline(self, dot: Value, pipe: nodes.Pipe) -> Value:
        self._at = pipe
        value: _Final = _MISSING
        for command in pipe.commands:
            value = self._command(dot, command, value)
        if isinstance(value, _Missing):  # the parser lets no empty pipeline through
            raise self._error(f"{pipe} has no value")
        for variable in pipe.declared:
            if pipe.assigns:
                self._assign(variable.names[0], value)
            else:
                self._variables.append((variable.names[0], value))
        return value

    def _command(self, dot: Value, command: nodes.CommandNode, final: _Final) -> Value:
        first = command.arguments[0]
        match first:
            case nodes.FieldNode():
                return self._field(dot, first, command.arguments, final)
            case nodes.Chain():
                return self._chain(dot, first, command.arguments, final)
            case nodes.Identifier():
                return self._function(dot, first, command, command.arguments, final)
            case nodes.Pipe():
                self._must_not_have_arguments(command.arguments, final)
                return self._pipeline(dot, first)
            case nodes.Variable():
                return self._variable(first, command.arguments, final)
        self._at = first
        self._must_not_have_arguments(command.arguments, final)
        match first:
            case nodes.Dot():
                return dot
            case nodes.Constant():
                return first.value
        raise self._error("nil is not a command")

    def _must_not_have_arguments(self, arguments: Sequence[nodes.Node], final: _Final) -> None:
        if len(arguments) > 1 or not isinstance(final, _Missing):
            raise self._error(f"can't give argument to non-function {arguments[0]}")

    def _field(self, dot: Value, node: nodes.FieldNode, arguments: Sequence[nodes.Node], final: _Final) -> Value:
        self._at = node
        return self._fields(dot, node.names, arguments, final)

    def _chain(self, dot: Value, node: nodes.Chain, arguments: Sequence[nodes.Node], final: _Final) -> Value:
        self._at = node
        return self._fields(self._argument(dot, node.node), node.names, arguments, final)

    def _variable(self, node: nodes.Variable, arguments: Sequence[nodes.Node], final: _Final) -> Value:
        self._at = node
        value = self._value_of(node.names[0])
        if len(node.names) == 1:
            self._must_not_have_arguments(arguments, final)
            return value
        return self._fields(value, node.names[1:], arguments, final)

    def _value_of(self, name: str) -> Value:
        for known, value in reversed(self._variables):
            if known == name:
                return value
        raise self._error(f"undefined variable: {name}")

    def _fields(self, receiver: Value, names: Sequence[str], arguments: Sequence[nodes.Node], final: _Final) -> Value:
        for index, name in enumerate(names):
            last = index == len(names) - 1
            has_arguments = last and (len(arguments) > 1 or not isinstance(final, _Missing))
            if receiver is None:
                raise self._error(f"nil data; no entry for key {quoted(name)}")
            if not isinstance(receiver, dict):
                raise self._error(f"can't evaluate field {name} in type {type_name(receiver)}")
            if has_arguments:
                raise self._error(f"{name} is not a method but has arguments")
            if name not in receiver:
                raise self._error(f"map has no entry for key {quoted(name)}")
            receiver = receiver[name]
        return receiver

    def _argument(self, dot: Value, node: nodes.Node) -> Value:
        self._at = node
        match node:
            case nodes.Dot():
                return dot
            case nodes.Nil():
                return None
            case nodes.Constant():
                return node.value
            case nodes.FieldNode():
                return self._field(dot, node, (node,), _MISSING)
            case nodes.Variable():
                return self._variable(node, (node,), _MISSING)
            case nodes.Pipe():
                return self._pipeline(dot, node)
            case nodes.Chain():
                return self._chain(dot, node, (node,), _MISSING)
            case nodes.Identifier():
                return self._function(dot, node, node, (node,), _MISSING)
        raise self._error(f"can't handle {node}")

    def _function(
        self,
        dot: Value,
        name: nodes.Identifier,
        call: nodes.Node,
        arguments: Sequence[nodes.Node],
        final: _Final,
    ) -> Value:
        self._at = name
        given = len(arguments) - 1 + (not isinstance(final, _Missing))
        if name.name in LOGIC:
            self._must_have(name.name, given, 1, variadic=True)
            return self._logic(dot, name.name, arguments[1:], final)
        builtin = BUILTINS.get(name.name)
        if builtin is None:
            self._must_have(name.name, given, 0, variadic=False)
            return self._functions[name.name]
        self._must_have(name.name, given, builtin.fixed, variadic=builtin.variadic)
        values = self._values(dot, builtin, arguments[1:], final)
        if name.name == "call":
            values.insert(0, str(arguments[1]) if len(arguments) > 1 else "final")
        try:
            return builtin.call(values)
        except CallError as error:
            self._at = call
            raise self._error(f"error calling {name.name}: {error}") from error

    def _must_have(self, name: str, given: int, fixed: int, *, variadic: bool) -> None:
        if given < fixed or (given > fixed and not variadic):
            least = "at least " if variadic else ""
            raise self._error(f"wrong number of args for {name}: want {least}{fixed} got {given}")

    def _logic(self, dot: Value, name: str, arguments: Sequence[nodes.Node], final: _Final) -> Value:
        value: Value = None
        for argument in arguments:
            value = self._argument(dot, argument)
            if truth(value) is LOGIC[name]:
                return value
        return value if isinstance(final, _Missing) else final

    def _values(self, dot: Value, builtin: Builtin, arguments: Sequence[nodes.Node], final: _Final) -> list[Value]:
        values: list[Value] = []
        for index, node in enumerate(arguments):
            value = self._argument(dot, node)
            if builtin.text_first and index == 0:
                self._must_be_text(node, value)
            values.append(value)
        if not isinstance(final, _Missing):
            if builtin.text_first and not values and not isinstance(final, str):
                raise self._error(f"wrong type for value; expected string; got {type_name(final)}")
            values.append(final)
        return values

    def _must_be_text(self, node: nodes.Node, value: Value) -> None:
        if isinstance(value, str):
            return
        if isinstance(node, nodes.Constant):
            raise self._error(f"expected string; found {node}")
        if isinstance(node, nodes.Nil):
            raise self._error("cannot assign nil to string")
        if value is None:
            raise self._error("invalid value; expected string")
        raise self._error(f"wrong type for value; expected string; got {type_name(value)}")


class _Count(Sequence[tuple[Value, Value]]):
    """The passes of ``range N``, without a list of them."""

    def __init__(self, end: int) -> None:
        self._range = range(max(end, 0))

    def __len__(self) -> int:
        return min(len(self._range), MAX_PASSES + 1)

    def __getitem__(self, index: int) -> tuple[Value, Value]:  # type: ignore[override]
        return self._range[index], self._range[index]

"""The tree of a parsed template. ``str(node)`` is its source as Go writes it in errors."""

from __future__ import annotations

from msgspec import Struct, field

from canarytui.metrics.gotemplate.formatting import quoted


class Node(Struct, frozen=True):
    """`position` counts characters from the start of the text."""

    position: int


class Identifier(Node, frozen=True):
    """The name of a function."""

    name: str

    def __str__(self) -> str:
        return self.name


class Dot(Node, frozen=True):
    def __str__(self) -> str:
        return "."


class Nil(Node, frozen=True):
    def __str__(self) -> str:
        return "nil"


class Constant(Node, frozen=True):
    """A bool, number or string; `text` is its source."""

    value: bool | int | float | complex | str
    text: str

    def __str__(self) -> str:
        return self.text


class FieldNode(Node, frozen=True):
    """``.a.b``: looked up in dot."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


class Variable(Node, frozen=True):
    """``$x.a.b``: `names` begins with the variable."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.names)


class Chain(Node, frozen=True):
    """Fields of what a function or a pipeline in parentheses yields."""

    node: Node
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_argument(self.node)}{''.join(f'.{name}' for name in self.names)}"


class CommandNode(Node, frozen=True):
    arguments: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(_argument(each) for each in self.arguments)


class Pipe(Node, frozen=True):
    """Commands joined by ``|``; with `declared` its value goes to those variables, new ones unless `assigns`."""

    declared: tuple[Variable, ...]
    assigns: bool
    commands: tuple[CommandNode, ...]

    def __str__(self) -> str:
        names = ", ".join(str(each) for each in self.declared)
        start = f"{names} {'=' if self.assigns else ':='} " if names else ""
        return start + " | ".join(str(each) for each in self.commands)


class Text(Node, frozen=True):
    text: str


class ActionNode(Node, frozen=True):
    pipe: Pipe


class Control(Node, frozen=True):
    """``if``, ``with`` or ``range``, by `word`."""

    word: str
    pipe: Pipe
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


class Break(Node, frozen=True):
    pass


class Continue(Node, frozen=True):
    pass


class TemplateNode(Node, frozen=True):
    """``{{template "name" pipeline}}``."""

    name: str
    pipe: Pipe | None

    def __str__(self) -> str:
        return f"{{{{template {quoted(self.name)}{f' {self.pipe}' if self.pipe else ''}}}}}"


class Tree(Struct):
    """A parsed template: the text it came from, its nodes, and the templates that it defines by name."""

    name: str
    text: str
    nodes: tuple[Node, ...] = ()
    defined: dict[str, tuple[Node, ...]] = field(default_factory=dict)


def _argument(node: Node) -> str:
    return f"({node})" if isinstance(node, Pipe) else str(node)

"""The tree of a parsed template. ``str(node)`` is its source as Go writes it in errors."""

from __future__ import annotations

from dataclasses import dataclass, field

from canarytui.metrics.gotemplate.formatting import quoted


@dataclass(frozen=True, slots=True)
class Node:
    """`position` counts characters from the start of the text."""

    position: int


@dataclass(frozen=True, slots=True)
class Identifier(Node):
    """The name of a function."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Dot(Node):
    def __str__(self) -> str:
        return "."


@dataclass(frozen=True, slots=True)
class Nil(Node):
    def __str__(self) -> str:
        return "nil"


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A bool, number or string; `text` is its source."""

    value: bool | int | float | complex | str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class FieldNode(Node):
    """``.a.b``: looked up in dot."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """``$x.a.b``: `names` begins with the variable."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Fields of what a function or a pipeline in parentheses yields."""

    node: Node
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_argument(self.node)}{''.join(f'.{name}' for name in self.names)}"


@dataclass(frozen=True, slots=True)
class CommandNode(Node):
    arguments: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(_argument(each) for each in self.arguments)


@dataclass(frozen=True, slots=True)
class Pipe(Node):
    """Commands joined by ``|``; with `declared` its value goes to those variables, new ones unless `assigns`."""

    declared: tuple[Variable, ...]
    assigns: bool
    commands: tuple[CommandNode, ...]

    def __str__(self) -> str:
        names = ", ".join(str(each) for each in self.declared)
        start = f"{names} {'=' if self.assigns else ':='} " if names else ""
        return start + " | ".join(str(each) for each in self.commands)


@dataclass(frozen=True, slots=True)
class Text(Node):
    text: str


@dataclass(frozen=True, slots=True)
class ActionNode(Node):
    pipe: Pipe


@dataclass(frozen=True, slots=True)
class Control(Node):
    """``if``, ``with`` or ``range``, by `word`."""

    word: str
    pipe: Pipe
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Break(Node):
    pass


@dataclass(frozen=True, slots=True)
class Continue(Node):
    pass


@dataclass(frozen=True, slots=True)
class TemplateNode(Node):
    """``{{template "name" pipeline}}``."""

    name: str
    pipe: Pipe | None

    def __str__(self) -> str:
        return f"{{{{template {quoted(self.name)}{f' {self.pipe}' if self.pipe else ''}}}}}"


@dataclass(slots=True)
class Tree:
    """A parsed template: the text it came from, its nodes, and the templates that it defines by name."""

    name: str
    text: str
    nodes: tuple[Node, ...] = ()
    defined: dict[str, tuple[Node, ...]] = field(default_factory=dict)


def _argument(node: Node) -> str:
    return f"({node})" if isinstance(node, Pipe) else str(node)

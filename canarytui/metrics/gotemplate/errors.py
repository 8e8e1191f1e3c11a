"""What is wrong with a template, in Go's words."""

from __future__ import annotations


class TemplateError(ValueError):
    """A template that cannot be parsed or executed; ``str(error)`` is what Go's text/template says.

    Attributes:
        problem: the same without its place, such as ``function "foo" not defined``.
        line: where it is, from 1.
        column: characters before it in its line; None where Go does not tell.
        executing: it could be parsed, and failed while it was executed.
    """

    def __init__(self, text: str, problem: str, line: int, column: int | None = None) -> None:
        super().__init__(text)
        self.problem = problem
        self.line = line
        self.column = column

    @property
    def executing(self) -> bool:
        return self.column is not None

    @property
    def place(self) -> str:
        """``line 2`` or ``line 2, column 5``, from 1."""
        return f"line {self.line}" if self.column is None else f"line {self.line}, column {self.column + 1}"

"""Label selectors of lists, watches and deletecollection, with the API server's parse errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.types import names

_TOKEN = re.compile(r"\s*(==|!=|=|<|>|!|\(|\)|,|[^\s=!<>(),]+)")
Labels = Mapping[str, str]


class Requirement(Struct, frozen=True):
    """One term; ``operator`` is one of ``= != in notin exists ! > <``."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, labels: Labels) -> bool:
        """Whether an object with these labels satisfies the term."""
        value = labels.get(self.key)
        if self.operator in ("=", "in"):
            return value is not None and value in self.values
        if self.operator in ("!=", "notin"):
            return value is None or value not in self.values
        if self.operator == "exists":
            return value is not None
        if self.operator == "!":
            return value is None
        return self._compare(value)

    def _compare(self, value: str | None) -> bool:
        try:
            given, bound = int(value or ""), int(next(iter(self.values)))
        except ValueError:
            return False
        return given > bound if self.operator == ">" else given < bound


class LabelSelector(Struct, frozen=True):
    """All terms must match; no terms match everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Labels | None) -> bool:
        """Whether an object with these labels is selected."""
        return all(requirement.matches(labels or {}) for requirement in self.requirements)

    def __bool__(self) -> bool:
        return bool(self.requirements)


EVERYTHING = LabelSelector()


def parse_labels(text: str) -> LabelSelector:
    """A selector from a ``labelSelector`` parameter; raises :class:`StatusError` 400."""
    if not text.strip():
        return EVERYTHING
    try:
        return LabelSelector(tuple(_SelectorParser(text).requirements()))
    except _ParseError as error:
        raise errors.bad_request(f"unable to parse requirement: {error}") from error


class _ParseError(ValueError):
    pass


class _SelectorParser:
    def __init__(self, text: str) -> None:
        self._tokens = self._split(text)
        self._at = 0

    @staticmethod
    def _split(text: str) -> list[str]:
        tokens, position = [], 0
        stripped = text.rstrip()
        while position < len(stripped):
            match = _TOKEN.match(stripped, position)
            if match is None:
                raise _ParseError(f"found '{stripped[position:]}', expected: identifier")
            tokens.append(match.group(1))
            position = match.end()
        return tokens

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def requirements(self) -> Iterable[Requirement]:
        while True:
            yield self._requirement()
            token = self._next()
            if token == "":
                return
            if token != ",":
                raise _ParseError(f"found '{token}', expected: ',' or 'end of string'")
            if self._peek() == "":
                raise _ParseError("found '', expected: identifier after ','")

    def _requirement(self) -> Requirement:
        if self._peek() == "!":
            self._next()
            return Requirement(self._key(), "!")
        key = self._key()
        if self._peek() in ("", ","):
            return Requirement(key, "exists")
        operator = self._next()
        if operator in ("in", "notin"):
            return Requirement(key, operator, self._set())
        if operator in ("=", "==", "!="):
            value = self._value()
            return Requirement(key, "!=" if operator == "!=" else "=", frozenset({value}))
        if operator in (">", "<"):
            value = self._next()
            if not re.fullmatch(r"-?\d+", value):
                raise _ParseError(
                    f"values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"
                )
            return Requirement(key, operator, frozenset({value}))
        raise _ParseError(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")

    def _key(self) -> str:
        token = self._next()
        if not token or token in ("(", ")", ",", "=", "==", "!=", "<", ">"):
            raise _ParseError(f"found '{token}', expected: !, identifier, or 'end of string'")
        problems = names.qualified_name(token)
        if problems:
            raise _ParseError(f'key: Invalid value: "{token}": {"; ".join(problems)}')
        return token

    def _value(self) -> str:
        if self._peek() in ("", ","):
            return ""
        token = self._next()
        return self._checked(token)

    @staticmethod
    def _checked(token: str) -> str:
        problems = names.label_value(token)
        if problems:
            raise _ParseError(f'values[0]: Invalid value: "{token}": {"; ".join(problems)}')
        return token

    def _set(self) -> frozenset[str]:
        if self._next() != "(":
            raise _ParseError(f"found '{self._tokens[self._at - 1] if self._tokens else ''}', expected: '('")
        values: set[str] = set()
        while True:
            if self._peek() in (",", ")"):
                values.add("")
            else:
                values.add(self._checked(self._next()))
            token = self._next()
            if token == ")":
                return frozenset(values)
            if token != ",":
                raise _ParseError(f"found '{token}', expected: ',' or ')'")

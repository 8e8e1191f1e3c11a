"""Traefik's rule language: ``Host(`a.example`) && (PathPrefix(`/x`) || !Method(`POST`))``, parsed and matched.

Pure. Called by the routing table when IngressRoutes change, and for every request. Both dialects are read:
v3's matchers, and v2's lists of values and ``Headers``; matchers of one dialect are never refused for the
other.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import parse_qs, unquote

from msgspec import Struct, field

from canarytui.sandbox.go_regexp import BadPattern, Pattern, compile_pattern


class RuleError(ValueError):
    """The rule does not parse; ``str`` says where and why."""


class GatewayRequest(Struct, frozen=True):
    """What a rule can look at; `host` is lower case without port, `path` still percent-encoded."""

    host: str
    path: str
    method: str = "GET"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    client_ip: str = "127.0.0.1"


class RuleMatcher(Struct, frozen=True):
    """One matcher with its values."""

    name: str
    values: tuple[str, ...]


class Not(Struct, frozen=True):
    rule: Rule


class All(Struct, frozen=True):
    rules: tuple[Rule, ...]


class AnyOf(Struct, frozen=True):
    rules: tuple[Rule, ...]


Rule = RuleMatcher | Not | All | AnyOf


def matches(rule: Rule, request: GatewayRequest) -> bool:
    """Whether `request` satisfies `rule`."""
    match rule:
        case RuleMatcher(name, values):
            return _MATCHERS[name](values, request)
        case Not(inner):
            return not matches(inner, request)
        case All(rules):
            return all(matches(inner, request) for inner in rules)
        case AnyOf(rules):
            return any(matches(inner, request) for inner in rules)


def admits_host(rule: Rule, host: str) -> bool:
    """Whether `rule` names `host` in a Host or HostRegexp matcher, whatever its other conditions."""
    match rule:
        case RuleMatcher("host" | "hostregexp" as name, values):
            return _MATCHERS[name](values, GatewayRequest(host=host, path="/"))
        case All(rules) | AnyOf(rules):
            return any(admits_host(inner, host) for inner in rules)
        case _:
            return False


def parse(text: str) -> Rule:
    """Parse a rule.

    Raises:
        RuleError: unknown matcher, wrong number of values, or bad syntax.
    """
    parser = _RuleParser(list(_tokens(text)))
    rule = parser.either()
    parser.expect("end")
    return rule


_TOKEN = re.compile(r"\s*(?:(?P<op>&&|\|\||[!(),])|(?P<name>[A-Za-z]+)|`(?P<raw>[^`]*)`|\"(?P<str>(?:[^\"\\]|\\.)*)\")")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    end = len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            raise RuleError(f"unexpected text at column {position + 1}: {text[position : position + 20].strip()}")
        position = found.end()
        if found["op"]:
            yield found["op"], found["op"]
        elif found["name"]:
            yield "name", found["name"]
        elif found["raw"] is not None:
            yield "value", found["raw"]
        else:
            yield "value", re.sub(r"\\(.)", r"\1", found["str"])
    yield "end", "end of rule"


class _RuleParser:
    """Recursive descent: ``!`` binds tighter than ``&&``, which binds tighter than ``||``."""

    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0

    def expect(self, kind: str) -> str:
        found, text = self._tokens[self._next]
        if found != kind:
            wanted = "end of rule" if kind == "end" else kind
            raise RuleError(f"expected {wanted}, found {text}")
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return text

    def either(self) -> Rule:
        rules = [self._both()]
        while self._take("||"):
            rules.append(self._both())
        return rules[0] if len(rules) == 1 else AnyOf(tuple(rules))

    def _both(self) -> Rule:
        rules = [self._one()]
        while self._take("&&"):
            rules.append(self._one())
        return rules[0] if len(rules) == 1 else All(tuple(rules))

    def _one(self) -> Rule:
        if self._take("!"):
            return Not(self._one())
        if self._take("("):
            rule = self.either()
            self.expect(")")
            return rule
        name = self.expect("name")
        self.expect("(")
        values = [self.expect("value")]
        while self._take(","):
            values.append(self.expect("value"))
        self.expect(")")
        return _matcher(name, values)

    def _take(self, kind: str) -> bool:
        if self._tokens[self._next][0] != kind:
            return False
        self._next += 1
        return True


def _matcher(name: str, values: list[str]) -> RuleMatcher:
    key = {"headers": "header", "headersregexp": "headerregexp"}.get(name.lower(), name.lower())
    if key not in _MATCHERS:
        raise RuleError(f"unsupported function: {name}")
    if key in ("header", "headerregexp") and len(values) != 2:
        raise RuleError(f"{name} needs a header name and a value")
    if key in ("host",):
        values = [value.lower() for value in values]
    if key.endswith("regexp"):
        for value in values[1:] if key in ("headerregexp", "queryregexp") else values:
            _compiled(value)
    return RuleMatcher(key, tuple(values))


def _compiled(pattern: str) -> Pattern:
    """A Go regular expression; v2's ``{name:pattern}`` placeholders become plain groups."""
    translated = re.sub(r"\{[A-Za-z_]\w*:([^{}]+(?:\{\d+(?:,\d*)?\})?)\}", r"(?:\1)", pattern)
    try:
        return compile_pattern(translated)
    except BadPattern as error:
        raise RuleError(f"bad regular expression {pattern}: {error}") from error


def _query(request: GatewayRequest) -> dict[str, list[str]]:
    return parse_qs(request.query, keep_blank_values=True)


def _has_query(values: tuple[str, ...], request: GatewayRequest) -> bool:
    query = _query(request)
    if len(values) == 2 and "=" not in values[0]:
        return values[1] in query.get(values[0], ())
    pairs = [value.partition("=") for value in values]
    return all(key in query and (not eq or wanted in query[key]) for key, eq, wanted in pairs)


def _has_query_regexp(values: tuple[str, ...], request: GatewayRequest) -> bool:
    pattern = _compiled(values[-1])
    return any(pattern.search(value) for value in _query(request).get(values[0], ()))


def _from_client(values: tuple[str, ...], request: GatewayRequest) -> bool:
    client = ipaddress.ip_address(request.client_ip)
    return any(client in ipaddress.ip_network(value, strict=False) for value in values)


def _header(values: tuple[str, ...], request: GatewayRequest) -> bool:
    return request.headers.get(values[0]) == values[1]


def _header_regexp(values: tuple[str, ...], request: GatewayRequest) -> bool:
    value = request.headers.get(values[0])
    return value is not None and _compiled(values[1]).search(value) is not None


_MATCHERS: dict[str, Callable[[tuple[str, ...], GatewayRequest], bool]] = {
    "host": lambda values, request: request.host in values,
    "hostregexp": lambda values, request: any(_compiled(v).search(request.host) for v in values),
    "path": lambda values, request: unquote(request.path) in values,
    "pathprefix": lambda values, request: unquote(request.path).startswith(values),
    "pathregexp": lambda values, request: any(_compiled(v).search(unquote(request.path)) for v in values),
    "method": lambda values, request: request.method in [value.upper() for value in values],
    "header": _header,
    "headerregexp": _header_regexp,
    "query": _has_query,
    "queryregexp": _has_query_regexp,
    "clientip": _from_client,
}

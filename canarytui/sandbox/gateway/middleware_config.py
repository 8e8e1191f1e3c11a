"""Reads Middleware objects: which of Traefik's middlewares they are, and what of them is not supported here.

Pure. Called by :mod:`.provider`. As in Traefik, a route whose middleware is missing or invalid is not served.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from canarytui.sandbox.gateway import middlewares as played
from canarytui.sandbox.gateway.middlewares import Middleware
from canarytui.sandbox.go_regexp import BadPattern, compile_pattern
from canarytui.sandbox.values import ReadOnlyObject


class MiddlewareError(ValueError):
    """A middleware that cannot be used; ``str`` is Traefik's sentence."""


class GatewayWarning(Struct, frozen=True):
    """Something that the gateway does not or cannot do with an object; recorded once, as an Event."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str
    reason: str
    text: str


def notice(obj: ReadOnlyObject, reason: str, text: str) -> GatewayWarning:
    """A notice about `obj`."""
    metadata = obj["metadata"]
    return GatewayWarning(
        str(obj.get("apiVersion") or ""),
        str(obj.get("kind") or ""),
        str(metadata.get("namespace") or ""),
        str(metadata["name"]),
        str(metadata.get("uid") or ""),
        reason,
        text,
    )


class Middlewares(Struct):
    """All Middleware objects by ``namespace/name``; `notices` grows as they are used."""

    objects: Mapping[tuple[str, str], ReadOnlyObject]
    notices: list[GatewayWarning] = field(default_factory=list)

    def resolve(self, references: Iterable[ReadOnlyObject], namespace: str) -> tuple[Middleware, ...]:
        """The middlewares of a route in `namespace`, chains expanded.

        Raises:
            MiddlewareError: one is missing, in another namespace, invalid, or contains itself.
        """
        return tuple(self._resolve(references, namespace, ()))

    def _resolve(
        self, references: Iterable[ReadOnlyObject], namespace: str, above: tuple[str, ...]
    ) -> list[Middleware]:
        found: list[Middleware] = []
        for reference in references:
            name, where = str(reference.get("name") or ""), str(reference.get("namespace") or namespace)
            if where != namespace:
                raise MiddlewareError(f"middleware {where}/{name} is not in the IngressRoute namespace {namespace}")
            key = f"{where}-{name}@kubernetescrd"
            obj = self.objects.get((where, name))
            if obj is None:
                raise MiddlewareError(f'middleware "{key}" does not exist')
            if key in above:
                path = "->".join([*above[above.index(key) :], key])
                raise MiddlewareError(f'could not instantiate middleware "{key}": recursion detected in {path}')
            spec = obj.get("spec") or {}
            if chain := spec.get("chain"):
                found += self._resolve(chain.get("middlewares") or (), namespace, (*above, key))
                continue
            try:
                found += self._read(obj, spec)
            except (MiddlewareError, BadPattern) as error:
                raise MiddlewareError(f'middleware "{key}": {error}') from error
        return found

    def _read(self, obj: ReadOnlyObject, spec: ReadOnlyObject) -> list[Middleware]:
        kinds = [kind for kind, value in spec.items() if value is not None]
        if len(kinds) > 1:
            raise MiddlewareError("cannot create middleware: multi-types middleware not supported, consider "
                                  "declaring two different pieces of middleware instead")  # fmt: skip
        if not kinds:
            raise MiddlewareError("it is empty")
        kind, options = kinds[0], spec[kinds[0]] or {}
        if kind not in _READERS:
            self._tell(obj, kind)
            return []
        fields, read = _READERS[kind]
        missing = [
            f"{kind}.{name}" for name, value in options.items() if name not in fields and value not in (None, False)
        ]
        if missing:
            self._tell(obj, ", ".join(missing))
        return [read(options)]

    def _tell(self, obj: ReadOnlyObject, what: str) -> None:
        text = f"The sandbox's gateway does not play {what}: requests pass as if it were not there."
        told = notice(obj, "NotPlayed", text)
        if told not in self.notices:
            self.notices.append(told)


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values or ())


def _pattern(text: Any) -> str:
    pattern = str(text or "").strip()
    compile_pattern(pattern)
    return pattern


def _pairs(values: Any) -> tuple[tuple[str, str], ...]:
    """Headers; line breaks become spaces, as Go writes them."""
    return tuple((str(name), " ".join(str(value or "").splitlines())) for name, value in (values or {}).items())


def _add_prefix(options: ReadOnlyObject) -> Middleware:
    if not options.get("prefix"):
        raise MiddlewareError("prefix cannot be empty")
    return played.AddPrefix(str(options["prefix"]))


def _redirect_scheme(options: ReadOnlyObject) -> Middleware:
    if not options.get("scheme"):
        raise MiddlewareError("you must provide a target scheme")
    return played.RedirectScheme(
        str(options["scheme"]), str(options.get("port") or ""), permanent=bool(options.get("permanent"))
    )


_READERS: dict[str, tuple[tuple[str, ...], Any]] = {
    "stripPrefix": (("prefixes",), lambda o: played.StripPrefix(_texts(o.get("prefixes")))),
    "stripPrefixRegex": (
        ("regex",),
        lambda o: played.StripPrefixRegex(tuple(_pattern(text) for text in _texts(o.get("regex")))),
    ),
    "addPrefix": (("prefix",), _add_prefix),
    "replacePath": (("path",), lambda o: played.ReplacePath(str(o.get("path") or ""))),
    "replacePathRegex": (
        ("regex", "replacement"),
        lambda o: played.ReplacePathRegex(_pattern(o.get("regex")), str(o.get("replacement") or "").strip()),
    ),
    "headers": (
        ("customRequestHeaders", "customResponseHeaders"),
        lambda o: played.Headers(_pairs(o.get("customRequestHeaders")), _pairs(o.get("customResponseHeaders"))),
    ),
    "redirectScheme": (("scheme", "port", "permanent"), _redirect_scheme),
    "redirectRegex": (
        ("regex", "replacement", "permanent"),
        lambda o: played.RedirectRegex(
            _pattern(o.get("regex")), str(o.get("replacement") or ""), permanent=bool(o.get("permanent"))
        ),
    ),
}

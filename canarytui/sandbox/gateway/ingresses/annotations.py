"""An Ingress' annotations for ingress-nginx: those that the gateway follows, and which it does not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from canarytui.sandbox.gateway.ingress_table import CanaryShare
from canarytui.sandbox.go_regexp import BadPattern, compile_pattern
from canarytui.sandbox.values import ReadOnlyObject
from canarytui.sandbox.whole_number import whole_number

PREFIX = "nginx.ingress.kubernetes.io/"
CLASS = "kubernetes.io/ingress.class"

_CANARY = ("canary", "canary-weight", "canary-weight-total", "canary-by-header", "canary-by-header-value",
           "canary-by-header-pattern", "canary-by-cookie")  # fmt: skip
_WITH_EFFECT = frozenset((*_CANARY, "rewrite-target", "use-regex", "backend-protocol", "upstream-vhost",
                          "proxy-read-timeout", "proxy-next-upstream", "proxy-next-upstream-tries"))  # fmt: skip
_EFFECT_OF_OTHERS = {"ssl-redirect": "false", "force-ssl-redirect": "false"}
"""Annotations that the gateway follows with one value only, because it does so anyway."""

_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_RETRIED = frozenset(("error", "timeout"))


class LocationSettings(Struct, frozen=True):
    """What the annotations say of all paths of an Ingress. `protocol` is that of the pods, HTTP if we can serve it."""

    rewrite: str = ""
    use_regex: bool = False
    protocol: str = "HTTP"
    vhost: str = ""
    read_timeout_s: float = 60.0
    tries: int = 3


def is_canary(ingress: ReadOnlyObject) -> bool:
    """Whether it is a canary of another Ingress."""
    return _own(ingress).get("canary") in _TRUE


def settings(ingress: ReadOnlyObject) -> LocationSettings:
    """The settings of an Ingress; a value that does not parse is as if it were not there."""
    own = _own(ingress)
    return LocationSettings(
        own.get("rewrite-target", ""),
        own.get("use-regex") in _TRUE,
        own.get("backend-protocol", "HTTP").upper(),
        own.get("upstream-vhost", ""),
        float(_number(own, "proxy-read-timeout", 60)),
        _tries(own),
    )


def canary_share(ingress: ReadOnlyObject) -> CanaryShare:
    """The share of a canary Ingress."""
    own = _own(ingress)
    return CanaryShare(
        own.get("canary-by-header", ""),
        own.get("canary-by-header-value", ""),
        own.get("canary-by-header-pattern", ""),
        own.get("canary-by-cookie", ""),
        _number(own, "canary-weight", 0),
        max(100, _number(own, "canary-weight-total", 100)),
    )


def problems(ingress: ReadOnlyObject) -> list[str]:
    """What of the annotations has no effect, as sentences."""
    own = _own(ingress)
    found = []
    if ignored := sorted(_ignored(own)):
        found.append(f"The sandbox's gateway does not have these annotations of ingress-nginx: {', '.join(ignored)}.")
    for name in ("canary-weight", "canary-weight-total", "proxy-read-timeout", "proxy-next-upstream-tries"):
        if name in own and whole_number(own[name]) is None:
            found.append(f"Annotation {name} is {own[name]!r}, not a whole number: it has no effect.")
    others = set(own.get("proxy-next-upstream", "").split()) - _RETRIED - {"off"}
    if others:
        found.append(f"The sandbox's gateway tries no other pod after {', '.join(sorted(others))}.")
    try:
        compile_pattern(own.get("canary-by-header-pattern", ""))
    except BadPattern as problem:
        found.append(f"Annotation canary-by-header-pattern: {problem}.")
    return found


def _ignored(own: Mapping[str, str]) -> Iterable[str]:
    canary = own.get("canary") in _TRUE
    for name, value in own.items():
        known = name in _WITH_EFFECT or _EFFECT_OF_OTHERS.get(name) == value
        if not known and not canary:  # a canary Ingress inherits all but its canary annotations
            yield name


def _tries(own: Mapping[str, str]) -> int:
    wanted = own.get("proxy-next-upstream", "error timeout").split()
    if "off" in wanted or not _RETRIED & set(wanted):
        return 1
    return _number(own, "proxy-next-upstream-tries", 3) or 100  # 0 is no limit


def _number(own: Mapping[str, str], name: str, otherwise: int) -> int:
    found = whole_number(own.get(name, ""))
    return otherwise if found is None else found


def _own(ingress: ReadOnlyObject) -> dict[str, str]:
    annotations = ingress["metadata"].get("annotations") or {}
    return {name.removeprefix(PREFIX): str(value) for name, value in annotations.items() if name.startswith(PREFIX)}

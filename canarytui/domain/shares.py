"""How a router object divides the traffic, as one phrase: ``cart-primary 80, cart-canary 20``.

Reads TraefikService, VirtualService, HTTPRoute and the canary Ingress of ingress-nginx; of any other kind it says
nothing. Tolerant by intent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import objects

_NGINX = "nginx.ingress.kubernetes.io/"
_MOST = 6


def shares(router: Mapping[str, Any]) -> str:
    """The first rule's backends with their weights; "" when there is none to tell of."""
    kind = router.get("kind")
    if kind == "Ingress":
        return _ingress(_mapping(_mapping(router.get("metadata")).get("annotations")))
    spec = _mapping(router.get("spec"))
    if kind == "TraefikService":
        backends = [
            (each.get("name"), each.get("weight", 1))
            for each in _objects(_mapping(spec.get("weighted")).get("services"))
        ]
    elif kind == "VirtualService":
        routes = _first(spec.get("http"), "route")
        alone = 100 if len(routes) == 1 else 0  # what Istio reads a missing weight as
        backends = [(_mapping(each.get("destination")).get("host"), each.get("weight", alone)) for each in routes]
    elif kind == "HTTPRoute":
        backends = [(each.get("name"), each.get("weight", 1)) for each in _first(spec.get("rules"), "backendRefs")]
    else:
        return ""
    return ", ".join(f"{clean(name, 63) or 'unnamed'} {clean(weight, 12)}" for name, weight in backends[:_MOST])


def _first(rules: object, field: str) -> list[Mapping[str, Any]]:
    return next((_objects(rule.get(field)) for rule in _objects(rules) if rule.get(field)), [])


def _ingress(annotations: Mapping[str, Any]) -> str:
    told = [
        (word, annotations.get(f"{_NGINX}{field}"))
        for word, field in (("weight", "canary-weight"), ("header", "canary-by-header"), ("cookie", "canary-by-cookie"))
    ]
    if annotations.get(f"{_NGINX}canary") != "true":
        return ""
    return ", ".join(f"{word} {clean(value, 60)}" for word, value in told if value) or objects.NO_TRAFFIC.text()


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

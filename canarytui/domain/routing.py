"""The live traffic split, read from the router object: what users get, whatever the status says.

One reading for each kind of router object that a controller writes. Pure, and tolerant: a field that is missing or
of another type makes the split unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from canarytui.domain.canary import Canary


def router_name(canary: Canary, kind: str) -> str:
    """The name of the object that splits this canary's traffic: nginx has an Ingress of its own beside the user's."""
    return f"{canary.spec.ingress_name}-canary" if kind == "Ingress" else canary.apex_name


def canary_weight(kind: str, router: Mapping[str, Any], apex: str) -> int | None:
    """Percent of the traffic that goes to ``<apex>-canary``; None when it cannot be told.

    `kind` is TraefikService, VirtualService, HTTPRoute or Ingress (ingress-nginx's annotations).
    """
    read = _READERS.get(kind)
    return read(router, apex) if read is not None else None


def _traefik(router: Mapping[str, Any], apex: str) -> int | None:
    # The controller leaves the canary out when its weight is 0, and Traefik reads a missing weight as 1.
    services = _mapping(_mapping(router.get("spec")).get("weighted")).get("services")
    return _share(((_text(each.get("name")), each.get("weight", 1)) for each in _listed(services)), apex)


def _istio(router: Mapping[str, Any], apex: str) -> int | None:
    spec = _mapping(router.get("spec"))
    rules = []
    for rule in [*_listed(spec.get("http")), *_listed(spec.get("tcp"))]:
        routes = _listed(rule.get("route"))
        hosts = [(_text(_mapping(each.get("destination")).get("host")), each.get("weight", 100)) for each in routes]
        rules.append([(host.partition(".")[0], weight) for host, weight in hosts])
    return _split(rules, apex)


def _gateway_api(router: Mapping[str, Any], apex: str) -> int | None:
    rules = _listed(_mapping(router.get("spec")).get("rules"))
    return _split(
        [
            [(_text(each.get("name")), each.get("weight", 1)) for each in _listed(rule.get("backendRefs"))]
            for rule in rules
        ],
        apex,
    )


def _split(rules: list[list[tuple[str, Any]]], apex: str) -> int | None:
    """Of the rules that name both sides the last: those before it hold users to one side by their cookie."""
    both = [rule for rule in rules if len(rule) > 1]
    return _share(both[-1], apex) if both else None


def _nginx(router: Mapping[str, Any], apex: str) -> int | None:
    annotations = _mapping(_mapping(router.get("metadata")).get("annotations"))
    # A canary Ingress that is switched off sends nothing, whatever weight was left in it.
    if any(_text(name).endswith("nginx.ingress.kubernetes.io/canary") and value == "false"
           for name, value in annotations.items()):  # fmt: skip
        return 0
    for name, value in annotations.items():
        if _text(name).endswith("/canary-weight") and _text(value).isdigit():
            return min(int(value), 100)
    return None


_READERS: dict[str, Callable[[Mapping[str, Any], str], int | None]] = {
    "TraefikService": _traefik,
    "VirtualService": _istio,
    "HTTPRoute": _gateway_api,
    "Ingress": _nginx,
}


def _share(weights: Iterable[tuple[str, Any]], apex: str) -> int | None:
    found = {name: float(weight) if isinstance(weight, int | float) else 1.0 for name, weight in weights}
    if f"{apex}-primary" not in found:
        return None
    total = sum(found.values())
    if not 0 < total < float("inf"):
        return 0 if total == 0 else None
    return round(min(max(found.get(f"{apex}-canary", 0.0) / total, 0.0), 1.0) * 100)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

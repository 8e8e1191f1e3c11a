"""Parts of routing objects, read with tolerance: what is of another type counts as missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject, as_mappings

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

_SHOWN = 6


def apex_name(canary: Canary) -> tuple[str, ...]:
    """The name of most routing objects."""
    return (canary.apex_name,)


def canary_percent(backends: Iterable[tuple[str, Any]], canary: Canary) -> int | None:
    """The canary Service's part of weighted (Service, weight); None without the primary's Service."""
    found = {name: float(weight) if isinstance(weight, int | float) else 1.0 for name, weight in backends}
    if canary.primary_service_name not in found:
        return None
    total = sum(found.values())
    if not 0 < total < float("inf"):
        return 0 if total == 0 else None
    return round(min(max(found.get(canary.canary_service_name, 0.0) / total, 0.0), 1.0) * 100)


def canary_percent_of_rules(rules: Iterable[list[tuple[str, Any]]], canary: Canary) -> int | None:
    """Of the rules with several backends the last: those before it keep users on one side by their cookie."""
    several = [rule for rule in rules if len(rule) > 1]
    return canary_percent(several[-1], canary) if several else None


def sides(canary: Canary, primary: int, other: int) -> dict[str, int]:
    """The weights of the two Services."""
    return {canary.primary_service_name: primary, canary.canary_service_name: other}


def reweighted(
    backends: object, name: Callable[[KubernetesObject], str], weights: Mapping[str, int], field: str = "weight"
) -> list[dict[str, Any]] | None:
    """Copies of `backends`, of which those named in `weights` have these; None where one of the names is missing."""
    copies = [dict(each) for each in as_mappings(backends)]
    if not weights.keys() <= {name(each) for each in copies}:
        return None
    return [{**each, field: weights[name(each)]} if name(each) in weights else each for each in copies]


def reweighted_rules(
    rules: object, field: str, name: Callable[[KubernetesObject], str], weights: Mapping[str, int]
) -> list[dict[str, Any]] | None:
    """The same for the rules whose backends are `field`: in the last of them that names all, as
    :func:`canary_percent_of_rules` reads; None where none does."""
    copies = [dict(each) for each in as_mappings(rules)]
    for rule in reversed(copies):
        backends = reweighted(rule.get(field), name, weights)
        if backends is not None:
            rule[field] = backends
            return copies
    return None


def first(rules: object, field: str) -> list[Mapping[str, Any]]:
    """The backends (`field`) of the first rule that has any."""
    return next((as_mappings(rule.get(field)) for rule in as_mappings(rules) if rule.get(field)), [])


def phrase(backends: Iterable[tuple[object, object]]) -> str:
    """``cart-primary 80, cart-canary 20``."""
    return ", ".join(f"{clean(name, 63) or 'unnamed'} {clean(weight, 12)}" for name, weight in list(backends)[:_SHOWN])

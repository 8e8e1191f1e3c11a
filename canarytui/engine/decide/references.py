"""What a canary may not refer to although its schema allows it: other namespaces' objects, one cookie for both sides.

Flagger logs this for a new canary and ignores it; one in progress continues. Here the
canary gets a warning at every tick.
"""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.phases import Phase
from canarytui.engine.decide.tick import EndTick, Tick


def require_own_namespace(tick: Tick) -> None:
    """Refuse references to other namespaces, if the controller's flag says so.

    Raises:
        EndTick: the first such reference.
    """
    if not tick.settings.no_cross_namespace_refs:
        return
    for what, name, namespace in _references(tick):
        if namespace and namespace != tick.canary.namespace:
            raise EndTick(f"can't access {what} {name}.{namespace}, cross-namespace references are blocked")


def ignored(tick: Tick) -> str:
    """Why Flagger ignores this canary, "" if it does not; strict mode only."""
    if not tick.settings.strict or tick.phase is not Phase.NONE:
        return ""
    return _same_cookie(tick)


def require_two_cookies(tick: Tick) -> None:
    """Refuse session affinity that cannot distinguish the primary's users from the canary's.

    Raises:
        EndTick: both cookies have the same name.
    """
    problem = "" if tick.settings.strict else _same_cookie(tick)
    if problem:
        raise EndTick(problem)


def _same_cookie(tick: Tick) -> str:
    wanted = tick.canary.spec.analysis.session_affinity
    name = wanted.get("cookieName")
    if not name or name != wanted.get("primaryCookieName"):
        return ""
    return "can't use the same cookie name for both primary and cookie name; please update them to be different"


def _references(tick: Tick) -> Iterator[tuple[str, str, str]]:
    """What it is, name, and namespace as written; "" is the canary's own."""
    upstream = (tick.canary.raw.get("spec") or {}).get("upstreamRef") or {}
    yield "gloo upstream", str(upstream.get("name") or ""), str(upstream.get("namespace") or "")
    analysis = tick.canary.spec.analysis
    for metric in analysis.metrics:
        yield "metric template", metric.template_name, metric.template_namespace
    for alert in analysis.alerts:
        yield "alert provider", alert.provider_name, alert.provider_namespace
